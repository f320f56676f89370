"""What goes wrong in a written script becomes values of core: refusals, faults of streams, and where each strikes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from runmock.core.assistants import refusals
from runmock.core.script import script
from runmock.core.script.faults import ANYWHERE, FaultKind, StreamFault
from runmock.tape.format.run_keys import CONTENT, ENDINGS, STREAM_FAULTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.http.exchange import JSON
    from runmock.tape.format.model_faults import ErrorEvent, FaultsModel
    from runmock.tape.format.model_run import RunModel

ERROR_TEXTS = {
    None: refusals.STATUS_DEFAULTS[500].message,
    "server_error": refusals.STATUS_DEFAULTS[500].message,
    "rate_limit_exceeded": refusals.STATUS_DEFAULTS[429].message,
}
"""What an `error` event says for a code when the script gives no text."""
_MILLISECONDS = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?) ?ms")


class GoneWrong(NamedTuple):
    """What goes wrong while a run is played."""

    refusals: tuple[script.StepRefusal, ...]
    faults: tuple[StreamFault, ...]


def ending_of(run: RunModel) -> FaultsModel:
    """What says how a run ends: its last step, or the run itself."""
    last = run.steps[-1] if run.steps else None
    return run if last is None or not last.said() & set(ENDINGS) else last


def gone_wrong(run: RunModel) -> GoneWrong:
    """What goes wrong in a run, by the step of the script where it does."""
    refused: list[script.StepRefusal] = []
    faults = list(_faults(run, ANYWHERE, usual=None))
    played = 0
    for step in run.steps or ():
        has_content = bool(step.said() & set(CONTENT))
        if (error := refusal(step)) is not None:
            refused.append(script.StepRefusal(played, error))
        # A fault that stands alone strikes where it stands.
        faults += _faults(step, played, usual=None if has_content else 0)
        played += has_content
    return GoneWrong(tuple(refused), tuple(faults))


def refusal(said: FaultsModel) -> script.HttpError | None:
    """The refused request of `http:`, None when there is none; `200ms` is told as the header that the SDK reads."""
    if said.http is None:
        return None
    wait, headers = said.retry_after, tuple((said.headers or {}).items())
    if wait is not None and (found := _MILLISECONDS.fullmatch(wait)):
        wait, headers = None, (("retry-after-ms", found["number"]), *headers)
    return script.HttpError(
        status=said.http,
        error=said.error,
        message=said.message,
        type=said.type,
        param=said.param,
        retry_after=wait,
        times=said.times or 1,
        headers=headers,
        body=said.body,
        is_verbatim="body" in said.model_fields_set,
    )


def _faults(said: FaultsModel, step: int, *, usual: int | None) -> Iterator[StreamFault]:
    """The stream faults beside a step, or a run; `usual`: their `after` when they have none."""
    for key in STREAM_FAULTS:
        if (fault := getattr(said, key)) is None:
            continue
        after = usual if fault.after is None else fault.after
        if key == "garbage":
            yield StreamFault(FaultKind(fault.kind), after, step)
        elif key == "stall":
            yield StreamFault(FaultKind.STALL, after, step, ms=fault.for_ or 0)
        elif key == "error_event":
            yield StreamFault(FaultKind.ERROR_EVENT, after, step, error=_error(fault))
        else:
            yield StreamFault(FaultKind(key), after, step)


def _error(event: ErrorEvent) -> JSON:
    """The data of an `error` event: nested as real ones are, or flat as the reference has it.

    Source: docs/protocol/streams.md#the-error-event.
    """
    kind = event.type or ("server_error" if event.code in {None, "server_error"} else refusals.INVALID_REQUEST)
    text = ERROR_TEXTS.get(event.code, str(event.code).replace("_", " ")) if event.message is None else event.message
    envelope = refusals.ServiceRefusal(500, text, type=kind, code=event.code).envelope()
    error: JSON = envelope["error"]
    return error if event.flat else envelope
