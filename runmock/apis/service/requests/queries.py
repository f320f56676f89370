"""A query has strings only, repeated for an array; what it does not know it ignores (Azure adds `api-version`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field

from runmock.apis.service.requests.model import Params

if TYPE_CHECKING:
    from collections.abc import Mapping


class Query(Params):
    """The parameters of a query; those in ARRAYS may be repeated and may be written `name[]`."""

    model_config = ConfigDict(extra="ignore")

    ARRAYS: ClassVar[frozenset[str]] = frozenset({"include"})

    @classmethod
    def read(cls, query: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
        """Take the values to check: all values of an array, of another parameter the last one."""
        found: dict[str, Any] = {}
        for name, values in query.items():
            known = name.removesuffix("[]")
            if known in cls.ARRAYS:
                found.setdefault(known, []).extend(values)
            elif values:
                found[name] = values[-1]
        return found


class ListQuery(Query):
    """A page of a list; not strict, because a query has no integers of its own."""

    limit: Annotated[int, Field(ge=1, le=100, strict=False)] | None = None
    order: Literal["asc", "desc"] | None = None
    after: str | None = None
    before: str | None = None


class LenientListQuery(ListQuery):
    """A page of a list for a lenient server, which takes a limit of 0."""

    limit: Annotated[int, Field(ge=0, le=100, strict=False)] | None = None
