"""Files beside a cassette: their order on the disk, and how a cassette names them."""

import hashlib

import pytest

from runmock.apis.registry import identify
from runmock.core.errors import CassetteError
from runmock.core.replay.binary_content import BinaryContent
from runmock.core.replay.interaction import Interaction
from runmock.core.script.script import Source
from runmock.tape.files.side_files import save
from runmock.tape.reading.cassette import cassette_from, load_cassette
from runmock.tape.writing.cassette_text import Header, cassette_text

LARGE = b"\xff" * 20_000
DIGEST = hashlib.sha256(LARGE).hexdigest()


def answered(path, content=LARGE):
    return Interaction(Source(str(path), 0), "GET", "/a", content=BinaryContent.of(content), identify=identify)


def saved(path, *contents, old=()):
    answers = [answered(path, content) for content in contents]
    return save(path, cassette_text(Header(0), answers), answers, old)


def test_whatever_is_changed_is_reported(tmp_path):
    path = tmp_path / "a.yaml"
    assert saved(path, LARGE) is True
    assert saved(path, LARGE) is False
    (tmp_path / "a.files" / f"{DIGEST[:12]}.bin").write_bytes(b"")
    assert saved(path, LARGE) is True
    assert saved(path, LARGE) is False


def test_when_the_cassette_cannot_be_written_the_files_of_the_old_one_are_there(tmp_path):
    path = tmp_path / "a.yaml"
    saved(path, LARGE)
    old = load_cassette(path).interactions
    path.unlink()
    path.mkdir()
    with pytest.raises(IsADirectoryError):
        saved(path, LARGE[1:], old=old)
    assert (tmp_path / "a.files" / f"{DIGEST[:12]}.bin").read_bytes() == LARGE


def test_a_file_that_nobody_has_is_named_all_the_same(tmp_path):
    path = tmp_path / "a.yaml"
    saved(path, LARGE)
    (tmp_path / "a.files" / f"{DIGEST[:12]}.bin").unlink()
    old = load_cassette(path).interactions
    text = path.read_text() + "\n"
    assert save(path, text, old, old) is True
    assert path.read_text() == text


def test_no_bytes_are_an_empty_text(tmp_path):
    text = cassette_text(Header(0), [answered("a.yaml", b"")])
    assert '    base64: ""\n' in text
    assert cassette_from(text).interactions[0].content.read() == b""


def test_polls_that_got_the_same_bytes_are_one_entry():
    text = cassette_text(Header(0), [answered("a.yaml"), answered("a.yaml"), answered("a.yaml", b"\xff")])
    assert [interaction.repeat for interaction in cassette_from(text).interactions] == [2, 1]


WRONG = {
    "base64: '###'": "'base64' should be base64, in as many lines as you like, got '###'",
    "base64: 5": "'base64' should be a text, got 5: write it in quotes",
    "base64: null": "'base64' should be a text, got null",
    "json: {}, base64: eA==": "an interaction has one answer: 'json' or 'base64'",
    f"path: ../a.png, size: 1, sha256: '{DIGEST}'": (
        "'path' should be the path of a file from the cassette's folder on, inside of it, with slashes, got '../a.png'"
    ),
    f"path: /a.png, size: 1, sha256: '{DIGEST}'": "inside of it, with slashes, got '/a.png'",
    f"path: a/../../b.png, size: 1, sha256: '{DIGEST}'": "inside of it, with slashes, got 'a/../../b.png'",
    f"path: 'C:\\a.png', size: 1, sha256: '{DIGEST}'": "inside of it, with slashes, got 'C:",
    f"path: 'a\\..\\b.png', size: 1, sha256: '{DIGEST}'": "inside of it, with slashes, got 'a",
    f"path: '', size: 1, sha256: '{DIGEST}'": "'path' should be a text that is not empty, got ''",
    "path: a.png": "'path' needs 'size' beside it",
    "path: a.png, size: 1": "'path' needs 'sha256' beside it",
    "size: 1": "'size' needs 'sha256' beside it",
    f"sha256: '{DIGEST}'": "'sha256' needs 'size' beside it",
    f"text: a, size: 1, sha256: '{DIGEST}'": "'size' goes with 'path', not with 'text'",
    f"path: a.png, size: -1, sha256: '{DIGEST}'": "'size' should be at least 0, got -1",
    "path: a.png, size: 1, sha256: abc": "'sha256' should be 64 hexadecimal digits, got 'abc'",
}


@pytest.mark.parametrize(("keys", "message"), WRONG.items(), ids=WRONG)
def test_what_cannot_be_an_answer_is_refused(keys, message):
    with pytest.raises(CassetteError) as error:
        cassette_from(f"interactions:\n- {{request: GET /a, {keys}}}")
    assert message in str(error.value)


def test_bytes_in_one_line_by_hand():
    (interaction,) = cassette_from("interactions:\n- {request: GET /a, base64: iVBORw0KGgo=}").interactions
    assert interaction.content.read() == b"\x89PNG\r\n\x1a\n"
