"""Every page that code, tests and pages name is in the repository, and has the heading that they name."""

import ast
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ("benchmarks", "conformance", "docs", "examples", "pytest_plugin", "runmock", "tests")
PAGE = re.compile(r"(?P<page>(?:\w+:/)?[\w./-]*\w\.md)\b(?:#(?P<heading>[\w-]+))?")
WRITTEN = {"FILE.md", "report.md", "summary.md"}
"""Texts that `--runmock-report` writes, which are no pages."""
SAME_PAGE = re.compile(r"\]\(#(?P<heading>[\w-]+)\)")


class Citation(NamedTuple):
    """A page, or a heading on it, that a text names."""

    line: int
    page: str
    """A path from the root, on a page from its own folder, as links are; empty for the page itself."""
    heading: str | None


def texts() -> list[Path]:
    """The files in which pages are named: code, pages, settings."""
    inside = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*")]
    return sorted(
        path for path in [*ROOT.iterdir(), *inside] if path.suffix in {".py", ".md", ".toml"} or path.name == "Makefile"
    )


def prose(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a file, with their numbers; of code only comments and texts that stand alone, such as docstrings."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        yield from enumerate(text.splitlines(), 1)
        return
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield from enumerate(node.value.value.splitlines(), node.lineno)


@cache
def citations(path: Path) -> tuple[Citation, ...]:
    """The pages and headings that a file names; addresses on the web are none."""
    if b".md" not in path.read_bytes() and path.suffix != ".md":
        return ()
    found: list[Citation] = []
    for number, line in prose(path):
        pages = [match for match in PAGE.finditer(line) if ":/" not in match["page"]]
        pages = [match for match in pages if match["page"].rpartition("/")[2] not in WRITTEN]
        found += [Citation(number, match["page"], match["heading"]) for match in pages]
        if path.suffix == ".md":
            found += [Citation(number, "", match["heading"]) for match in SAME_PAGE.finditer(line)]
    return tuple(found)


@cache
def headings(page: Path) -> list[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    found: list[str] = []
    is_code = False
    for line in page.read_text(encoding="utf-8").splitlines():
        is_code ^= line.lstrip().startswith("```")
        if not is_code and (title := re.match(r"#{1,6} (.*)", line)) is not None:
            text = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", title[1]).strip().lower()
            found.append(re.sub(r"[^\w\- ]", "", text).replace(" ", "-"))
    return found


def problem(path: Path, citation: Citation, root: Path = ROOT) -> str | None:
    """What is wrong with a citation in a file; None when its page and heading are there."""
    page = (path.parent if path.suffix == ".md" else root) / citation.page if citation.page else path
    if not page.is_file():
        return f"no page {citation.page}"
    if citation.heading is None or citation.heading in headings(page.resolve()):
        return None
    return f"no heading #{citation.heading} on {citation.page or 'this page'}"


def problems(path: Path, root: Path = ROOT) -> list[str]:
    """All that is wrong with the citations in a file, by line."""
    found = [
        (citation.line, wrong) for citation in citations(path) if (wrong := problem(path, citation, root)) is not None
    ]
    return [f"{line}: {wrong}" for line, wrong in sorted(found)]


def test_every_page_that_is_named_is_there():
    wrong = [f"{path.relative_to(ROOT)}:{each}" for path in texts() for each in problems(path)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("page", sorted(ROOT.glob("docs/**/*.md")), ids=lambda page: str(page.relative_to(ROOT)))
def test_no_two_headings_of_a_page_have_one_anchor(page):
    assert [anchor for anchor, times in Counter(headings(page)).items() if times > 1] == []


PAGE_OF_SAMPLES = """
# Top

## What is `null`, and why?

```text
# no heading
```

See [above](#top), [there](#nowhere), [a page](other.md) and https://example.com/other.md#top.
"""

CODE_OF_SAMPLES = '''
"""Facts stand in page.md#top
and in page.md#none."""

NAME = "made_up.md"  # as docs/missing.md says
SIZE = 3
"""See page.md#what-is-null-and-why."""
'''


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("page.md", PAGE_OF_SAMPLES, ["10: no heading #nowhere on this page", "10: no page other.md"]),
        ("code.py", CODE_OF_SAMPLES, ["3: no heading #none on page.md", "5: no page docs/missing.md"]),
        ("Makefile", "all:  # see gone.md\n", ["1: no page gone.md"]),
    ],
)
def test_what_is_not_there_is_found(tmp_path, name, text, expected):
    (tmp_path / "page.md").write_text(PAGE_OF_SAMPLES)
    (tmp_path / name).write_text(text)
    assert problems(tmp_path / name, root=tmp_path) == expected


def test_code_names_pages():
    """So the tests above look at something."""
    named = {citation.page for path in texts() if path.suffix == ".py" for citation in citations(path)}
    assert {f"docs/protocol/{name}.md" for name in ("errors", "runs", "sdk", "streams")} <= named


BUILT = ROOT / "docs" / "how-it-is-built.md"
CODE_SPAN = re.compile(r"`([^`\n]+)`")
PATH = re.compile(r"[\w*]+(?:/[\w*]+)*/[\w.*]+|[\w*]+\.(?:py|toml|json|md)")


def paths_named(text: str) -> list[str]:
    """The paths in the code of a page, those in its commands included; a file's name alone is one, too."""
    words = (word for span in CODE_SPAN.findall(text) for word in span.split())
    return [word for word in words if PATH.fullmatch(word)]


def is_in_tree(path: str) -> bool:
    """Whether a path is one from the root or from `runmock`, or the end of such a path; `*` stands for anything."""
    return any(any(ROOT.glob(start + path)) for start in ("", "runmock/")) or any(
        any((ROOT / folder).rglob(path)) for folder in ("runmock", "pytest_plugin")
    )


def test_every_path_that_the_page_on_the_tree_names_is_there():
    named = paths_named(BUILT.read_text(encoding="utf-8"))
    assert {"deck/deck.py", "documents/check/*_rules.py", "tests/test_floors.py", "kept_lines.py"} <= set(named)
    assert [path for path in named if not is_in_tree(path)] == []


def test_a_path_that_is_not_in_the_tree_is_found():
    named = paths_named("`deck/gone.py`, `gone.py`, `make bench` and `python tests/gone.py README.md`")
    assert [path for path in named if not is_in_tree(path)] == ["deck/gone.py", "gone.py", "tests/gone.py"]


ROOMS = re.compile(r"^\| `([\w/]+)` \| (.*) \|$", re.MULTILINE)


def rooms() -> dict[str, str]:
    """The table of rooms: what is in each."""
    return dict(ROOMS.findall(BUILT.read_text(encoding="utf-8").partition("## One request")[0]))


def folder_of(room: str) -> Path:
    """The folder of a room: the plugin has its own beside `runmock`."""
    return ROOT / room if room == "pytest_plugin" else ROOT / "runmock" / room


def test_the_table_of_rooms_has_every_folder_of_the_tree():
    packages = {path.parent.relative_to(ROOT / "runmock") for path in (ROOT / "runmock").glob("*/__init__.py")}
    halls = {"core", "apis"}
    expected = {str(package) for package in packages} - halls
    expected |= {
        f"{hall}/{path.parent.name}" for hall in halls for path in (ROOT / "runmock" / hall).glob("*/__init__.py")
    }
    assert rooms().keys() == expected | {"pytest_plugin"}


@pytest.mark.parametrize("room", rooms())
def test_what_the_table_of_rooms_names_is_in_the_room(room):
    words = {word for word in CODE_SPAN.findall(rooms()[room]) if re.fullmatch("[a-z_]+", word)}
    named = words - {"runmock", "pytest_runmock"}
    inside = {path.stem for path in folder_of(room).iterdir()}
    assert named <= inside


def classes() -> set[str]:
    """The names of all classes in the tree."""
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / "runmock").rglob("*.py"))
    return {name for source in sources for name in re.findall(r"^\s*class (\w+)", source, re.MULTILINE)}


def test_every_class_that_the_words_name_is_there():
    words = re.findall(r"^\| ([\w, -]+) \|", BUILT.read_text(encoding="utf-8").partition("## Words")[2], re.MULTILINE)
    named = {name for row in words for name in re.findall(r"[A-Z]\w+", row)}
    assert {"ScriptedRun", "RequestKey"} <= named
    assert named <= classes()
