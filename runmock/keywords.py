"""The keywords of `use_cassette` and `transport`: the marker's, with the same checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from runmock.core.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from runmock.recording.before_record import BeforeRecord


class Keywords(TypedDict, total=False):
    """What may be given; None is as good as nothing."""

    record_mode: str | None
    match_on: Iterable[str] | None
    allow_unplayed: bool | None
    """False: what is left on the cassettes at the end is an AssertionError. Without it nothing is looked for."""
    allow_truncated: bool | None
    pace: str | float | None
    upstream: str | None
    before_record: BeforeRecord | None
    hosts: Iterable[str] | None
    allow_hosts: Iterable[str] | None
    script: str | Mapping[str, Any] | None
    """What a cassette holds, as YAML text or as a mapping; it is asked after the cassettes."""


def checked(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The keywords that say something; `name` is the function's. Raises UsageError for one that is not known."""
    known = Keywords.__annotations__
    for keyword in given:
        if keyword == "chaos" and given[keyword]:
            raise UsageError(
                f"{name} has no keyword 'chaos': a chaos pass runs a test several times; "
                "write @pytest.mark.runmock(chaos=...) above the test"
            )
        if keyword not in known and keyword != "chaos":
            hint = did_you_mean(keyword, known) or f"; they are {', '.join(known)}"
            raise UsageError(f"{name} has no keyword {keyword!r}{hint}")
    return {keyword: value for keyword, value in given.items() if value is not None and keyword != "chaos"}
