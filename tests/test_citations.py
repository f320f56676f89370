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
