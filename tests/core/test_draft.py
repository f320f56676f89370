from runmock.core.draft import Draft
from runmock.core.interaction import Interaction, Pace, StreamEvent
from runmock.core.script import Source

ONE = Interaction(
    Source("a.yaml", 0),
    "POST",
    "/threads",
    {"a": ("b",)},
    {"metadata": {"who": "Ada"}},
    201,
    (("retry-after", "1"),),
    {"id": "thread_1"},
    pace=Pace(1, 2),
)


def test_an_untouched_draft_is_the_interaction():
    assert Draft.of(ONE).interaction(ONE) == ONE
    streamed = ONE._replace(json=None, stream=(StreamEvent("done"),))
    assert Draft.of(streamed).interaction(streamed) == streamed


def test_what_is_changed_in_place_or_assigned_is_kept():
    draft = Draft.of(ONE._replace(body={"metadata": {"who": "Ada"}}))
    assert draft.request == "POST /threads"
    draft.body["metadata"]["who"] = "someone"
    draft.json = {"id": "thread_2"}
    draft.headers.clear()
    changed = draft.interaction(ONE)
    assert (changed.body, changed.json, changed.headers) == ({"metadata": {"who": "someone"}}, {"id": "thread_2"}, ())
    assert changed.pace == Pace(1, 2)
