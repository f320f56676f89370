"""The texts of the product that a user can see, collected from its sources by their syntax.

What is not a message is left out by its place: docstrings, annotations, regular expressions, the words of `--help`.
What remains is a message, or a part of one. Its first line is a headline when it has at least three words; a row below
a headline begins with two spaces.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
SOURCES = ("runmock", "pytest_plugin")
FEWEST_WORDS = 3
OF_HELP = {"help", "epilog", "short_help", "examples"}
"""Keywords of click and pytest whose values are shown by `--help` only."""
NO_MESSAGES = {"compile", "fullmatch", "cast", "TypeVar", "examples", "addini", "match", "finditer"}
"""Functions whose texts are patterns, types or help."""
FIELD = "\0"
TEMPLATE = re.compile(r"\{[a-z_]*\}")
"""A field of a text for `str.format`."""
UNION = re.compile(r"\w+( \| \w+)+")
"""Types, written as a text."""
WORD = re.compile(r"[A-Za-z][a-z]+(-[a-z]+)*('s|'t)?|[aI]")


class Message(NamedTuple):
    """A line of a text: where the text stands, and its literal pieces with a FIELD for each value that is filled in."""

    module: str
    line: int
    text: str
    is_headline: bool = True
    """Whether it is the first line, and not a row below it."""

    @property
    def clause(self) -> str:
        """The shortest beginning that says something: up to a semicolon, a colon, a full stop or a comma."""
        for end in re.finditer(r"; |: |\. |, ", self.text):
            if words_in(self.text[: end.start()]) > FEWEST_WORDS:
                return self.text[: end.start()]
        return self.text

    @property
    def pattern(self) -> str:
        """A regular expression of the clause, with anything in the place of its fields."""
        return ".*?".join(map(re.escape, self.clause.strip(" ,;:.").split(FIELD)))

    def is_in(self, entry: str) -> bool:
        """Whether an entry of the page has this text."""
        return re.search(self.pattern, entry) is not None

    def begins(self, entry: str) -> bool:
        """Whether an entry begins with this text, perhaps after a place or other parts, as in `FILE: ...`."""
        return re.match(rf"(?:.*?[:,] |upstream \S+ )?{self.pattern}", entry) is not None

    def __str__(self) -> str:
        return f"{self.module}:{self.line}: {self.text.replace(FIELD, '...')!r}"


def words_in(text: str) -> int:
    """How many words a text has, without its fields."""
    return sum(WORD.fullmatch(part.strip("'\"`,.;:()")) is not None for part in text.replace(FIELD, " # ").split())


def messages() -> Iterator[Message]:
    """Every line of every text of the product."""
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            module = path.relative_to(ROOT).as_posix()
            for line, text in texts(ast.parse(path.read_text(encoding="utf-8"))):
                if not UNION.fullmatch(text):
                    yield from _lines(module, line, TEMPLATE.sub(FIELD, text))


def _lines(module: str, line: int, text: str) -> Iterator[Message]:
    for number, row in enumerate(text.lstrip("\n").splitlines()):
        if words := words_in(row):
            is_headline = number == 0 and not row.startswith("  ") and words >= FEWEST_WORDS
            yield Message(module, line, row, is_headline)


def texts(tree: ast.AST) -> list[tuple[int, str]]:
    """The strings of a source that are texts of messages, each with its line; a field stands for each value."""
    collector = _Collector()
    collector.visit(tree)
    return collector.found


class _Collector(ast.NodeVisitor):
    def __init__(self) -> None:
        self.found: list[tuple[int, str]] = []

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self.found.append((node.lineno, node.value))

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        pieces = [str(value.value) if isinstance(value, ast.Constant) else FIELD for value in node.values]
        self.found.append((node.lineno, "".join(pieces)))
        for value in node.values:
            if isinstance(value, ast.FormattedValue):
                self.visit(value.value)

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # else it is a docstring
            self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for child in (*node.decorator_list, node.args, *node.body):
            self.visit(child)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in NO_MESSAGES:
            self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> None:
        if node.arg not in OF_HELP:
            self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> None:
        """A parameter has an annotation and no text."""

    def visit_Assert(self, node: ast.Assert) -> None:
        """What an assertion says is for programmers of runmock."""
