import pytest
from conversation import MESSAGES, Service, text_of

HI = {"role": "user", "content": "hi"}


def test_a_message_is_created_retrieved_listed_modified_and_deleted():
    service = Service()
    made = service.asks("POST", MESSAGES, {**HI, "metadata": {"a": "1"}})
    path = f"{MESSAGES}/{made['id']}"
    assert (text_of(made), made["thread_id"], made["run_id"], "status" in made) == ("hi", "thread_1", None, False)
    assert service.asks("GET", path) == made
    assert service.messages() == [made]
    changed = service.asks("POST", path, {"metadata": {"b": "2"}})
    assert changed == {**made, "metadata": {"a": "1", "b": "2"}}
    assert service.asks("POST", path, {"metadata": None}) == changed
    assert service.asks("DELETE", path) == {"id": made["id"], "object": "thread.message.deleted", "deleted": True}
    assert service.messages() == []


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_message_is_not_found_even_when_ids_are_lenient(method):
    assert Service().refused(method, f"{MESSAGES}/msg_1", {}) == (404, "No message found with id 'msg_1'.")


def test_a_message_belongs_to_its_thread():
    service = Service()
    made = service.asks("POST", MESSAGES, HI)
    assert service.refused("GET", f"/threads/thread_2/messages/{made['id']}")[0] == 404


def test_the_messages_of_one_run_are_found_by_it():
    service = Service("runs: [{reply: a}, {reply: b}]")
    service.asks("POST", MESSAGES, HI)
    service.finishes(service.creates())
    run = service.finishes(service.creates())
    found = service.asks("GET", f"{MESSAGES}?run_id={run['id']}")
    assert ([text_of(message) for message in found["data"]], found["has_more"]) == (["b"], False)
    assert service.asks("GET", f"{MESSAGES}?run_id=run_x")["data"] == []


def test_messages_have_their_status_where_the_reference_is_wanted():
    service = Service("defaults: {shapes: reference}\nruns: []")
    made = service.asks("POST", MESSAGES, HI)
    assert made["status"] == "completed"
    assert service.asks("GET", f"{MESSAGES}/{made['id']}") == made == service.messages()[0]


def test_later_messages_have_later_times():
    service = Service()
    first, second = (service.asks("POST", MESSAGES, HI) for _ in range(2))
    assert first["created_at"] < second["created_at"]


def test_a_deleted_message_of_a_run_is_gone_though_its_step_names_it():
    service = Service("runs: [{reply: a}]")
    run = service.finishes(service.creates())
    (message,) = service.messages()
    service.asks("DELETE", f"{MESSAGES}/{message['id']}")
    (step,) = service.steps(run)
    assert step["step_details"]["message_creation"]["message_id"] == message["id"]
    assert service.refused("GET", f"{MESSAGES}/{message['id']}")[0] == 404
