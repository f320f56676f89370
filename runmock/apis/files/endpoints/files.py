"""Files: upload, list, retrieve, download, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.apis.files import objects
from runmock.apis.files.uploads import Download
from runmock.apis.service.files import file_refusals
from runmock.apis.service.files.session_files import UNNAMED
from runmock.apis.service.files.stored_file import OCTETS, Content
from runmock.apis.service.lists import page
from runmock.apis.service.provider import Provider
from runmock.apis.service.refusals import Refused
from runmock.core.errors import UnmatchedRequest
from runmock.core.http.multipart import Part

if TYPE_CHECKING:
    from runmock.apis.files.uploads import FilesMemory
    from runmock.apis.service.call import Call
    from runmock.apis.service.files.stored_file import StoredFile
    from runmock.core.http.exchange import JSON

NOT_GIVEN_BACK = frozenset({"assistants", "user_data"})
"""The purposes of files that cannot be downloaded (docs/protocol/files.md#refusals)."""
BATCH_LIFETIME_S = 2_592_000
MOST_LISTED = 10_000


def upload_file(memory: FilesMemory, call: Call) -> JSON:
    """POST /files."""
    shared, purpose = memory.shared, call.body["purpose"]
    check_purpose(call, purpose)
    sent = call.body["file"]
    part = sent if isinstance(sent, Part) else Part(str(sent).encode())
    shared.stage.clock.tick()
    file = shared.keep(
        part.filename or UNNAMED,
        purpose,
        part.data if part.lost is None else Content(*part.lost, None),
        content_type=part.content_type or OCTETS,
        lifetime_s=lifetime_s(purpose, call.body.get("expires_after")),
    )
    shared.uploaded.append(file)
    return objects.file(file)


def check_purpose(call: Call, purpose: str) -> None:
    """Raise Refused for a purpose that the service does not have; other servers may have more."""
    if purpose not in file_refusals.PURPOSES and call.provider is not Provider.OTHER:
        raise Refused(file_refusals.unknown_purpose(purpose))


def lifetime_s(purpose: str, expires_after: Any) -> int | None:
    """After how many seconds a file expires; None when never. Of themselves only files of batches do."""
    if expires_after:
        return int(expires_after["seconds"])
    return BATCH_LIFETIME_S if purpose == "batch" else None


def list_files(memory: FilesMemory, call: Call) -> JSON:
    """GET /files, with the filter `purpose`; its order of keys is another than that of other lists."""
    purpose = call.option("purpose")
    found = page(
        memory.shared.files,
        call,
        as_json=objects.file,
        keep=None if purpose is None else lambda file: file.purpose == purpose,
        default_limit=MOST_LISTED,
    )
    return {key: found[key] for key in ("object", "data", "has_more", "first_id", "last_id")}


def retrieve_file(memory: FilesMemory, call: Call) -> JSON:
    """GET /files/{file_id}."""
    return objects.file(memory.shared.file(call.ids["file_id"]))


def delete_file(memory: FilesMemory, call: Call) -> JSON:
    """DELETE /files/{file_id}."""
    file = memory.shared.file(call.ids["file_id"])
    memory.shared.delete_file(file)
    return objects.deleted_file(file.id)


def download_file(memory: FilesMemory, call: Call) -> Download:
    """GET /files/{file_id}/content. Raises UnmatchedRequest when there were too many bytes to keep them."""
    file = memory.shared.file(call.ids["file_id"])
    if file.purpose in NOT_GIVEN_BACK and not memory.shared.gives_all:
        raise Refused(file_refusals.not_given_back(file.purpose))
    return Download(bytes_of(file, call), file.filename)


def bytes_of(file: StoredFile, call: Call) -> bytes:
    """The bytes of a file. Raises UnmatchedRequest when there were too many to keep them."""
    content = file.content
    if content.data is None:
        raise UnmatchedRequest(
            f"the bytes of {file.id} are not in memory: {content.size:,} of them were too many\n"
            f"  sent      GET {call.path}  ({call.operation})\n"
            f"  file      {file.filename}, sha256 {content.sha256}\n"
            "  mend it   upload a smaller file in this test, or answer with a route of runmock.router"
        )
    return content.data
