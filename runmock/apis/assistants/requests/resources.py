"""Tool resources name files and vector stores; only what is being created may have a new vector store made for it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from runmock.apis.service.requests.chunking import Chunking
from runmock.apis.service.requests.model import OBJECTS, STRINGS, FileId, Metadata, Params

FileIds = Annotated[list[FileId], Field(max_length=20), STRINGS]
VectorStoreIds = Annotated[list[str], Field(max_length=1), STRINGS]


class NewVectorStore(Params):
    """A vector store made together with its assistant or thread."""

    file_ids: Annotated[list[FileId], STRINGS] | None = None
    chunking_strategy: Chunking | None = None
    metadata: Metadata | None = None


class CodeInterpreterResources(Params):
    """The files of the code interpreter."""

    file_ids: FileIds | None = None


class FileSearchResources(Params):
    """The vector store of file search."""

    vector_store_ids: VectorStoreIds | None = None


class NewFileSearchResources(FileSearchResources):
    """The vector store of file search, or one to be made."""

    vector_stores: Annotated[list[NewVectorStore], Field(max_length=1), OBJECTS] | None = None


class ToolResources(Params):
    """The resources of what exists already, or of one run."""

    code_interpreter: CodeInterpreterResources | None = None
    file_search: FileSearchResources | None = None


class NewToolResources(Params):
    """The resources of an assistant or a thread being created."""

    code_interpreter: CodeInterpreterResources | None = None
    file_search: NewFileSearchResources | None = None
