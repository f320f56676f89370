"""Tool resources name files and vector stores; only what is being created may have a new vector store made for it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from runmock.apis.assistants.requests.model import OBJECTS, STRINGS, FileId, Metadata, Params, by_type

FileIds = Annotated[list[FileId], Field(max_length=20), STRINGS]
VectorStoreIds = Annotated[list[str], Field(max_length=1), STRINGS]


class AutoChunking(Params):
    """`{"type": "auto"}`: 800 tokens, 400 of them shared."""

    type: Literal["auto"]


class ChunkSizes(Params):
    """The sizes of static chunking, in tokens."""

    max_chunk_size_tokens: Annotated[int, Field(ge=100, le=4096)]
    chunk_overlap_tokens: Annotated[int, Field(ge=0)]


class StaticChunking(Params):
    """`{"type": "static", "static": {...}}`."""

    type: Literal["static"]
    static: ChunkSizes


class UnknownChunking(Params):
    """A strategy without a type that exists: it is only ever refused."""

    model_config = ConfigDict(extra="ignore")

    type: Literal["auto", "static"]


Chunking = Annotated[AutoChunking | StaticChunking, by_type(AutoChunking, StaticChunking, otherwise=UnknownChunking)]


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
