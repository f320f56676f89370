"""What is built for a release: the files of both distributions, and the addresses that a package index shows."""

import email
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

ROOT = Path(__file__).parent.parent
ADDRESS = "https://forge.example/someone/runmock"
PARTS = ("pyproject.toml", "setup.py", "MANIFEST.in", "LICENSE", *(path.name for path in ROOT.glob("*.md")))
FOLDERS = ("runmock", "pytest_plugin", "docs", "examples", "tests")
TOPS = {"runmock": "runmock", "pytest_plugin": "pytest_runmock"}
"""The folders of packages, and the names that they are imported by."""
METADATA_ONLY = "from setuptools import build_meta; build_meta.prepare_metadata_for_build_wheel('.')"


def checkout(folder):
    """A copy to build in: a build leaves files beside the sources."""
    ignored = shutil.ignore_patterns("__pycache__", ".*_cache", "data")
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in PARTS:
        shutil.copy(ROOT / name, folder)
    return folder


def run(folder, *arguments, address=""):
    environment = {**os.environ, "RUNMOCK_ADDRESS": address}
    finished = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr


def metadata(folder, readme=None, address=""):
    if readme is not None:
        (folder / "README.md").write_text(readme, encoding="utf-8")
    run(folder, "-c", METADATA_ONLY, address=address)
    (path,) = folder.glob("*.dist-info/METADATA")
    return email.message_from_string(path.read_text(encoding="utf-8"))


def links(markdown):
    tokens = [child for token in MarkdownIt().parse(markdown) for child in token.children or []]
    found = [token.attrGet("href") or token.attrGet("src") for token in tokens]
    return [link for link in found if link is not None]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder of a source distribution, and of a wheel that was built from it, with a public address."""
    folder = checkout(tmp_path_factory.mktemp("checkout"))
    for cache in ("examples/.ruff_cache", "examples/support_bot/.pytest_cache"):
        (folder / cache).mkdir()
        (folder / cache / "README.md").touch()
    run(folder, "-m", "build", "--no-isolation", "--outdir", "dist", address=ADDRESS)
    return folder / "dist"


def test_the_wheel_has_the_packages_with_their_data_and_nothing_else(built):
    (wheel,) = built.glob("*.whl")
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    kept = {".py", ".json", ".yaml", ".html", ".typed", ".js", ".css", ".txt"}
    files = [path for top in TOPS for path in (ROOT / top).rglob("*") if path.suffix in kept]
    parts = [path.relative_to(ROOT).parts for path in files]
    assert names == {"/".join((TOPS[first], *rest)) for first, *rest in parts}
    assert wheel.stat().st_size < 1_500_000


def test_the_source_distribution_has_the_pages_and_the_examples_and_no_tests(built):
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    assert {"CHANGELOG.md", "docs/index.md", "examples/README.md", "examples/support_bot/tests/test_bot.py"} <= names
    assert not {name for name in names if name.startswith("tests/") or name.endswith(".pyc") or "_cache" in name}


def test_an_index_accepts_both(built):
    run(built, "-m", "twine", "check", "--strict", *(path.name for path in built.iterdir()))


def test_with_a_public_address_every_link_of_the_description_is_absolute(built):
    (wheel,) = built.glob("*.whl")
    opened = zipfile.ZipFile(wheel)
    (name,) = [name for name in opened.namelist() if name.endswith(".dist-info/METADATA")]
    built_metadata = email.message_from_bytes(opened.read(name))

    description = built_metadata.get_payload(decode=True).decode()
    before = links((ROOT / "README.md").read_text(encoding="utf-8"))
    after = links(description)
    assert len(after) == len(before) > 0
    assert [link for link in after if not link.startswith("https://")] == []
    assert built_metadata.get_all("Project-URL") == [
        f"Source, {ADDRESS}",
        f"Documentation, {ADDRESS}/blob/main/docs/index.md",
        f"Changelog, {ADDRESS}/blob/main/CHANGELOG.md",
        f"Issues, {ADDRESS}/issues",
    ]


def test_without_a_public_address_none_is_made_up(tmp_path):
    found = metadata(checkout(tmp_path))
    assert found.get_payload() == (ROOT / "README.md").read_text(encoding="utf-8")
    assert found.get_all("Project-URL") is None
    assert found["Home-page"] is None


def test_links_in_code_and_absolute_links_stay_as_they_are(tmp_path):
    readme = (
        "[a `b`](docs/a.md#part) ![c](docs/c.png) [![d](d.svg)](d.md) [e](#e)\n"
        "[f](https://example.com/f.md) `[g](g.md)`\n\n```text\n[h](h.md)\n```\n[i](i.md)\n"
    )
    assert metadata(checkout(tmp_path), readme, ADDRESS).get_payload() == (
        f"[a `b`]({ADDRESS}/blob/main/docs/a.md#part) ![c]({ADDRESS}/raw/main/docs/c.png) "
        f"[![d]({ADDRESS}/raw/main/d.svg)]({ADDRESS}/blob/main/d.md) [e]({ADDRESS}/blob/main/README.md#e)\n"
        f"[f](https://example.com/f.md) `[g](g.md)`\n\n```text\n[h](h.md)\n```\n[i]({ADDRESS}/blob/main/i.md)\n"
    )
