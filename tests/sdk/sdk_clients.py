"""Clients of the SDK that is installed, sync and async, and one way to write a flow for all of them.

`Blocking` makes an async client look like its sync counterpart: every call runs in an event loop of its own, in another
thread, and the flow waits for it. So a flow is written once, as sync code, and it plays through `AsyncOpenAI` on asyncio
and on trio as well.
"""

import inspect
import ssl
from contextlib import contextmanager

import anyio.from_thread
import httpx
import openai
import pytest
from pydantic import BaseModel

MAJOR = int(openai.__version__.partition(".")[0])
if MAJOR >= 3:
    import httpx2 as library
else:
    library = httpx
"""`library`: what the SDK's own clients speak, httpx2 from 3.0 on, else httpx."""

KEY = {"api_key": "sk-test-0000"}

TLS = ssl.create_default_context()
"""One for all clients: making it takes longer than a test."""


def _default():
    return {"http_client": openai.DefaultHttpxClient(verify=TLS)}


def _default_async():
    return {"http_client": openai.DefaultAsyncHttpxClient(verify=TLS)}


KINDS = {
    "sync": (None, _default),
    "asyncio": ("asyncio", _default_async),
    "trio": ("trio", _default_async),
}
"""A client: the backend of its event loop, and what makes its further arguments. Other shapes: test_client_shapes.py."""

if MAJOR >= 3:
    KINDS |= {
        "sync on httpx": (None, lambda: {"http_client": httpx.Client(verify=TLS)}),
        "asyncio on httpx": ("asyncio", lambda: {"http_client": httpx.AsyncClient(verify=TLS)}),
    }

USUAL = ("sync", "asyncio", "trio")
EVERY = tuple(KINDS)


def marks(kind):
    """The marks of a test that plays through one of the KINDS.

    The SDK leaves the generators behind a stream open when it stops at `[DONE]`, and trio says so.
    """
    unclosed = "ignore:Async generator '(openai|httpx):ResourceWarning"
    return (pytest.mark.filterwarnings(unclosed),) if kind == "trio" else ()


@contextmanager
def opened(kind):
    """A client of one of the KINDS, used like a sync one."""
    backend, more = KINDS[kind]
    if backend is None:
        with openai.OpenAI(**KEY, **more()) as client:
            yield client
    else:
        with blocking(lambda: openai.AsyncOpenAI(**KEY, **more()), backend) as client:
            yield client


@contextmanager
def blocking(make, backend="asyncio"):
    """An async client, made by `make` inside its event loop, used like a sync one."""
    with anyio.from_thread.start_blocking_portal(backend) as portal:
        client = portal.call(make)
        yield Blocking(client, portal)
        portal.call(client.close)


def is_async(client):
    """Whether a client of ours is an async one in truth."""
    return isinstance(client, Blocking)


class Blocking:
    """An async object as a sync one: calls are awaited, `async for` is `for`, `async with` is `with`."""

    def __init__(self, inner, portal):
        self._inner, self._portal, self._open = inner, portal, []

    def _as_blocking(self, value):
        is_page = hasattr(value, "__aiter__")
        if isinstance(value, BaseModel | type) and not is_page:
            return value
        is_resource = type(value).__module__.startswith("openai.resources") or hasattr(value, "request_id")
        if callable(value) or is_page or is_resource or hasattr(value, "__aenter__"):
            return Blocking(value, self._portal)
        return value

    def __getattr__(self, name):
        return self._as_blocking(getattr(self._inner, name))

    def __call__(self, *args, **options):
        async def called():
            result = self._inner(*args, **options)
            return await result if inspect.isawaitable(result) else result

        return self._as_blocking(self._portal.call(called))

    def __iter__(self):
        async def begun():
            return aiter(self._inner)

        async def next_item(items):
            return await anext(items, self)

        items = self._portal.call(begun)
        while (item := self._portal.call(next_item, items)) is not self:
            yield item

    def __enter__(self):
        self._open.append(self._portal.wrap_async_context_manager(self._inner))
        return self._as_blocking(self._open[-1].__enter__())

    def __exit__(self, *error):
        return self._open.pop().__exit__(*error)
