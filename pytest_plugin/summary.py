"""The line at the end of a run of pytest: the number of tests that played, their runs, requests and cassettes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pytest

    from runmock.session.session import Session

COUNTED = "runmock_counted"
"""The attribute of a test's report with its counts; xdist sends it to the controlling process."""
SHARED = "runmock_shared"
"""The same for sessions of `runmock_session`: a list with the counts of each session that the test used or ended."""


def attach(report: pytest.TestReport, session: Session, cassettes: tuple[str, ...], facts: Mapping[str, Any]) -> None:
    """Put a session's counts on the report of its test; `facts` are those that only the plugin knows."""
    counted = {
        "runs": session.deck.run_count,
        "requests": len(session.deck.requests),
        "cassettes": list(cassettes),
        "mode": str(session.deck.options.mode),
        "answers": session.deck.answers,
        "written": written(session) if facts["has_written"] else None,
        "warnings": session.deck.warnings,
        "sharing": facts["sharing"],
        "seconds": facts["seconds"],
        "verdicts": facts["verdicts"],
    }
    setattr(report, COUNTED, counted)


def counts(reporter: pytest.TerminalReporter) -> list[tuple[str, dict[str, Any]]]:
    """Return the id and the counts of every test that sent a request; those of shared sessions have a `fixture`."""
    every = [report for reports in reporter.stats.values() for report in reports]
    own = dict.fromkeys(report for report in every if hasattr(report, COUNTED))
    shared = dict.fromkeys(report for report in every if hasattr(report, SHARED))
    return [
        *((report.nodeid, count) for report in own if (count := getattr(report, COUNTED))["requests"]),
        *((report.nodeid, count) for report in shared for count in getattr(report, SHARED)),
    ]


def written(session: Session) -> str:
    """Return the path that was written, and what is missing in that file."""
    assert session.deck.upstream_calls is not None
    recording = session.deck.upstream_calls.recording
    text = str(recording.path)
    if number := recording.halves + len(recording.unended):
        streams = "a stream" if number == 1 else f"{number} streams"
        unread = f"that {'was' if number == 1 else 'were'} not read to the end"
        what = "without an end" if recording.unended else unread
        text += f", with {streams} {what}: it plays with allow_truncated=True"
    if recording.too_large:
        text += f", without the bytes of {', '.join(recording.too_large)}: playing that is a miss"
    return text


def write(reporter: pytest.TerminalReporter, stopped: Iterable[str]) -> None:
    """Write the line and the warnings; nothing when no test played.

    `stopped` are the texts about recordings that pytest did not wait for.
    """
    every = counts(reporter)
    played = [(test, count) for test, count in every if count["requests"]]
    if played:
        cassettes = {name for _, count in played for name in count["cassettes"]}
        runs, requests = sum(count["runs"] for _, count in played), sum(count["requests"] for _, count in played)
        words = [_many(runs, "run"), _many(requests, "request"), _many(len(cassettes), "cassette")]
        tests = _many(len({test for test, _ in played}), "test")
        reporter.write_line(f"runmock: {tests} played {words[0]} in {words[1]}, from {words[2]}")
    if doubtful := len({test for test, count in every if count["verdicts"]}):
        text = f"{_many(doubtful, 'test')} did something that looks like a defect"
        reporter.write_line(f"runmock: {text}; --runmock-report shows it")
    for text in dict.fromkeys(count["written"] for _, count in every if count["written"]):
        reporter.write_line(f"runmock: wrote {text}")
    for warning in dict.fromkeys(warning for _, count in every for warning in count["warnings"]):
        reporter.write_line(f"runmock: warning: {warning}")
    for text in dict.fromkeys([*(count["sharing"] for _, count in every if count["sharing"]), *stopped]):
        reporter.write_line(f"runmock: {text}")


def sharing(path: str, tests: Sequence[tuple[str, str]]) -> str:
    """Return the text about tests that had one name in 0.1.0, and share the cassette with that name."""
    lines = [f"  {test}  would be written as {name}.runmock.yaml" for test, name in tests]
    head = f"{path} is shared by {len(tests)} tests, which had one name in 0.1.0; move it away to record them apart"
    return "\n".join([head, *lines])


def kept(path: str, other: str) -> str:
    """Return the text about a cassette of which `rewrite` drops nothing."""
    return f"{path} keeps what these tests did not use: {other} names it too, and not all of its tests were collected"


def _many(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
