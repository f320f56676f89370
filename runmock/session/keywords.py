"""The keywords of the marker, `runmock_config`, `use_cassette` and `transport`: one table, with the same checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypedDict

from runmock.core.errors import UsageError, did_you_mean
from runmock.deck.options import WORDS, options

if TYPE_CHECKING:
    from runmock.core.replay.record_modes import RecordModeName
    from runmock.core.script.choices import Matcher
    from runmock.recording.before_record import BeforeRecord


class Keywords(TypedDict, total=False):
    """The keywords; None means that a keyword is not given."""

    record_mode: RecordModeName | None
    match_on: Iterable[Matcher] | None
    allow_unplayed: bool | None
    """False: unplayed entries of the cassettes are an error at the end. Outside pytest the default is True."""
    allow_truncated: bool | None
    pace: str | float | None
    upstream: str | None
    before_record: BeforeRecord | None
    hosts: Iterable[str] | None
    allow_hosts: Iterable[str] | None
    script: str | Mapping[str, Any] | None
    """A cassette's content, as YAML text or as a mapping; the cassettes answer before it."""


class MarkerKeywords(Keywords, total=False):
    """The marker's keywords; `runmock_config` has the same without `chaos`."""

    chaos: bool | str | Iterable[str] | None


KNOWN = tuple(MarkerKeywords.__annotations__)


def checked(name: str, keywords: Mapping[str, Any]) -> dict[str, Any]:
    """The keywords that are not None, checked; `name` is the function's name. Raises UsageError."""
    if keywords.get("chaos"):
        raise UsageError(
            f"{name} has no keyword 'chaos': a chaos pass runs a test several times; "
            "write @pytest.mark.runmock(chaos=...) above the test"
        )
    refuse_wrong(name, keywords, tuple(Keywords.__annotations__))
    return {keyword: value for keyword, value in keywords.items() if value is not None and keyword != "chaos"}


def refuse_wrong(name: str, keywords: Mapping[str, Any], known: tuple[str, ...] = KNOWN) -> None:
    """Raises UsageError, which begins with `name`, for an unknown keyword, and for a wrong value.

    The content of a script is checked when it is read.
    """
    for keyword, value in keywords.items():
        if keyword not in KNOWN:
            hint = did_you_mean(keyword, known) or f"; they are {', '.join(known)}"
            raise UsageError(f"{name} has no keyword {keyword!r}{hint}")
        if value is not None and keyword != "script":
            try:
                _CHECKS.get(keyword, _option)(keyword, value)
            except UsageError as error:
                raise UsageError(f"{name}: {error}") from None


def _option(keyword: str, value: Any) -> None:
    options(**{keyword: value})


def _yes_or_no(keyword: str, value: Any) -> None:
    if not (isinstance(value, int) and value in {0, 1}):
        likely = WORDS.get(str(value).lower())
        hint = "" if likely is None else f"; did you mean {likely}?"
        raise UsageError(f"{keyword} is True or False, not {value!r}{hint}")


def check_chaos(keyword: str, value: Any) -> None:
    """Raises UsageError for a chaos pass that is not possible."""
    from runmock.core.engine.experiments import EXPERIMENTS

    plan = value if isinstance(value, Mapping) else {"faults": value}
    if unknown := [key for key in plan if key not in {"faults", "seed", "limit"}]:
        raise UsageError(f"{keyword} has no {unknown[0]!r}; it has faults, seed and limit")
    faults = plan.get("faults", True)
    if isinstance(faults, bool) or str(faults).lower() in {"", *WORDS}:
        faults = ()
    if not isinstance(faults, Iterable):
        raise UsageError(f"{keyword} is True or False, or a list of faults, not {faults!r}")
    for fault in faults.split(",") if isinstance(faults, str) else faults:
        if str(fault).strip() not in EXPERIMENTS:
            hint = did_you_mean(str(fault).strip(), EXPERIMENTS) or f"; they are {', '.join(EXPERIMENTS)}"
            raise UsageError(f"{keyword} knows no fault {str(fault).strip()!r}{hint}")
    for key, number in (("seed", int), ("limit", float)):
        try:
            number(plan.get(key, 0))
        except (TypeError, ValueError):
            raise UsageError(f"{keyword}: the {key} {plan[key]!r} is not a number") from None


_CHECKS = {"allow_unplayed": _yes_or_no, "allow_truncated": _yes_or_no, "chaos": check_chaos}
