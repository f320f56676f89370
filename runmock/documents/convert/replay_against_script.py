"""Plays a recording against a script: sends each recorded request to the script, and keeps both answers.

So it shows what the application gets from the script when it does what it did in the recording.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from runmock.apis.assistants.api import identify
from runmock.apis.assistants.endpoints.runs import tool_outputs
from runmock.core.api import READS, Role
from runmock.core.engine.run_status import AT_REST
from runmock.core.errors import CassetteError
from runmock.core.http.json_values import mappings_inside, text_inside
from runmock.core.replay.id_map import IdMap
from runmock.core.replay.ids_in_payloads import paired_ids, payloads_of
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
"""How often a request is sent, at most, until the script's run is created, or is at rest as the recorded one is."""


@dataclass(frozen=True, slots=True)
class ReplayedInteraction:
    """A recorded interaction, and the script's answer to the same request, with the ids of the recording.

    `played` is None when the script has no answer; then `why_unanswered` says why.
    """

    recorded: Interaction
    played: Interaction | None
    why_unanswered: str = ""

    def differences(self) -> Iterator[tuple[str, Any, Any]]:
        """Where the script's answer differs: the place in it, the recorded value, and the played value."""
        if self.played is not None:
            yield from differences(essence(self.recorded), self._comparable_answer(self.played))

    def other_event(self) -> str:
        """The first event whose name differs in the two streams, in words; the empty string when none does."""
        assert self.played is not None
        pairs = zip_longest(_names(essence(self.recorded)), _names(self._comparable_answer(self.played)))
        recorded, played = next((pair for pair in pairs if pair[0] != pair[1]), ("", ""))
        if recorded == played:
            return ""
        here = "ends" if recorded is None else f"has {recorded}"
        return f"here the stream {here}, where a script's has {played or 'ended'}"

    def events_recorded(self) -> int:
        """After how many events the script's stream contains all of the recorded one, which breaks off.

        0 when it does not contain it, or only at its end.
        """
        assert self.played is not None
        known, events = joined(self.recorded.stream or ()), self.played.stream or ()
        if not known:
            return 0
        name, data = known[-1]
        number = sum(other == name for other, _ in known)

        def is_enough(count: int) -> bool:
            payloads = [payload for other, payload in joined(events[:count]) if other == name][number - 1 :]
            return len(payloads) > 1 or (len(payloads) == 1 and _has_reached(data, payloads[0]))

        count = bisect_left(range(len(events) + 1), True, key=is_enough)
        return count if count < len(events) else 0

    def _comparable_answer(self, answer: Interaction) -> JSON:
        """The script's answer for the comparison; where the recorded stream breaks off, cut to what was recorded."""
        comparable = essence(answer)
        if self.recorded.is_truncated and "stream" in comparable:
            known = joined(self.recorded.stream or ())
            comparable["stream"] = [
                [name, _cut_to(timeless(data), part)]
                for (_, data), (name, part) in zip(known, comparable["stream"], strict=False)
            ]
        return comparable


def _names(comparable: JSON) -> list[str]:
    return [name for name, _ in comparable.get("stream", ())]


def _cut_to(known: Any, whole: Any, key: str = "") -> Any:
    """`whole`, with each text that grows by deltas cut to the text in `known`, where it begins with that."""
    if isinstance(known, dict) and isinstance(whole, dict):
        return {name: _cut_to(known.get(name), part, name) for name, part in whole.items()}
    if isinstance(known, list) and isinstance(whole, list) and len(known) == len(whole):
        return [_cut_to(known_part, part) for known_part, part in zip(known, whole, strict=True)]
    grows = key in GROWING and isinstance(known, str) and isinstance(whole, str)
    return known if grows and whole.startswith(known) else whole


def _has_reached(known: Any, played: Any, key: str = "") -> bool:
    """Whether each text in `played` that grows by deltas has reached at least the text in `known`."""
    if isinstance(known, dict) and isinstance(played, dict):
        return all(_has_reached(part, played.get(name), name) for name, part in known.items())
    if isinstance(known, list) and isinstance(played, list):
        return len(known) <= len(played) and all(map(_has_reached, known, played))
    grows = key in GROWING and isinstance(known, str)
    return not grows or (isinstance(played, str) and played.startswith(known))


