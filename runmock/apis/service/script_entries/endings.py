"""The keys of a script that end a run as it ended; for a run whose end was not recorded, what is made up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.apis.service.refusals import FAILURES
from runmock.core.engine.run_status import TRANSIENT, RunStatus
from runmock.core.http.json_values import text_inside

if TYPE_CHECKING:
    from runmock.core.http.exchange import JSON
    from runmock.core.story.story import RunStory


def is_unfinished(run: RunStory) -> bool:
    """Whether its end was never recorded: it has no status, or one that a run leaves by itself."""
    return not run.status or run.status in TRANSIENT


def waits(run: RunStory) -> bool:
    """Whether it has calls without an output."""
    return any(call.kind == "function" and call.output is None for call in run.calls)


def failure(error: JSON) -> JSON:
    """The keys of a script for a run that has failed with this error; none where it has no code."""
    code, message = text_inside(error, "code"), text_inside(error, "message")
    default = FAILURES.get(code, code.replace("_", " "))
    return {"fail": code, **({} if message in {"", default} else {"message": message})} if code else {}


def ended_by_status(run: RunStory, error: JSON) -> JSON:
    """The keys that end a run with its last status; none when it completes. `error`: why it failed."""
    status = run.status
    if status == RunStatus.FAILED:
        return failure({"code": "server_error", **error})
    if status == RunStatus.INCOMPLETE:
        return {"incomplete": text_inside(run.object, "incomplete_details", "reason") or "max_completion_tokens"}
    if status == RunStatus.EXPIRED:
        return {"expire": True}
    if status in {RunStatus.CANCELLED, RunStatus.CANCELLING}:
        if run.is_cancelled:
            return {} if waits(run) else {"stuck": "in_progress"}
        return {"cancel": True}
    return {}


def made_up_ending(run: RunStory, entry: JSON) -> str:
    """How a script's entry ends an unfinished run, in words."""
    if "events" in entry:
        return f"the script plays its events as they came, and leaves it {run.status}"
    if run.status == RunStatus.CANCELLING:
        return f"the script has it cancelled{' when the application asks for that' if run.is_cancelled else ''}"
    if "stuck" in entry:
        why = "its messages or steps were read, and there were none"
        return f"the script leaves it {entry['stuck']} for ever, since {why}"
    if "fail" in entry:
        return "the script has it fail, with the error in its stream"
    cut = "breaks the stream off there too, and " if "truncate" in entry else ""
    if waits(run):
        return f"the script {cut}has it wait for the outputs of its calls"
    how = "after its calls" if any(run.calls) else "with an empty reply"
    if run.text:
        how = f"with {'the text of its stream' if run.broken_off else 'the reply that was read'}"
    return f"the script {cut}completes it {how}"
