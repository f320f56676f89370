"""Uploads in parts: create, add parts, complete, cancel. Source: docs/protocol/files.md#uploads."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from runmock.apis.files import objects
from runmock.apis.files.endpoints.files import check_purpose, lifetime_s
from runmock.apis.files.uploads import Upload
from runmock.apis.service.files import file_refusals
from runmock.apis.service.files.stored_file import LARGEST_KEPT
from runmock.apis.service.refusals import Refused, not_found, too_large
from runmock.core.http.multipart import Part

if TYPE_CHECKING:
    from runmock.apis.files.uploads import FilesMemory
    from runmock.apis.service.call import Call
    from runmock.core.http.exchange import JSON


def create_upload(memory: FilesMemory, call: Call) -> JSON:
    """POST /uploads."""
    body, shared = call.body, memory.shared
    check_purpose(call, body["purpose"])
    upload = Upload(
        shared.ids.mint("upload"),
        body["bytes"],
        body["filename"],
        body["purpose"],
        body["mime_type"],
        shared.stage.clock.tick(),
        lifetime_s(body["purpose"], body.get("expires_after")),
    )
    memory.uploads[upload.id] = upload
    return objects.upload(upload)


def _pending(memory: FilesMemory, call: Call) -> Upload:
    """The upload in the path, which takes changes. Raises Refused; with no cassette at all every upload exists."""
    upload_id, shared = call.ids["upload_id"], memory.shared
    upload = memory.uploads.get(upload_id)
    if upload is None and shared.stage.is_stock:
        upload = Upload(upload_id, 0, "upload", "assistants", "text/plain", shared.stage.clock.tick())
        memory.uploads[upload_id] = upload
    if upload is None:
        raise Refused(not_found("upload", upload_id))
    if upload.status != "pending" and not shared.stage.is_stock:
        raise Refused(file_refusals.not_pending(upload.status))
    return upload


def add_upload_part(memory: FilesMemory, call: Call) -> JSON:
    """POST /uploads/{upload_id}/parts."""
    upload, shared = _pending(memory, call), memory.shared
    data = call.body["data"]
    if isinstance(data, Part) and data.lost is not None:
        raise Refused(too_large(LARGEST_KEPT))
    part_id = shared.ids.mint("part")
    upload.parts[part_id] = data.data if isinstance(data, Part) else str(data).encode()
    return objects.part(part_id, upload.id, shared.stage.clock.tick())


def complete_upload(memory: FilesMemory, call: Call) -> JSON:
    """POST /uploads/{upload_id}/complete: the parts in the order of `part_ids` are the file."""
    upload, shared = _pending(memory, call), memory.shared
    part_ids, is_stock = call.body["part_ids"], shared.stage.is_stock
    missing = [part_id for part_id in part_ids if part_id not in upload.parts]
    if missing and not is_stock:
        raise Refused(file_refusals.wrong_parts(missing))
    data = b"".join([upload.parts.get(part_id, b"") for part_id in part_ids])
    if len(data) != upload.size and not is_stock:
        raise Refused(file_refusals.wrong_size(upload.size, len(data)))
    md5 = call.body.get("md5")
    if md5 and not is_stock and hashlib.md5(data, usedforsecurity=False).hexdigest() != md5.lower():
        raise Refused(file_refusals.wrong_digest())
    shared.stage.clock.tick()
    upload.file = shared.keep(
        upload.filename, upload.purpose, data, content_type=upload.content_type, lifetime_s=upload.lifetime_s
    )
    shared.uploaded.append(upload.file)
    upload.status = "completed"
    upload.parts.clear()
    return objects.upload(upload)


def cancel_upload(memory: FilesMemory, call: Call) -> JSON:
    """POST /uploads/{upload_id}/cancel."""
    upload = _pending(memory, call)
    upload.status = "cancelled"
    upload.parts.clear()
    return objects.upload(upload)
