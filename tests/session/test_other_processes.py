"""`base_url` and `child_env`: other processes of a test ask its session."""

import asyncio
import base64
import contextlib
import json
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import aiohttp
import anyio
import child_worker
import httpx
import httpx2
import openai
import pytest
import requests
from child_commands import NODE_SCRIPT, WORKER
from node_packages import installed

import runmock as package
from runmock.session.other_processes import OtherProcesses
from runmock.transports.own_servers import OwnServers

BETA = {"OpenAI-Beta": "assistants=v2"}
RUN = {"assistant_id": "asst_1"}
SOON_S = 3
"""A session ends within a fifth of a second, whatever is open; on a busy machine it may be later."""
NAMES = {
    "OPENAI_BASE_URL",
    "OPENAI_API_KEY",
    "AZURE_OPENAI_ENDPOINT",
    "AZURE_OPENAI_API_KEY",
    "OPENAI_API_VERSION",
    "PROJECT_ENDPOINT",
    "NO_PROXY",
}


@pytest.fixture
def session():
    """A session whose misses fail no test."""
    with package.use_cassette() as opened:
        yield opened


@pytest.fixture
def client():
    with httpx.Client(trust_env=False) as opened:
        yield opened


def key_of(session):
    return session.child_env["OPENAI_API_KEY"]


def with_key(session, **more):
    return {"Authorization": f"Bearer {key_of(session)}", **BETA, **more}


def root_of(session):
    return session.base_url.removesuffix("/v1")


def port_of(session):
    return int(root_of(session).rpartition(":")[2])


def answer_of(session, client):
    """The text of a streamed answer, and whose run it is."""
    sent = client.post(f"{session.base_url}/threads/runs", json={**RUN, "stream": True}, headers=with_key(session))
    return sent.text


class TestTheEnvironment:
    def test_it_is_a_plain_dict_of_all_that_a_child_needs(self, session):
        found, url = session.child_env, root_of(session)
        assert type(found) is dict
        assert found.keys() - {"no_proxy"} == NAMES
        assert found["OPENAI_BASE_URL"] == session.base_url == f"{url}/v1"
        assert found["AZURE_OPENAI_ENDPOINT"] == url
        assert found["PROJECT_ENDPOINT"] == f"{url}/api/projects/runmock"
        assert found["OPENAI_API_KEY"] == found["AZURE_OPENAI_API_KEY"]
        assert found["OPENAI_API_VERSION"] == "2024-05-01-preview"

    def test_it_changes_nothing_of_this_process(self, session):
        before = dict(os.environ)
        session.child_env["OPENAI_BASE_URL"] = "mine"
        assert os.environ == before
        assert session.child_env["OPENAI_BASE_URL"] == session.base_url

    def test_the_version_of_azures_api_is_the_one_that_is_set(self, session, monkeypatch):
        monkeypatch.setenv("OPENAI_API_VERSION", "2025-01-01-preview")
        assert session.child_env["OPENAI_API_VERSION"] == "2025-01-01-preview"

    @pytest.mark.parametrize(
        ("present", "expected"),
        [
            ({}, {"NO_PROXY": "127.0.0.1,localhost,::1"}),
            ({"NO_PROXY": "corp.example"}, {"NO_PROXY": "corp.example,127.0.0.1,localhost,::1"}),
            ({"NO_PROXY": "localhost, corp.example"}, {"NO_PROXY": "localhost,corp.example,127.0.0.1,::1"}),
            ({"NO_PROXY": "*"}, {"NO_PROXY": "*"}),
            (
                {"no_proxy": "corp.example"},
                dict.fromkeys(("NO_PROXY", "no_proxy"), "corp.example,127.0.0.1,localhost,::1"),
            ),
        ],
    )
    def test_this_machine_is_added_to_the_hosts_without_a_proxy(self, present, expected):
        with package.use_cassette() as session:
            processes = session._other_processes
            assert isinstance(processes, OtherProcesses)
            found = processes.environment(present)
        assert {name: value for name, value in found.items() if name.lower() == "no_proxy"} == expected

    def test_each_session_has_an_address_and_a_key_of_its_own_for_its_whole_life(self):
        with package.use_cassette() as one, package.use_cassette() as other:
            assert one.base_url == one.base_url
            assert one.base_url != other.base_url
            assert key_of(one) == key_of(one)
            assert key_of(one) != key_of(other)

    def test_several_threads_that_ask_first_get_one_server(self, session):
        found, together = [], threading.Barrier(8)

        def ask():
            together.wait()
            found.append(session.base_url)

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == [session.base_url] * 8


