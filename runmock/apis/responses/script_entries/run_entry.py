"""The entry of one run: its steps, how it ends, and what was found out when it was played against the recording."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runmock.apis.responses.script_entries.endings import ending_of, polls_of, usage_of
from runmock.apis.responses.script_entries.run_path import path_of
from runmock.apis.service.script_entries.refusal_entries import with_refusals
from runmock.core.http.json_values import inside, mapping_inside
from runmock.core.script.script import DEFAULT_MODEL

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from runmock.apis.responses.script_entries.recorded_about import RecordedAbout
    from runmock.core.http.exchange import JSON
    from runmock.core.replay.interaction import Interaction
    from runmock.core.story.story import RunStory

NO_OUTCOME = frozenset({"poll", "truncate"})
"""Keys that, alone, do not say what a run does."""


@dataclass(slots=True)
class Details:
    """What makes an entry longer; mutable."""

    has_usage: bool = False
    """Whether it has the run's tokens."""
    fields: JSON = field(default_factory=dict)
    """What it has under `response:`."""
    cut: int = 0
    """After how many of its events the stream breaks off; 0 where it does not."""
    is_overtaken: bool = False
    """Whether the run completes although it is cancelled."""


def run_entry(run: RunStory, recorded: RecordedAbout, submits: Iterable[Interaction], details: Details) -> JSON:
    """The entry of a run: what is not the default. `submits`: the requests that continue it, also those refused."""
    path = path_of(run, recorded.bodies(run))
    steps = with_refusals((entry for _, entries in path for entry in entries), submits)
    about = recorded.about(run)
    ending = {**ending_of(run, about), **({"cancel": "overtaken"} if details.is_overtaken else {})}
    ending |= polls_of(run, about, is_overtaken=details.is_overtaken)
    if details.cut:
        ending["truncate"] = {"after": details.cut}
    entry: JSON = {"steps": steps} if len(steps) > 1 else dict(*steps)
    if not entry and not ending.keys() - NO_OUTCOME:
        entry["reply"] = ""
    return entry | ending | _facts(run, [run.objects[response_id] for response_id, _ in path], details)


def _facts(run: RunStory, responses: Sequence[JSON], details: Details) -> JSON:
    """What the entry says of the Response objects."""
    last, request = responses[-1], run.request
    model, metadata = last.get("model"), mapping_inside(last, "metadata")
    own = {key: value for key, value in metadata.items() if inside(request, "metadata", key) != value}
    return {
        **({} if model in {None, request.get("model") or DEFAULT_MODEL} else {"model": model}),
        **({"metadata": own} if own else {}),
        **({"usage": usage_of(responses)} if details.has_usage else {}),
        **({"response": details.fields} if details.fields else {}),
    }
