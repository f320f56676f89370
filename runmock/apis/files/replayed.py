"""What an application uploads while a recording answers it: its bytes go by in the requests, its ids in the answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runmock.apis.files.requests.forms import fields_of
from runmock.apis.service.files.session_files import UNNAMED, SessionFiles
from runmock.apis.service.files.stored_file import OCTETS, Content, StoredFile
from runmock.core.http.multipart import Part

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from runmock.core.api import Incoming
    from runmock.core.engine.stage import Stage
    from runmock.core.http.exchange import JSON


@dataclass(slots=True)
class ReplayedUploads:
    """Mutable: takes note of uploads and deletes that recordings answer in one session."""

    stage: Stage
    _parts: dict[str, bytes] = field(default_factory=dict)
    """The parts of uploads by their ids."""
    _types: dict[str, str] = field(default_factory=dict)
    """The content types of uploads in parts, by their ids."""

    def note(self, incoming: Incoming, answer: Any) -> None:
        """Take note of a request and its recorded answer."""
        do = _NOTES.get(incoming.operation.name)
        if do is not None and isinstance(answer, dict) and isinstance(answer.get("id"), str):
            do(self, incoming, answer)

    def upload_file(self, incoming: Incoming, file: JSON) -> None:
        """A whole file."""
        sent = fields_of(incoming.request).get("file")
        if isinstance(sent, Part):
            content = Content.of(sent.data) if sent.lost is None else Content(*sent.lost, None)
            self._keep(file, content, sent.content_type or OCTETS, sent.filename)

    def begin_upload(self, incoming: Incoming, upload: JSON) -> None:
        """An upload in parts begins."""
        body = incoming.body if isinstance(incoming.body, dict) else {}
        self._types[upload["id"]] = str(body.get("mime_type") or OCTETS)

    def add_part(self, incoming: Incoming, part: JSON) -> None:
        """A part of an upload."""
        sent = fields_of(incoming.request).get("data")
        self._parts[part["id"]] = sent.data if isinstance(sent, Part) else b""

    def complete_upload(self, incoming: Incoming, upload: JSON) -> None:
        """The parts that are named are a file now."""
        body = incoming.body if isinstance(incoming.body, dict) else {}
        data = b"".join([self._parts.pop(part_id, b"") for part_id in body.get("part_ids") or ()])
        if isinstance(file := upload.get("file"), dict) and isinstance(file.get("id"), str):
            self._keep(file, Content.of(data), self._types.pop(upload["id"], OCTETS))

    def _keep(self, file: Mapping[str, Any], content: Content, content_type: str, sent_name: str | None = None) -> None:
        name, purpose = file.get("filename") or sent_name or UNNAMED, file.get("purpose") or ""
        stored = StoredFile(file["id"], str(name), str(purpose), content, 0, content_type)
        self.stage.shared(SessionFiles).uploaded.append(stored)

    def delete_file(self, _: Incoming, deleted: JSON) -> None:
        """A file was deleted."""
        for file in self.stage.shared(SessionFiles).uploaded:
            file.is_deleted |= file.id == deleted["id"] and deleted.get("deleted") is True


_NOTES: Mapping[str, Callable[[ReplayedUploads, Incoming, JSON], None]] = {
    "upload_file": ReplayedUploads.upload_file,
    "create_upload": ReplayedUploads.begin_upload,
    "add_upload_part": ReplayedUploads.add_part,
    "complete_upload": ReplayedUploads.complete_upload,
    "delete_file": ReplayedUploads.delete_file,
}
"""What each operation says, by its name."""
