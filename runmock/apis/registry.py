"""The API packages that runmock speaks. To add one is to add it to `APIS`; every other room asks here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.apis.assistants.api import ASSISTANTS
from runmock.apis.files.api import FILES
from runmock.apis.responses.api import RESPONSES
from runmock.apis.service.other_api import OTHER
from runmock.core.api import Incoming
from runmock.core.http.exchange import REFUSED
from runmock.core.http.request_body import unparsed_body
from runmock.core.script.conditions import conditions_of
from runmock.core.script.faults import CHANGES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.core.api import Api, DeltaPieces, Operation
    from runmock.core.api_documents import ApiDocuments, Converse, StoryReader
    from runmock.core.http.exchange import Request
    from runmock.core.script.script import ScriptedRun
    from runmock.core.story.story import Story
    from runmock.core.story.timing import StoryTime

APIS: tuple[Api, ...] = (ASSISTANTS, FILES, RESPONSES)
"""In the order in which they are asked whose a request is."""

EVENTS = frozenset().union(*(api.events for api in APIS))
"""The names of all events of their streams."""


def identify(method: str, path: str) -> Operation:
    """The operation of a method and the whole path of a URL: of the first API that has it, else of no API package."""
    for api in APIS:
        if (found := api.identify(method, path)) is not None:
            return found
    return OTHER.identify(method, path)


def delta_pieces(operation: Operation, status: int = 200, *, is_numbered: bool = True) -> DeltaPieces:
    """What makes pieces of the deltas of a stream that answers a request.

    A stream of no API package may have those of Assistants: gateways send them on addresses of their own. A refusal
    that came as events stands as it was sent, whatever its API.
    """
    pieces = None if status >= REFUSED else operation.api.delta_pieces(is_numbered=is_numbered)
    return pieces or ASSISTANTS.delta_pieces()


def documents_of(api: Api) -> ApiDocuments | None:
    """What documents ask an API; None where they show its interactions as plain events."""
    # Imported with the first document, because tests that only play need none of it.
    from runmock.apis.assistants.documents import DOCUMENTS as OF_ASSISTANTS
    from runmock.apis.responses.documents import DOCUMENTS as OF_RESPONSES

    known: Mapping[Api, ApiDocuments] = {ASSISTANTS: OF_ASSISTANTS, RESPONSES: OF_RESPONSES}
    return known.get(api)


def story_reader(api: Api, story: Story, time: StoryTime) -> StoryReader | None:
    """What reads the interactions of an API into a story; None where they are shown as plain events."""
    documents = documents_of(api)
    return None if documents is None else documents.story_reader(story, time)


def application_for(run: ScriptedRun, api: str = "assistants") -> Converse:
    """What sends the requests of an application that plays a scripted run.

    They are of the API that the run is kept for, or that alone can have its faults, and else of the one named `api`.
    """
    from runmock.apis.assistants.application.conversation import converse as ask_assistants
    from runmock.apis.responses.application.conversation import converse as ask_responses

    only = "responses" if any(fault.kind in CHANGES for fault in run.faults) else conditions_of(run).get("api")
    return ask_responses if (only or api) == "responses" else ask_assistants


def incoming(request: Request) -> Incoming:
    """A request that is identified, and not read yet."""
    return Incoming(request, identify(request.method, request.path))


def identified(request: Request) -> Incoming:
    """A request that is identified and read; its body is there already."""
    return read(incoming(request), request.body)


def read(incoming: Incoming, body: bytes) -> Incoming:
    """The same request with its body, which is parsed here."""
    request, operation = incoming.request.with_body(body), incoming.operation
    try:
        return Incoming(request, operation, request.parsed_body())
    except (ValueError, RecursionError) as error:
        return Incoming(request, operation, None if operation.is_played else unparsed_body(request), str(error))
