"""Which cassettes a page may load: those that are really below the folders that were named."""

import os
from pathlib import Path

import pytest

from runmock.serve.shelf import NotOnShelf, Shelf

CASSETTE = "runmock: 1\nruns: [{reply: Hi}]\n"


@pytest.fixture
def tree(tmp_path):
    """Folders with cassettes and other files: `inside` is named, `outside` is not."""
    for name in ("inside/a.yaml", "inside/deep/b.yml", "inside/c.runmock.yaml", "inside/.git/d.yaml", "outside/e.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(CASSETTE)
    (tmp_path / "inside/compose.yaml").write_text("services: {}\n")
    (tmp_path / "inside/key.pem").write_text("runmock: 1")
    (tmp_path / "inside/link.yaml").symlink_to(tmp_path / "outside/e.yaml")
    (tmp_path / "inside/linked").symlink_to(tmp_path / "outside")
    (tmp_path / "inside/alias.yaml").symlink_to(tmp_path / "inside/a.yaml")
    (tmp_path / "inside/round.yaml").symlink_to(tmp_path / "inside/round.yaml")
    (tmp_path / "inside/inside-neighbour").mkdir()
    (tmp_path / "inside-too").mkdir()
    (tmp_path / "inside-too/f.yaml").write_text(CASSETTE)
    os.mkfifo(tmp_path / "inside/pipe.yaml")
    return tmp_path


@pytest.mark.parametrize("named", ["inside", "inside/a.yaml"])
def test_cassettes_below_a_named_folder_and_below_the_folder_of_a_named_cassette(tree, named):
    names = [os.path.relpath(path, tree / "inside") for path in Shelf([tree / named]).cassettes()]
    assert names == ["a.yaml", "alias.yaml", "c.runmock.yaml", "deep/b.yml"]


def test_each_listed_cassette_can_be_loaded_by_its_name(tree):
    shelf = Shelf([tree / "inside", tree / "outside/e.yaml"])
    assert len(shelf.cassettes()) == 6  # the link leads to a folder that is named, too
    for name in shelf.cassettes():
        assert str(shelf.find(name)) == name


def test_names_are_relative_where_the_folder_was_named_so(tree, monkeypatch):
    monkeypatch.chdir(tree)
    shelf = Shelf([Path("inside")])
    assert shelf.cassettes()[0] == "inside/a.yaml"
    assert shelf.find("inside/a.yaml").is_file()


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/etc/passwd",
        "{tree}/outside/e.yaml",
        "{tree}/inside/../outside/e.yaml",
        "{tree}/inside/deep/../../outside/e.yaml",
        "{tree}/inside/link.yaml",
        "{tree}/inside/linked/e.yaml",
        "{tree}/inside/round.yaml",
        "{tree}/inside-too/f.yaml",
        "{tree}/inside/a.yaml\0",
        "{tree}/inside/\udfff.yaml/../../outside/e.yaml",
        "../outside/e.yaml",
        "~/x.yaml",
    ],
)
def test_what_leads_out_is_refused(tree, name):
    with pytest.raises(NotOnShelf, match="is not below the folders that were named at the start"):
        Shelf([tree / "inside"]).find(name.format(tree=tree))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("{tree}/inside/none.yaml", "does not exist"),
        ("{tree}/inside/" + "x" * 300 + ".yaml", "does not exist"),
        ("{tree}/inside/deep", "does not exist"),
        ("{tree}/inside", "does not exist"),
        ("{tree}/inside/pipe.yaml", "does not exist"),
        ("{tree}/inside/compose.yaml", "is no cassette: a cassette is a YAML file with 'runmock: 1'"),
        ("{tree}/inside/key.pem", "is no cassette"),
    ],
)
def test_what_is_no_cassette_is_refused(tree, name, message):
    with pytest.raises(NotOnShelf, match=message):
        Shelf([tree / "inside"]).find(name.format(tree=tree))


def test_without_any_folder_nothing_can_be_loaded():
    shelf = Shelf([])
    assert shelf.cassettes() == []
    with pytest.raises(NotOnShelf, match=r"\(none\)"):
        shelf.find("x.yaml")
