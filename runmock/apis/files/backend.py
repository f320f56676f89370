"""Answers requests about files, vector stores, uploads and models from what a session remembers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from runmock.apis.files.operations import BY_NAME
from runmock.apis.files.requests.forms import fields_of
from runmock.apis.files.uploads import Download, FilesMemory
from runmock.apis.service.answer_headers import POLL_HEADER, answer_headers
from runmock.apis.service.call import Call
from runmock.apis.service.files.session_files import SessionFiles
from runmock.apis.service.files.stored_file import OCTETS
from runmock.apis.service.provider import Provider, provider_at
from runmock.apis.service.refusals import Refused
from runmock.apis.service.requests.checking import check, content_refusal
from runmock.core.engine.progress import pass_time
from runmock.core.http.exchange import Frame, Reply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.apis.files.operations import Row
    from runmock.apis.service.refusals import ServiceRefusal
    from runmock.core.api import Incoming
    from runmock.core.engine.stage import Stage
    from runmock.core.http.exchange import JSON
    from runmock.core.report.run_views import RunView
    from runmock.core.script.script import Script


class FilesBackend:
    """Fulfils `Backend`; it has no runs."""

    is_streaming = False

    def __init__(self, stage: Stage) -> None:
        self.memory = FilesMemory(stage.shared(SessionFiles))
        self._headers = stage.shared(answer_headers)
        self._stage = stage

    def add(self, script: Script) -> None:
        """Remember the files and vector stores that exist beforehand."""
        self.memory.shared.add(script)

    def views(self) -> Iterator[RunView]:
        """None: it has no runs."""
        return iter(())

    def answer(self, incoming: Incoming) -> Reply:
        """The answer to a request, after the service's checks of it.

        Raises UnmatchedRequest for the bytes of a file that were too many to keep.
        """
        request, operation = incoming.request, incoming.operation
        row, is_stock = BY_NAME[operation.name], self._stage.is_stock
        provider = provider_at(request.host, operation.root, request.is_served)
        body, refusal = _body_of(incoming, row)
        query_model = (row.lenient_query or row.query) if is_stock else row.query
        refusal = refusal or check(row.body, body, query_model, request.query, provider, lenient=is_stock)
        if self._stage.instant:
            pass_time(self._stage)
        headers = next(self._headers)
        if refusal is not None:
            return refusal.reply(headers)
        call = Call(operation.name, operation.ids, operation.path, body or {}, request.query, provider)
        try:
            answer = row.handler(self.memory, call)
        except Refused as refused:
            return Reply.of_json(_envelope(refused.refusal, call), refused.refusal.status, headers)
        if isinstance(answer, Download):
            return _download(answer, headers)
        if answer.get("status") == "in_progress":
            headers = (*headers, (POLL_HEADER, str(int(self._stage.pace.delay_ms(0)))))
        return Reply.of_json(answer, 200, headers, written=self._stage.written)


def _body_of(incoming: Incoming, row: Row) -> tuple[Any, ServiceRefusal | None]:
    """The body as the operation's model has it, or the refusal of a body of another kind."""
    if row.is_form:
        return fields_of(incoming.request), None
    if row.body is None:
        return None, None
    return incoming.body, content_refusal(incoming.request, incoming.problem)


def _envelope(refusal: ServiceRefusal, call: Call) -> JSON:
    """The body of a refusal. OpenAI repeats it for files (docs/protocol/files.md#refusals)."""
    body = refusal.envelope()
    if call.path.startswith("/files") and call.provider is Provider.OPENAI:
        body["detail"] = {"message": refusal.message, "code": None}
    return body


def _download(answer: Download, headers: tuple[tuple[str, str], ...]) -> Reply:
    """A file as an answer; its type is always the same (docs/protocol/files.md#content).

    A name beyond ASCII is written as HTTP has it; how the service writes it is not known.
    """
    name = f'"{_NOT_PLAIN.sub("_", answer.filename)}"'
    if not answer.filename.isascii():
        name += f"; filename*=UTF-8''{quote(answer.filename, safe='')}"
    kinds = (("content-type", OCTETS), ("content-disposition", f"attachment; filename={name}"))
    return Reply(200, (*kinds, *headers), (Frame(0, answer.data),))


_NOT_PLAIN = re.compile(r'[^ -~]|["\\]')
