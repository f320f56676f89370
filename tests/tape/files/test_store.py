"""Cassettes onto the disk: the old file or the new one."""

import os
import stat
import subprocess
import sys
import textwrap
import threading

import pytest

from runmock.tape.files import store


def test_a_file_is_written_with_its_folder_and_nothing_is_left_beside_it(tmp_path):
    path = tmp_path / "a" / "b" / "x.yaml"
    assert store.write(path, "one\n")
    assert store.write(path, "two\n")
    assert path.read_text() == "two\n"
    assert [file.name for file in path.parent.iterdir()] == ["x.yaml"]


def test_a_file_with_the_same_content_is_left_untouched(tmp_path):
    path = tmp_path / "x.yaml"
    store.write(path, "one\n")
    before = path.stat()
    assert not store.write(path, "one\n")
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


def test_a_file_that_is_longer_or_shorter_is_replaced(tmp_path):
    path = tmp_path / "x.yaml"
    store.write(path, "one\ntwo\n")
    assert store.write(path, "one\n")
    assert store.write(path, "one\nthree\n")
    assert path.read_text() == "one\nthree\n"


def test_a_failure_leaves_the_old_file_and_no_half_of_a_new_file(tmp_path, monkeypatch):
    path = tmp_path / "x.yaml"
    store.write(path, "one\n")

    def fails(_):
        raise OSError("the disk is full")

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(OSError, match="the disk is full"):
        store.write(path, "two\n")
    assert (path.read_text(), [file.name for file in tmp_path.iterdir()]) == ("one\n", ["x.yaml"])


def test_a_new_file_has_the_rights_that_any_new_file_has(tmp_path):
    store.write(tmp_path / "x.yaml", "one\n")
    (tmp_path / "y.yaml").write_text("one\n")
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("x.yaml", "y.yaml")]
    assert modes[0] == modes[1]


def test_there_is_one_writer_at_a_time_among_threads_and_processes(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("0")
    count = f"""
        import pathlib
        from runmock.tape.files import store
        path = pathlib.Path({str(path)!r})
        for _ in range(25):
            with store.locked(path):
                store.write(path, str(int(path.read_text()) + 1))
    """
    processes = [subprocess.Popen([sys.executable, "-c", textwrap.dedent(count)]) for _ in range(3)]
    threads = [threading.Thread(target=exec, args=(textwrap.dedent(count), {})) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    assert path.read_text() == "125"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_and_its_file_are_one_cassette(tmp_path):
    path, link = tmp_path / "a.yaml", tmp_path / "b.yaml"
    link.symlink_to(path)
    waited = []
    with store.locked(path):
        other = threading.Thread(target=lambda: store.locked(link).__enter__() or waited.append(1), daemon=True)
        other.start()
        other.join(0.05)
        assert waited == []
    other.join(10)
    assert waited == [1]
    store.write(link, "through the link")
    assert (path.read_text(), link.is_symlink()) == ("through the link", True)


def test_what_a_killed_writer_left_is_removed(tmp_path):
    path = tmp_path / "a[1].yaml"
    left = tmp_path / ".a[1].yaml.x1y2.partial"
    left.write_text("half")
    with store.locked(path):
        store.write(path, "whole")
    assert list(tmp_path.iterdir()) == [path]
