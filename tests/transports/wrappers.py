"""Transports as applications write them: each wraps another in a way of its own, and notes what went through it."""

import collections
import contextvars
import functools
import itertools
import queue
import threading
import types
import weakref

import httpx


def over(library, inner):
    """A base class for transports that send through `inner`."""

    class Over(library.BaseTransport, library.AsyncBaseTransport):
        def __init__(self):
            self.inner = inner

        def close(self):
            self.inner.close()

        async def aclose(self):
            await self.inner.aclose()

    return Over


def both(library, name, body, **attributes):
    """A transport class for sync and async clients: `body(self, request)` gives the function that sends."""

    class Both(library.BaseTransport, library.AsyncBaseTransport):
        def handle_request(self, request):
            self.paths.append(request.url.path)
            return body(self, "handle_request")(request)

        async def handle_async_request(self, request):
            self.paths.append(request.url.path)
            return await body(self, "handle_async_request")(request)

        def close(self):
            for value in vars(self).values():
                if hasattr(type(value), "handle_request") or isinstance(value, library.Client):
                    value.close()

        async def aclose(self):
            for value in vars(self).values():
                if hasattr(type(value), "handle_async_request") or isinstance(value, library.AsyncClient):
                    await value.aclose()

    Both.__name__ = name
    made = Both.__new__(Both)
    made.paths = []
    vars(made).update(attributes)
    return made


def network(library, method):
    return library.HTTPTransport() if method == "handle_request" else library.AsyncHTTPTransport()


def by_attribute(library, inner, method):
    return both(library, "ByAttribute", lambda self, name: getattr(self.inner, name), inner=inner)


def in_a_list(library, inner, method):
    return both(library, "InAList", lambda self, name: getattr(self.all[-1], name), all=[None, inner])


def in_a_dict(library, inner, method):
    return both(library, "InADict", lambda self, name: getattr(self.by_host["*"], name), by_host={"*": inner})


def in_a_tuple_in_a_dict(library, inner, method):
    return both(library, "Deep", lambda self, name: getattr(self.by_host["*"][1], name), by_host={"*": (1, inner)})


def in_a_cycle(library, inner, method):
    return both(library, "InTurns", lambda self, name: getattr(next(self.turns), name), turns=itertools.cycle([inner]))


def in_a_deque(library, inner, method):
    return both(library, "Deque", lambda self, name: getattr(self.all[0], name), all=collections.deque([inner]))


def in_a_queue(library, inner, method):
    waiting = queue.Queue()
    waiting.put(inner)
    return both(library, "Queued", lambda self, name: getattr(self.waiting.queue[0], name), waiting=waiting)


def in_a_namespace(library, inner, method):
    return both(
        library, "Spaced", lambda self, name: getattr(self.its.inner, name), its=types.SimpleNamespace(inner=inner)
    )


def in_a_context_variable(library, inner, method):
    variable = contextvars.ContextVar("inner")
    variable.set(inner)
    return both(library, "InContext", lambda self, name: getattr(self.variable.get(), name), variable=variable)


def in_thread_locals(library, inner, method):
    local = threading.local()
    local.inner = inner
    return both(library, "InLocals", lambda self, name: getattr(self.local.inner, name), local=local)


def by_weak_reference(library, inner, method):
    kept = weakref.WeakValueDictionary(a=inner)
    body = lambda self, name: getattr(self.kept["a"], name)  # noqa: E731
    return both(library, "Weak", body, kept=kept, reference=weakref.ref(inner), _alive=[lambda: inner])


def by_partial(library, inner, method):
    def send(inner, name, request):
        return getattr(inner, name)(request)

    return both(
        library, "ByPartial", lambda self, name: functools.partial(self.send, name), send=functools.partial(send, inner)
    )


def by_bound_method(library, inner, method):
    return both(library, "ByBoundMethod", lambda self, name: self.send, send=getattr(inner, method))


def by_partial_of_a_bound_method(library, inner, method):
    return both(library, "PartialBound", lambda self, name: self.send, send=functools.partial(getattr(inner, method)))


def by_closure(library, inner, method):
    return both(library, "ByClosure", lambda self, name: getattr(inner, name))


def by_closure_over_a_bound_method(library, inner, method):
    send = getattr(inner, method)
    return both(library, "BoundClosure", lambda self, name: send)


def by_slots(library, inner, method):
    class Slots:
        __slots__ = ("inner",)

        def __init__(self, inner):
            self.inner = inner

    return both(library, "BySlots", lambda self, name: getattr(self.holder.inner, name), holder=Slots(inner))


def by_another_object(library, inner, method):
    class Sender:
        def __init__(self):
            self.inner = inner

        def send(self, name):
            return getattr(self.inner, name)

    return both(library, "BySender", lambda self, name: self.sender.send(name), sender=Sender())


def by_another_wrapper(library, inner, method):
    nearer = both(library, "Nearer", lambda self, name: getattr(self.inner, name), inner=inner)
    return both(library, "Farther", lambda self, name: getattr(self.inner, name), inner=nearer)


