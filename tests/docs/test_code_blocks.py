"""Every code block of the README and of the site is run, as a reader would use it.

A page is one folder. Its blocks are used in order and share the files.

- Each block has a language. Directives of MyST are no blocks.
- A block whose first line is a comment with a path (`# my_app.py`, `# cassettes/weather.yaml`, `// app.mjs`) is that
  file. This line is in it, because a reader copies it too. A later block with the same path replaces the file;
  `# my_app.py (continued)` adds to its end.
- python: a file `test_*.py` must pass. It is run at the end of the page, or before a file is replaced, unless a command
  of the page runs it (and shows that it fails). Another file must be used by a block. Without a name it is a script,
  which is run at once.
- yaml: below `cassettes/` it must be a cassette, and a block must use it: by its name, its folder, or as the own
  cassette of a test. Other names are read as YAML. Without a name it is a cassette with `runmock: 1`, or entries of
  `runs:`, from `- ` on.
- console: each line that begins with `$ ` is a command. The lines below are its output: word for word, but for white
  space at the ends of lines and the time in pytest's last line. `...` on a line of its own is any number of lines, in a
  line any text. A command without output must end with 0.
  `runmock serve`, `runmock record` and what ends with `&` go on until the page ends, or until `$ kill -INT %1` (the
  first of them), whose output is what the server prints then. Ports are replaced by free ones.
  `pip`, `uv`, `npm` and `make` are not run: what they name must be there. No virtual environment is made. All others
  are run by bash.
- text: something that the commands before have printed, whatever the white space; `...` as above.
- json, toml, ini: read. sh, javascript: named files, which are read, and run by commands. typescript: a named file.

pytest has runmock's plugin, and those of PLUGINS in page_run.py that the page's words ask for.
"""

from pathlib import Path
from typing import NamedTuple

import pytest
from code_blocks import blocks_of
from page_run import PageRun

ROOT = Path(__file__).parents[2]
OWN_TESTS = ("docs/protocol/", "docs/how-it-is-built.md", "docs/reference/python-api.md")
"""Pages whose blocks have tests of their own: JSON in tests/test_docs.py, a drawing, and the examples of docstrings in
tests/docs/test_docstring_examples.py."""


class CannotRun(NamedTuple):
    """A block that cannot be run."""

    page: str
    line: str
    """A line of the block, which no other block of the page has."""
    reason: str
    file: str
    """A file with the block's text that other tests run."""


CANNOT_RUN = ()
MOST = 10


def pages():
    """The pages, as paths in the repository."""
    paths = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "docs").rglob("*.md"))]
    return ["README.md", *(path for path in paths if not path.startswith(OWN_TESTS))]


def skipped(page, text, cannot_run=CANNOT_RUN, root=ROOT):
    """The blocks of a page that cannot be run. Raises AssertionError for an entry of the list that is not right."""
    found = []
    for entry in (entry for entry in cannot_run if entry.page == page):
        blocks = [block for block in blocks_of(page, text) if entry.line in block.text.splitlines()]
        assert len(blocks) == 1, f"{page}: {len(blocks)} blocks have the line {entry.line!r} of CANNOT_RUN"
        file = root / entry.file
        words = " ".join(file.read_text(encoding="utf-8").split()) if file.is_file() else ""
        assert " ".join(blocks[0].text.split()) in words, f"{page}: {entry.file} has no block with {entry.line!r}"
        found += blocks
    return found


@pytest.mark.parametrize("page", pages())
def test_the_blocks_of_a_page_work(page, pytester: pytest.Pytester):
    text = (ROOT / page).read_text(encoding="utf-8")
    PageRun(page, text, pytester, skipped(page, text)).run()


def test_few_blocks_cannot_run():
    assert len(CANNOT_RUN) <= MOST
    assert {entry.page for entry in CANNOT_RUN} <= set(pages())
    assert all(entry.reason for entry in CANNOT_RUN)
