"""Errors in a script that was written with verbs: they name the verb and its argument."""

from __future__ import annotations

import functools
import inspect
import json
import math
import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from runmock.core.errors import CassetteError, RunmockError, VerbError, did_you_mean
from runmock.session.verbs.verb_arguments import Arguments
from runmock.session.verbs.verb_options import NOT_IN_PARTS
from runmock.tape.files.search import is_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from runmock.core.http.json_values import Keys

_P = ParamSpec("_P")
_R = TypeVar("_R")

_PARAMETERS = {"fail": "code", "cancel": "late", "incomplete": "reason", "stuck": "status", "http": "status"}
"""The parameter of a verb that the cassette's key with the verb's name corresponds to."""
_IN_REPLY = frozenset({"text", "chunks", "parts"})


def verb(method: Callable[_P, _R]) -> Callable[_P, _R]:
    """Make a method a verb: its errors name the verb, and their tracebacks begin at the caller."""
    arguments = Arguments.of(method)

    @functools.wraps(method)
    def wrapped(*args: _P.args, **keywords: _P.kwargs) -> _R:
        __tracebackhide__ = True
        if (unknown := arguments.unknown(keywords)) is not None:
            raise unknown
        try:
            return method(*args, **keywords)
        except (RunmockError, TypeError) as error:
            wrong = None if isinstance(error, VerbError) else arguments.wrong(args[1:], keywords)
            if wrong is None and isinstance(error, TypeError):
                raise
            reworded = wrong or _VerbCall(method.__name__, args[1:], keywords).reworded(error)
            raise reworded.with_traceback(None) from None

    wrapped.__signature__ = inspect.signature(method)  # type: ignore[attr-defined]  # functools leaves it to this
    return wrapped


def hidden(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Let the tracebacks of a function's errors begin at its caller, without frames of runmock."""

    @functools.wraps(function)
    def wrapped(*args: _P.args, **keywords: _P.kwargs) -> _R:
        __tracebackhide__ = True
        try:
            return function(*args, **keywords)
        except (RunmockError, AssertionError) as error:
            raise error.with_traceback(None) from None

    return wrapped


def checked_chunks(name: str, chunks: Sequence[Any], *, has_parts: bool) -> None:
    """Raises VerbError for an argument that is no chunk of a message, as a list, a number or a mapping of options."""
    for number, chunk in enumerate(chunks, start=1):
        if has_parts and isinstance(chunk, Mapping):
            if option := next(
                (key for key in chunk if key in NOT_IN_PARTS and (key != "json" or len(chunks) > 1)), None
            ):
                raise VerbError(
                    f"argument {number}: '{option}' is not in a part of a message; write {name}({option}=...)",
                    f"{name}()",
                )
            continue
        if isinstance(chunk, str):
            continue
        expected = "a text, or a mapping for a part" if has_parts else "a text"
        raise VerbError(f"argument {number} should be {expected}, got {chunk!r}{_chunk_hint(name, chunk)}", f"{name}()")


def _chunk_hint(name: str, chunk: Any) -> str:
    if isinstance(chunk, list | tuple) and chunk and all(isinstance(part, str | Mapping) for part in chunk):
        return f"; several chunks are several arguments: {name}({', '.join(_shown(part) for part in chunk)})"
    if isinstance(chunk, int | float) and not isinstance(chunk, bool):
        return f'; write {name}("{chunk}")'
    return ""


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def checked_calls(pairs: Sequence[Any], by_name: Mapping[str, Any]) -> list[Any]:
    """Calls as a cassette has them. Raises VerbError for an argument that is no call, and for a misspelt option."""
    calls: list[Any] = []
    for number, pair in enumerate(pairs, start=1):
        if isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[0], str):  # noqa: PLR2004 - a pair
            calls.append({"name": pair[0], "arguments": pair[1]})
        elif isinstance(pair, str | Mapping):
            calls.append(pair)
        else:
            raise VerbError(
                f"argument {number} should be a tool's name and its arguments, as in "
                f'("get_weather", {{"city": "Paris"}}), got {pair!r}{_pair_hint(pair)}',
                "calls()",
            )
    for name, arguments in by_name.items():
        if isinstance(arguments, bool) and (hint := did_you_mean(name, ("unoffered",))):
            raise VerbError(f"unknown option '{name}'{hint}", f"calls({name}=)")
        calls.append({"name": name, "arguments": arguments})
    return calls


def _pair_hint(pair: Any) -> str:
    if not isinstance(pair, list | tuple) or not pair or not isinstance(pair[0], str):
        return ""
    if len(pair) == 1:
        return f"; without arguments write ({_shown(pair[0])}, {{}})"
    is_pair = isinstance(pair, list) and len(pair) == 2  # noqa: PLR2004 - a pair
    return f"; write ({_shown(pair[0])}, {pair[1]!r})" if is_pair else ""


