"""A text that everything has in which a pattern is found: whether a text has it is asked much quicker than the pattern.

The pattern is read from left to right. What is in groups is left out of account, and a pattern with anything that is
not known here has no such text.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"""
      (?P<repeat> [*+?] | \{ (?: [0-9]+ | [0-9]*,[0-9]* ) \} )
    | (?P<any> [.^$] | \\[dDwWsSbBAZnrtfva] | \[ \^? \]? (?: \\. | [^][\\] )* \] )
    | (?P<open> \( (?: (?!\?) | \? (?: [:=!>] | <[=!] | P< ) ) )
    | (?P<close> \) )
    | (?P<or> \| )
    | (?P<unknown> [(\[] | \\[a-zA-Z0-9] )
    | \\? (?P<letter> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_SEVERAL_CASES = frozenset("isk")
"""The letters of ASCII that mean letters beyond ASCII too when case is ignored."""


def required_text(pattern: re.Pattern[str]) -> str:
    """The longest text that the pattern requires, as far as is known; it may be empty.

    When the pattern ignores case, it is in lower case, and so must be the text that is asked.
    """
    pieces, depth = [""], 0
    for token in _TOKEN.finditer(pattern.pattern):
        kind = token.lastgroup
        depth += (kind == "open") - (kind == "close")
        if kind == "unknown" or (kind == "or" and depth == 0):
            return ""
        if kind == "repeat" and token[0] != "+":
            pieces[-1] = pieces[-1][:-1]  # what is repeated may be missing
        if kind == "letter" and depth == 0 and not (pattern.flags & re.IGNORECASE and _is_ambiguous(token["letter"])):
            pieces[-1] += token["letter"]
        else:
            pieces.append("")
    text = max(pieces, key=len)
    return text.lower() if pattern.flags & re.IGNORECASE else text


def _is_ambiguous(letter: str) -> bool:
    """Whether `lower` does not tell all that the letter means when case is ignored."""
    return letter.lower() in _SEVERAL_CASES or not (letter.isascii() or letter.lower() == letter.upper())
