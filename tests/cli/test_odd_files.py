"""Each command on a file that is empty, huge, binary, no cassette, or cannot be read: one line, and no traceback."""

import os

import pytest

COMMANDS = (("check",), ("show",), ("show", "--full"), ("distill",), ("expand",), ("diff", "good.yaml"))
GOOD = "runmock: 1\nruns:\n- reply: Hello\n"


def failed(ran, command):
    return ran.code == (2 if command[0] == "diff" else 1)


def printed(ran):
    """Return all output of a command, wherever it prints a message about the file."""
    return (ran.out + ran.err).replace("format: ", "")


ODD = {
    "empty.yaml": (b"", "empty.yaml:1:1: this cassette is empty; it begins with 'runmock: 1'"),
    "comment.yaml": (b"# nothing\n", "comment.yaml:1:1: this cassette is empty; it begins with 'runmock: 1'"),
    "binary.yaml": (
        b"runmock: 1\n\xff\xfe\x00",
        "binary.yaml:2:1: the byte 0xff is not UTF-8; save the cassette as a UTF-8 text",
    ),
    "image.yaml": (
        b"\x89PNG\r\n\x1a\n\x00",
        "image.yaml:1:1: the byte 0x89 is not UTF-8; save the cassette as a UTF-8 text",
    ),
    "zeros.yaml": (
        b"runmock: 1\n\x00",
        'zeros.yaml:2:1: the character U+0000 is not allowed in YAML; in double quotes, write it as "\\u0000"',
    ),
    "other.yaml": (b"name: CI\non: [push]\n", "a cassette begins with 'runmock: 1'"),
    "list.yaml": (b"- a\n- b\n", "list.yaml:1:1: a cassette should be a mapping, got a list"),
    "broken.yaml": (b"runmock: 1\nruns: [\n", "broken.yaml:3:1: not valid YAML: "),
    "later.yaml": (b"runmock: 2\nruns: []\n", "this is a cassette of version 2, and this runmock reads version 1"),
}


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("name", ODD)
def test_an_odd_file_is_reported_in_a_line(runmock_command, tmp_path, name, command):
    content, message = ODD[name]
    (tmp_path / "good.yaml").write_text(GOOD)
    (tmp_path / name).write_bytes(content)
    ran = runmock_command(*command, name)
    assert failed(ran, command)
    assert message in printed(ran)
    assert "Traceback" not in printed(ran)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_file_that_is_not_there_is_reported(runmock_command, tmp_path, command):
    (tmp_path / "good.yaml").write_text(GOOD)
    ran = runmock_command(*command, "goood.yaml")
    assert failed(ran, command)
    assert "goood.yaml" in printed(ran)
    assert "there is no such cassette; did you mean 'good.yaml'?" in printed(ran)


@pytest.mark.parametrize("command", COMMANDS[1:], ids=" ".join)
def test_a_folder_is_no_cassette(runmock_command, tmp_path, command):
    (tmp_path / "good.yaml").write_text(GOOD)
    (tmp_path / "folder").mkdir()
    ran = runmock_command(*command, "folder")
    assert failed(ran, command)
    assert "folder: this is a directory; name a cassette in it" in printed(ran)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_file_that_may_not_be_read_is_reported(runmock_command, tmp_path, command):
    (tmp_path / "good.yaml").write_text(GOOD)
    (tmp_path / "secret.yaml").write_text(GOOD)
    (tmp_path / "secret.yaml").chmod(0)
    if os.access(tmp_path / "secret.yaml", os.R_OK):
        pytest.skip("root may read every file")
    ran = runmock_command(*command, "secret.yaml")
    assert failed(ran, command)
    assert "secret.yaml: this file may not be read; change its permissions" in printed(ran).replace(":1:1:", ":")


HUGE = "runmock: 1\nruns:\n- reply: " + "word " * 5_000 + "\n"


@pytest.mark.parametrize("command", [arguments for arguments in COMMANDS if arguments[0] != "distill"], ids=" ".join)
def test_a_huge_file_is_read(runmock_command, tmp_path, command):
    (tmp_path / "good.yaml").write_text(GOOD)
    (tmp_path / "huge.yaml").write_text(HUGE)
    ran = runmock_command(*command, "huge.yaml")
    assert ran.code == (1 if command[0] == "diff" else 0)


@pytest.mark.parametrize("command", ["show", "expand", "distill"])
def test_nothing_in_a_file_is_reported(runmock_command, tmp_path, command):
    (tmp_path / "nothing.yaml").write_text("runmock: 1\nruns: []\n")
    ran = runmock_command(command, "nothing.yaml")
    assert ran.code == 1
    assert ran.err.startswith("Error: nothing.yaml: there is ")


@pytest.mark.parametrize("command", [("show", "--html", "no/where/x.html"), ("expand", "-o", "good.yaml/x.yaml")])
def test_a_place_that_cannot_be_written_is_reported(runmock_command, tmp_path, command):
    (tmp_path / "good.yaml").write_text(GOOD)
    (tmp_path / "no").write_text("a file, where a folder should be")
    ran = runmock_command(*command, "good.yaml")
    assert ran.code == 1
    assert "cannot be written: " in ran.err