def replayed(cassette: Cassette, recorded: Cassette) -> list[ReplayedInteraction]:
    """Replay every request of the Assistants API, in order.

    Where a recorded poll found its run at rest, the script is polled until its run is at rest, too.
    """
    recording = [
        interaction
        for interaction in recorded.interactions
        if identify(interaction.method, interaction.path) is not None
    ]
    client = ScriptClient(cassette, None if recorded.recorded is None else recorded.recorded.upstream)
    id_map = IdMap()
    earlier_runs = EarlierRuns(client, id_map) if not any(map(_creates, recording)) else None
    replays: list[ReplayedInteraction] = []
    for interaction in recording:
        try:
            if earlier_runs is not None:
                earlier_runs.create_run_of(interaction)
            played = _send_again(client, id_map, interaction)
        except CassetteError as error:
            replays.append(ReplayedInteraction(interaction, None, error.message))
            continue
        id_map.bind(paired_ids(played, interaction))
        request = {"path": interaction.path, "query": interaction.query, "body": interaction.body}
        replays.append(ReplayedInteraction(interaction, id_map.answer_in_recorded_ids(played)._replace(**request)))
    return replays


def is_early_read(read: ReplayedInteraction, later: Sequence[ReplayedInteraction]) -> bool:
    """Whether the recording read messages or steps while their run was active, and the script returned more of them."""
    recorded = read.recorded
    operation = identify(recorded.method, recorded.path)
    if operation is None or READS.isdisjoint(operation.roles) or read.played is None:
        return False
    if len(mappings_inside(read.played.json, "data")) <= len(mappings_inside(recorded.json, "data")):
        return False
    return any(
        text_inside(replay.recorded.json, "object") == "thread.run"
        and text_inside(replay.recorded.json, "thread_id") == operation.ids["thread_id"]
        and text_inside(replay.recorded.json, "status") not in AT_REST
        for replay in later
    )


def _creates(interaction: Interaction) -> bool:
    operation = identify(interaction.method, interaction.path)
    return operation is not None and Role.CREATES_RUN in operation.roles


@dataclass(slots=True)
class EarlierRuns:
    """Runs that exist before the recording begins; mutable: at the first request about a run, the script creates it."""

    client: ScriptClient
    id_map: IdMap
    known: set[str] = field(default_factory=set)

    def create_run_of(self, interaction: Interaction) -> None:
        """Create the run that a request is about; for a request with outputs, poll the run until it waits for them.

        Raises CassetteError when the script has no run for it.
        """
        operation = identify(interaction.method, interaction.path)
        run_id = "" if operation is None else operation.ids.get("run_id", "")
        if operation is None or not run_id or run_id in self.known or interaction.status >= REFUSED:
            return
        self.known.add(run_id)
        path = f"/threads/{self.id_map.value_in_application_ids(operation.ids['thread_id'])}/runs"
        for _ in range(MOST_POLLS):
            created = self.client.send("POST", path, {"assistant_id": _assistant(interaction)})
            if created.status < REFUSED:
                break
        made_id = text_inside(created.json, "id")
        self.id_map.bind({made_id: run_id})
        if Role.SUBMITS_OUTPUTS in operation.roles and isinstance(interaction.body, dict):
            self._poll_until_waiting(
                f"{path}/{made_id}", [str(call_id) for call_id, _ in tool_outputs(interaction.body)]
            )

    def _poll_until_waiting(self, path: str, call_ids: list[str]) -> None:
        for _ in range(MOST_POLLS):
            run = self.client.send("GET", path).json
            if _is_at_rest(run):
                break
        calls = mappings_inside(run, "required_action", "submit_tool_outputs", "tool_calls")
        pairs = zip((text_inside(call, "id") for call in calls), call_ids, strict=False)
        self.id_map.bind({made_id: call_id for made_id, call_id in pairs if made_id})


def _assistant(interaction: Interaction) -> str:
    """The id of the assistant in an answer; a default one when there is none."""
    names = (text_inside(payload, "assistant_id") for payload in payloads_of(interaction))
    return next((name for name in names if name), ASSISTANT)


def _send_again(client: ScriptClient, id_map: IdMap, recorded: Interaction) -> Interaction:
    path = "/".join(id_map.value_in_application_ids(unquote(part)) for part in recorded.path.split("/"))
    query = {
        name: tuple(id_map.value_in_application_ids(value) for value in values)
        for name, values in recorded.query.items()
    }
    body = id_map.value_in_application_ids(recorded.body)
    played = client.send(recorded.method, path, body, query)
    for _ in range(MOST_POLLS):
        if recorded.method != "GET" or not _is_at_rest(recorded.json) or _is_at_rest(played.json):
            break
        played = client.send(recorded.method, path, body, query)
    return played


def _is_at_rest(value: Any) -> bool:
    """Whether every run in an answer is at rest; True when there is no run in it."""
    if not isinstance(value, dict):
        return True
    if value.get("object") == "list":
        return all(_is_at_rest(item) for item in mappings_inside(value, "data"))
    return value.get("object") != "thread.run" or text_inside(value, "status") in AT_REST
