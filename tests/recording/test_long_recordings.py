"""A long recording is searched and written in pieces. The limit is set low here, so that all recordings are long."""

import tempfile

import httpx2
import pytest
from upstream import Upstream, events, recorded, weather

import runmock
from runmock.apis.registry import identify
from runmock.core.replay.binary_content import BinaryContent
from runmock.core.replay.interaction import Interaction
from runmock.core.script.script import Source
from runmock.tape.files import long_texts, side_files
from runmock.tape.writing import cassette_text, wrapping
from runmock.tape.writing.cassette_text import Header, text_to_write

HEADER = Header(1_761_861_532)


@pytest.fixture
def all_are_long(monkeypatch):
    """Recordings of more than 20 characters are long."""
    monkeypatch.setattr(long_texts, "LONGEST_WHOLE", 20)
    monkeypatch.setattr(wrapping, "LONGEST_WHOLE", 20)


def record(path):
    with recorded(path, Upstream()) as sdk:
        weather(sdk)


def record_deltas(path, number):
    answer = httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=b"".join(events(number)))
    with recorded(path, lambda _: answer) as sdk:
        for _ in sdk.beta.threads.runs.create(thread_id="thread_1", assistant_id="asst_mine", stream=True):
            pass


def lines(path):
    """The lines of a cassette, but not those that say when and how fast."""
    return [line for line in path.read_text().split("\n") if "recorded: " not in line and "pace: " not in line]


def test_a_long_recording_has_the_same_text(tmp_path, request):
    record(tmp_path / "short.yaml")
    request.getfixturevalue("all_are_long")
    record(tmp_path / "long.yaml")
    assert lines(tmp_path / "long.yaml") == lines(tmp_path / "short.yaml")


@pytest.mark.parametrize("number", [100, wrapping.MANY_PIECES + 50])
def test_the_deltas_of_a_long_recording_are_broken_into_the_same_lines(tmp_path, request, number):
    record_deltas(tmp_path / "short.yaml", number)
    request.getfixturevalue("all_are_long")
    record_deltas(tmp_path / "long.yaml", number)
    written = lines(tmp_path / "long.yaml")
    assert written == lines(tmp_path / "short.yaml")
    assert any(line.endswith((f", {number - 1}]", f', "{number - 1}"]')) for line in written)


@pytest.mark.usefixtures("all_are_long")
def test_nothing_of_a_long_recording_is_on_the_disk_before_all_of_it_was_searched(tmp_path, monkeypatch):
    path = tmp_path / "weather.runmock.yaml"
    monkeypatch.setenv("MY_TOKEN", "status: completed")  # only the whole text has it
    made, mkstemp = [], tempfile.mkstemp
    monkeypatch.setattr(tempfile, "mkstemp", lambda **options: made.append(options["prefix"]) or mkstemp(**options))
    with pytest.raises(runmock.CassetteError, match=r"nothing was written: line \d+ would contain a key of the env"):
        record(path)
    assert not path.exists()
    assert made == [f".{path.name}.partial."]  # what is refused is kept beside it


@pytest.mark.usefixtures("all_are_long")
def test_a_file_beside_a_long_cassette_is_written(tmp_path):
    path, data = tmp_path / "x.yaml", b"\x89\xff" * side_files.LONGEST_INLINE
    content = BinaryContent.of(data)
    interactions = [
        Interaction(Source(str(path), 0), "GET", f"/files/{name}/content", identify=identify, content=content)
        for name in ("file-1", "file-2")
    ]
    text = text_to_write(HEADER, interactions)
    assert not isinstance(text, str)
    assert side_files.save(path, text, interactions)
    assert [file.read_bytes() for file in (tmp_path / "x.files").iterdir()] == [data]
    assert not side_files.save(path, text, interactions)
    assert path.read_text() == "".join(text) == cassette_text.cassette_text(HEADER, interactions)


def test_a_new_cassette_is_not_looked_for_among_its_neighbours(tmp_path, monkeypatch):
    monkeypatch.setattr("runmock.tape.reading.cassette.near_names", None)
    record(tmp_path / "weather.yaml")
    assert (tmp_path / "weather.yaml").exists()
