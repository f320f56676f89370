"""How a file is cut into pieces when it comes into a vector store."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from runmock.apis.service.requests.model import Params, by_type


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
