"""The keywords of the marker, `runmock_config`, `use_cassette` and `transport`: one table, with the same checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from runmock.core.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from runmock.core.words import Matcher, RecordModeName
    from runmock.recording.before_record import BeforeRecord


class Keywords(TypedDict, total=False):
    """What may be given; None is as good as nothing."""

    record_mode: RecordModeName | None
    match_on: Iterable[Matcher] | None
    allow_unplayed: bool | None
    """False: what is left on the cassettes at the end is an error. Outside pytest nothing is looked for without it."""
    allow_truncated: bool | None
    pace: str | float | None
    upstream: str | None
    before_record: BeforeRecord | None
    hosts: Iterable[str] | None
    allow_hosts: Iterable[str] | None
    script: str | Mapping[str, Any] | None
    """What a cassette holds, as YAML text or as a mapping; it is asked after the cassettes."""


class MarkerKeywords(Keywords, total=False):
    """What the marker takes, and `runmock_config` but for `chaos`."""

    chaos: bool | str | Iterable[str] | None


KNOWN = tuple(MarkerKeywords.__annotations__)


def checked(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The keywords of a function that say something; `name` is the function's. Raises UsageError."""
    if given.get("chaos"):
        raise UsageError(
            f"{name} has no keyword 'chaos': a chaos pass runs a test several times; "
            "write @pytest.mark.runmock(chaos=...) above the test"
        )
    refuse_wrong(name, given, tuple(Keywords.__annotations__))
    return {keyword: value for keyword, value in given.items() if value is not None and keyword != "chaos"}


def refuse_wrong(name: str, given: Mapping[str, Any], known: tuple[str, ...] = KNOWN) -> None:
    """Raises UsageError for a keyword that is not known, and for a value that no later reader refuses."""
    for keyword, value in given.items():
        if keyword not in KNOWN:
            hint = did_you_mean(keyword, known) or f"; they are {', '.join(known)}"
            raise UsageError(f"{name} has no keyword {keyword!r}{hint}")
        if keyword in YES_OR_NO and value is not None and not (isinstance(value, int) and value in {0, 1}):
            meant = WORDS.get(str(value).lower())
            hint = "" if meant is None else f"; did you mean {meant}?"
            raise UsageError(f"{keyword} is True or False, not {value!r}{hint}")


YES_OR_NO = frozenset({"allow_unplayed", "allow_truncated"})
WORDS = {**dict.fromkeys(("yes", "true", "on", "1"), True), **dict.fromkeys(("no", "false", "off", "0"), False)}
