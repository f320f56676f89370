"""Turns a script into a recording: a made-up application has one conversation for each scripted run."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from runmock.apis.registry import application_for
from runmock.core.errors import CassetteError
from runmock.core.http.json_values import inside
from runmock.core.replay.ids_in_payloads import ids_in, payloads_of
from runmock.core.script.script import DEFAULT_CLOCK, CodeInterpreter, FileSearch, Image, Message, Text, ToolCalls
from runmock.core.story.timing import is_time
from runmock.documents.convert.script_client import CassetteClient
from runmock.documents.progress import UNWATCHED
from runmock.tape.writing.aliases import Aliases
from runmock.tape.writing.cassette_text import Header, whole_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from runmock.core.replay.interaction import Interaction
    from runmock.core.script.script import Part, ScriptedRun
    from runmock.documents.progress import Progress
    from runmock.tape.reading.cassette import Cassette


def expanded(
    cassette: Cassette, *, is_streamed: bool = True, api: str = "assistants", progress: Progress = UNWATCHED
) -> tuple[Interaction, ...]:
    """The recorded interactions, then those of the script with an application that streams, or polls.

    `api`: the one that it asks for runs that both can play. Raises CassetteError where an application cannot be made
    up: a pattern without an example, say.
    """
    return tuple(each_expanded(cassette, is_streamed=is_streamed, api=api, progress=progress))


def each_expanded(
    cassette: Cassette, *, is_streamed: bool = True, api: str = "assistants", progress: Progress = UNWATCHED
) -> Iterator[Interaction]:
    """Yield the same, one conversation after the other, so that not all of them are in memory."""
    for _, interactions in _conversations(cassette, is_streamed=is_streamed, api=api, progress=progress):
        yield from interactions


def expanded_with_runs(
    cassette: Cassette, progress: Progress = UNWATCHED
) -> tuple[tuple[Interaction, ...], dict[int, ScriptedRun]]:
    """As `expanded`, and the scripted run of each interaction that plays one, by the interaction's index."""
    every: list[Interaction] = []
    runs: dict[int, ScriptedRun] = {}
    for run, interactions in _conversations(cassette, is_streamed=True, api="assistants", progress=progress):
        if run is not None:
            runs |= dict.fromkeys(range(len(every), len(every) + len(interactions)), run)
        every += interactions
    return tuple(every), runs


def _conversations(
    cassette: Cassette, *, is_streamed: bool, api: str, progress: Progress
) -> Iterator[tuple[ScriptedRun | None, Sequence[Interaction]]]:
    """Yield the interactions that were recorded, then those of each scripted run; beside a script, ids are aliases.

    What a conversation contains of later ones has no alias: no id is used before it was made.
    """
    if cassette.script is None:
        yield None, cassette.interactions
        return
    aliases = _aliases(cassette)
    yield None, aliases.aliased(cassette.interactions)
    has_clock = cassette.script.clock != DEFAULT_CLOCK
    client = CassetteClient(cassette if has_clock else with_clock_of(cassette, header_of(cassette)))
    for run in progress.each("runs", cassette.script.runs):
        converse = application_for(run, api)
        converse(client, cassette.script, run, is_streamed=is_streamed or bool(run.events))
        yield run, aliases.aliased(client.interactions)
        client.interactions.clear()


def expanded_text(cassette: Cassette, interactions: Iterable[Interaction]) -> str:
    """The expanded interactions as the text of a cassette. Raises CassetteError when there are none."""
    in_order = iter(interactions)
    if (first := next(in_order, None)) is None:
        raise CassetteError("there is nothing to expand: no run is scripted, and none is recorded", cassette.path)
    every: Iterable[Interaction] = chain([first], in_order)
    if cassette.script is None:
        every = _aliases(cassette).aliased(every)
    return whole_text(header_of(cassette), every)


def _aliases(cassette: Cassette) -> Aliases:
    """Aliases for what the script gives: an id that its author wrote, of a file or a call, stays as it is."""
    runs = () if cassette.script is None else cassette.script.runs
    return Aliases(auto_created={text for run in runs for text in _ids_written(run)})


def _ids_written(run: ScriptedRun) -> Iterator[str]:
    """Every id that the author of a script wrote into a run; those that the run makes itself are not among them."""
    verbatim = [run.overrides, run.response, run.canned, [data for _, data in run.events]]
    yield from (text for text, _ in ids_in(verbatim))
    for step in run.steps:
        if isinstance(step, ToolCalls):
            yield from (call.id for call in step.calls if call.id is not None)
        elif isinstance(step, CodeInterpreter):
            yield from step.images
        elif isinstance(step, FileSearch):
            yield from (text for text, _ in ids_in(list(step.results)))
        elif isinstance(step, Message):
            yield from _ids_in_parts(step.content)


def _ids_in_parts(parts: Iterable[Part]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Text):
            yield from (text for text, _ in ids_in(list(part.annotations)))
        elif isinstance(part, Image):
            yield from (text for text, _ in ids_in(part.image))


def header_of(cassette: Cassette) -> Header:
    """The header of a cassette; times count from its recording, its script's clock, or its first object."""
    recorded = cassette.recorded
    if recorded is not None and recorded.at is not None:
        return Header(recorded.at, recorded.upstream, recorded.sdk, recorded.counted_from)
    if cassette.script is not None:
        return Header(cassette.script.clock)
    payloads = (payload for interaction in cassette.interactions for payload in payloads_of(interaction))
    created = (inside(payload, "created_at") for payload in payloads)
    return Header(next((int(at) for at in created if is_time(at)), DEFAULT_CLOCK))


def header_like(cassette: Cassette, recording: Cassette) -> Header:
    """The header of what a script plays to a recording's requests: the recording's, but with the script's own clock."""
    header, script = header_of(recording), cassette.script
    has_clock = script is not None and script.clock != DEFAULT_CLOCK
    return Header(script.clock, header.upstream, header.sdk) if script is not None and has_clock else header


def with_clock_of(cassette: Cassette, header: Header) -> Cassette:
    """The cassette with the script's clock set to the header's time, so that times are written as short differences."""
    script = cassette.script
    return cassette if script is None else replace(cassette, script=replace(script, clock=header.base))
