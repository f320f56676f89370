"""What mends a request that nothing answers, ready to paste; and the message that refuses a client's own transport."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from runmock.core.script.patterns import as_pattern, is_between_slashes, satisfies
from runmock.core.secrets.redacted import redacted_path, redacted_query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.core.http.exchange import Request
    from runmock.core.replay.matching import RequestKey
    from runmock.core.replay.record_modes import RecordMode


class Access(NamedTuple):
    """How the code under test gets at its session."""

    name: str = "runmock"
    """The session's name in that code; empty where the code has no name for it."""
    how: str = ""
    """How to get that name, where the code does not have it yet."""

    @property
    def aim(self) -> str:
        """The label of the remedy: `to answer it`, and how to get the session."""
        return ", ".join(filter(None, ("to answer it", self.how)))


IN_A_TEST = Access()


class Place(NamedTuple):
    """Where one more entry of `runs:` goes into the text of a cassette."""

    line: int
    """The line that the entry becomes, or the line that it is put into; counted from 1."""
    column: int
    """How many characters of this line come before the entry."""
    between: str | None = None
    """The text between the last entry and this one, where they share a line; None where the entry has its own line."""
    needs_key: bool = False
    """Whether the cassette has no `runs:` yet."""


def root_of(request: Request) -> str:
    """Scheme and host that a request goes to; empty for a request to a runmock server.

    Requests to the service's own hosts are always https.
    """
    return "" if request.is_served else request.elsewhere or f"https://{request.host}"


def url_of(request: Request) -> str:
    """A request's whole URL, without the secrets in its query."""
    query = urlencode(redacted_query(request.query), doseq=True, safe="()/:,[]")
    return f"{root_of(request)}{redacted_path(request.path)}{'?' if query else ''}{query}"


def to_let_through(request: Request, test: str) -> tuple[str, str]:
    """How to let a request through to a host that is none of the service's.

    `test` is the test's node id on pytest's command line; empty outside of pytest.
    """
    allowed = f"allow_hosts=[{json.dumps(request.host, ensure_ascii=False)}]"
    command = f", or pytest --runmock-allow-hosts={request.host} {test}" if test else ""
    return "to let it through", allowed + command


def by_verb(
    access: Access, facts: Mapping[str, Any] | None, conditions: Mapping[str, Any] | None = None
) -> tuple[str, str]:
    """The verbs that answer this request: of any text, or with conditions that it meets.

    `facts` is what it is matched by; None for a request that creates no run. `conditions` are those of a `when()`.
    """
    if conditions is None:
        return access.aim, f"{access.name}.{_REPLY}"
    is_met = facts is None or all(satisfies(facts.get(name), value) for name, value in conditions.items())
    match = conditions if is_met or facts is None else met_by(facts)
    arguments = ", ".join(f"{name}={value!r}" for name, value in match.items())
    return access.aim, f"{access.name}.when({arguments}).{_REPLY}"


def by_entry(cassette: str, place: Place | None, match: Mapping[str, str] | None) -> tuple[str, str]:
    """One more entry of `runs:`, and where it goes; without a place, in a syntax that Python, JSON and YAML share.

    Where entries have lines of their own, it is indented as its neighbours are.
    """
    run: dict[str, Any] = {"reply": "Hello!"} if match is None else {"match": dict(match), "reply": "Hello!"}
    if place is None:
        return "to answer it", f"add this to runs in {cassette}\n{_in_json(run)}"
    if place.between is not None:
        where = f"line {place.line}, behind column {place.column}"
        return "to answer it", f"put this into {cassette}, {where}\n{place.between}{_in_json(run)}"
    entry = ["- reply: Hello!"]
    if match is not None:
        conditions = ", ".join(f"{name}: {_in_json(value)}" for name, value in match.items())
        entry = [f"- match: {{{conditions}}}", "  reply: Hello!"]
    lines = [f"{' ' * place.column}{row}" for row in entry]
    if place.needs_key:
        lines.insert(0, f"{' ' * (place.column - 2)}runs:")
    return "to answer it", "\n".join([f"put this into {cassette}, as line {place.line}", *lines])


def _in_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def by_script() -> tuple[str, str]:
    """A keyword with a script, for code that has no session to add a verb to."""
    return "to answer it", 'script={"runs": [{"reply": "Hello!"}]}'


def by_file(cassette: str) -> tuple[str, str]:
    """The text of a whole cassette that answers, where the cassette is missing."""
    return "to answer it", f"write {cassette}\nrunmock: 1\nruns:\n  - reply: Hello!"


def met_by(facts: Mapping[str, Any]) -> dict[str, str]:
    """Conditions that match a request: its last message, or a pattern for the beginning of that message.

    It is a pattern where the message is long, has unprintable characters, or would be read as a pattern itself.
    """
    text = str(facts["last_message"])
    if len(text) > _LONGEST or is_between_slashes(text) or not text.isprintable():
        return {"last_message": f"/^{as_pattern(text[:_LONGEST])}/"}
    return {"last_message": text}


def for_one_api(*names: str) -> tuple[str, str]:
    """How a run is kept for one API. A condition has the name of the API in small letters."""
    conditions = " or ".join(f"match: {{api: {name.lower()}}}" for name in names)
    return "to keep a run for one API", f'{conditions}; of a verb: when(api="{names[0].lower()}")'


_REPLY = 'reply("Hello!")'
_LONGEST = 80


def to_record(command: str, test: str, mode: RecordMode, upstream: str | None) -> tuple[str, str]:
    """The command that records a test again; outside of pytest, where `test` is empty, the keywords that do.

    `upstream` is the API root that has to be named.
    """
    if not test:
        named = "" if upstream is None else f", upstream={_in_json(upstream)}"
        return "to record it", f'{command}(..., record_mode="{mode}"{named})'
    named = "" if upstream is None else f" --runmock-upstream={shlex.quote(upstream)}"
    return "to record it", f"{command} --runmock-record={mode}{named} {test}"


def refused_bypass(sent: RequestKey, transport: str, host: str | None = None) -> str:
    """The message of a refusal: a client's own transport wraps another one, and reaches the network past it.

    `host` is the host of its connection, if that is known.
    """
    rows = [
        ("sent", sent.line),
        ("through", f"{transport}, which opens a connection by itself, past the transport that it wraps"),
    ]
    lines = ["the client's own transport reaches the network", *(f"  {name:<8}  {value}" for name, value in rows)]
    way_out = "let it send through the transport that it wraps, or give the client another one in tests"
    allowed = [] if host is None else [f"  to let that connection through: allow_hosts=[{json.dumps(host)}]"]
    return "\n".join([*lines, f"  to fix it: {way_out}", *allowed])
