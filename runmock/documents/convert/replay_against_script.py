"""Plays a recording against a script: sends each recorded request to the script, and keeps both answers.

So it shows what the application gets from the script when it does what it did in the recording.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from runmock.apis.registry import documents_of
from runmock.core.api import Role
from runmock.core.engine.run_status import AT_REST
from runmock.core.errors import CassetteError
from runmock.core.http.json_values import mappings_inside
from runmock.core.replay.id_map import IdMap
from runmock.core.replay.ids_in_payloads import paired_ids
from runmock.documents.convert.script_client import CassetteClient
from runmock.documents.progress import UNWATCHED
from runmock.tape.comparing.differences import GROWING, differences, essence, joined
from runmock.tape.comparing.same_recording import timeless

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.api import Api
    from runmock.core.http.exchange import JSON
    from runmock.core.replay.interaction import Interaction
    from runmock.documents.progress import Progress
    from runmock.tape.reading.cassette import Cassette

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


def replayed(cassette: Cassette, recorded: Cassette, progress: Progress = UNWATCHED) -> list[ReplayedInteraction]:
    """Replay every request that scripts can answer, in order.

    Where a recorded poll found its run at rest, the script is polled until its run is at rest, too.
    """
    recording = [interaction for interaction in recorded.interactions if interaction.operation.is_played]
    client = CassetteClient(cassette, None if recorded.recorded is None else recorded.recorded.upstream)
    id_map = IdMap()
    begun = {item.operation.api for item in recording if Role.CREATES_RUN in item.operation.roles}
    earlier_runs = {
        api: documents.earlier_runs(client, id_map)
        for api in {interaction.operation.api for interaction in recording} - begun
        if (documents := documents_of(api)) is not None
    }
    replays: list[ReplayedInteraction] = []
    for interaction in progress.each("requests", recording):
        try:
            if (earlier := earlier_runs.get(interaction.operation.api)) is not None:
                earlier.create_for(interaction)
            played = _send_again(client, id_map, interaction)
        except CassetteError as error:
            replays.append(ReplayedInteraction(interaction, None, error.message))
            continue
        id_map.bind(paired_ids(played, interaction))
        request = {"path": interaction.path, "query": interaction.query, "body": interaction.body}
        replays.append(ReplayedInteraction(interaction, id_map.answer_in_recorded_ids(played)._replace(**request)))
    return replays


def _send_again(client: CassetteClient, id_map: IdMap, recorded: Interaction) -> Interaction:
    path = "/".join(id_map.value_in_application_ids(unquote(part)) for part in recorded.path.split("/"))
    query = {
        name: tuple(id_map.value_in_application_ids(value) for value in values)
        for name, values in recorded.query.items()
    }
    body, api = id_map.value_in_application_ids(recorded.body), recorded.operation.api
    played = client.send(recorded.method, path, body, query)
    for _ in range(MOST_POLLS):
        if recorded.method != "GET" or not _is_at_rest(api, recorded.json) or _is_at_rest(api, played.json):
            break
        played = client.send(recorded.method, path, body, query)
    return played


def _is_at_rest(api: Api, value: Any) -> bool:
    """Whether every run in an answer is at rest; True when there is no run in it."""
    if isinstance(value, dict) and value.get("object") == "list":
        return all(_is_at_rest(api, item) for item in mappings_inside(value, "data"))
    run = api.run_state(value)
    return run is None or run.status in AT_REST
