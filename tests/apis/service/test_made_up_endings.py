import pytest

from runmock.apis.service.script_entries.endings import made_up_ending
from runmock.core.story.story import RunStory


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"events": []}, "the script plays its events as they came, and leaves it "),
        (
            {"stuck": "queued"},
            "the script leaves it queued for ever, since its messages or steps were read, and there were none",
        ),
        ({"fail": "server_error"}, "the script has it fail, with the error in its stream"),
        ({"truncate": True}, "the script breaks the stream off there too, and completes it with an empty reply"),
        ({}, "the script completes it with an empty reply"),
    ],
)
def test_the_end_that_a_script_gives_to_a_run_without_one_is_told(entry, told):
    assert made_up_ending(RunStory("run_1", "thread_1", 0, 0), entry) == told
