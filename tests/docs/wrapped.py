"""Paragraphs of a Markdown page in lines of at most 150 characters."""

import re
import textwrap


def wrapped(text):
    """A paragraph in lines; none ends within code."""
    kept = re.sub(r"`[^`]*`", lambda found: found[0].replace(" ", "\0"), " ".join(text.split()))
    return "\n".join(textwrap.wrap(kept, 150, break_on_hyphens=False, break_long_words=False)).replace("\0", " ")
