from runmock.apis.registry import identify
from runmock.core.replay.binary_content import BinaryContent
from runmock.core.replay.draft import Draft
from runmock.core.replay.interaction import Interaction, RecordedPace, StreamEvent
from runmock.core.script.script import Source

ONE = Interaction(
    Source("a.yaml", 0),
    "POST",
    "/threads",
    {"a": ("b",)},
    {"metadata": {"who": "Ada"}},
    201,
    (("retry-after", "1"),),
    {"id": "thread_1"},
    pace=RecordedPace(1, 2),
    identify=identify,
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
    assert changed.pace == RecordedPace(1, 2)


BINARY = ONE._replace(json=None, content=BinaryContent.of(b"\x89PNG"))


def test_bytes_are_readable_and_may_be_changed():
    draft = Draft.of(BINARY)
    assert (draft.content, draft.json, draft.text, draft.stream) == (b"\x89PNG", None, None, None)
    assert draft.interaction(BINARY).content is BINARY.content
    draft.content = b"\x89"
    assert draft.interaction(BINARY).content == BinaryContent.of(b"\x89")
    draft.content = None
    assert draft.interaction(BINARY).content is None


def test_another_answer_replaces_bytes():
    draft = Draft.of(BINARY)
    draft.text = "a picture"
    assert (draft.interaction(BINARY).text, draft.interaction(BINARY).content) == ("a picture", None)


def test_bytes_that_were_too_many_are_not_readable_and_stay_what_they_are():
    large = BINARY._replace(content=BinaryContent(70_000_000, "0" * 64))
    assert Draft.of(large).content is None
    assert Draft.of(large).interaction(large).content is large.content