class TestTheKey:
    @pytest.mark.parametrize("path", ["/", "/v1", "/v1/threads", "/v1/files", "/_runmock/state", "/favicon.ico"])
    @pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
    def test_without_it_every_path_is_refused(self, session, client, path, method):
        refused = client.request(method, root_of(session) + path)
        assert refused.status_code == 401
        assert refused.json()["error"]["message"].startswith("You didn't provide an API key.")
        assert session.requests == session.failures == []

    def test_another_sessions_key_is_refused_and_not_repeated(self, session, client):
        with package.use_cassette() as other:
            refused = client.get(session.base_url, headers=with_key(other))
        assert refused.status_code == 401
        assert key_of(session) not in refused.text

    def test_it_comes_as_openai_azure_and_browsers_send_it(self, session, client):
        key = key_of(session)
        basic = base64.b64encode(f":{key}".encode()).decode()
        for headers in ({"Authorization": f"Bearer {key}"}, {"api-key": key}, {"Authorization": f"Basic {basic}"}):
            answer = client.get(f"{root_of(session)}/", headers=headers)
            assert (answer.status_code, answer.text) == (200, "runmock plays a session of use_cassette")

    def test_it_stands_nowhere_afterwards(self, session, client):
        key = key_of(session)
        session.reply("Hi.")
        answer_of(session, client)
        client.post(f"{session.base_url}/threads/runs", json=RUN, headers=with_key(session, **{"api-key": key}))
        client.get(f"{session.base_url}/threads/{key}", params={"key": key}, headers=with_key(session))
        assert len(session.requests) == 3
        shown = [repr(session), *map(str, session.failures), *map(str, session.runs)]
        shown += [f"{one!r} {one.path} {one.headers} {one.json}" for one in session.requests]
        assert not any(key in text for text in shown)
        assert session.requests[1].headers["api-key"] == session.requests[1].headers["authorization"] == "(redacted)"


class TestPagesOfOtherMachines:
    @pytest.mark.parametrize("origin", ["null", "https://evil.example", "http://127.0.0.1.evil.example", "file://", ""])
    @pytest.mark.parametrize("method", ["GET", "OPTIONS"])
    def test_their_origin_is_refused(self, session, client, origin, method):
        headers = with_key(session, Origin=origin, **{"Access-Control-Request-Method": "POST"})
        refused = client.request(method, f"{session.base_url}/threads", headers=headers)
        assert refused.status_code == 403
        assert refused.json()["error"] == {
            "message": f"the Origin of this request is {origin!r}, and only localhost, 127.0.0.1 and ::1 are answered",
            "type": "runmock_error",
            "param": None,
            "code": "not_loopback",
        }
        assert "access-control-allow-origin" not in refused.headers
        assert session.requests == []

    @pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "localhost.evil.example", "10.0.0.1", "["])
    def test_their_name_for_this_machine_is_refused(self, session, client, host):
        refused = client.get(f"{session.base_url}/threads", headers=with_key(session, Host=host))
        assert refused.status_code == 403
        assert refused.json()["error"]["message"].startswith(f"the Host of this request is {host!r}")

    @pytest.mark.parametrize("origin", ["http://localhost:3000", "http://127.0.0.1", "https://[::1]:8443"])
    def test_a_page_of_this_machine_may_ask_and_read_every_answer(self, session, client, origin):
        session.reply("Hi.")
        preflight = client.options(
            f"{session.base_url}/threads/runs",
            headers={
                "Origin": origin,
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "authorization, openai-beta",
            },
        )
        assert preflight.status_code == 200
        assert "authorization" in preflight.headers["access-control-allow-headers"]
        for status in (200, 501):
            answer = client.post(f"{session.base_url}/threads/runs", json=RUN, headers=with_key(session, Origin=origin))
            assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (status, "*")
        assert client.get(session.base_url, headers={"Origin": origin}).headers["access-control-allow-origin"] == "*"

    def test_localhost_is_a_name_of_the_server(self, session, client):
        host = {"Host": f"localhost:{port_of(session)}"}
        assert client.get(f"{root_of(session)}/", headers=with_key(session, **host)).status_code == 200


