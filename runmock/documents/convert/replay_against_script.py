"""The requests of a recording, asked of a script: what an application that behaves as it did then would hear now."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from runmock.core.assistants.operations import READS, READS_STEPS, identify
from runmock.core.engine.run_status import AT_REST
from runmock.core.errors import CassetteError
from runmock.core.http.json_values import mappings_inside, text_inside
from runmock.core.replay.id_map import IdMap
from runmock.core.replay.ids_in_payloads import paired_ids, payloads_of
from runmock.core.replay.matching import tool_outputs
from runmock.documents.convert.script_client import ScriptClient
from runmock.tape.comparing.differences import GROWING, differences, essence, joined
from runmock.tape.comparing.same_recording import timeless

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runmock.core.http.exchange import JSON
    from runmock.core.replay.interaction import Interaction
    from runmock.tape.reading.cassette import Cassette

ASSISTANT = "asst_1"
REFUSED = 400
MOST_POLLS = 50
"""So often a run is asked for that had come to rest in the recording."""


@dataclass(frozen=True, slots=True)
class ReplayedInteraction:
    """A recorded interaction, and what the script answers, in the recording's ids; `fault`: why it has no answer."""

    recorded: Interaction
    said: Interaction | None
    fault: str = ""

    def differences(self) -> Iterator[tuple[str, Any, Any]]:
        """Where the script answers otherwise: the place, what was recorded, and what is played."""
        if self.said is not None:
            yield from differences(essence(self.recorded), self._played(self.said))

    def other_event(self) -> str:
        """Where the script's stream has another event, or ends; the empty string when it has the same in this order."""
        assert self.said is not None
        pairs = zip_longest(_names(essence(self.recorded)), _names(self._played(self.said)))
        recorded, played = next((pair for pair in pairs if pair[0] != pair[1]), ("", ""))
        if recorded == played:
            return ""
        here = "ends" if recorded is None else f"has {recorded}"
        return f"here the stream {here}, where a script's has {played or 'ended'}"

    def events_recorded(self) -> int:
        """How many of the script's events tell as much as a stream that was not recorded to its end; 0 when none do."""
        assert self.said is not None
        known, events = joined(self.recorded.stream or ()), self.said.stream or ()
        if not known:
            return 0
        name, data = known[-1]
        number = sum(other == name for other, _ in known)

        def tells_it(count: int) -> bool:
            paired_ids = [told for other, told in joined(events[:count]) if other == name][number - 1 :]
            return len(paired_ids) > 1 or (len(paired_ids) == 1 and _covers(data, paired_ids[0]))

        count = bisect_left(range(len(events) + 1), True, key=tells_it)
        return count if count < len(events) else 0

    def _played(self, said: Interaction) -> JSON:
        """What the script answers; of a stream that breaks off in the recording only as much as was recorded."""
        played = essence(said)
        if self.recorded.is_truncated and "stream" in played:
            known = joined(self.recorded.stream or ())
            played["stream"] = [
                [name, _begun(timeless(data), part)]
                for (_, data), (name, part) in zip(known, played["stream"], strict=False)
            ]
        return played


def _names(told: JSON) -> list[str]:
    return [name for name, _ in told.get("stream", ())]


def _begun(known: Any, whole: Any, key: str = "") -> Any:
    """A value with its growing texts cut to what is known of them, where they begin so."""
    if isinstance(known, dict) and isinstance(whole, dict):
        return {name: _begun(known.get(name), part, name) for name, part in whole.items()}
    if isinstance(known, list) and isinstance(whole, list) and len(known) == len(whole):
        return [_begun(one, other) for one, other in zip(known, whole, strict=True)]
    grows = key in GROWING and isinstance(known, str) and isinstance(whole, str)
    return known if grows and whole.startswith(known) else whole


def _covers(known: Any, told: Any, key: str = "") -> bool:
    """Whether growing texts have come as far as what is known of them."""
    if isinstance(known, dict) and isinstance(told, dict):
        return all(_covers(part, told.get(name), name) for name, part in known.items())
    if isinstance(known, list) and isinstance(told, list):
        return len(known) <= len(told) and all(map(_covers, known, told))
    grows = key in GROWING and isinstance(known, str)
    return not grows or (isinstance(told, str) and told.startswith(known))


