"""What goes into the wheel."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_every_package_of_the_tree_is_in_the_wheel():
    """An editable install finds them all, whatever the list says: a wheel does not."""
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    found = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "runmock").rglob("__init__.py")}
    assert set(packages) == found | {"pytest_runmock"}


def test_every_data_file_of_the_tree_is_in_the_wheel():
    data = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    named = {
        path
        for package, patterns in data.items()
        if package != "pytest_runmock"
        for pattern in patterns
        for path in (ROOT / package.replace(".", "/")).glob(pattern)
    }
    suffixes = {".json", ".yaml", ".html", ".typed"}
    assert named == {path for path in (ROOT / "runmock").rglob("*") if path.suffix in suffixes}
