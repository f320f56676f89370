"""Every private or semi-private name that runmock borrows is there, in the shape that it needs.

When a library changes one of them, this file fails first.
"""

import asyncio
import concurrent.futures
import dataclasses
import inspect
import re
import threading
import unittest
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from types import TracebackType

import aiohttp
import httpx
import httpx2
import pytest
import requests
import requests_mock
import respx
import urllib3
from _pytest import config, fixtures, python, runner, skipping
from respx.models import AllMockedAssertionError, PassThrough

from runmock.core.http.json_encoders import encoder
from runmock.transports.patching.mocker import CLIENTS, METHOD, client_classes
from runmock.transports.wrapped.attempts import SENDS, SOCKETS
from runmock.transports.wrapped.exits import BELOW, TRANSPORTS
from runmock.transports.wrapped.kinds import IN_PROCESS, TransportKind, kind_of

LIBRARIES = pytest.mark.parametrize("library", [httpx, httpx2], ids=["httpx", "httpx2"])


@LIBRARIES
@pytest.mark.parametrize("client", CLIENTS)
def test_a_clients_transport_for_url_has_the_url_as_its_parameter(library, client):
    found = getattr(getattr(library._client, client), METHOD)
    assert list(inspect.signature(found).parameters) == ["self", "url"]
    assert not inspect.iscoroutinefunction(found)


@LIBRARIES
@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_calls_it_for_the_transport_of_each_request(library, client):
    source = inspect.getsource(getattr(library, client)._send_single_request)
    assert "self._transport_for_url(request.url)" in source


@LIBRARIES
@pytest.mark.parametrize("client", CLIENTS)
def test_the_public_client_is_the_patched_client(library, client):
    assert getattr(library, client) is getattr(library._client, client)
    assert METHOD in vars(getattr(library, client))


@LIBRARIES
def test_a_response_has_its_body_where_runmock_puts_it(library):
    source = inspect.getsource(library._models)
    assert "self._content = b" in source
    assert "self._num_bytes_downloaded += len(" in source
    assert "return self._num_bytes_downloaded" in source
    assert inspect.getsource(library._client).count("        self._stream = stream\n") == 2


def test_a_session_of_requests_asks_for_the_adapter_of_each_request_and_lets_it_send():
    source = inspect.getsource(requests.Session.send)
    assert "self.get_adapter(url=request.url)" in source
    assert "adapter.send(request, **kwargs)" in source
    names = ["self", "request", "stream", "timeout", "verify", "cert", "proxies"]
    assert list(inspect.signature(requests.adapters.HTTPAdapter.send).parameters) == names
    assert list(inspect.signature(requests_mock.adapter.Adapter.send).parameters) == ["self", "request", "kwargs"]
    assert requests.sessions.HTTPAdapter is requests.adapters.HTTPAdapter


def test_a_prepared_request_remembers_where_its_file_was():
    assert "_body_position" in inspect.getsource(requests.PreparedRequest)
    assert "_body_position is not None" in inspect.getsource(requests.Session.resolve_redirects)


def test_a_route_with_several_conditions_has_them_in_its_value():
    pattern = respx.patterns.M(host="a", json={})
    assert isinstance(pattern, respx.patterns._And)
    assert [part.key for part in pattern.value] == ["host", "json"]
    assert not isinstance(pattern | respx.patterns.M(host="b"), respx.patterns._And)


def test_urllib3_says_whether_and_how_it_would_try_again():
    retries = urllib3.util.retry.Retry(1, status_forcelist=[500], allowed_methods=None)
    assert retries.is_retry("POST", 500, False)
    assert {"method", "url", "response", "_pool"} <= inspect.signature(retries.increment).parameters.keys()


def test_a_session_of_aiohttp_connects_through_its_connector():
    source = inspect.getsource(aiohttp.ClientSession._request)
    assert "self._connector.connect(" in source
    assert "conn.protocol.set_response_params(" in source
    assert list(inspect.signature(aiohttp.BaseConnector.connect).parameters) == ["self", "req", "traces", "timeout"]
    assert list(inspect.signature(aiohttp.ClientSession._request).parameters)[:3] == ["self", "method", "str_or_url"]
    assert inspect.iscoroutinefunction(aiohttp.BaseConnector.connect)
    assert callable(aiohttp.ClientSession._build_url)


def test_a_connection_of_aiohttp_is_made_of_a_protocol_which_it_gives_back_to_its_connector():
    connection, protocol = aiohttp.connector.Connection, aiohttp.client_proto.ResponseHandler
    assert list(inspect.signature(connection).parameters) == ["connector", "key", "protocol", "loop"]
    assert "self._connector._release(" in inspect.getsource(connection.close)
    for name in (
        "connection_made",
        "data_received",
        "pause_reading",
        "force_close",
        "_on_read_timeout",
        "set_exception",
    ):
        assert callable(getattr(protocol, name))
    assert "self._payload" in inspect.getsource(protocol._on_read_timeout)
    assert "self._acquired:" in inspect.getsource(aiohttp.BaseConnector)
    assert callable(aiohttp.BaseConnector._release_acquired)
    assert "self._size < self._low_water" in inspect.getsource(aiohttp.StreamReader._read_nowait_chunk)
    assert isinstance(asyncio.tasks._PyTask._log_destroy_pending, bool)


