"""Every private or semi-private name that runmock borrows is there, in the shape that it needs.

When a library changes one of them, this file fails first.
"""

import asyncio
import concurrent.futures
import dataclasses
import inspect
import threading
import unittest
from contextlib import asynccontextmanager, contextmanager
from types import TracebackType

import httpx
import httpx2
import pytest
import respx
from _pytest import fixtures, python
from respx.models import AllMockedAssertionError, PassThrough

from runmock.core.json_encoders import encoder
from runmock.transports.mocker import CLIENTS, METHOD, client_classes
from runmock.transports.transport import _IN_PROCESS

LIBRARIES = pytest.mark.parametrize("library", [httpx, httpx2], ids=["httpx", "httpx2"])


@LIBRARIES
@pytest.mark.parametrize("client", CLIENTS)
def test_a_clients_transport_for_url_takes_the_url(library, client):
    found = getattr(getattr(library._client, client), METHOD)
    assert list(inspect.signature(found).parameters) == ["self", "url"]
    assert not inspect.iscoroutinefunction(found)


@LIBRARIES
@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_asks_it_for_the_transport_of_each_request(library, client):
    source = inspect.getsource(getattr(library, client)._send_single_request)
    assert "self._transport_for_url(request.url)" in source


@LIBRARIES
@pytest.mark.parametrize("client", CLIENTS)
def test_the_public_client_is_the_patched_one(library, client):
    assert getattr(library, client) is getattr(library._client, client)
    assert METHOD in vars(getattr(library, client))


def test_the_clients_of_both_libraries_are_found():
    assert client_classes() == [httpx.Client, httpx.AsyncClient, httpx2.Client, httpx2.AsyncClient]


def test_respxs_router_says_by_these_errors_that_a_request_is_not_its_own():
    router = respx.Router(assert_all_called=False, assert_all_mocked=True)
    request = httpx.Request("GET", "https://weather.example/")
    with pytest.raises(AllMockedAssertionError):
        router.handler(request)
    router.get("https://weather.example/").pass_through()
    with pytest.raises(PassThrough):
        router.handler(request)
    assert inspect.iscoroutinefunction(router.async_handler)
    assert issubclass(AllMockedAssertionError, AssertionError)


def test_pytests_traceback_entries_have_the_raw_one():
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


def test_pytests_functions_take_their_fixture_names_from_an_attribute(request):
    assert isinstance(request.node.fixturenames, list)
    assert "item.fixturenames" in inspect.getsource(type(request._pyfuncitem._request)._fillfixtures)


def test_pytest_calls_what_stands_in_a_fixtures_func_and_in_an_items_obj(request):
    assert "resolve_fixture_function(fixturedef, request)" in inspect.getsource(fixtures.pytest_fixture_setup)
    assert "fixturedef.func" in inspect.getsource(fixtures.resolve_fixture_function)
    assert "pyfuncitem.obj" in inspect.getsource(python.pytest_pyfunc_call)
    assert request._pyfuncitem.obj is not None


def test_contextlibs_managers_have_their_generator_and_its_function():
    manager, async_manager = contextmanager(lambda: (yield))(), asynccontextmanager(_asyncgen)()
    for one in (manager, async_manager):
        assert {"gen", "func"} <= vars(one).keys()


async def _asyncgen():
    yield


def test_unittest_sets_up_first_and_its_clean_ups_tell_whether_all_has_passed():
    source = inspect.getsource(unittest.TestCase.run)
    assert source.index("self._callSetUp()") < source.index("self._callTestMethod(testMethod)")
    assert "self.doCleanups()" in source
    assert inspect.getsource(unittest.TestCase.doCleanups).rstrip().endswith("return outcome.success")
    assert "self._asyncioTestContext.run(self.setUp)" in inspect.getsource(unittest.IsolatedAsyncioTestCase)


def test_a_thread_calls_its_run_and_executors_are_handed_work_by_submit():
    assert "self.run" in inspect.getsource(threading.Thread._bootstrap_inner)
    assert "self.submit(fn" in inspect.getsource(concurrent.futures.Executor.map)
    assert "executor.submit(func" in inspect.getsource(asyncio.BaseEventLoop.run_in_executor)


@LIBRARIES
@pytest.mark.parametrize("name", ["ASGITransport", "WSGITransport"])
def test_the_transports_of_an_application_in_process_have_these_names(library, name):
    assert getattr(library, name).__name__ == name
    assert name in _IN_PROCESS


def test_starlettes_test_client_has_a_transport_of_this_name():
    testclient = pytest.importorskip("starlette.testclient")
    assert testclient._TestClientTransport.__name__ in _IN_PROCESS


@LIBRARIES
def test_a_stream_must_be_an_instance_of_the_librarys_bases(library):
    source = inspect.getsource(library._client)
    assert "isinstance(response.stream, SyncByteStream)" in source
    assert "isinstance(response.stream, AsyncByteStream)" in source


def test_pythons_c_encoder_of_json_is_there():
    assert encoder(",", ":").__name__ == "<lambda>", "the slower public way is used"
