"""What goes into the wheel, and into the source distribution."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
TOPS = {"runmock": "runmock", "pytest_plugin": "pytest_runmock"}
"""The folders of packages, and the names that they are imported by."""


def test_every_package_of_the_tree_is_in_the_wheel():
    """An editable install finds them all, whatever the list says: a wheel does not."""
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    folders = [path.parent.relative_to(ROOT).parts for top in TOPS for path in (ROOT / top).rglob("__init__.py")]
    assert set(packages) == {".".join((TOPS[parts[0]], *parts[1:])) for parts in folders}


def test_every_data_file_of_the_tree_is_in_the_wheel():
    data = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    named = {
        path
        for package, patterns in data.items()
        if package != "pytest_runmock"
        for pattern in patterns
        for path in (ROOT / package.replace(".", "/")).glob(pattern)
    }
    suffixes = {".json", ".yaml", ".html", ".typed", ".js", ".css", ".txt"}
    assert named == {path for path in (ROOT / "runmock").rglob("*") if path.suffix in suffixes}


def test_the_pages_are_in_the_source_distribution_and_in_no_wheel():
    """The wheel has packages and their data only; what else the source distribution has, MANIFEST.in lists."""
    pages = {path.relative_to(ROOT).parts[0] for path in ROOT.glob("docs/**/*.md")}
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    assert pages == {"docs"}
    assert "graft docs" in (ROOT / "MANIFEST.in").read_text().splitlines()
    assert not any(package.split(".")[0] == "docs" for package in settings["packages"])
    assert not any("docs" in pattern for patterns in settings["package-data"].values() for pattern in patterns)
