"""Commands on cassettes with answers that are no text: import, check, show, distill, expand, diff."""

import base64
import hashlib
import json

import pytest

from runmock.tape.reading.cassette import load_cassette

LARGE = b"\x89PNG" + bytes(range(256)) * 80
DIGEST = hashlib.sha256(LARGE).hexdigest()
NAME = f"{DIGEST[:12]}.png"


def recording(*contents):
    """A recording of the test proxy: downloads of pictures."""
    entries = [
        {
            "RequestUri": f"https://api.openai.com/v1/files/f{number}/content",
            "RequestMethod": "GET",
            "StatusCode": 200,
            "ResponseHeaders": {"Content-Type": "image/png"},
            "ResponseBody": base64.b64encode(content).decode(),
        }
        for number, content in enumerate(contents)
    ]
    return json.dumps({"Entries": entries})


@pytest.fixture
def imported(runmock_command, tmp_path):
    """A cassette with a short answer, and a long one in a file of its own."""
    (tmp_path / "a.json").write_text(recording(b"\xff\x00", LARGE))
    return runmock_command("import", "a.json")


def test_an_imported_file_is_written_beside_the_cassette(imported, runmock_command, tmp_path):
    assert imported.out == "a.json -> a.runmock.yaml: 2 interactions, 0 lines became 13\n"
    assert (tmp_path / "a.files" / NAME).read_bytes() == LARGE
    assert f"path: a.files/{NAME}\n    size: 20484\n" in (tmp_path / "a.runmock.yaml").read_text()
    (tmp_path / "a.files" / NAME).unlink()
    assert runmock_command("import", "a.json").out.endswith("lines became 13\n")
    assert runmock_command("import", "a.json").out.endswith("lines became 13, unchanged\n")


def test_the_cassette_may_be_written_elsewhere(runmock_command, tmp_path):
    (tmp_path / "a.json").write_text(recording(LARGE))
    runmock_command("import", "a.json", "-o", "there")
    assert (tmp_path / "there/a.files" / NAME).read_bytes() == LARGE
    assert load_cassette(tmp_path / "there/a.runmock.yaml").interactions[0].content.read() == LARGE


@pytest.mark.usefixtures("imported")
def test_check_finds_a_file_that_is_missing_or_another(runmock_command, tmp_path):
    assert runmock_command("check", "a.runmock.yaml").out == "1 cassette, nothing found\n"
    (tmp_path / "a.files" / NAME).write_bytes(b"x")
    ran = runmock_command("check", "a.runmock.yaml")
    found = hashlib.sha256(b"x").hexdigest()
    assert ran.out == (
        f"a.runmock.yaml:11:5: file: a.files/{NAME} is not what was recorded: it has 1 byte with the sha256 {found}, "
        f"recorded were 20,484 with {DIGEST}\n"
    )
    (tmp_path / "a.files" / NAME).unlink()
    ran = runmock_command("check", "a.runmock.yaml")
    assert ran.out == (
        f"a.runmock.yaml:11:5: file: a.files/{NAME} cannot be read: No such file or directory; recorded were 20,484 "
        f"bytes with the sha256 {DIGEST}\n"
    )
    assert ran.code == 1


def test_check_does_not_search_bytes_for_secrets(runmock_command, tmp_path):
    (tmp_path / "a.json").write_text(recording(b"\xff my key is sk-proj-abcdefghijklmnopqrstuvwxyz012345"))
    assert runmock_command("import", "a.json").code == 0
    assert runmock_command("check", "a.runmock.yaml").out == "1 cassette, nothing found\n"


@pytest.mark.usefixtures("imported")
def test_show_prints_type_and_size(runmock_command, tmp_path):
    expected = "GET /files/f0/content (image/png, 2 bytes), GET /files/f1/content (image/png, 20,484 bytes)"
    assert expected in " ".join(runmock_command("show", "a.runmock.yaml").out.split())
    runmock_command("show", "a.runmock.yaml", "--html", "a.html")
    page = (tmp_path / "a.html").read_text()
    assert all(f'"content":{{"type":"image/png","size":{size}}}' in page for size in (2, 20484))
    assert f"    path: a.files/{NAME}\n" in runmock_command("show", "--full", "a.runmock.yaml").out


def test_show_prints_what_was_not_kept(runmock_command, tmp_path):
    (tmp_path / "a.yaml").write_text(
        f"runmock: 1\ninteractions:\n- {{request: GET /files/f0/content, size: 70000000, sha256: '{DIGEST}'}}\n"
    )
    expected = "GET /files/f0/content (application/octet-stream, 70,000,000 bytes, not kept)"
    assert expected in " ".join(runmock_command("show", "a.yaml").out.split())


@pytest.mark.usefixtures("imported")
@pytest.mark.parametrize("command", ["distill", "expand"])
def test_what_stays_a_recording_keeps_its_files(runmock_command, tmp_path, command):
    path = tmp_path / "a.runmock.yaml"
    reply = "  - request: POST /threads\n    json: {id: thread_1, object: thread, metadata: {}}\n"
    path.write_text(path.read_text() + reply)
    assert runmock_command(command, "a.runmock.yaml", "-o", "there/b.yaml").err.startswith("wrote there/b.yaml\n")
    contents = [
        interaction.content.read()
        for interaction in load_cassette(tmp_path / "there/b.yaml").interactions
        if interaction.content
    ]
    assert contents == [b"\xff\x00", LARGE]


@pytest.mark.usefixtures("imported")
def test_diff_compares_runs_and_stumbles_over_no_file(runmock_command):
    assert runmock_command("diff", "a.runmock.yaml", "a.runmock.yaml").code == 0
