"""What a page shows of one test, put on the test's report, so that xdist sends it to the process that writes the page.

All of it is redacted here, before it leaves the process that knows the keys.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pytest

    from runmock.session.session import Session

SEEN = "runmock_seen"
"""The attribute of a test's report: a list with what each session showed."""


def begin(session: Session) -> None:
    """Let a session keep its requests and answers."""
    from runmock.deck.witness import Witness

    activity = session.deck.activity
    assert activity is not None, "each session of a test has one"
    now_ns, began = activity.caller_watch.now_ns, activity.caller_watch.now_ns()
    session.deck.witness = Witness(lambda: (now_ns() - began) / 1e6)


def attach(
    report: pytest.TestReport, session: Session, *, verdicts: Iterable[str], has_left: bool, fixture: str = ""
) -> None:
    """Put what a session showed on the report; nothing when the session keeps nothing.

    `has_left`: whether what was not played is a problem. `fixture`: of a session of `runmock_session`, its name.
    """
    if session.deck.witness is None:
        return
    from runmock.tape.secrets.redaction import redacted_text
    from runmock.viewer.document import json_for_page
    from runmock.viewer.seen import document_of_deck

    leftovers = session.deck.leftovers() if has_left else ()
    problems = [
        *(_problem(str(failure).partition("\n")[0], str(failure)) for failure in session.failures),
        *(_problem("not played", f"{left.cassette}: {left.text}") for left in leftovers),
        *(_problem("looks like a defect", text, kind="warn") for text in verdicts),
    ]
    for problem in problems:
        problem |= {name: redacted_text(text) for name, text in problem.items()}
    seen: list[dict[str, Any]] = getattr(report, SEEN, [])
    document = json_for_page(document_of_deck(session.deck))
    setattr(report, SEEN, [*seen, {"document": document, "problems": problems, "fixture": fixture}])


def _problem(title: str, text: str, kind: str = "bad") -> dict[str, str]:
    return {"title": title, "text": text, "kind": kind}
