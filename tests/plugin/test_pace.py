"""How fast a stream is played: measured by the sleep function of runmock.transports.convert, which never sleeps here."""

import pytest

SLEEPS = """
    import time

    import runmock.transports.convert

    @pytest.fixture
    def slept(monkeypatch):
        slept = []
        monkeypatch.setattr(runmock.transports.convert.time, "sleep", slept.append)
        return slept

    def stream(path="/threads/runs"):
        body = {"assistant_id": "asst_1", "stream": True}
        with app.client.stream("POST", path, json=body) as response:
            return list(response.iter_lines())
"""

RECORDED = """
    runmock: 1
    interactions:
      - request: POST /threads/thread_1/runs
        body: {assistant_id: asst_1, stream: true}
        pace: {first: 58ms, gap: 100ms}
        stream:
          - thread.run.created: {id: run_1, object: thread.run, status: queued}
          - thread.run.queued: {same: run_1}
          - done
"""


@pytest.mark.parametrize(
    ("pace", "expected"),
    [
        ("0", []),
        ("20ms", [0.02, 0.02, 0.02]),
        ("1s", [1.0, 1.0, 1.0]),
        ("recorded", [0.058, 0.1, 0.1]),
        ("2x", [0.029, 0.05, 0.05]),
        ("0.5x", [0.116, 0.2, 0.2]),
    ],
)
def test_a_recording_waits_before_each_event_as_the_pace_sets(project, pace, expected):
    project.write("cassettes/paced.yaml", RECORDED)
    project.test(SLEEPS)
    project.test(
        (project.path / "test_app.py").read_text()
        + f"""
@pytest.mark.runmock("paced")
def test_paced(slept):
    stream("/threads/thread_1/runs")
    assert slept == pytest.approx({expected})
"""
    )
    project.run(f"--runmock-pace={pace}").counts(passed=1)


@pytest.mark.parametrize(
    ("pace", "expected"), [("0", set()), ("20ms", {0.02}), ("recorded", {0.03}), ("3x", {0.01}), (None, set())]
)
def test_a_script_waits_before_each_event_as_the_pace_sets(project, pace, expected):
    project.test(SLEEPS)
    project.test(
        (project.path / "test_app.py").read_text()
        + f"""
@pytest.mark.runmock(script="runs: [{{reply: Hello, pace: 30ms}}]")
def test_paced(slept):
    events = [line for line in stream() if line.startswith("event: ")]
    assert {{round(seconds, 6) for seconds in slept}} == {expected}
    assert len(slept) in (0, len(events))
"""
    )
    project.run(*[f"--runmock-pace={pace}"] * (pace is not None)).counts(passed=1)


def test_an_async_client_waits_with_anyio(project):
    project.test("""
        import anyio
        import httpx2

        @pytest.mark.asyncio
        @pytest.mark.runmock(pace="20ms", script={"runs": [{"reply": "Hello"}]})
        async def test_paced(monkeypatch):
            slept = []
            monkeypatch.setattr("time.sleep", lambda seconds: pytest.fail("the event loop stands still"))

            async def sleep(seconds):
                slept.append(seconds)

            monkeypatch.setattr(anyio, "sleep", sleep)
            async with httpx2.AsyncClient(base_url=app.client.base_url, headers=app.client.headers) as client:
                body = {"assistant_id": "asst_1", "stream": True}
                async with client.stream("POST", "/threads/runs", json=body) as response:
                    events = [line async for line in response.aiter_lines() if line.startswith("event: ")]
            assert slept == [0.02] * len(events)
    """)
    project.run().counts(passed=1)


@pytest.mark.parametrize("pace", ["nonsense", "-1ms", "20 parsecs", "0x", "1e3"])
def test_an_invalid_pace_is_refused_with_the_valid_forms(project, pace):
    project.test("def test_a(runmock):\n    pass\n")
    ran = project.run(f"--runmock-pace={pace}")
    message = f"pace {pace!r} is not known; give 0, recorded, 2x (twice as fast as recorded) or 20ms"
    assert f"ERROR: --runmock-pace: {message}" in ran.result.errlines
