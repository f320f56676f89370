"""Default clients that are made while a session plays share one TLS context; others are left alone."""

import inspect
import ssl

import httpx
import httpx2
import pytest

import runmock
from runmock.transports.patching.contexts import FUNCTION, MODULE

LIBRARIES = pytest.mark.parametrize("library", [httpx, httpx2], ids=["httpx", "httpx2"])


def module_of(library):
    return getattr(library._transports, MODULE.partition(".")[2])


def context_of(client):
    return client._transport._pool._ssl_context


def made(library, **options):
    with library.Client(**options) as client:
        return context_of(client)


@LIBRARIES
def test_the_borrowed_function_makes_the_context_of_a_transport(library):
    found = getattr(module_of(library), FUNCTION)
    assert list(inspect.signature(found).parameters) == ["verify", "cert", "trust_env"]
    source = inspect.getsource(library.HTTPTransport.__init__)
    assert "create_ssl_context(verify=verify, cert=cert, trust_env=trust_env)" in source


@LIBRARIES
def test_default_clients_of_a_session_share_a_context(library):
    with runmock.use_cassette():
        first, second = made(library), made(library)
    with runmock.use_cassette():
        third = made(library)
    assert first is second is third
    assert (first.verify_mode, first.check_hostname) == (ssl.CERT_REQUIRED, True)


@LIBRARIES
def test_an_async_client_shares_it_too(library):
    with runmock.use_cassette():
        assert context_of(library.AsyncClient()) is made(library)


@LIBRARIES
def test_what_a_client_requests_is_made_for_it(library):
    own = ssl.create_default_context()
    with runmock.use_cassette():
        usual = made(library)
        assert made(library, verify=own) is own
        assert made(library, verify=False).verify_mode is ssl.CERT_NONE
        assert made(library, trust_env=False) is not usual


@LIBRARIES
def test_another_environment_is_another_context(library, monkeypatch):
    with runmock.use_cassette():
        usual = made(library)
        monkeypatch.setenv("SSLKEYLOGFILE", "")
        assert made(library) is not usual


@LIBRARIES
def test_after_a_session_and_while_one_records_contexts_are_made_as_ever(library, tmp_path, monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    before = getattr(module_of(library), FUNCTION)
    with runmock.use_cassette(tmp_path / "x.yaml", record_mode="once"):
        assert made(library) is not made(library)
    assert getattr(module_of(library), FUNCTION) is before
    assert made(library) is not made(library)