def test_the_clients_of_both_libraries_are_found():
    assert client_classes() == [httpx.Client, httpx.AsyncClient, httpx2.Client, httpx2.AsyncClient]


def test_respxs_router_reports_by_these_errors_that_a_request_is_not_its_own():
    router = respx.Router(assert_all_called=False, assert_all_mocked=True)
    request = httpx.Request("GET", "https://weather.example/")
    with pytest.raises(AllMockedAssertionError):
        router.handler(request)
    router.get("https://weather.example/").pass_through()
    with pytest.raises(PassThrough):
        router.handler(request)
    assert inspect.iscoroutinefunction(router.async_handler)
    assert issubclass(AllMockedAssertionError, AssertionError)


def test_pytests_traceback_entries_have_the_raw_entry():
    try:
        raise ValueError
    except ValueError as error:
        (entry,) = pytest.ExceptionInfo.from_exception(error).traceback
    assert isinstance(entry._rawentry, TracebackType)
    assert str(entry.path) == __file__


def test_pytests_call_info_lets_its_excinfo_be_replaced():
    fields = {field.name for field in dataclasses.fields(pytest.CallInfo)}
    assert "excinfo" in fields
    assert not pytest.CallInfo.__dataclass_params__.frozen


def test_pytests_functions_read_their_fixture_names_from_an_attribute(request):
    assert isinstance(request.node.fixturenames, list)
    assert "item.fixturenames" in inspect.getsource(type(request._pyfuncitem._request)._fillfixtures)


def test_pytest_calls_what_stands_in_a_fixtures_func_and_in_an_items_obj(request):
    assert "resolve_fixture_function(fixturedef, request)" in inspect.getsource(fixtures.pytest_fixture_setup)
    assert "fixturedef.func" in inspect.getsource(fixtures.resolve_fixture_function)
    assert "pyfuncitem.obj" in inspect.getsource(python.pytest_pyfunc_call)
    assert request._pyfuncitem.obj is not None


def test_pytest_goes_on_with_teardowns_after_what_a_name_of_its_runner_holds():
    assert isinstance(runner.TEST_OUTCOME, tuple)
    assert "except TEST_OUTCOME as e" in inspect.getsource(runner.SetupState.teardown_exact)


def test_pytests_error_names_a_word_that_is_no_yes():
    with pytest.raises(ValueError, match=r"^invalid truth value 'maybe'$"):
        config._strtobool("maybe")


def test_a_request_of_a_wider_scope_has_the_test_that_it_was_made_for(request):
    assert request._pyfuncitem is request.node


@pytest.fixture(scope="module")
def wider(request):
    return request


def test_it_is_the_same_for_a_fixture_of_a_module(wider):
    assert isinstance(wider._pyfuncitem, pytest.Function)
    assert wider.scope == "module"
    assert wider.config is wider._pyfuncitem.config


def test_contextlibs_managers_have_their_generator_and_its_function():
    manager, async_manager = contextmanager(lambda: (yield))(), asynccontextmanager(_asyncgen)()
    for manager_class in (manager, async_manager):
        assert {"gen", "func"} <= vars(manager_class).keys()


async def _asyncgen():
    yield


def test_unittest_sets_up_first_and_its_clean_ups_return_whether_all_has_passed():
    source = inspect.getsource(unittest.TestCase.run)
    assert source.index("self._callSetUp()") < source.index("self._callTestMethod(testMethod)")
    assert "self.doCleanups()" in source
    assert inspect.getsource(unittest.TestCase.doCleanups).rstrip().endswith("return outcome.success")
    assert "self._asyncioTestContext.run(self.setUp)" in inspect.getsource(unittest.IsolatedAsyncioTestCase._callSetUp)


def test_a_thread_calls_its_run_and_executors_are_handed_work_by_submit():
    assert "self.run" in inspect.getsource(threading.Thread._bootstrap_inner)
    assert "self.submit(fn" in inspect.getsource(concurrent.futures.Executor.map)
    assert "executor.submit(func" in inspect.getsource(asyncio.BaseEventLoop.run_in_executor)


@LIBRARIES
@pytest.mark.parametrize("name", ["ASGITransport", "WSGITransport"])
def test_the_transports_of_an_application_in_process_have_these_names(library, name):
    assert getattr(library, name).__name__ == name
    assert name in IN_PROCESS


