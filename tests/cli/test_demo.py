"""`runmock demo`: what it prints, how long it takes, and what it does not need."""

import importlib.metadata
import re
import socket
import sys
import time

import pytest

PRINTED = """\
openai VERSION, cassette demo.runmock.yaml: no key, no network

user       I fly to Oslo today and to Rome tomorrow. Do I need a coat?
run        created
run        queued
run        in_progress
run        requires_action
tool       get_weather({"city":"Oslo"}) -> snow, -4 degrees
tool       get_weather({"city":"Rome"}) -> sunny, 24 degrees
run        queued
run        in_progress
assistant  Take the warm coat for Oslo, it is snowing there. In Rome a shirt will do, the sun is out at 24 degrees.
run        completed

user       Is this week warmer in Rome than usual? Plot its degrees.
upload     week.csv, 21 bytes
run        created
run        queued
run        in_progress
search     climate.txt, score 0.87
code       plot("week.csv")
assistant  Yes, by up to five degrees [1]. Thursday is the warmest day.
citation   [1] climate.txt
plot       an image of 90 bytes:
                       ###
                       ### ###
                   ### ### ###
               ### ### ### ### ###
           ### ### ### ### ### ### ###
           ### ### ### ### ### ### ###
run        completed

what a test can look at: 8 requests, runs completed and completed, tool_outputs {'get_weather': ['snow, -4 degrees', 'sunny, 24 degrees']}, files ['week.csv']
"""
NOT_NEEDED = ("uvicorn", "starlette", "runmock.serve")


def test_the_demo_shows_tool_calls_a_file_search_and_a_plot(runmock_command):
    ran = runmock_command("demo", "--pace", "0")
    assert ran.code == 0, ran.err
    assert ran.out == PRINTED.replace("VERSION", importlib.metadata.version("openai"))


def test_the_demo_takes_less_than_ten_seconds_and_does_not_hurry(runmock_command, monkeypatch):
    sleeps = []
    monkeypatch.setattr(time, "sleep", sleeps.append)
    assert runmock_command("demo").code == 0
    assert 2 < sum(sleeps) < 4  # besides, the SDK has to be imported


def test_the_demo_needs_no_network_and_no_server(runmock_command, monkeypatch):
    def refuse(*arguments):
        raise AssertionError(f"the demo wanted to reach the network: {arguments}")

    for name in [name for name in sys.modules if name.startswith(NOT_NEEDED)]:
        monkeypatch.delitem(sys.modules, name)
    for name in NOT_NEEDED:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    ran = runmock_command("demo", "--pace", "0")
    assert (ran.code, ran.err) == (0, "")


def test_the_demo_says_that_it_needs_the_sdk(runmock_command, monkeypatch):
    monkeypatch.setitem(sys.modules, "openai", None)
    ran = runmock_command("demo")
    assert ran.code == 1
    assert re.search(r"the demo shows the real SDK, which is not installed: pip install openai", ran.err)


@pytest.mark.parametrize("pace", ["2x", "5ms"])
def test_the_demo_can_be_hurried(runmock_command, monkeypatch, pace):
    sleeps = []
    monkeypatch.setattr(time, "sleep", sleeps.append)
    assert runmock_command("demo", "--pace", pace).code == 0
    assert 0 < sum(sleeps) < 2.5
