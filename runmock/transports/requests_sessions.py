"""Answers sessions of requests: the adapter that a session takes for a URL, or what an adapter sends.

Patched are `Session.get_adapter`, for adapters that are no HTTPAdapter and for mocks that replace its method, and
`HTTPAdapter.send`, which an application's own subclass calls; `Session.send` finds subclasses of sessions. An answer is
read by urllib3 and requests as from a socket. requests-mock gives each session an adapter of its own, so the method of
that adapter is patched, too.
"""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import httpx

from runmock.apis.service.claims import CLIENT
from runmock.transports.patching.late_imports import OF_REQUESTS
from runmock.transports.requests_messages import (
    answer_of,
    body_of,
    error_of,
    patience_of,
    readdressed,
    response_of,
    sent_request,
    with_retries,
)
from runmock.transports.sending import Trial, answered, claimed_request, routed
from runmock.transports.wrapped.attempts import Unclaimed, Unwatched, at_network, current_attempt
from runmock.transports.wrapped.exits import Exits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from requests import PreparedRequest, Response

    from runmock.transports.patching.layers import Layer

MODULE, MOCK = OF_REQUESTS
_OURS = "answers_for_runmock"
"""An attribute of our methods that send."""
REFUSALS = ("No mock address", "Connection refused by Responses")
"""How the errors begin by which requests-mock and responses refuse what they do not know."""


def places(
    layers: Callable[[], Sequence[Layer]], put: Callable[[type, str, Callable[[Any], Any]], None]
) -> Iterator[tuple[Any, str, Callable[[Any], Any]]]:
    """What is patched: the class, the name, and the function that makes our version of it.

    `layers` returns the open sessions of runmock, innermost first; `put` patches a method where a
    class or the nearest of its bases defines it, unless it is patched.
    """
    if hasattr(sys.modules.get(MODULE), "Session"):
        yield sys.modules[MODULE].HTTPAdapter, "send", lambda original: _Sending(layers, original).method()
        yield sys.modules[MODULE].Session, "get_adapter", functools.partial(_taking_adapter, layers)
        yield sys.modules[MODULE].Session, "send", functools.partial(_sending_session, layers, put)
    if hasattr(sys.modules.get(MOCK), "Adapter"):
        yield sys.modules[MOCK].Adapter, "send", lambda original: _Sending(layers, original).method()


class _Sending(NamedTuple):
    """An adapter's way to send, and who may answer in its place."""

    layers: Callable[[], Sequence[Layer]]
    original: Callable[..., Response]
    """The method that sends, with the adapter as its first argument."""
    wraps: bool = False
    """Whether the method is an application's own, which may call `HTTPAdapter.send`."""

    def method(self) -> Callable[..., Response]:
        """Our method in the place of the original."""

        @functools.wraps(self.original)
        def send(adapter: Any, request: PreparedRequest, *args: Any, **options: Any) -> Response:
            named = dict(zip(_OPTIONS, args, strict=False)) | options
            return self.answer(adapter, request, named)

        send.__dict__[_OURS] = True
        return send

    def answer(self, adapter: Any, request: PreparedRequest, options: Mapping[str, Any]) -> Response:
        """The answer to a request: of a route, of a session of runmock, or of the adapter."""
        attempt, found = current_attempt(), self.layers()
        if type(attempt) is Unwatched or not found or (asked := sent_request(request)) is None:
            return self.original(adapter, request, **options)
        claimed = claimed_request(asked, found, adapter)
        if not claimed.may_be_answered(asked):
            return self.original(adapter, request, **options)
        sent: Any = sent_request(request, body_of(request), patience_of(options.get("timeout")))
        try:
            if claimed.is_ours:
                trial = self._trial(adapter, is_client=claimed.claim is CLIENT)
                send = self._sender(adapter, request, sent, options)
                return with_retries(adapter, request, lambda: answered(claimed, sent, send, trial))
            answer = routed(claimed, sent)
        except httpx.RequestError as error:  # of a route
            raise error_of(error, request) from error
        if answer is not None:
            return response_of(adapter, request, answer)
        with Unclaimed():
            return self.original(adapter, request, **options)

    def _trial(self, adapter: Any, *, is_client: bool) -> Trial | None:
        """How the adapter is tried before runmock answers; None when it is not."""
        is_plain = getattr(self.original, "__module__", "") == "requests.adapters" and not self.wraps
        if is_plain or not (is_client or self.wraps):
            return None
        Exits.watch()
        return Trial(f"{type(adapter).__module__}.{type(adapter).__qualname__}", wraps=self.wraps)

    def _sender(
        self, adapter: Any, request: PreparedRequest, sent: httpx.Request, options: Mapping[str, Any]
    ) -> Callable[[httpx.Request], httpx.Response]:
        def send(wanted: httpx.Request) -> httpx.Response:
            prepared = request if wanted is sent else readdressed(request, wanted)
            try:
                return answer_of(self.original(adapter, prepared, **{**options, "stream": True}))
            except Exception as error:
                if str(error).startswith(REFUSALS):
                    at_network()  # a mock has refused it, which is no answer
                raise

        return send


_OPTIONS = ("stream", "timeout", "verify", "cert", "proxies")
"""The arguments of an adapter's `send` after the request, in order."""


def _sending_session(
    layers: Callable[[], Sequence[Layer]],
    put: Callable[[type, str, Callable[[Any], Any]], None],
    original: Callable[..., Any],
) -> Callable[..., Any]:
    """`Session.send`, which finds subclasses that take an adapter in their own way."""

    @functools.wraps(original)
    def send(session: Any, request: PreparedRequest, **options: Any) -> Any:
        if layers():
            put(type(session), "get_adapter", functools.partial(_taking_adapter, layers))
        return original(session, request, **options)

    return send


def _taking_adapter(layers: Callable[[], Sequence[Layer]], original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def get_adapter(session: Any, url: str) -> Any:
        adapter = original(session, url)
        if not layers() or isinstance(adapter, _InterceptingAdapter):
            return adapter
        kind, base = type(adapter), sys.modules[MODULE].HTTPAdapter
        is_of_class = "send" not in vars(adapter)
        if is_of_class and _is_ours(kind.send):
            return adapter
        return _InterceptingAdapter(
            layers, adapter, wraps=is_of_class and issubclass(kind, base) and _is_ours(base.send)
        )

    return get_adapter


def _is_ours(method: Any) -> bool:
    return getattr(method, _OURS, False) is True


class _InterceptingAdapter:
    """Put before an adapter for one request; everything but `send` is the adapter's, also to set."""

    __slots__ = ("_adapter", "_sending")
    _adapter: Any
    _sending: _Sending

    def __init__(self, layers: Callable[[], Sequence[Layer]], adapter: Any, *, wraps: bool) -> None:
        """`wraps`: the adapter may call `HTTPAdapter.send`, where runmock answers."""
        object.__setattr__(self, "_adapter", adapter)
        sending = _Sending(layers, lambda _, request, **options: adapter.send(request, **options), wraps)
        object.__setattr__(self, "_sending", sending)

    def send(self, request: PreparedRequest, **options: Any) -> Response:
        """The answer to a request."""
        return self._sending.answer(self._adapter, request, options)

    @property  # type: ignore[misc]  # it may be assigned to in `object`; isinstance asks for it
    def __class__(self) -> type:
        """The adapter's, for `isinstance`."""
        return type(self._adapter)

    def __getattr__(self, name: str) -> Any:
        if name in _InterceptingAdapter.__slots__:  # of a copy, which has nothing yet
            raise AttributeError(name)
        return getattr(self._adapter, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._adapter, name, value)
