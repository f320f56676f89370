"""Cassettes onto the disk: the old file or the new one."""

import os
import stat

import pytest

from runmock.tape import store


def test_a_file_is_written_with_its_folder_and_nothing_is_left_beside_it(tmp_path):
    path = tmp_path / "a" / "b" / "x.yaml"
    assert store.write(path, "one\n")
    assert store.write(path, "two\n")
    assert path.read_text() == "two\n"
    assert [one.name for one in path.parent.iterdir()] == ["x.yaml"]


def test_a_file_that_says_so_already_is_left_untouched(tmp_path):
    path = tmp_path / "x.yaml"
    store.write(path, "one\n")
    before = path.stat()
    assert not store.write(path, "one\n")
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


def test_a_failure_leaves_the_old_file_and_no_half_of_a_new_one(tmp_path, monkeypatch):
    path = tmp_path / "x.yaml"
    store.write(path, "one\n")

    def fails(_):
        raise OSError("the disk is full")

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(OSError, match="the disk is full"):
        store.write(path, "two\n")
    assert (path.read_text(), [one.name for one in tmp_path.iterdir()]) == ("one\n", ["x.yaml"])


def test_a_new_file_has_the_rights_that_any_new_file_has(tmp_path):
    store.write(tmp_path / "x.yaml", "one\n")
    (tmp_path / "y.yaml").write_text("one\n")
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("x.yaml", "y.yaml")]
    assert modes[0] == modes[1]
