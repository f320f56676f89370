"""Substitutions in a reply: `$last_message`, `$outputs.NAME`, `$metadata.KEY`, and `$$` for a dollar sign.

A dollar sign before anything but a letter stays as it is: `$5`, `a $`. NAME and KEY are letters, digits, `_` and `-`; a
`-` or `_` at the end that belongs to no tool is taken as punctuation.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from runmock.core.errors import ScriptError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_FORM = re.compile(
    r"\$(?:(?P<dollar>\$)|(?P<kind>outputs|metadata)\.(?P<name>[A-Za-z0-9_-]+)|(?P<word>[A-Za-z][A-Za-z0-9_]*))"
)
WORDS = ("$last_message", "$outputs.NAME", "$metadata.KEY")


def find_faults(text: str, outputs: Collection[str]) -> str | None:
    """Say what is wrong with the first faulty substitution in `text`; `outputs`: the calls answered by then."""
    return next((fault for found in _FORM.finditer(text) if (fault := _fault(found, outputs))), None)


def _fault(found: re.Match[str], outputs: Collection[str]) -> str | None:
    if found["dollar"] or found["kind"] == "metadata" or found["word"] == "last_message":
        return None
    if found["kind"] is None:
        near = _near(found["word"])
        return f"'${found['word']}' is not a substitution{near or '; write $$ for a dollar sign'}"
    if _known(found["name"], outputs) in outputs:
        return None
    calls = f"calls before it: {', '.join(sorted(outputs))}" if outputs else "no call comes before it in this run"
    hint = did_you_mean(found["name"], outputs)
    return f"'$outputs.{found['name']}' names no earlier call of this run{hint or f'; {calls}'}"


def _near(word: str) -> str:
    if word in {"outputs", "metadata"}:
        return f"; write ${word}.{'NAME' if word == 'outputs' else 'KEY'}, or $$ for a dollar sign"
    near = did_you_mean(word, ("last_message", "outputs", "metadata"))
    full = {"'last_message'": WORDS[0], "'outputs'": WORDS[1], "'metadata'": WORDS[2]}
    return next((f"; did you mean {form}? Write $$ for a dollar sign" for key, form in full.items() if key in near), "")


def _known(name: str, names: Collection[str]) -> str:
    """`name`, or what is left of it without punctuation at its end if only that is known."""
    bare = name.rstrip("-_")
    return bare if name not in names and bare in names else name


def substitute(text: str, last_message: str, outputs: Mapping[str, str], metadata: Mapping[str, str]) -> str:
    """`text` with its substitutions carried out; a `$word` that is not a substitution stays.

    Raises ScriptError for `$outputs.NAME` and `$metadata.KEY` when the run has no such output or key.
    """

    def value_of(found: re.Match[str]) -> str:
        if found["dollar"]:
            return "$"
        if found["word"] == "last_message":
            return last_message
        if found["word"]:
            return found[0]
        values = outputs if found["kind"] == "outputs" else metadata
        name = _known(found["name"], values)
        if name not in values:
            there = ", ".join(sorted(values)) or "none"
            raise ScriptError(f"the reply has '{found[0]}', but the run has these {found['kind']}: {there}")
        return values[name] + found["name"][len(name) :]

    return _FORM.sub(value_of, text)
