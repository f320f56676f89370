"""The faults in a written script become values of core: refusals, and faults of streams with their places."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from runmock.apis.service import refusals
from runmock.core.engine.pace import DURATION
from runmock.core.script import script
from runmock.core.script.faults import ANYWHERE, FaultKind, StreamFault
from runmock.tape.format.model_faults import ErrorEvent, Garbage, StallModel
from runmock.tape.format.run_keys import CONTENT, ENDINGS, STREAM_FAULTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.http.exchange import JSON
    from runmock.tape.format.model_faults import FaultsModel
    from runmock.tape.format.model_run import RunModel

ERROR_TEXTS = {
    None: refusals.STATUS_DEFAULTS[500].message,
    "server_error": refusals.STATUS_DEFAULTS[500].message,
    "rate_limit_exceeded": refusals.STATUS_DEFAULTS[429].message,
}
"""The message of an `error` event, by its code, when the script has none."""


class RunFaults(NamedTuple):
    """The refused requests and the faults of streams of one run."""

    refusals: tuple[script.StepRefusal, ...]
    faults: tuple[StreamFault, ...]


def ending_of(run: RunModel) -> FaultsModel:
    """The mapping with the keys that end a run: its last step if that has some, else the run itself."""
    last = run.steps[-1] if run.steps else None
    return run if last is None or not last.active_keys() & set(ENDINGS) else last


def faults_of(run: RunModel) -> RunFaults:
    """The refusals and faults of a run, each with the number of the step at which it happens."""
    refused: list[script.StepRefusal] = []
    faults = list(_faults(run, ANYWHERE, usual=None))
    played = 0
    for step in run.steps or ():
        has_content = bool(step.active_keys() & set(CONTENT))
        if (error := refusal(step)) is not None:
            refused.append(script.StepRefusal(played, error))
        # A fault that is a step of its own happens at that point, without an `after`.
        faults += _faults(step, played, usual=None if has_content else 0)
        played += has_content
    return RunFaults(tuple(refused), tuple(faults))


def refusal(written: FaultsModel) -> script.HttpError | None:
    """The refusal that `http:` describes, None without that key; `retry_after: 200ms` becomes `retry-after-ms`."""
    if written.http is None:
        return None
    wait, headers = written.retry_after, tuple((written.headers or {}).items())
    if wait is not None and wait.endswith("ms") and DURATION.fullmatch(wait):
        headers = (("retry-after-ms", wait.removesuffix("ms").rstrip()), *headers)
        wait = None
    return script.HttpError(
        status=written.http,
        error=written.error,
        message=written.message,
        type=written.type,
        param=written.param,
        retry_after=wait,
        times=written.times or 1,
        headers=headers,
        body=written.body,
        is_verbatim="body" in written.model_fields_set,
    )


def _faults(written: FaultsModel, step: int, *, usual: int | None) -> Iterator[StreamFault]:
    """The stream faults beside a step, or a run; `usual`: their `after` when they have none."""
    for key in STREAM_FAULTS:
        if (fault := getattr(written, key)) is None:
            continue
        yield StreamFault(
            FaultKind(fault.kind if isinstance(fault, Garbage) else key),
            usual if fault.after is None else fault.after,
            step,
            ms=(fault.for_ or 0) if isinstance(fault, StallModel) else 0,
            error=_error(fault) if isinstance(fault, ErrorEvent) else None,
        )


def _error(event: ErrorEvent) -> JSON:
    """The data of an `error` event: nested as real ones are, or flat as the reference has it.

    Source: docs/protocol/streams.md#the-error-event.
    """
    kind = event.type or ("server_error" if event.code in {None, "server_error"} else refusals.INVALID_REQUEST)
    text = ERROR_TEXTS.get(event.code, str(event.code).replace("_", " ")) if event.message is None else event.message
    envelope = refusals.ServiceRefusal(500, text, type=kind, code=event.code).envelope()
    error: JSON = envelope["error"]
    return error if event.flat else envelope
