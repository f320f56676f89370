"""Two recordings of one behaviour are the same; any change that an application could notice makes them two."""

import pytest

from runmock.apis.registry import identify
from runmock.core.replay.interaction import Interaction, RecordedPace, StreamEvent
from runmock.core.script.script import Source
from runmock.tape.comparing.same_recording import same_recording

SOURCE = Source("x", 0)


def recording(ids="abcdefghijklmnop", at=1_761_861_532, polls=2):
    thread, run = f"thread_{ids}", {"id": f"run_{ids}", "object": "thread.run", "created_at": at, "status": "queued"}
    events = (StreamEvent("thread.run.created", run), StreamEvent("done"))
    return [
        Interaction(SOURCE, "POST", "/threads", json={"id": thread, "created_at": at}, identify=identify),
        Interaction(
            SOURCE,
            "POST",
            f"/threads/{thread}/runs",
            body={"stream": True},
            stream=events,
            pace=RecordedPace(at % 7, 3),
            identify=identify,
        ),
        *[Interaction(SOURCE, "GET", f"/threads/{thread}/runs/{run['id']}", json=run, identify=identify)] * polls,
    ]


def test_ids_times_pace_and_the_number_of_polls_make_no_difference():
    assert same_recording(recording(), recording("zyxwvutsrqponmlk", 1_800_000_000, 5))


@pytest.mark.parametrize(
    "change",
    [
        lambda interaction: interaction._replace(status=404),
        lambda interaction: (
            interaction._replace(json={**interaction.json, "status": "failed"}) if interaction.json else interaction
        ),
        lambda interaction: (
            interaction._replace(json={**interaction.json, "created_at": None}) if interaction.json else interaction
        ),
        lambda interaction: interaction._replace(body={"a": 1}),
        lambda interaction: interaction._replace(query={"a": ("b",)}),
        lambda interaction: interaction._replace(headers=(("retry-after", "2"),)),
        lambda interaction: interaction._replace(is_truncated=True),
        lambda interaction: interaction._replace(stream=interaction.stream[:1]) if interaction.stream else interaction,
    ],
)
def test_anything_else_does(change):
    assert not same_recording(recording(), [change(interaction) for interaction in recording()])


def conversation(number, text, salt):
    thread = f"thread_{salt}{number}abcdefghijkl"
    message = {"role": "user", "content": text}
    return [
        Interaction(SOURCE, "POST", "/threads", json={"id": thread, "object": "thread"}, identify=identify),
        Interaction(
            SOURCE, "POST", f"/threads/{thread}/messages", body=message, json={"id": f"msg_{thread}"}, identify=identify
        ),
    ]


def test_how_conversations_are_interleaved_makes_no_difference():
    assistant = [
        Interaction(
            SOURCE,
            "POST",
            "/assistants",
            json={"id": "asst_abcdefghijklmnop", "object": "assistant"},
            identify=identify,
        )
    ]
    (a, b), (c, d) = conversation(1, "Paris", "x"), conversation(2, "Oslo", "x")
    (e, f), (g, h) = conversation(3, "Paris", "y"), conversation(4, "Oslo", "y")
    assert same_recording([*assistant, a, b, c, d], [*assistant, g, e, f, h])
    assert not same_recording([*assistant, a, b, c, d], [*assistant, e, f])
    assert not same_recording([a, b], [c, d])
    assert not same_recording([a, b], [b, a])


def test_what_polls_return_while_a_run_goes_on_makes_no_difference_and_its_end_does():
    def polled(*statuses):
        run = {"id": "run_abcdefghijklmnop", "object": "thread.run"}
        path = "/threads/thread_abcdefghijklmnop/runs/run_abcdefghijklmnop"
        return [
            Interaction(SOURCE, "GET", path, json=run | {"status": status}, identify=identify) for status in statuses
        ]

    assert same_recording(polled("queued", "in_progress", "completed"), polled("in_progress", "completed"))
    assert not same_recording(polled("queued", "completed"), polled("queued", "failed"))
    assert not same_recording(polled("queued", "completed"), polled("queued"))
