"""The line at the end of a run of pytest: how many tests played how many runs and requests, from how many cassettes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

    from runmock.session import Session

COUNTED = "runmock_counted"
"""The attribute of a test's report that carries its counts; xdist takes it to the controlling process."""


def attach(report: pytest.TestReport, session: Session, cassettes: tuple[str, ...], *, has_written: bool) -> None:
    """Put a session's counts on the report of its test."""
    counted = {
        "runs": len(session.runs),
        "requests": len(session.requests),
        "cassettes": list(cassettes),
        "written": _written(session) if has_written else None,
    }
    setattr(report, COUNTED, counted)


def _written(session: Session) -> str:
    """What was written, and what to know about it."""
    assert session.deck.outgoing is not None
    recording = session.deck.outgoing.recording
    if not recording.halves:
        return str(recording.path)
    streams = "a stream that was" if recording.halves == 1 else f"{recording.halves} streams that were"
    return f"{recording.path}, with {streams} not read to the end: it plays with allow_truncated=True"


def tell(reporter: pytest.TerminalReporter) -> None:
    """Write the line, when there is anything to tell."""
    reports = [one for reports in reporter.stats.values() for one in reports if hasattr(one, COUNTED)]
    counts = [count for one in dict.fromkeys(reports) if (count := getattr(one, COUNTED))["requests"]]
    if not counts:
        return
    cassettes = {name for count in counts for name in count["cassettes"]}
    runs, requests = sum(count["runs"] for count in counts), sum(count["requests"] for count in counts)
    words = [_many(runs, "run"), _many(requests, "request"), _many(len(cassettes), "cassette")]
    reporter.write_line(f"runmock: {_many(len(counts), 'test')} played {words[0]} in {words[1]}, from {words[2]}")
    for written in dict.fromkeys(count["written"] for count in counts if count["written"]):
        reporter.write_line(f"runmock: wrote {written}")


def _many(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
