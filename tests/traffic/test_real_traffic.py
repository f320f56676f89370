"""The backend does not drift from the truth: it answers the requests of every real recording as the service did."""

from typing import NamedTuple

import pytest
from playing import played
from recordings import NAMES, entries
from relations import RELATIONS, Answered
from scripts import SCRIPTS

from runmock.core.http import sse
from runmock.core.http.exchange import Reply


class Known(NamedTuple):
    """A difference that is known, as narrowly as possible, and its reason."""

    recording: str
    entry: int
    path: str
    reason: str


QUIRKS = (
    Known(
        "openai-dotnet/BasicMessageOperationsWork.json",
        5,
        "file_ids",
        "the one answer to a modified message that was recorded has the `file_ids` of the v1 API; the list has not",
    ),
    Known(
        "openai-dotnet/BasicMessageOperationsWork.json",
        5,
        "attachments",
        "the same answer lacks `attachments`, which the next list of the same message has",
    ),
    Known(
        "openai-dotnet/BasicThreadOperationsWork.json",
        3,
        "tool_resources.code_interpreter",
        "a retrieved thread told what only streams tell; create and modify of the same thread told `{}`, before and after",
    ),
)
"""What cannot agree: peculiarities of one sample."""


def differences(recording):
    return {
        (recording, difference.entry, difference.path): str(difference) for difference in played(recording).differences
    }


def test_every_recording_has_a_script():
    assert set(NAMES) == set(SCRIPTS)


@pytest.mark.parametrize("recording", SCRIPTS)
def test_the_backend_answers_a_recordings_requests_as_the_service_did(recording):
    known = {quirk[:3] for quirk in QUIRKS}
    new = [text for place, text in differences(recording).items() if place not in known]
    assert not new, "\n".join([recording, *new])
    assert played(recording).unplayed == []


@pytest.mark.parametrize("quirk", QUIRKS, ids=lambda quirk: f"{quirk.recording} {quirk.entry} {quirk.path}")
def test_an_exception_is_still_needed(quirk):
    assert quirk[:3] in differences(quirk.recording), f"no longer needed: {quirk.reason}"


@pytest.mark.parametrize("relation", RELATIONS, ids=lambda relation: relation.__name__)
@pytest.mark.parametrize("recording", SCRIPTS)
def test_times_and_tokens_stand_in_the_same_relations(recording, relation):
    outcome = played(recording)
    both = {"recorded": outcome.recorded, "played": outcome.played}
    broken = {whose: list(relation(Answered.by(answer for _, answer in answers))) for whose, answers in both.items()}
    assert broken == {"recorded": [], "played": []}, relation.__doc__


@pytest.mark.parametrize("recording", SCRIPTS)
def test_what_the_service_sent_is_what_our_encoders_make_of_it(recording):
    for entry in entries(recording):
        if entry.events is not None:
            assert entry.text.encode() == b"".join(sse.encode(*event) for event in entry.events)
        elif entry.text is not None:
            (frame,) = Reply.of_json(entry.json).frames
            assert entry.text.encode() == frame.data


def test_everything_that_was_recorded_is_compared():
    outcomes = [played(recording) for recording in SCRIPTS]
    answers = [answer for outcome in outcomes for _, answer in outcome.recorded]
    streams = [answer for answer in answers if isinstance(answer, tuple)]
    assert (len(streams), sum(len(stream) for stream in streams)) == (6, 320)
    assert len(answers) - len(streams) == 117