def replayed(cassette: Cassette, recorded: Cassette) -> list[ReplayedInteraction]:
    """Every request of the family, in order; a run that had come to rest is polled until it has."""
    recording = [one for one in recorded.interactions if identify(one.method, one.path) is not None]
    asker = ScriptClient(cassette, None if recorded.recorded is None else recorded.recorded.upstream)
    id_map = IdMap()
    earlier = Earlier(asker, id_map) if not any(map(_creates, recording)) else None
    heard: list[ReplayedInteraction] = []
    for one in recording:
        try:
            if earlier is not None:
                earlier.create_if_lenient(one)
            said = _asked(asker, id_map, one)
        except CassetteError as error:
            heard.append(ReplayedInteraction(one, None, error.message))
            continue
        id_map.bind(paired_ids(said, one))
        asked = {"path": one.path, "query": one.query, "body": one.body}
        heard.append(ReplayedInteraction(one, id_map.answer_in_recorded_ids(said)._replace(**asked)))
    return heard


def is_early_read(heard: ReplayedInteraction, later: Sequence[ReplayedInteraction]) -> bool:
    """Whether messages or steps were read of a run that was active still, and the script tells more of them."""
    what = heard.recorded
    operation = identify(what.method, what.path)
    if operation is None or operation.name not in READS | READS_STEPS or heard.said is None:
        return False
    if len(mappings_inside(heard.said.json, "data")) <= len(mappings_inside(what.json, "data")):
        return False
    return any(
        text_inside(one.recorded.json, "object") == "thread.run"
        and text_inside(one.recorded.json, "thread_id") == operation.ids["thread_id"]
        and text_inside(one.recorded.json, "status") not in AT_REST
        for one in later
    )


CREATING = frozenset({"create_run", "create_thread_and_run"})


def _creates(one: Interaction) -> bool:
    operation = identify(one.method, one.path)
    return operation is not None and operation.name in CREATING


@dataclass(slots=True)
class Earlier:
    """Runs that were created before a recording began; mutable: each is created when it is first asked about."""

    asker: ScriptClient
    id_map: IdMap
    known: set[str] = field(default_factory=set)

    def create_if_lenient(self, one: Interaction) -> None:
        """Create the run that a request is about, and poll it until it waits for the outputs that it brings.

        Raises CassetteError when the script has no run for it.
        """
        operation = identify(one.method, one.path)
        run_id = "" if operation is None else operation.ids.get("run_id", "")
        if operation is None or not run_id or run_id in self.known or one.status >= REFUSED:
            return
        self.known.add(run_id)
        path = f"/threads/{self.id_map.value_in_application_ids(operation.ids['thread_id'])}/runs"
        for _ in range(MOST_POLLS):
            made = self.asker.ask("POST", path, {"assistant_id": _assistant(one)})
            if made.status < REFUSED:
                break
        made_id = text_inside(made.json, "id")
        self.id_map.bind({made_id: run_id})
        if operation.name == "submit_tool_outputs" and isinstance(one.body, dict):
            self._await(f"{path}/{made_id}", [str(call_id) for call_id, _ in tool_outputs(one.body)])

    def _await(self, path: str, call_ids: list[str]) -> None:
        for _ in range(MOST_POLLS):
            run = self.asker.ask("GET", path).json
            if _rests(run):
                break
        calls = mappings_inside(run, "required_action", "submit_tool_outputs", "tool_calls")
        pairs = zip((text_inside(call, "id") for call in calls), call_ids, strict=False)
        self.id_map.bind({made_id: call_id for made_id, call_id in pairs if made_id})


def _assistant(one: Interaction) -> str:
    """The assistant of which an answer tells."""
    told = (text_inside(payload, "assistant_id") for payload in payloads_of(one))
    return next((name for name in told if name), ASSISTANT)


def _asked(asker: ScriptClient, id_map: IdMap, one: Interaction) -> Interaction:
    path = "/".join(id_map.value_in_application_ids(unquote(part)) for part in one.path.split("/"))
    query = {
        name: tuple(id_map.value_in_application_ids(value) for value in values) for name, values in one.query.items()
    }
    body = id_map.value_in_application_ids(one.body)
    said = asker.ask(one.method, path, body, query)
    for _ in range(MOST_POLLS):
        if one.method != "GET" or not _rests(one.json) or _rests(said.json):
            break
        said = asker.ask(one.method, path, body, query)
    return said


def _rests(value: Any) -> bool:
    """Whether every run in an answer has come to rest; also when there is none."""
    if not isinstance(value, dict):
        return True
    if value.get("object") == "list":
        return all(_rests(item) for item in mappings_inside(value, "data"))
    return value.get("object") != "thread.run" or text_inside(value, "status") in AT_REST
