"""The Assistants surface as one table: method, path template, handler, models of body and query, and what it does.

OpenAI serves it below `/v1`, Azure OpenAI below `/openai` or `/openai/v1`, Azure AI Foundry below
`/api/projects/{project}`, gateways below any prefix. So the root is not looked for: the API path begins at the first
`/assistants` or `/threads` from which the rest of the path is in the table.
Sources: docs/protocol/endpoints.md#table, docs/protocol/azure.md#differences.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from runmock.apis.assistants.endpoints import assistants, creation, messages, runs, steps, threads
from runmock.apis.assistants.requests import assistants as assistant_models
from runmock.apis.assistants.requests import messages as message_models
from runmock.apis.assistants.requests import queries
from runmock.apis.assistants.requests import runs as run_models
from runmock.apis.assistants.requests import threads as thread_models
from runmock.apis.service.requests.queries import LenientListQuery, ListQuery, Query
from runmock.core.api import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from runmock.apis.assistants.state import Memory
    from runmock.apis.service.call import Call
    from runmock.apis.service.requests.model import Params
    from runmock.core.engine.played_run import RunStream
    from runmock.core.http.exchange import JSON

    Handler: TypeAlias = Callable[[Memory, Call], JSON | RunStream]


class Row(NamedTuple):
    """One operation. A model that is None checks nothing: retrieve, delete, and cancel, whose body is empty."""

    name: str
    method: str
    path: str
    """The template below the API root, with the names of its ids in braces."""
    handler: Handler
    body: type[Params] | None = None
    query: type[Query] | None = None
    roles: frozenset[Role] = frozenset()
    lenient_body: type[Params] | None = None
    """The model for a server without a cassette, where it takes more."""
    lenient_query: type[Query] | None = None
    begins: tuple[str, ...] = ()
    """The first event of a stream that answers it; the usual one first (docs/protocol/streams.md#orders)."""


def _does(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


TABLE: tuple[Row, ...] = (
    Row("create_assistant", "POST", "/assistants", assistants.create_assistant, assistant_models.CreateAssistant),
    Row(
        "list_assistants",
        "GET",
        "/assistants",
        assistants.list_assistants,
        query=ListQuery,
        lenient_query=LenientListQuery,
    ),
    Row("retrieve_assistant", "GET", "/assistants/{assistant_id}", assistants.retrieve_assistant),
    Row(
        "modify_assistant",
        "POST",
        "/assistants/{assistant_id}",
        assistants.modify_assistant,
        assistant_models.ModifyAssistant,
    ),
    Row("delete_assistant", "DELETE", "/assistants/{assistant_id}", assistants.delete_assistant),
    Row(
        "create_thread",
        "POST",
        "/threads",
        threads.create_thread,
        thread_models.CreateThread,
        roles=_does(Role.BEGINS_CONVERSATION),
    ),
    Row(
        "create_thread_and_run",
        "POST",
        "/threads/runs",
        creation.create_thread_and_run,
        run_models.CreateThreadAndRun,
        roles=_does(Role.BEGINS_CONVERSATION, Role.CREATES_RUN, Role.STREAMS),
        begins=("thread.created",),
    ),
    Row("retrieve_thread", "GET", "/threads/{thread_id}", threads.retrieve_thread),
    Row(
        "modify_thread",
        "POST",
        "/threads/{thread_id}",
        threads.modify_thread,
        thread_models.ModifyThread,
        roles=_does(Role.REFUSED_WHILE_ACTIVE),
    ),
    Row("delete_thread", "DELETE", "/threads/{thread_id}", threads.delete_thread),
    Row(
        "create_message",
        "POST",
        "/threads/{thread_id}/messages",
        messages.create_message,
        message_models.CreateMessage,
        roles=_does(Role.REFUSED_WHILE_ACTIVE),
    ),
    Row(
        "list_messages",
        "GET",
        "/threads/{thread_id}/messages",
        messages.list_messages,
        query=queries.ListMessagesQuery,
        roles=_does(Role.READS_MESSAGES),
        lenient_query=LenientListQuery,
    ),
    Row(
        "retrieve_message",
        "GET",
        "/threads/{thread_id}/messages/{message_id}",
        messages.retrieve_message,
        roles=_does(Role.READS_MESSAGES),
    ),
    Row(
        "modify_message",
        "POST",
        "/threads/{thread_id}/messages/{message_id}",
        messages.modify_message,
        message_models.ModifyMessage,
    ),
    Row("delete_message", "DELETE", "/threads/{thread_id}/messages/{message_id}", messages.delete_message),
    Row(
        "create_run",
        "POST",
        "/threads/{thread_id}/runs",
        creation.create_run,
        run_models.CreateRun,
        queries.IncludeQuery,
        roles=_does(Role.CREATES_RUN, Role.STREAMS, Role.REFUSED_WHILE_ACTIVE),
        begins=("thread.run.created",),
    ),
    Row(
        "list_runs",
        "GET",
        "/threads/{thread_id}/runs",
        runs.list_runs,
        query=ListQuery,
        roles=_does(Role.LISTS_RUNS, Role.SHOWS_STATUS),
        lenient_query=LenientListQuery,
    ),
    Row(
        "retrieve_run",
        "GET",
        "/threads/{thread_id}/runs/{run_id}",
        runs.retrieve_run,
        roles=_does(Role.RETRIEVES_RUN, Role.SHOWS_STATUS),
    ),
    Row(
        "modify_run",
        "POST",
        "/threads/{thread_id}/runs/{run_id}",
        runs.modify_run,
        run_models.ModifyRun,
        roles=_does(Role.REFUSED_WHILE_ACTIVE),
    ),
    Row(
        "cancel_run",
        "POST",
        "/threads/{thread_id}/runs/{run_id}/cancel",
        runs.cancel_run,
        roles=_does(Role.CANCELS, Role.SHOWS_STATUS),
    ),
    Row(
        "submit_tool_outputs",
        "POST",
        "/threads/{thread_id}/runs/{run_id}/submit_tool_outputs",
        runs.submit_tool_outputs,
        run_models.SubmitToolOutputs,
        roles=_does(Role.SUBMITS_OUTPUTS, Role.SHOWS_STATUS, Role.STREAMS),
        lenient_body=run_models.LenientSubmitToolOutputs,
        begins=(
            *(f"thread.run.step.{end}" for end in ("completed", "failed", "cancelled", "expired")),
            "thread.run.queued",
        ),
    ),
    Row(
        "list_run_steps",
        "GET",
        "/threads/{thread_id}/runs/{run_id}/steps",
        steps.list_run_steps,
        query=queries.ListRunStepsQuery,
        roles=_does(Role.READS_STEPS),
        lenient_query=queries.LenientListRunStepsQuery,
    ),
    Row(
        "retrieve_run_step",
        "GET",
        "/threads/{thread_id}/runs/{run_id}/steps/{step_id}",
        steps.retrieve_run_step,
        query=queries.IncludeQuery,
        roles=_does(Role.READS_STEPS),
    ),
)

BY_NAME = {row.name: row for row in TABLE}
CREATING = frozenset(row.name for row in TABLE if Role.CREATES_RUN in row.roles)
"""The names of the operations that create a run."""
