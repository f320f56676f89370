"""What users write, for type checkers: `make lint` runs mypy and pyright on it, and both must find the mistakes.

Each mistake is marked with the error that it must be; a mark without its error is an error too.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, assert_type

import httpx
import httpx2
import pytest

import runmock
from runmock import (
    FileView,
    RequestView,
    RunView,
    Session,
    VectorStoreView,
    Verdict,
    runmock_session,
    transport,
    use_cassette,
)

if TYPE_CHECKING:
    from runmock.session.keywords import Keywords, MarkerKeywords


def scripts(runmock: Session) -> None:
    runmock.reply("Hello", " Ada").reply({"image_file": "file-1"}, "text", usage={"prompt_tokens": 5})
    runmock.reply(json={"a": 1}, poll=3, pace="20ms", metadata={"a": "b"})
    runmock.refusal("I cannot help with that.", model="gpt-4o", poll=["queued", "in_progress"])
    runmock.calls(get_weather={"city": "Paris"}).calls(("get_weather", {}), unoffered=True).fail("server_error")
    runmock.fail("tool_user_error", message="no").expire()
    runmock.cancel("refused").incomplete("content_filter").stuck("cancelling")
    runmock.http(429, error="rate_limit_exceeded", retry_after="200ms", times=2).sunset()
    runmock.reply("a").stall(1.5, after=2).garbage(kind="half_frame").disconnect()
    runmock.error_event("server_error", flat=True)
    runmock.when(last_message="/Paris/", stream=True).events(["done", ("thread.run.created", {})])
    runmock.json({"status": "completed"})
    runmock.load(Path("weather.yaml")).load({"runs": []}).reply("a")


def mistakes_in_scripts(runmock: Session) -> None:
    runmock.reply("a", usag={})  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    runmock.reply("a", usage=5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    runmock.reply(["a", "b"])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    runmock.refusal("a", json=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    runmock.refusal("a", poll=["failed"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    runmock.stuck("completed")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    runmock.cancel("refusd")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    runmock.garbage(kind="notjson")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    runmock.when(last_mesage="a")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    runmock.when("Paris")  # type: ignore[call-arg, arg-type]  # pyright: ignore[reportCallIssue]
    runmock.http(429, eror="a")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    runmock.http("429")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    runmock.stall("1s")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def looks_back(runmock: Session) -> None:
    assert_type(runmock.runs, list[RunView])
    assert_type(runmock.requests, list[RequestView])
    assert_type(runmock.verdicts, list[Verdict])
    assert_type(runmock.fault, str | None)
    assert_type(runmock.files, list[FileView])
    assert_type(runmock.files[0].content, bytes)
    assert_type(runmock.vector_stores, list[VectorStoreView])
    assert_type(runmock.tool_outputs, dict[str, Any])
    assert_type(runmock.runs[0].status, str)
    runmock.assert_all_played()
    runmock.assert_resilient()


def mistakes_in_looking_back(runmock: Session) -> None:
    assert runmock.runs[0].outputs  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    runmock.assert_played()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


@use_cassette("weather.yaml", record_mode="once", match_on=["operation", "body"], allow_unplayed=False)
def decorated(number: int) -> str:
    return str(number)


async def outside_pytest() -> None:
    with use_cassette("a.yaml", Path("b.yaml"), script={"runs": []}, hosts=["gateway.example"]) as session:
        assert_type(session, Session)
    async with use_cassette(script="runs: []", pace="2x", allow_hosts=None) as session:
        assert_type(session, Session)
    httpx.Client(transport=transport("a.yaml", before_record=lambda interaction: interaction))
    httpx.AsyncClient(transport=transport("a.yaml"))
    httpx2.Client(transport=transport("a.yaml"))
    httpx2.AsyncClient(transport=transport("a.yaml"))
    with transport("a.yaml") as opened:
        httpx.Client(transport=opened)
    assert_type(decorated(1), str)
    assert_type(runmock.__version__, str)


shared = runmock_session("setup", Path("b.yaml"), scope="package", record_mode="once", hosts=["gateway.example"])


def mistakes_in_wider_fixtures() -> None:
    runmock_session("a.yaml", scope="modul")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    runmock_session("a.yaml", autouse=True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    runmock_session("a.yaml", chaos=True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    runmock_session({"runs": []})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def mistakes_outside_pytest() -> None:
    use_cassette("a.yaml", record_mod="once")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    use_cassette("a.yaml", record_mode="onec")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    use_cassette("a.yaml", allow_unplayed="yes")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    use_cassette("a.yaml", chaos=True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    transport("a.yaml", match_on=["boddy"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    transport({"runs": []})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


@pytest.fixture
def runmock_config() -> MarkerKeywords:
    return {"record_mode": "new_episodes", "allow_hosts": ["*.internal"], "chaos": ["stall"]}


def mistake_in_config() -> Keywords:
    return {"allow_unplaid": True}  # type: ignore[typeddict-unknown-key]  # pyright: ignore[reportReturnType]
