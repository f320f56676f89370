"""Output as a page shows it, and output as it is: whether they agree, and where they do not."""

import difflib
import re

SECONDS = re.compile(r"\bin \d+\.\d\ds\b")
"""How long pytest took: that is another number each time."""


def tidy(text):
    """The text without what may differ: white space at the ends of lines, empty lines around it, pytest's seconds."""
    lines = [line.rstrip() for line in SECONDS.sub("in 0.00s", text).splitlines()]
    return "\n".join(lines).strip("\n")


def agrees(shown, output):
    """Whether an output is as shown: `...` on a line of its own is any number of lines, in a line any text."""
    pattern = "".join(_line(line) for line in tidy(shown).splitlines())
    return re.fullmatch(pattern, tidy(output) + "\n") is not None


def _line(line):
    if line.strip() == "...":
        return r"(?:.*\n)*?"
    return ".*?".join(re.escape(part) for part in line.split("...")) + "\n"


def occurs(shown, output):
    """Whether a text is in an output, whatever the white space; `...` as above.

    The `E` in front of an error that pytest prints counts as white space.
    """
    parts = []
    for line in shown.strip().splitlines():
        if line.strip() == "...":
            parts.append(r"(?:.|\n)*?")
        else:
            parts += [".*?".join(re.escape(piece) for piece in word.split("...")) for word in line.split()]
    return re.search(r"\s*".join(parts), re.sub(r"^E(?= |$)", " ", output, flags=re.MULTILINE)) is not None


def difference(shown, output):
    """What differs between an output as shown and as it is, line by line."""
    lines = difflib.unified_diff(
        tidy(shown).splitlines(), tidy(output).splitlines(), "on the page", "in truth", lineterm="", n=100
    )
    return "\n".join(lines)
