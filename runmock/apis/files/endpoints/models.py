"""Models: list, retrieve, delete. Source: docs/protocol/files.md#models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.apis.files import objects
from runmock.apis.service.files import file_refusals
from runmock.apis.service.files.session_files import models_of
from runmock.apis.service.refusals import Refused

if TYPE_CHECKING:
    from runmock.apis.files.uploads import FilesMemory
    from runmock.apis.service.call import Call
    from runmock.core.http.exchange import JSON

KNOWN = ("gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-4.1-mini", "gpt-5", "o3-mini")
"""The models that every session has."""


def _models(memory: FilesMemory) -> list[str]:
    stage, playlist = memory.shared.stage, memory.shared.stage.playlist
    runs = [*playlist.in_order, *playlist.matching, *(run.script for run in stage.created)]
    names = dict.fromkeys((*KNOWN, *sorted(memory.shared.models | models_of(runs))))
    return [name for name in names if name not in memory.deleted_models]


def list_models(memory: FilesMemory, _: Call) -> JSON:
    """GET /models: one page without ids of its ends."""
    return {"object": "list", "data": [objects.model(name) for name in _models(memory)]}


def _find(memory: FilesMemory, call: Call) -> str:
    """The model in the path. Raises Refused (404); with no cassette at all every model exists."""
    name = call.ids["model"]
    if name not in _models(memory) and not memory.shared.stage.is_stock:
        raise Refused(file_refusals.unknown_model(name))
    return name


def retrieve_model(memory: FilesMemory, call: Call) -> JSON:
    """GET /models/{model}."""
    return objects.model(_find(memory, call))


def delete_model(memory: FilesMemory, call: Call) -> JSON:
    """DELETE /models/{model}."""
    name = _find(memory, call)
    memory.deleted_models.add(name)
    return {"id": name, "object": "model", "deleted": True}