class TestTheSession:
    def test_it_is_played_by_this_process_and_others_together(self, runmock, worker):
        runmock.reply("One.")
        runmock.reply("Two.")
        runmock.when(last_message="streamed").reply("Th", "ree.")
        with openai.OpenAI(api_key="sk-any") as client:
            assert child_worker.polled("Hello", client) == "One."
        assert worker(runmock, "polled=Hi", "streamed=streamed") == ["Two.", "Three."]
        assert [run.request["thread"]["messages"][0]["content"] for run in runmock.runs] == ["Hello", "Hi", "streamed"]
        assert {request.operation for request in runmock.requests} >= {"create_thread_and_run", "list_messages"}
        runmock.assert_all_played()

    def test_verbs_after_the_start_count(self, runmock, client):
        assert runmock.base_url
        runmock.reply("Later.")
        assert "Later." in answer_of(runmock, client)

    def test_a_miss_is_an_error_of_openai_and_a_failure_of_the_test(self, session, worker):
        (told,) = worker(session, "missed=Hello")
        assert (
            told
            == "501 unmatched_request: nothing says what the assistant does: there is no script, no recording and no verb"
        )
        (failure,) = session.failures
        assert isinstance(failure, package.UnmatchedRequest)
        assert str(failure).splitlines()[1:] == [
            "  sent      POST /threads/runs  (create_thread_and_run)",
            "  cassette  none   mode none",
            "  played    nothing",
            '  to answer it, with use_cassette(...) as session: session.reply("Hello!")',
        ]
        assert [request.operation for request in session.requests] == ["create_thread_and_run"]

    def test_an_uploaded_file_is_the_sessions(self, runmock, worker):
        (file_id,) = worker(runmock, "uploaded=Hello")
        assert [(file.id, file.filename, file.content) for file in runmock.files] == [(file_id, "notes.txt", b"Hello")]

    def test_a_client_of_azure_is_answered_by_azures_rules(self, runmock, worker):
        runmock.reply("Azure.")
        assert worker(runmock, "azure=Hello") == ["Azure."]

    def test_polls_pace_and_a_stuck_run_are_as_over_serve(self, client):
        with package.use_cassette(script={"runs": [{"reply": "Hi.", "poll": 2}, {"stuck": "queued"}]}) as session:
            headers = with_key(session)
            statuses = []
            for _ in range(2):
                run = client.post(f"{session.base_url}/threads/runs", json=RUN, headers=headers).json()
                url = f"{session.base_url}/threads/{run['thread_id']}/runs/{run['id']}"
                statuses.append([client.get(url, headers=headers).json()["status"] for _ in range(5)])
        assert statuses == [["queued", "queued", "in_progress", "in_progress", "completed"], ["queued"] * 5]
        with package.use_cassette(script={"runs": [{"reply": "Hi."}]}, pace="20ms") as session:
            began = time.perf_counter()
            answer_of(session, client)
            assert time.perf_counter() - began > 0.1

    def test_a_handled_ending_in_another_process_is_no_verdict(self, session, worker):
        session.fail("server_error")
        session.truncate().reply("Hello")
        assert worker(session, "polled=Hello") == ["failed"]
        worker(session, "streamed=Hello")
        assert [verdict.kind for verdict in session.verdicts] == []


