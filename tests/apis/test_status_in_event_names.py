"""The status in an event's object is the one in the event's name."""

from runmock.apis.assistants.rules import stream_rules


def test_another_status_than_that_of_the_events_name_breaks_a_rule():
    def broken(state, status):
        found = stream_rules._check_status_in_name("thread.run", "run_1", state, {"status": status}, ())
        return [rule.message for rule in found]

    assert broken("completed", "completed") == broken("created", None) == []
    assert broken("completed", "queued") == ["thread.run.completed has the status 'queued' of run_1, not 'completed'"]
