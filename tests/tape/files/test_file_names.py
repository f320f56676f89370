"""Whether a cassette can be written under its name, checked before anything is recorded."""

import pytest

import runmock
from runmock.core.errors import CassetteError
from runmock.tape.files import store
from runmock.tape.files.file_names import other_spelling, refuse_impossible, taken_for


@pytest.mark.parametrize("name", ["x.yaml", "new/folder/x.yaml", "é ü 😀.yaml", "a:b?.yaml", f"{'x' * 237}"])
def test_what_can_be_written_is_not_refused(tmp_path, name):
    refuse_impossible(tmp_path / name)
    with store.locked(tmp_path / name):
        assert store.write(tmp_path / name, "runmock: 1\n")
    refuse_impossible(tmp_path / name)


IMPOSSIBLE = {
    "x" * 238: "File name too long; choose a shorter name, or another folder",
    "é" * 119: "File name too long; choose a shorter name, or another folder",
    f"new/{'x' * 300}/x.yaml": "File name too long; choose a shorter name, or another folder",
    "/".join(["x" * 200] * 25): "File name too long; choose a shorter name, or another folder",
    "file.yaml/x.yaml": "Not a directory",
    "folder": "this is a directory",
    "a\0b.yaml": "no file can have this name",
    "a\ud800b.yaml": "no file can have this name",
}


@pytest.mark.parametrize("name", IMPOSSIBLE, ids=range(len(IMPOSSIBLE)))
def test_what_no_file_can_be_called_is_refused_with_the_reason(tmp_path, name):
    (tmp_path / "file.yaml").write_text("runmock: 1\n")
    (tmp_path / "folder").mkdir()
    with pytest.raises(CassetteError) as refused:
        refuse_impossible(tmp_path / name)
    assert refused.value.message == f"no cassette can be written here: {IMPOSSIBLE[name]}"
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("mode", ["once", "new_episodes", "all", "rewrite"])
def test_use_cassette_refuses_such_a_name_before_the_block_begins(tmp_path, monkeypatch, mode):
    monkeypatch.delenv("CI", raising=False)
    with (
        pytest.raises(CassetteError, match="no cassette can be written here: File name too long"),
        runmock.use_cassette(tmp_path / f"{'x' * 300}.yaml", record_mode=mode),
    ):
        pytest.fail("the block began")


IN_USE = [
    ("Paris.yaml", ["paris.yaml"], "paris.yaml"),
    ("Paris.yaml", ["oslo.yaml", "PARIS.yaml"], "PARIS.yaml"),
    ("ÉTÉ.yaml", ["e\u0301te\u0301.yaml"], "e\u0301te\u0301.yaml"),
    ("paris.yaml", ["paris.yaml"], None),
    ("paris.yaml", ["Paris.yaml", "paris.yaml"], None),
    ("\u00e9.yaml", ["e\u0301.yaml"], None),
    ("paris.yaml", ["oslo.yaml"], None),
    ("paris.yaml", [], None),
]


@pytest.mark.parametrize(("name", "entries", "other"), IN_USE)
def test_a_name_that_is_found_but_not_listed_is_another_files(name, entries, other):
    assert taken_for(name, entries) == other


def test_this_disk_distinguishes_upper_and_lower_case_or_is_known_not_to(tmp_path):
    (tmp_path / "paris.yaml").write_text("runmock: 1\n")
    expected = "paris.yaml" if (tmp_path / "Paris.yaml").exists() else None
    assert other_spelling(tmp_path / "Paris.yaml") == expected
    assert other_spelling(tmp_path / "paris.yaml") is None
    assert other_spelling(tmp_path / "nowhere" / "paris.yaml") is None
