from conversation import Service, place

SCRIPT = "runs: [{steps: [code_interpreter: 1 + 1, calls: [f], reply: a]}]"


def test_the_steps_of_a_run_are_listed_as_they_come():
    service = Service("defaults: {advance: polls}\n" + SCRIPT)
    run = service.creates()
    assert service.steps(run) == []
    waiting = service.finishes(run)
    assert [(step["type"], step["status"]) for step in service.steps(run)] == [
        ("tool_calls", "completed"),
        ("tool_calls", "in_progress"),
    ]
    service.finishes(service.submits(waiting, call_1="1"))
    assert [(step["type"], step["status"]) for step in service.steps(run)] == [
        ("tool_calls", "completed"),
        ("tool_calls", "completed"),
        ("message_creation", "completed"),
    ]


def test_a_step_is_retrieved_as_it_is_listed():
    service = Service(SCRIPT)
    run = service.finishes(service.creates())
    for step in service.steps(run):
        assert service.asks("GET", f"{place(run)}/steps/{step['id']}") == step
        assert (step["run_id"], step["thread_id"]) == (run["id"], "thread_1")


def test_an_unknown_step_is_not_found():
    service = Service(SCRIPT)
    run = service.creates()
    assert service.refused("GET", f"{place(run)}/steps/step_1") == (404, "No run step found with id 'step_1'.")