def by_super(library, inner, method):
    base = (library.HTTPTransport,) if method == "handle_request" else (library.AsyncHTTPTransport,)

    class Above(*base):
        def __init__(self):
            super().__init__()
            self.paths = []

    if method == "handle_request":

        def handle_request(self, request):
            self.paths.append(request.url.path)
            return super(Above, self).handle_request(request)

        Above.handle_request = handle_request
    else:

        async def handle_async_request(self, request):
            self.paths.append(request.url.path)
            return await super(Above, self).handle_async_request(request)

        Above.handle_async_request = handle_async_request
    return Above()


def by_a_subclass_that_adds_nothing(library, inner, method):
    kind = type(inner)
    plain = type("Plain", (kind,), {})
    return both(library, "OverPlain", lambda self, name: getattr(self.inner, name), inner=plain())


def by_a_method_that_was_replaced(library, inner, method):
    before, calls = getattr(inner, method), []

    def send(request):
        calls.append(request.url.path)
        return before(request)

    vars(inner)[method] = send
    inner.paths = calls
    return inner


def made_on_first_use(library, inner, method):
    def body(self, name):
        if self.inner is None:
            self.inner = library.HTTPTransport() if name == "handle_request" else library.AsyncHTTPTransport()
        return getattr(self.inner, name)

    return both(library, "Lazy", body, inner=None)


def made_on_first_use_by_a_factory(library, inner, method):
    kind = library.HTTPTransport if method == "handle_request" else library.AsyncHTTPTransport
    return both(
        library,
        "ByFactory",
        lambda self, name: getattr(self.pools.setdefault("*", self.kind()), name),
        pools={},
        kind=kind,
    )


def made_on_first_use_by_a_cached_function(library, inner, method):
    @functools.lru_cache
    def kept():
        return library.HTTPTransport() if method == "handle_request" else library.AsyncHTTPTransport()

    return both(library, "ByCachedFunction", lambda self, name: getattr(kept(), name))


def by_a_proxy(library, inner, method):
    """As wrapt makes them: whatever attribute is read is that of another, but for what the proxy itself has."""

    class Proxy:
        __slots__ = ("__wrapped__", "paths")

        def __init__(self, wrapped):
            object.__setattr__(self, "__wrapped__", wrapped)
            object.__setattr__(self, "paths", [])

        def __getattr__(self, name):
            return getattr(self.__wrapped__, name)

        @property
        def __class__(self):
            return type(self.__wrapped__)

        def handle_request(self, request):
            self.paths.append(request.url.path)
            return self.__wrapped__.handle_request(request)

        async def handle_async_request(self, request):
            self.paths.append(request.url.path)
            return await self.__wrapped__.handle_async_request(request)

        def __enter__(self):
            return self

        def __exit__(self, *error):
            self.__wrapped__.close()

        async def __aenter__(self):
            return self

        async def __aexit__(self, *error):
            await self.__wrapped__.aclose()

    return Proxy(inner)


def made_on_first_use_by_a_function(library, inner, method):
    def body(self, name):
        return getattr(make(library, name), name)

    return both(library, "ByFunction", body)


def make(library, name):
    return network(library, name)


def through_a_client(library, inner, method):
    client = library.Client() if method == "handle_request" else library.AsyncClient()
    return both(library, "ThroughAClient", lambda self, name: self.client.send, client=client)


def through_its_own_pool(library, inner, method):
    return both(library, "OwnPool", lambda self, name: functools.partial(pooled, library, name, self), pool=None)


def pooled(library, name, transport, request):
    if library is httpx:
        import httpcore as core
    else:
        import httpcore2 as core
    if transport.pool is None:
        transport.pool = core.ConnectionPool() if name == "handle_request" else core.AsyncConnectionPool()
    url = core.URL(
        scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port, target=request.url.raw_path
    )
    sent = core.Request(request.method, url, headers=request.headers.raw, content=request.stream)

    def answer_of(answer, data):
        return library.Response(answer.status, headers=answer.headers, content=data)

    if name == "handle_request":
        answer = transport.pool.handle_request(sent)
        return answer_of(answer, b"".join(answer.stream))

    async def later():
        answer = await transport.pool.handle_async_request(sent)
        return answer_of(answer, b"".join([data async for data in answer.stream]))

    return later()


WRAPPERS = {
    wrapper.__name__: wrapper
    for wrapper in (
        by_attribute,
        in_a_list,
        in_a_dict,
        in_a_tuple_in_a_dict,
        in_a_cycle,
        in_a_deque,
        in_a_queue,
        in_a_namespace,
        in_a_context_variable,
        in_thread_locals,
        by_weak_reference,
        by_partial,
        by_bound_method,
        by_partial_of_a_bound_method,
        by_closure,
        by_closure_over_a_bound_method,
        by_slots,
        by_another_object,
        by_another_wrapper,
        by_super,
        by_a_subclass_that_adds_nothing,
        by_a_method_that_was_replaced,
        made_on_first_use,
        made_on_first_use_by_a_factory,
        made_on_first_use_by_a_function,
        made_on_first_use_by_a_cached_function,
        by_a_proxy,
        through_a_client,
        through_its_own_pool,
    )
}
"""By name: what makes a transport that wraps the one that it is given."""
