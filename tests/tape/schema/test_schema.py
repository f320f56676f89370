"""The schema of cassettes: it accepts what the models accept, and refuses what they refuse where a schema can express it."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_any_cassette import FILES as ANY_FILES
from test_any_cassette import VALUES
from test_cassette_errors import FILES as INVALID_FILES
from test_cassette_errors import RUNS as INVALID_RUNS
from test_message_keys import CONTENTS, REPLIES
from test_message_keys import FAULTS as FAULTY_MESSAGES
from test_script_keys import KEYS, OPTIONS, STEPS

from runmock.apis.registry import EVENTS
from runmock.core.errors import CassetteError
from runmock.tape.format.model_file import File, InteractionModel
from runmock.tape.format.model_run import RunModel
from runmock.tape.format.validation_errors import validated
from runmock.tape.reading.cassette import cassette_from
from runmock.tape.schema.schema import cassette_schema, schema_text
from runmock.tape.yaml.yaml12 import load

ROOT = Path(__file__).parents[3]
PUBLISHED = ROOT / "runmock/tape/schema/cassette.schema.json"
SCHEMA = json.loads(PUBLISHED.read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def is_accepted(value):
    return VALIDATOR.is_valid(value)


def is_read(value):
    """Whether a file may contain this; `cassette_from` would not require the version."""
    try:
        validated(File, value, "x.yaml", None)
        cassette_from(value)
    except CassetteError:
        return False
    return True


def test_it_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_published_file_is_the_schema():
    assert PUBLISHED.read_text(encoding="utf-8") == schema_text(), (
        "the format has changed, its schema has not: runmock schema > runmock/tape/schema/cassette.schema.json"
    )


def test_every_recorded_and_scripted_event_is_completed():
    item, _ = cassette_schema()["$defs"]["StreamItem"]["anyOf"]
    assert set(item["properties"]) == EVENTS | {"text", "arguments", "code", "raw"}


FILES = [*sorted((ROOT / "cassettes").glob("*.yaml")), ROOT / "runmock/cli/demo.runmock.yaml"]


@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_it_accepts_the_cassettes_of_this_repository(path):
    VALIDATOR.validate(load(path.read_text(encoding="utf-8"), path.name))


PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def cassettes_on(page):
    blocks = re.findall(r"^```yaml\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [block for block in blocks if re.search(r"^runmock: 1$", block, re.MULTILINE)]


def test_it_accepts_the_cassettes_of_the_pages():
    cassettes = [(page, text) for page in PAGES for text in cassettes_on(page)]
    assert len(cassettes) >= 10
    for page, text in cassettes:
        VALIDATOR.validate(load(text, page.name))


SCRIPTS = [
    *(text for text, _ in [*STEPS, *KEYS]),
    *(f"- reply: a\n  {text}" for text, _ in OPTIONS),
    *(f"- reply: {text}" for text, _ in REPLIES),
    "- refusal: a",
    "- refusal: [a, b]",
]


@pytest.mark.parametrize("runs", SCRIPTS, ids=[text.replace("\n", " ") for text in SCRIPTS])
def test_it_accepts_every_way_of_writing_a_run(runs):
    VALIDATOR.validate(load(f"runmock: 1\nruns:\n{runs}", "x.yaml"))


WAYS = [
    "recorded: {at: 1795343009, upstream: u, sdk: s}",
    "recorded: {at: 2026-11-22}",
    "recorded: {at: 2026-W47-7 10:23:29.5+01:00}",
    "recorded: {at: null}",
    "recorded:\ndefaults:\nids:\nassistants:\nthreads:\nruns:\ninteractions:",
    "defaults: {model: gpt-4.1, pace: 5ms, poll: 0, shapes: reference, usage: {prompt_tokens: 1, cached: 2}, metadata: {a: x}}",
    "defaults: {clock: '20260101T000010Z'}",
    "assistants: [{id: asst_1, instructions: null, tools: [code_interpreter, f, {type: function, function: {name: b}}]}]",
    "assistants: [{id: a, temperature: 1, top_p: 0.5, response_format: {type: text}, created_at: 3, tool_resources: {}}]",
    "threads: [{id: t, messages: [{role: user, content: hi}, {role: assistant, content: [{type: text, text: ho}]}]}]",
    "threads: [{id: t, messages: [{role: user, content: [], id: m, attachments: [{}], metadata: null}], metadata: {a: b}}]",
    *(f"threads: [{{id: t, messages: [{{role: user, content: {content}}}]}}]" for content, _ in CONTENTS),
    "x-says: &says {reply: a}\nruns: [*says]\nx-: null",
    "runs: [{reply: a, times: null, expire: false}, {fail: a, cancel: false}, {http: 429, fail: null, sunset: false}]",
    "runs: [{reply: {text: null, json: 1}}, {reply: {text: a, chunks: null}}]",
    "runs: [{calls: [arguments: {a: 1}, id: x, name: null]}, {calls: {name: {}, b: null}}]",
    "interactions: [{request: GET /a, json: null}, {request: POST /a?b=c, text: ''}, {request: GET /, stream: []}]",
    "interactions: [{request: GET /a, json: 1, body: [1], status: 599, headers: {a: 1, b: c}, pace: {gap: 1}, repeat: 2}]",
    "interactions: [{request: GET /a, stream: [whatever: 3, done], truncated: true, pace: null, headers: null}]",
    "interactions: [{request: GET /a, stream: [thread.message.created: {id: m}, text: a, text: [b, c], done: '[DONE]']}]",
    "interactions: [{request: GET /a, stream: [message: {choices: []}, done: nameless]}, {request: GET /, stream: [done: ]}]",
    "interactions: [{request: GET /a, json: {same: 3, drop: {}}}]",
    'interactions: [{request: GET /a, stream: [raw: "data: x\\n\\n"]}]',
]


@pytest.mark.parametrize("text", WAYS)
def test_it_accepts_every_way_of_writing_the_rest(text):
    value = load(f"runmock: 1\n{text}", "x.yaml")
    assert is_read(value)
    VALIDATOR.validate(value)


CALLS = "it is about the names and the number of the calls"
LETTERS = "a schema cannot count the letters between two names"
REGEX = "a schema cannot compile a regular expression"
STORY = "it is about what comes before in the file"
TEXTS = "it is about what a text says"
NOT_REFUSED = {
    "- reply: Hi $lastmessage": TEXTS,
    "- reply: {json: {a: [b, $outputs.c]}}": TEXTS,
    "- steps:\n  - reply: $outputs.a\n  - calls: [a]": TEXTS,
    "- reply: [{image_file: a}, $lastmessage]": TEXTS,
    "- reply: [{refusal: $outputs.a}]": TEXTS,
    "- refusal: Not $today": TEXTS,
    "- calls:\n  - a: {}\n  - {name: a, id: call_1}": CALLS,
    "- calls: [a, b]\n  outputs: [x]": CALLS,
    "- calls: [get_weather]\n  outputs: {get_wether: x}": CALLS,
    "- calls: [a]\n  outputs: [/(/]": REGEX,
    "- reply: a\n  match: {last_message: /*/}": REGEX,
    "- reply: a\n  match: {body: {a: [b, /+/]}}": REGEX,
    "- reply: a\n  poll: [in_progress, queued]": "a schema cannot compare neighbours in a list",
    "runmock: 1\ninteractions:\n- request: GET /a\n  json: {data: [{same: run_1}]}": STORY,
    "runmock: 1\ninteractions:\n- request: GET /a\n  json: {id: run_1}\n- request: GET /a\n  json: {same: run_2}": STORY,
    "runmock: 1\ninteractions:\n- request: GET /a\n  json: {id: run_1, usage: 3}\n- request: GET /a\n  json: {same: run_1, drop: [id, usag]}": STORY,
    "runmock: 1\ninteractions:\n- request: GET /a\n  stream:\n  - text: a": STORY,
    "runmock: 1\ninteractions:\n- request: GET /a\n  stream:\n  - arguments: a": STORY,
    "- steps:\n  - fail: a\n  - reply: b": "a schema cannot tell the last of a list from the others",
    "- steps:\n  - fail: a\n  expire: true": "a schema cannot tell the last of a list from the others",
    **{
        f"- events: [{name}: {{}}]": LETTERS
        for name in ("thread.run.creatd", "Thread.Run.Completed", "thread.mesage.detla", "donee")
    },
    "- http: 429.0": "to a schema 429.0 is a whole number",
}
"""What only reading finds, and why."""

FAULTY = [
    *((f"runmock: 1\nruns:\n{text}\n", text) for text, _ in [*INVALID_RUNS, *FAULTY_MESSAGES]),
    *((text, text) for text, _ in INVALID_FILES),
    *((f"runmock: 1\nruns:\n{text}\n", text) for text in NOT_REFUSED if text == "- http: 429.0"),
    *(
        (f"runmock: 1\n{text}", text)
        for text in (
            "defaults: {pace: 20 min}",
            "defaults: {pace: -1}",
            "defaults: {poll: 1001}",
            "recorded: {at: 22.11.2026}",
            "assistants: [{id: a, tools: null}]",
            "assistants: [{id: a, metadata: {b: 1}}]",
            "threads: [{id: t, messages: [{role: user, content: [1]}]}]",
            "runs: [{calls: {}}]",
            "runs: [{calls: {name: a b}}]",
            "runs: [{calls: {name: a, b: {}}}]",
            "runs: [{calls: [{}]}]",
            "runs: [{reply: {chunks: []}}]",
            "runs: [{reply: {text: a, json: null}}]",
            "runs: [{reply: {text: null}}]",
            "runs: [{code_interpreter: null}]",
            "runs: [{http: 429, retry_after: -1}]",
            "runs: [{http: 429, headers: {a: true}}]",
            "runs: [{http: 429, sunset: true}]",
            "runs: [{reply: a, stuck: queued, incomplete: b}]",
            "runs: [{events: []}]",
            "runs: [{expire: false}]",
            "interactions: [{request: get /a, json: 1}]",
            "interactions: [{request: 'GET /a b', json: 1}]",
            "interactions: [{request: GET /a, json: null, stream: null}]",
            "interactions: [{request: GET /a, status: 600, json: 1}]",
            "interactions: [{request: GET /a, truncated: null, json: 1}]",
            "interactions: [{request: GET /a, stream: [{}]}]",
            "interactions: [{request: GET /a, stream: [raw: 3]}]",
            "interactions: [{request: GET /a, pace: {first: soon}, json: 1}]",
        )
    ),
]


@pytest.mark.parametrize(("text", "name"), FAULTY, ids=[name.replace("\n", " ") for _, name in FAULTY])
def test_it_refuses_what_reading_refuses(text, name):
    value = load(text, "x.yaml")
    assert not is_read(value)
    assert is_accepted(value) == (name in NOT_REFUSED)


def test_what_it_does_not_refuse_is_still_among_the_errors():
    assert NOT_REFUSED.keys() <= {name for _, name in FAULTY}


def _examples(definition):
    """For each key of a definition its examples, or any value."""
    properties = dict(SCHEMA["$defs"][definition]["properties"])
    properties.pop("request", None)
    return {
        key: st.one_of(examples := st.sampled_from(value["examples"]), examples, examples, st.none(), VALUES)
        if "examples" in value
        else VALUES
        for key, value in properties.items()
    }


def _mappings(definition, keys):
    values = _examples(definition)
    return st.sets(st.sampled_from(sorted(keys)), min_size=1, max_size=2).flatmap(
        lambda chosen: st.fixed_dictionaries({key: values[key] for key in chosen})
    )


BEGINNINGS = st.sampled_from([{}, {"reply": "a"}, {"calls": ["get_weather"]}, {"http": 429}, {"fail": "server_error"}])
LIKELY = st.fixed_dictionaries(
    {"runmock": st.just(1)},
    optional={
        "runs": st.lists(
            st.tuples(BEGINNINGS, _mappings("Run", RunModel.key_types())).map(lambda pair: pair[0] | pair[1]),
            max_size=1,
        ),
        "defaults": _mappings("Defaults", _examples("Defaults")),
        "interactions": st.lists(
            st.fixed_dictionaries({"request": st.just("GET /a")}, optional=_examples("Interaction")), max_size=1
        ),
    },
)


@settings(max_examples=400)
@given(st.one_of(ANY_FILES.map(lambda value: {"runmock": 1, **value}), LIKELY))
def test_whatever_is_read_is_accepted(value):
    assert is_accepted(value) or not is_read(value)


def test_keys_of_the_top_are_those_of_the_models():
    assert SCHEMA["properties"].keys() == File.key_types().keys()
    assert SCHEMA["$defs"]["Interaction"]["properties"].keys() == InteractionModel.key_types().keys()