def checked_events(events: Any) -> list[Any]:
    """Events as a cassette has them. Raises VerbError for an argument that is no list of events."""
    if isinstance(events, str | Mapping) or not isinstance(events, Iterable):
        raise VerbError(f"takes one list of events, got {events!r}; write events([...])", "events()")
    checked: list[Any] = []
    for number, event in enumerate(events):
        if isinstance(event, tuple) and len(event) != 2:  # noqa: PLR2004 - a pair
            raise VerbError(f"'events[{number}]' should be (name, payload), got {event!r}", "events()")
        checked.append(dict([event]) if isinstance(event, tuple) else event)
    return checked


def checked_seconds(name: str, seconds: Any) -> str:
    """A duration as a cassette has it, as `1.500000s`. Raises VerbError for what is not a number of seconds."""
    if not isinstance(seconds, int | float) or not 0 <= seconds < math.inf:
        raise VerbError(f"'seconds' should be a number that is not negative, got {seconds!r}", f"{name}(seconds=)")
    return f"{seconds:f}s"


def checked_source(source: Any) -> Any:
    """The argument of `load`, unchanged. Raises VerbError for a cassette's text, and for neither path nor mapping."""
    if is_text(source):
        raise VerbError(
            "takes the path of a cassette, or a mapping; this is the text of one: "
            "write it into a file, or give it as @pytest.mark.runmock(script=...)",
            "load()",
        )
    if not isinstance(source, str | os.PathLike | Mapping):
        raise VerbError(f"takes the path of a cassette, or a mapping as a cassette holds it, got {source!r}", "load()")
    return source


class _VerbCall:
    """The name and the arguments of a call of a verb."""

    def __init__(self, name: str, positional: Sequence[Any], keywords: Mapping[str, Any]) -> None:
        self._name, self._positional, self._keywords = name, positional, keywords

    def reworded(self, error: Exception) -> Exception:
        """The error with the verb and its argument in place of the keys of a cassette."""
        if not isinstance(error, CassetteError) or isinstance(error, VerbError):
            return error
        if self._name == "load":
            return VerbError(error.message, "load()") if error.keyed else error
        if not error.keyed:
            return VerbError(error.message, f"{self._name}()")
        first, *others = [self._placed_message(keys, message) for keys, message in error.keyed]
        more = "".join(f"\n{place}: {message}" for place, message in others)
        return VerbError(f"{first[1]}{more}", first[0])

    def _placed_message(self, keys: Keys, message: str) -> tuple[str, str]:
        """The verb with its argument, and the message; `keys` lead to the value in a cassette's `runs`."""
        inner = list(keys[2:] if keys[:1] == ("runs",) else keys)
        inner = inner[2:] if inner[:1] == ["steps"] else inner
        subject = f"'{_dotted(keys)}' "
        if self._name == "events":
            return "events()", message if message.startswith("'") or not inner[1:] else f"{subject.strip()}: {message}"
        argument = self._argument(inner)
        if argument is None:
            return f"{self._name}()", message
        if isinstance(argument, int):
            text = message.removeprefix(subject)
            joint = " " if text != message else ": "
            return f"{self._name}()", f"argument {argument}{joint}{text}"
        if message.startswith(subject) and len(inner) == 1:
            message = f"'{argument}' {message.removeprefix(subject)}"
        return f"{self._name}({argument}=)", message

    def _argument(self, inner: list[str | int]) -> str | int | None:
        """The name of the argument, or its number; None when the error is about no single argument."""
        if inner[:1] in (["reply"], ["refusal"], [self._name]) and self._name in {"reply", "refusal", "calls"}:
            return self._of_several(inner[1:])
        if inner[:1] in (["match"], [self._name]) and len(inner) > 1:
            name = str(inner[1])
            return "seconds" if name == "for" else name
        if not inner:
            return None
        return _PARAMETERS.get(str(inner[0]), str(inner[0]))

    def _of_several(self, inner: list[str | int]) -> str | int | None:
        """The name or number of the argument, as `_argument`, for a verb that takes any number of arguments."""
        if self._name == "calls":
            number = next((key for key in inner if isinstance(key, int)), None)
        elif inner and inner[0] not in _IN_REPLY and isinstance(inner[0], str):
            return inner[0]
        else:
            number = next((key for key in inner[:2] if isinstance(key, int)), 0 if self._positional else None)
        if number is None:
            return None
        if number < len(self._positional):
            return number + 1
        names = [name for name in self._keywords if name != "unoffered"]
        by_name = names[number - len(self._positional) :] if self._name == "calls" else []
        return by_name[0] if by_name else str(inner[0]) if inner else None


def _dotted(keys: Sequence[str | int]) -> str:
    from runmock.tape.format.validation_errors import dotted

    names = [number for number, key in enumerate(keys) if isinstance(key, str)]
    return dotted(keys[names[-1] :]) if names else ""
