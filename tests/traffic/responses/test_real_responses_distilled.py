"""Every recording of Responses that is imported is distilled: its script plays the same, or says what it does not."""

from collections import Counter
from functools import cache

import pytest
from response_recordings import FOLDER, name_of

from runmock.core.errors import CassetteError
from runmock.documents.convert.distilling import distilled
from runmock.tape.importers.to_cassette import import_recording
from runmock.tape.reading.cassette import cassette_from

ABSENT = "the recording does not have the value that the service sends"
TOKENS = "a script gives the tokens of a run, and divides them among its responses"
REASONS = {
    ABSENT,
    TOKENS,
    "a script has it where the request includes it, or where nothing is stored",
    "a script has the logs before the images, and these as files",
    "in a script a search asks for the last message of the user",
}
NO_KEY = {"content_filters", "status"}
"""What Azure's filters find, and the status that xAI gives to reasoning; no script has a key for them."""
NO_STEP = {
    "web_search_call", "mcp_list_tools", "mcp_call", "tool_search_call", "apply_patch_call", "compaction",
    "image_generation_call", "shell_call",
}  # fmt: skip
"""Items that no step of a script makes."""
AS_RECORDED = {
    "reasoning in full",
    "a call with the key namespace",
    "no script has such a stream",
    "it is about what existed before the recording",
}
"""Why else a run, or a request, is answered as it was recorded."""


PLAYED = {"the same": 94, "but for what is named": 37, "as it was recorded": 48}
"""How many recordings a script plays, and how; keys that the service has sent only since then do not count."""


@cache
def script_of(path):
    """What a recording is distilled to; None where it is of no format that is imported."""
    try:
        text = import_recording(path).text
    except CassetteError:
        return None
    return distilled(cassette_from(text, path.name))


FILES = [
    path for path in sorted(FOLDER.rglob("*")) if path.suffix in {".json", ".yaml", ".yml"} and path.stem != "LICENSE"
]


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_what_a_script_plays_otherwise_is_named(path):
    if (done := script_of(path)) is None:
        return
    assert done.made_up == ()
    for item in done.deviations:
        assert item.why in REASONS or item.where.rpartition(".")[2] in NO_KEY
    for item in done.verbatim:
        assert item.why in AS_RECORDED or item.why.removeprefix("an item of type ") in NO_STEP


def test_how_many_recordings_a_script_plays():
    scripts = [done for path in FILES if (done := script_of(path)) is not None]
    assert Counter(map(how_played, scripts)) == PLAYED


def how_played(done):
    if done.verbatim:
        return "as it was recorded"
    reasons = {item.why for item in done.deviations}
    return "but for what is named" if reasons - {ABSENT} else "the same"