def test_starlettes_test_client_has_a_transport_of_this_name():
    testclient = pytest.importorskip("starlette.testclient")
    assert testclient._TestClientTransport.__name__ in IN_PROCESS


@LIBRARIES
def test_a_stream_must_be_an_instance_of_the_librarys_bases(library):
    source = inspect.getsource(library._client)
    assert "isinstance(response.stream, SyncByteStream)" in source
    assert "isinstance(response.stream, AsyncByteStream)" in source


def test_pythons_c_encoder_of_json_is_there():
    assert encoder(",", ":").__name__ == "<lambda>", "the slower public way is used"


# What runmock stands in the place of, when a client's own transport runs.


@pytest.mark.parametrize(
    ("module", "name", "method"), [*TRANSPORTS, *(place for below in BELOW.values() for place in below)]
)
def test_what_sends_has_this_name_and_the_request_as_its_parameter(module, name, method):
    kind = getattr(pytest.importorskip(module), name)
    function = getattr(kind, method)
    if method != "_request":  # aiohttp's, of which only is asked whether somebody has replaced it
        assert list(inspect.signature(function).parameters) == ["self", "request"]
    assert inspect.iscoroutinefunction(function) is (method != "handle_request")
    assert function.__globals__["__name__"].partition(".")[0] == module


@pytest.mark.parametrize("core", ["httpcore", "httpcore2"])
def test_a_proxys_pool_inherits_what_sends(core):
    module = pytest.importorskip(core)
    assert "handle_request" not in vars(module.HTTPProxy)
    assert module.HTTPProxy.handle_request is module.ConnectionPool.handle_request
    socks = (Path(module.__file__).parent / "_sync" / "socks_proxy.py").read_text(encoding="utf-8")
    assert "class SOCKSProxy(ConnectionPool)" in socks


@LIBRARIES
def test_a_transport_sends_through_its_pool(library):
    assert "self._pool.handle_request(req)" in inspect.getsource(library.HTTPTransport.handle_request)
    source = inspect.getsource(library.AsyncHTTPTransport.handle_async_request)
    assert "self._pool.handle_async_request(req)" in source


@pytest.mark.parametrize("core", ["httpcore", "httpcore2"])
def test_requests_and_answers_of_a_pool_have_these_parts(core):
    module = pytest.importorskip(core)
    where = module.URL(scheme=b"http", host=b"h", port=1, target=b"/x?y")
    request = module.Request("GET", where, headers=[(b"a", b"b")], content=b"", extensions={"trace": None})
    assert (request.method, request.headers, request.extensions) == (b"GET", [(b"a", b"b")], {"trace": None})
    assert (where.scheme, where.host, where.port, where.target) == (b"http", b"h", 1, b"/x?y")
    answer = module.Response(200, headers=[(b"a", b"b")], content=b"", extensions={})
    assert (answer.status, answer.headers, answer.extensions) == (200, [(b"a", b"b")], {})


@pytest.mark.parametrize("core", ["httpcore", "httpcore2"])
@pytest.mark.parametrize("package", ["_sync", "_async"])
def test_the_trace_of_a_pool_is_called_before_it_connects_and_before_it_writes(core, package):
    module = pytest.importorskip(core)
    sources = {
        name: (Path(module.__file__).parent / package / f"{name}.py").read_text(encoding="utf-8")
        for name in ("connection", "http11", "http2", "socks_proxy")
    }
    for name, event in [
        ("connection", "connect_tcp"),
        ("connection", "connect_unix_socket"),
        ("socks_proxy", "connect_tcp"),
        ("http11", "send_request_headers"),
        ("http2", "send_request_headers"),
    ]:
        assert re.search(rf'Trace\(\s*"{event}"', sources[name])
        assert SENDS.search(f"{name}.{event}.started")
    assert not SENDS.search("http11.response_closed.started")
    assert not SENDS.search("connection.connect_tcp.complete")


@pytest.mark.parametrize(("place", "name"), SOCKETS)
def test_sockets_and_names_are_reached_by_these(place, name):
    assert callable(getattr(place, name))


def test_an_event_loop_connects_by_the_methods_of_a_socket():
    source = inspect.getsource(asyncio.selector_events.BaseSelectorEventLoop._sock_connect)
    assert "sock.connect(address)" in source


def test_respxs_transport_that_tries_others_is_in_its_package():
    assert kind_of(respx.transports.TryTransport, "handle_request") is TransportKind.MOCK


def test_pytest_reports_whether_an_item_is_to_be_skipped(request):
    assert skipping.evaluate_skip_marks(request.node) is None


def test_a_test_knows_the_arguments_of_its_function(pytester):
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    item = pytester.getitem(
        "import pytest\n\n@pytest.mark.usefixtures('tmp_path')\ndef test_a(capsys):\n    pass\n", "test_a"
    )
    assert "capsys" in item._fixtureinfo.argnames
    assert "tmp_path" not in item._fixtureinfo.argnames
