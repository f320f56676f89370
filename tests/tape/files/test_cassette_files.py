import os
import sys

import pytest

from runmock.core.errors import CassetteError, CassetteNotFoundError
from runmock.core.script.script import Message, Script
from runmock.tape.files.search import find_cassettes, near_names, nearest, recorded_into, upwards
from runmock.tape.reading.cassette import Cassette, Recorded, cassette_from, load_cassette


def _message(path):
    with pytest.raises(CassetteError) as caught:
        load_cassette(path)
    return str(caught.value)


def test_a_file_may_hold_a_script_and_a_recording(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text("runmock: 1\nrecorded: {at: 2026-01-01T00:00:00Z, upstream: u, sdk: s}\nruns: [reply: hé]\ninteractions: [{request: GET /a, json: 1}]\n", "utf-8")  # fmt: skip
    cassette = load_cassette(path)
    assert cassette.path == str(path)
    assert [run.steps for run in cassette.script.runs] == [(Message(text="hé"),)]
    assert [interaction.json for interaction in cassette.interactions] == [1]
    assert cassette.recorded == Recorded(1_767_225_600, "u", "s")


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("{}", None),
        ("interactions: []", None),
        ("defaults: {model: m}", None),
        ("runs: []", Script()),
        ("runs:", Script()),
        ("threads: [{id: t}]", Script(threads=({"id": "t"},))),
    ],
)
def test_a_cassette_has_a_script_when_it_has_a_key_of_one(text, script):
    assert cassette_from(text) == Cassette("inline", script)


def test_an_inline_cassette_may_be_empty_and_needs_no_version():
    assert cassette_from("") == cassette_from({}) == cassette_from("runmock: 1") == Cassette("inline")
    assert cassette_from({"runs": [{"reply": "a"}]}, "mine").script.runs[0].source.cassette == "mine"


def test_an_inline_cassette_of_another_version_is_refused():
    with pytest.raises(CassetteError) as caught:
        cassette_from({"runmock": 3})
    assert str(caught.value) == "inline: runmock: this is a cassette of version 3, and this runmock reads version 1"


def test_a_missing_file_is_reported_with_a_similar_name(tmp_path):
    path = tmp_path / "weathr.yaml"
    assert _message(path) == f"{path}: there is no such cassette; write it"
    (tmp_path / "weather.yaml").touch()
    assert _message(path) == f"{path}: there is no such cassette; did you mean 'weather.yaml'?"
    with pytest.raises(CassetteNotFoundError):
        load_cassette(path)


@pytest.mark.parametrize("name", ["weather", "weather.yaml"])
def test_a_path_that_should_lead_into_the_folder_of_cassettes_is_corrected_in_the_message(tmp_path, name):
    (tmp_path / "cassettes").mkdir()
    (there := tmp_path / "cassettes" / "weather.yaml").touch()
    assert _message(tmp_path / name) == f"{tmp_path / name}: there is no such cassette; did you mean '{there}'?"


def test_a_directory_is_no_cassette(tmp_path):
    assert _message(tmp_path) == f"{tmp_path}: this is a directory; name a cassette in it"


def test_a_name_that_no_file_can_have_is_reported(tmp_path):
    assert _message(tmp_path / "a\0b").endswith(": no file can have this name")
    assert _message(tmp_path / ("a" * 5000)).endswith(": cannot be read: File name too long")


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_reported(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text("runmock: 1")
    path.chmod(0)
    assert _message(path) == f"{path}: this file may not be read; change its permissions"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "1:1: this cassette is empty; it begins with 'runmock: 1'"),
        (b"# nothing\n", "1:1: this cassette is empty; it begins with 'runmock: 1'"),
        (b"runmock: 1\nruns: \xff\xfe", "2:7: the byte 0xff is not UTF-8; save the cassette as a UTF-8 text"),
        (b"\x00\x01", '1:1: the character U+0000 is not allowed in YAML; in double quotes, write it as "\\u0000"'),
        (b"\x89PNG\r\n", "1:1: the byte 0x89 is not UTF-8; save the cassette as a UTF-8 text"),
    ],
)
def test_a_file_that_is_no_text_is_reported(tmp_path, content, message):
    path = tmp_path / "x.yaml"
    path.write_bytes(content)
    assert _message(path) == f"{path}:{message}"


@pytest.fixture
def places(tmp_path):
    beside, root = tmp_path / "tests", tmp_path
    for folder in (beside / "cassettes", root / "cassettes", root / "cassettes/sub"):
        folder.mkdir(parents=True)
    return [beside, root]


@pytest.mark.parametrize(
    ("name", "files", "found"),
    [
        ("w", ["tests/cassettes/w.runmock.yaml", "tests/cassettes/w.yaml"], "tests/cassettes/w.runmock.yaml"),
        ("w", ["tests/cassettes/w.yaml", "cassettes/w.runmock.yaml"], "tests/cassettes/w.yaml"),
        ("w", ["cassettes/w.yaml"], "cassettes/w.yaml"),
        ("sub/w", ["cassettes/sub/w.yaml"], "cassettes/sub/w.yaml"),
        ("w.yaml", ["tests/w.yaml", "tests/cassettes/w.yaml"], "tests/cassettes/w.yaml"),
        ("w.yml", ["w.yml"], "w.yml"),
        ("w", ["tests/w.yaml", "w"], None),
        ("a" * 5000, [], None),
        ("a\0", [], None),
    ],
)
def test_a_name_leads_to_a_file(tmp_path, places, name, files, found):
    for file in files:
        (tmp_path / file).touch()
    assert nearest(find_cassettes(name, places)) == (found and tmp_path / found)


def test_an_absolute_name_is_used_as_it_is(tmp_path, places):
    path = tmp_path / "tests/cassettes/w.yaml"
    path.touch()
    assert nearest(find_cassettes(str(path), places)) == path
    assert nearest(find_cassettes(str(path.with_suffix("")), places)) is None


@pytest.mark.parametrize(
    ("files", "into"),
    [
        ([], None),
        (["tests/cassettes/w.yaml"], "tests/cassettes/w.yaml"),
        (["tests/cassettes/w.yaml", "cassettes/w.yaml"], "tests/cassettes/w.yaml"),
        (["cassettes/w.yaml"], "cassettes/w.yaml"),
        (["cassettes/w.yaml", "cassettes/w.runmock.yaml"], "cassettes/w.runmock.yaml"),
        (["further/cassettes/w.yaml", "cassettes/w.yaml"], None),
    ],
)
def test_a_recording_goes_into_the_nearest_place_or_the_only_file(tmp_path, places, files, into):
    (tmp_path / "further/cassettes").mkdir(parents=True)
    for file in files:
        (tmp_path / file).touch()
    found = find_cassettes("w", [places[0], tmp_path / "further", places[1]])
    assert recorded_into(found) == (into and tmp_path / into)


def test_places_are_a_folder_and_those_around_it(tmp_path):
    assert upwards(tmp_path / "a/b", tmp_path) == [tmp_path / "a/b", tmp_path / "a", tmp_path]
    assert upwards(tmp_path, tmp_path) == [tmp_path]
    assert upwards(tmp_path / "a/b", tmp_path / "c") == [tmp_path / "a/b", tmp_path / "c"]


def test_near_names_are_those_of_cassettes(tmp_path, places):
    (tmp_path / "cassettes/weather.runmock.yaml").touch()
    assert near_names("wether", places) == "; did you mean 'weather'?"
    assert near_names("wether.yaml", [tmp_path / "cassettes"]) == "; did you mean 'weather.runmock.yaml'?"
    assert near_names("greeting", [*places, tmp_path / "nowhere"]) == ""