class TestRoutes:
    @pytest.mark.parametrize("origin", ["https://api.openai.com/v1", None])
    def test_they_answer_by_the_services_address_and_by_the_servers(self, session, client, origin):
        url = f"{origin or session.base_url}/chat/completions"
        route = session.router.post(url, json={"model": "gpt"}).respond(json={"id": "chat_1"}, headers={"x-a": "b"})
        answer = client.post(f"{session.base_url}/chat/completions", json={"model": "gpt"}, headers=with_key(session))
        assert (answer.status_code, answer.json(), answer.headers["x-a"]) == (200, {"id": "chat_1"}, "b")
        assert route.call_count == 1
        assert session.requests == session.failures == []

    def test_a_route_may_answer_by_a_coroutine(self, session, client):
        async def answer(request):
            await asyncio.sleep(0)
            return httpx.Response(200, json={"asked": json.loads(request.content)})

        session.router.post("https://api.openai.com/v1/embeddings").mock(side_effect=answer)
        answered = client.post(f"{session.base_url}/embeddings", json={"input": "x"}, headers=with_key(session))
        assert answered.json() == {"asked": {"input": "x"}}

    def test_azures_addresses_have_a_stand_in(self, session, client):
        path = "openai/deployments/gpt/chat/completions"
        client.post(f"{root_of(session)}/{path}?api-version=1", json={}, headers=with_key(session))
        assert f'session.router.post("https://runmock.openai.azure.com/{path}")' in str(session.failures[0])
        session.router.post(f"https://runmock.openai.azure.com/{path}").respond(202)
        answer = client.post(f"{root_of(session)}/{path}?api-version=1", json={}, headers=with_key(session))
        assert answer.status_code == 202

    def test_what_no_route_has_is_a_miss_that_names_the_route(self, session, client):
        session.router.get("https://api.openai.com/v1/other").respond(200)
        missed = client.post(f"{session.base_url}/embeddings", json={"input": "x"}, headers=with_key(session))
        assert missed.status_code == 501
        assert 'session.router.post("https://api.openai.com/v1/embeddings")' in missed.json()["error"]["message"]

    def test_an_error_of_the_connection_is_a_502(self, session, client):
        session.router.get("https://api.openai.com/v1/batches").mock(side_effect=httpx.ConnectError("no way"))
        answer = client.get(f"{session.base_url}/batches", headers=with_key(session))
        assert answer.status_code == 502
        assert answer.json()["error"]["message"] == "a route of runmock.router raised ConnectError: no way"
        assert session.failures == []

    def test_any_other_exception_is_a_failure_of_the_test(self, session, client):
        def fail(_):
            pytest.fail("not so")

        session.router.get("https://api.openai.com/v1/batches").mock(side_effect=fail)
        answer = client.get(f"{session.base_url}/batches", headers=with_key(session))
        assert (answer.status_code, answer.json()["error"]["code"]) == (501, "script_error")
        assert [str(failure) for failure in session.failures] == ["a route of runmock.router raised Failed: not so"]

    def test_a_miss_of_a_routes_own_request_is_one_failure(self, session, client):
        def ask(_):
            return httpx.post("https://api.openai.com/v1/threads/runs", json=RUN, headers=BETA)

        session.router.get("https://api.openai.com/v1/batches").mock(side_effect=ask)
        assert client.get(f"{session.base_url}/batches", headers=with_key(session)).status_code == 501
        assert len(session.failures) == 1


