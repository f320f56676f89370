"""Every test sees the same environment: on a person's machine, in CI, whatever is set there."""

import gc
import os
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

if find_spec("hypothesis") is not None:  # not where only the SDK tests run
    from hypothesis import HealthCheck, settings

    settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("steady")  # a busy machine is no failure

for lazy in ("httpcore", "httpcore2"):
    # The HTTP libraries import them when they first need them, and remember their exceptions. One of pytest's runs
    # within a test would take them away again, and the next copy of them would raise what nobody knows.
    if find_spec(lazy) is not None:
        import_module(lazy)

os.environ["SSL_CERT_FILE"] = str(Path(__file__).with_name("nobody.pem"))
"""A list of one authority: reading the machine's takes 25 ms for each client that a test makes, and none is asked."""

OF_CI = ("CI", "BUILD_NUMBER")
"""With one of them set pytest prints longer summaries, which tests of whole texts would see."""


@pytest.fixture(scope="module")
def _live():
    """A live API to record from; a module's own fixture `live` says what it plays."""
    from live import Live  # not for the tests that record nothing

    live = Live()
    yield live
    live.end()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers():
    """One more than there are processors: many tests wait for a process, a browser, a moment."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_finish():
    """What is there now stays to the end: each of pytest's runs within a test collects garbage twice, and looks at it."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch):
    for name in list(os.environ):
        if name in OF_CI or name.startswith(("RUNMOCK_", "OPENAI_", "AZURE_OPENAI_")):
            monkeypatch.delenv(name)


@pytest.fixture(scope="module")  # its event loop would be in the way of other modules' asyncio tests
def browser():
    from browsing import open_browser

    with open_browser() as opened:
        yield opened
