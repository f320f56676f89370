"""A cassette that exists, with another recording in it: everything else in the file stays as it is written."""

import pytest

from runmock.core.errors import CassetteError
from runmock.tape.reading.cassette import cassette_from
from runmock.tape.writing.cassette_text import Header
from runmock.tape.writing.rewriting import appended, rewritten

HEADER = Header(1_790_000_000, "http://gateway.example/v1", "openai 3.54.0")
LINE = (
    "recorded: {at: 2026-09-21T14:13:20Z, from: 2026-09-21T14:13:21Z, "
    'upstream: "http://gateway.example/v1", sdk: openai 3.54.0}\n'
)
NEW = cassette_from("""
interactions:
  - {request: POST /threads, body: {}, json: {id: thread_XYZ, object: thread, created_at: 1790000001}}
  - {request: GET /threads/thread_XYZ, json: {id: thread_XYZ, object: thread, created_at: 1790000001}}
""").interactions

WIDE = """# by hand
runmock: 1
recorded: {at: 2026-09-21T14:13:20Z}   # then
interactions:
  # the first
  - request: POST /threads
    body: {metadata: {a: b}}
    json: {id: thread_1, object: thread, created_at: +0s}

# the script
runs:
  - reply: Hi   # a greeting
"""
FLAT = """runmock: 1
interactions:
- request: POST /threads
  json: {id: thread_1, object: thread}
"""


def put(text, how, new=NEW):
    return how(text, cassette_from(text), new, HEADER)


def test_what_is_appended_follows_and_nothing_else_changes():
    assert put(WIDE, appended) == WIDE.replace("\n# the script", """
  - request: POST /threads
    body: {}
    json: {id: thread_2, object: thread, created_at: +1s}

  - request: GET /threads/thread_2
    json: {same: thread_2}

# the script""")  # fmt: skip


def test_what_is_appended_is_as_deep_as_what_is_there():
    assert put(FLAT, appended) == FLAT + """
- request: POST /threads
  body: {}
  json: {id: thread_2, object: thread, created_at: +22774401s}

- request: GET /threads/thread_2
  json: {same: thread_2}
"""  # fmt: skip


def test_a_new_id_that_equals_an_old_alias_gets_another_alias():
    clash = [
        interaction._replace(json={"id": "thread_1", "object": "thread"}, path=interaction.path.replace("_XYZ", "_1"))
        for interaction in NEW
    ]
    read = cassette_from(put(WIDE, appended, clash)).interactions
    assert [interaction.json["id"] for interaction in read] == ["thread_1", "thread_2", "thread_2"]
    assert read[2].path == "/threads/thread_2"


def test_the_rewritten_recording_replaces_the_old_recording():
    assert put(WIDE, rewritten) == f"""# by hand
runmock: 1
{LINE}interactions:
  - request: POST /threads
    body: {{}}
    json: {{id: thread_1, object: thread, created_at: +0s}}

  - request: GET /threads/thread_1
    json: {{same: thread_1}}

# the script
runs:
  - reply: Hi   # a greeting
"""  # fmt: skip


@pytest.mark.parametrize("how", [appended, rewritten])
def test_a_script_gets_a_recording(how):
    script = "runmock: 1\nruns:\n  - reply: Hi # there\n"
    text = put(script, how)
    assert text.startswith(script + LINE + "interactions:\n  - request: POST /threads\n")
    assert cassette_from(text).script == cassette_from(script).script


def test_a_recording_without_its_header_gets_a_header():
    assert put(FLAT, rewritten).startswith(f"runmock: 1\n{LINE}interactions:\n  - request: POST /threads\n")


@pytest.mark.parametrize("how", [appended, rewritten])
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{runmock: 1, interactions: [{request: POST /threads, json: {id: a}}]}", "is written in one mapping"),
        ("runmock: 1\ninteractions: [{request: POST /threads, json: {id: a}}]\n", "cannot be added to this file"),
    ],
)
def test_a_file_that_cannot_be_split_is_refused(how, text, message):
    if how is rewritten and "one mapping" not in message:
        assert len(cassette_from(put(text, how)).interactions) == 2
        return
    with pytest.raises(CassetteError, match=message):
        put(text, how)


def test_lines_that_end_as_on_windows_are_read_and_kept():
    text = WIDE.replace("\n", "\r\n")
    again = put(text, appended)
    assert again.startswith(text[: text.index("\r\n\r\n# the script")])
    assert len(cassette_from(again).interactions) == 3
