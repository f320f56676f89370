"""`kill -9` at any moment of recording and writing leaves the old cassette or the new one, whole."""

import os
import subprocess
import sys
import textwrap

import pytest

from runmock.tape.reading.cassette import load_cassette

KILLS = 50

RECORDS_UNTIL_KILLED = """
    import itertools, os, random, signal, sys, time
    import httpx2, runmock

    path, kills, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    chance = random.Random(seed)
    HEADERS = {"OpenAI-Beta": "assistants=v2"}


    def record(city):
        '''A thread of fifteen messages about a city.'''

        def answers(request):
            if request.url.path.endswith("/threads"):
                return httpx2.Response(200, json={"id": "thread_ABCDEFGH", "object": "thread"})
            return httpx2.Response(200, json={"id": "msg_" + request.url.path[-8:], "object": "thread.message", "content": city * 200})

        with runmock.use_cassette(path, record_mode="rewrite"), httpx2.Client(
            transport=httpx2.MockTransport(answers), base_url="http://gateway.example/v1", headers=HEADERS
        ) as client:
            client.post("/threads", json={})
            for number in range(15):
                client.post("/threads/thread_ABCDEFGH/messages", json={"role": "user", "content": f"{city} {number}"})


    record("Oslo")
    before = os.stat(path).st_ino
    began = time.perf_counter()
    record("Rome")
    took = time.perf_counter() - began
    changes = 0
    for _ in range(kills):
        child = os.fork()
        if child == 0:
            for city in itertools.cycle(["Rome", "Oslo"] if b"Oslo" in open(path, "rb").read() else ["Oslo", "Rome"]):
                record(city)
        time.sleep(chance.uniform(0, 4 * took))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        text = open(path, "rb").read()
        cities = {city for city in (b"Oslo", b"Rome") if city in text}
        assert len(cities) == 1, cities
        assert text.count(b"- request: ") == 16 and text.endswith(b"}\\n"), text[-200:]
        is_changed = os.stat(path).st_ino != before
        changes += is_changed
        took *= 1 if is_changed else 1.1  # the machine may have become busier since
        before = os.stat(path).st_ino
    print(changes)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_fifty_kills_at_random_moments_lose_and_break_nothing(tmp_path):
    path = tmp_path / "killed.runmock.yaml"
    seed = "9"
    arguments = [sys.executable, "-c", textwrap.dedent(RECORDS_UNTIL_KILLED), str(path), str(KILLS), seed]
    ran = subprocess.run(arguments, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) >= KILLS // 10, "the kills came before anything was written"
    assert len(load_cassette(path).interactions) == 16
