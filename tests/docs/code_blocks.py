"""The code blocks of a page, and the first checks of each: it has a language, and text that its language can read."""

import configparser
import json
import re
import tomllib
from dataclasses import dataclass

import yaml
from markdown_it import MarkdownIt

from runmock.tape.reading.cassette import cassette_from


class BlockError(AssertionError):
    """A block is wrong; the text begins with page and line."""


NAMED = re.compile(r"(?:#|//) (?P<name>(?:[\w.-]+/)*[\w.\[\]-]*\.\w+)(?P<more> \(continued\))?\s*")
"""The first line of a block that is a file."""
LANGUAGES = (
    *("console", "text", "python", "yaml", "json", "toml", "ini", "sh", "javascript", "typescript"),
    *("html", "markdown"),
)
WITHOUT_COMMENTS = {"json", "html", "markdown"}
MARKDOWN = MarkdownIt()


@dataclass(frozen=True)
class Block:
    """A block of a page."""

    page: str
    line: int
    """The line of its first line of text."""
    language: str
    text: str
    """The text without the line that names the file."""
    name: str = ""
    """The path of the file that it is; empty when it is none."""
    is_more: bool = False
    """Whether it is added to the end of its file."""
    whole: str = ""
    """The text with the line that names the file, as a reader copies it; without that line where it is no comment."""

    def error(self, what, line=0):
        """An error about the block, or about a line in it."""
        return BlockError(f"{self.page}:{self.line + line}: {what}")


def blocks_of(page, text):
    """The blocks of a page in order. Raises BlockError for one without a language."""
    blocks = []
    for token in MARKDOWN.parse(text):
        if token.type not in {"fence", "code_block"}:
            continue
        language, line = token.info.strip(), token.map[0] + 1
        if language.startswith("{"):  # a directive of MyST
            continue
        if not language:
            raise BlockError(f"{page}:{line}: a block without a language")
        if language not in LANGUAGES:
            raise BlockError(f"{page}:{line}: no rule for blocks in {language!r}; there are {', '.join(LANGUAGES)}")
        first, _, rest = token.content.partition("\n")
        if (named := NAMED.fullmatch(first)) and language not in {"console", "text"}:
            whole = rest if language in WITHOUT_COMMENTS else token.content
            block = Block(page, line + 2, language, rest, named["name"], bool(named["more"]), whole)
        else:
            block = Block(page, line + 1, language, token.content)
        blocks.append(block)
    return blocks


def check_text(block):
    """Raises BlockError when the block's language cannot read it."""
    try:
        if block.language in READERS:
            READERS[block.language](block)
    except BlockError:
        raise
    except Exception as error:
        raise block.error(f"is no {block.language}: {error}") from error


def _python(block):
    compile(block.text, block.name or "a block", "exec")


def _yaml(block):
    if block.name and "cassettes/" not in f"/{block.name}":
        yaml.safe_load(block.text)
    elif block.name or re.search(r"^runmock:", block.text, re.MULTILINE):
        cassette_from(block.text)
    elif block.text.startswith("- "):
        cassette_from("runmock: 1\nruns:\n" + block.text)
    else:
        raise block.error("yaml without a name is a cassette with `runmock: 1`, or entries of `runs:` from `- ` on")


def _json(block):
    try:
        json.loads(block.text)
    except json.JSONDecodeError:
        for line in block.text.splitlines():
            json.loads(line)


def _ini(block):
    configparser.ConfigParser().read_string(block.text)


READERS = {
    "python": _python,
    "yaml": _yaml,
    "json": _json,
    "toml": lambda block: tomllib.loads(block.text),
    "ini": _ini,
}