class TestThisProcess:
    @pytest.mark.parametrize("library", [httpx, httpx2])
    def test_a_request_of_its_own_is_answered_once(self, runmock, library):
        runmock.reply("Once.")
        with library.Client() as client:
            assert "Once." in answer_of(runmock, client)
        assert [request.operation for request in runmock.requests] == ["create_thread_and_run"]
        assert len(runmock.runs) == 1

    def test_a_request_of_requests_is_answered_once(self, runmock):
        runmock.reply("Once.")
        with requests.Session() as client:
            assert "Once." in answer_of(runmock, client)
        assert len(runmock.requests) == len(runmock.runs) == 1

    @pytest.mark.asyncio
    async def test_a_request_of_aiohttp_is_answered_once(self, runmock):
        runmock.reply("Once.")
        url, body = f"{runmock.base_url}/threads/runs", {**RUN, "stream": True}
        async with (
            aiohttp.ClientSession() as client,
            client.post(url, json=body, headers=with_key(runmock)) as answer,
        ):
            assert "Once." in await answer.text()
        assert len(runmock.requests) == len(runmock.runs) == 1

    def test_the_sdk_may_have_the_whole_environment(self, runmock, monkeypatch):
        for name, value in runmock.child_env.items():
            monkeypatch.setenv(name, value)
        runmock.reply("Once.")
        runmock.reply("Twice.")
        assert child_worker.polled("Hello") == "Once."
        assert child_worker.azure("Hello") == "Twice."
        assert len(runmock.runs) == 2

    async def ask(self, session):
        async with openai.AsyncOpenAI(base_url=session.base_url, api_key=key_of(session), max_retries=0) as client:
            run = await client.beta.threads.create_and_run_poll(assistant_id="asst_1")
            return (await client.beta.threads.messages.list(run.thread_id)).data[0].content[0].text.value

    @pytest.mark.parametrize("backend", ["asyncio", "trio"])
    def test_a_loop_of_any_kind_may_open_and_close_a_session(self, backend, worker):
        async def ask():
            async with package.use_cassette() as session:
                session.reply("Hi.")
                async with httpx2.AsyncClient() as client:
                    url = f"{session.base_url}/threads/runs"
                    answer = await client.post(url, json=RUN, headers=with_key(session))
            return answer.status_code

        assert anyio.run(ask, backend=backend) == 200

    @pytest.mark.asyncio
    async def test_async_clients_are_answered_too(self, runmock):
        runmock.reply("A.")
        runmock.reply("B.")
        assert sorted(await asyncio.gather(self.ask(runmock), self.ask(runmock))) == ["A.", "B."]

    def test_the_session_with_that_address_answers_not_the_innermost(self, client):
        with package.use_cassette() as outer, package.use_cassette() as inner:
            outer.reply("Outer.")
            inner.reply("Inner.")
            assert "Outer." in answer_of(outer, client)
            assert "Inner." in answer_of(inner, client)

    def test_other_servers_of_this_machine_stay_what_they_are(self, session, client, monkeypatch):
        monkeypatch.setenv("OPENAI_BASE_URL", session.base_url)

        class Health(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(204)
                self.end_headers()

            def log_message(self, *arguments):
                """Print nothing."""

        with ThreadingHTTPServer(("127.0.0.1", 0), Health) as server:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            thread.start()
            assert client.get(f"http://127.0.0.1:{server.server_port}/health").status_code == 204
            server.shutdown()
            thread.join()


class TestChildren:
    def test_a_worker_of_multiprocessing(self, runmock):
        for _ in range(2):
            runmock.reply("Spawned.")
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
            for way in ("polled", "streamed"):
                assert pool.submit(child_worker.in_environment, runmock.child_env, way, "Hi").result(60) == "Spawned."

    def test_a_script_of_node(self, runmock):
        packages = installed("latest")
        runmock.reply("Polled.")
        runmock.reply("Str", "eamed.")
        runmock.reply("Mine.")
        environment = {**os.environ, **runmock.child_env, "NODE_PACKAGES": str(packages)}
        command = ["node", NODE_SCRIPT, "Hello", "Hi"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout) == ["Polled.", "Streamed."]
        with openai.OpenAI(api_key="sk-any") as client:
            assert child_worker.polled("Hello", client) == "Mine."
        assert [run.status for run in runmock.runs] == ["completed"] * 3

    @pytest.mark.asyncio
    async def test_a_child_is_answered_while_the_tests_own_loop_is_blocked(self, runmock, worker):
        runmock.reply("Blocked.")
        assert worker(runmock, "polled=Hello") == ["Blocked."]

    def test_a_child_that_is_killed_in_a_stream_lets_its_run_go_on(self, runmock, started):
        runmock.reply(*["word "] * 2_000)
        child = started(runmock, "left=Hello")
        assert child.stdout.readline() == "thread.created\n"
        child.kill()
        child.wait()
        run = runmock.runs[0]
        url = f"{runmock.base_url}/threads/{run.thread_id}/runs/{run.id}"
        with httpx.Client() as client:
            for _ in range(200):
                if client.get(url, headers=with_key(runmock)).json()["status"] == "completed":
                    break
                time.sleep(0.01)
        assert runmock.runs[0].status == "completed"

    def test_a_child_that_still_reads_a_stream_does_not_keep_the_session(self, started):
        with package.use_cassette() as session:
            session.reply(*["word "] * 20_000)
            child = started(session, "left=Hello")
            assert child.stdout.readline() == "thread.created\n"
            began = time.perf_counter()
        assert time.perf_counter() - began < SOON_S
        assert child.poll() is None

    def test_a_child_is_refused_a_connection_once_the_session_is_over(self, worker):
        with package.use_cassette() as session:
            environment = session.child_env
        started = subprocess.run(
            [*WORKER, "polled=Hello"], env={**os.environ, **environment}, capture_output=True, text=True, check=False
        )
        assert started.returncode == 1
        assert "openai.APIConnectionError" in started.stderr


class TestTheEnd:
    def test_open_streams_connections_and_the_thread_end_at_once(self):
        before = set(threading.enumerate())
        with contextlib.ExitStack() as clients:
            with package.use_cassette() as session:
                session.stall(60).reply("Hello")
                port = port_of(session)
                idle = clients.enter_context(httpx.Client())
                idle.get(f"{root_of(session)}/", headers=with_key(session))
                reading = clients.enter_context(httpx.Client())
                stream = clients.enter_context(
                    reading.stream(
                        "POST",
                        f"{session.base_url}/threads/runs",
                        json={**RUN, "stream": True},
                        headers=with_key(session),
                    )
                )
                lines = stream.iter_lines()
                assert next(lines) == "event: thread.created"
                silent = clients.enter_context(socket.create_connection(("127.0.0.1", port)))
                half = clients.enter_context(socket.create_connection(("127.0.0.1", port)))
                half.sendall(b"POST /v1/threads HTTP/1.1\r\nHost: 127.0.0.1\r\ncontent-length: 10\r\n\r\n{")
                began = time.perf_counter()
            assert time.perf_counter() - began < SOON_S
            assert "the server ended before the stream" in "".join(lines)
            silent.settimeout(5)
            assert silent.recv(1) == b""
            assert set(threading.enumerate()) <= before
            assert OwnServers.ports == frozenset()
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port))

    def test_a_client_that_does_not_read_does_not_keep_it(self):
        with package.use_cassette() as session:
            session.reply(*["word " * 1_000] * 2_000)
            body = json.dumps({**RUN, "stream": True})
            head = f"POST /v1/threads/runs HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key_of(session)}\r\n"
            connected = socket.create_connection(("127.0.0.1", port_of(session)))
            connected.sendall(f"{head}OpenAI-Beta: assistants=v2\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
            connected.recv(1)
            began = time.perf_counter()
        assert time.perf_counter() - began < SOON_S
        connected.close()

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
    def test_a_fork_that_goes_on_keeps_neither_the_port_nor_a_connection(self):
        with package.use_cassette() as session:
            port = port_of(session)
            silent = socket.create_connection(("127.0.0.1", port))
            with httpx.Client() as client:
                client.get(f"{root_of(session)}/", headers=with_key(session))  # the server has accepted both
            child = os.fork()
            if child == 0:
                time.sleep(60)
                os._exit(0)
        try:
            silent.settimeout(5)
            assert silent.recv(1) == b""
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port))
        finally:
            silent.close()
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)

    def test_what_was_answered_before_the_end_is_all_that_is_judged(self, client):
        with package.use_cassette() as session:
            session.reply("Hi.")
            answer_of(session, client)
        assert len(session.requests) == 1

    @pytest.mark.parametrize("name", ["base_url", "child_env"])
    def test_a_session_that_is_not_open_says_so(self, name):
        with package.use_cassette() as session:
            pass
        for closed in (session, package.Session()):
            with pytest.raises(package.UsageError) as told:
                getattr(closed, name)
            assert str(told.value) == (
                "base_url and child_env are those of an open session, and this session is not open: it has ended, or "
                "has not begun; use the session of the test that runs now, or runmock_session for a wider scope"
            )

    def test_a_session_that_is_opened_again_has_a_new_server(self, client):
        session = package.Session()
        addresses = []
        for _ in range(2):
            session.start()
            addresses.append((session.base_url, key_of(session)))
            assert client.get(f"{root_of(session)}/", headers=with_key(session)).status_code == 200
            session.stop()
        assert addresses[0][1] != addresses[1][1]


def in_python(code, **environment):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_session_that_no_other_process_asks_imports_no_server():
    loaded = in_python("import sys, runmock\nwith runmock.use_cassette() as s: s.reply('Hi.')\nprint(*sys.modules)")
    assert not {"uvicorn", "starlette", "runmock.serve"} & set(loaded.split())


@pytest.mark.parametrize("missing", ["uvicorn", "starlette"])
def test_without_the_extra_the_error_names_it(missing):
    code = f"""
import sys, runmock
sys.modules["{missing}"] = None
with runmock.use_cassette() as session:
    for name in ("base_url", "child_env"):
        try:
            getattr(session, name)
        except runmock.UsageError as error:
            print(error)
"""
    text = f"base_url and child_env need a server, and {missing} is not installed: pip install 'runmock[serve]'\n"
    assert in_python(code) == text * 2


def test_a_program_that_never_closes_its_session_ends_all_the_same():
    in_python("import runmock\nrunmock.use_cassette().__enter__().base_url")
