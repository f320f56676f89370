"""The stock run by `tool_choice`, as values; what a client gets of it is in service/test_service_without_a_cassette.py."""

import json

import pytest

from runmock.apis.assistants.playing.stock import stock_run, waiting_run
from runmock.core.script.script import DEFAULT_REPLY, CodeInterpreter, FileSearch, FunctionCall, Message, ToolCalls

NOW = {"type": "function", "function": {"name": "now"}}
WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
CODE, SEARCH, OTHER = {"type": "code_interpreter"}, {"type": "file_search"}, {"type": "bing_grounding"}

CALLS_NOW = ToolCalls((FunctionCall("now", "{}"),))
CALLS_WEATHER = ToolCalls((FunctionCall("weather", '{"city":"city"}'),))
RUNS_CODE = CodeInterpreter("print('Hello!')", "Hello!\n")


def named(name):
    return {"type": "function", "function": {"name": name}}


@pytest.mark.parametrize(
    ("choice", "tools", "step"),
    [
        (None, [NOW], None),
        ("auto", [NOW], None),
        ("none", [NOW], None),
        ("required", [], None),
        ("required", [NOW, WEATHER], CALLS_NOW),
        ("required", [WEATHER, NOW], CALLS_WEATHER),
        ("required", [CODE, NOW], RUNS_CODE),
        ("required", [SEARCH], FileSearch()),
        ("required", [OTHER], None),
        (named("weather"), [NOW, WEATHER], CALLS_WEATHER),
        (named("elsewhere"), [NOW], ToolCalls((FunctionCall("elsewhere", "{}"),))),
        (CODE, [NOW, CODE], RUNS_CODE),
        (SEARCH, [NOW], FileSearch()),
        ({"type": "function"}, [CODE, NOW], CALLS_NOW),
        ({"type": "function"}, [CODE], None),
        (OTHER, [NOW], None),
        ({"type": "function", "function": None}, [], None),
    ],
)
def test_a_tool_is_called_when_the_request_makes_it(choice, tools, step):
    steps = () if step is None else (step,)
    expected = (*steps, Message(text=DEFAULT_REPLY))
    assert stock_run({"tools": tools, "tool_choice": choice}, {"tools": []}).steps == expected
    assert stock_run({"tool_choice": choice}, {"tools": tools}).steps == expected


@pytest.mark.parametrize(
    ("parameters", "arguments"),
    [
        (None, {}),
        ({}, {}),
        ({"type": None, "properties": {"n": {"type": "integer"}}}, {"n": 1}),
        ({"type": "array", "items": {"type": "string"}}, {}),
        ({"default": 5}, {}),
        ({"anyOf": [{"type": "string"}]}, {}),
        ({"properties": {"place": {"const": "Kraków"}}}, {"place": "Kraków"}),
    ],
)
def test_arguments_are_always_an_object(parameters, arguments):
    tool = {"type": "function", "function": {"name": "f", "parameters": parameters}}
    (call,) = stock_run({"tools": [tool], "tool_choice": "required"}, {"tools": []}).steps[0].calls
    assert json.loads(call.arguments) == arguments
    assert "\\u" not in call.arguments


def test_the_runs_own_tools_count_more_than_the_assistants():
    assert stock_run({"tools": [NOW], "tool_choice": "required"}, {"tools": [WEATHER]}).steps[0] == CALLS_NOW
    assert stock_run({"tools": [], "tool_choice": "required"}, {"tools": [WEATHER]}).steps == (
        Message(text=DEFAULT_REPLY),
    )


def test_a_run_that_nobody_announced_waits_for_whatever_is_submitted():
    calls = (FunctionCall("tool", "{}", "call_a"), FunctionCall("tool", "{}", None))
    assert waiting_run(["call_a", None]).steps == (ToolCalls(calls), Message(text=DEFAULT_REPLY))
