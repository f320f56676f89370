"""Small changes are small differences of the file: what stayed keeps its lines, whatever the ids, times, pace and polls."""

import difflib
import json
import re

import pytest
from upstream import Upstream, recorded

from runmock.core.replay.record_modes import RecordMode
from runmock.recording.merging import How, merged
from runmock.tape.reading.cassette import load_cassette
from runmock.tape.writing.cassette_text import Header

ROUNDS = 10
"""Of a conversation: every second one is streamed, the others are polled."""
TOOL = 3
"""The round whose run calls a tool."""
AGAIN = {"salt": "xyz", "later": 100_000, "chunk": 7, "slow": 3}
"""Another day: other ids and times, other chunks, everything takes longer."""


def script(rounds=range(ROUNDS), **changed):
    """What the assistant does in each round; the usage is always the same, for a longer prompt would change it."""
    runs = {number: f"reply: [The answer is, ' {number}', ' of it.']" for number in rounds}
    if TOOL in runs:
        runs[TOOL] = (
            "steps:\n      - calls: [get_weather: {city: Paris}]\n      - reply: [It is, ' $outputs.get_weather', .]"
        )
    runs |= {int(name.removeprefix("round_")): run for name, run in changed.items()}
    usage = "defaults: {usage: {prompt_tokens: 20, completion_tokens: 4}}\n"
    return f"{usage}runs:\n" + "\n".join(f"  - {run}" for run in runs.values())


def converse(sdk, rounds=range(ROUNDS), output="21", polls=2, greeting="Round"):
    """An application that talks: the answer in each round."""
    threads = sdk.beta.threads
    thread = threads.create(metadata={"about": "numbers"})
    return [talk(threads, thread.id, number, output, polls, greeting) for number in rounds]


def talk(threads, thread_id, number, output, polls, greeting):
    threads.messages.create(thread_id, role="user", content=f"{greeting} {number}?")
    body = {"thread_id": thread_id, "assistant_id": "asst_mine"}
    if number % 2:
        run = threads.runs.create(**body)
        run = polled(threads, run, polls)
    else:
        with threads.runs.stream(**body) as stream:
            stream.until_done()
            run = stream.current_run
    if run.required_action is not None:
        (call,) = run.required_action.submit_tool_outputs.tool_calls
        outputs = [{"tool_call_id": call.id, "output": output}]
        run = polled(
            threads, threads.runs.submit_tool_outputs(run.id, thread_id=thread_id, tool_outputs=outputs), polls
        )
    newest = threads.messages.list(thread_id, limit=1).data[0]
    return (run.status, newest.content[0].text.value)


def polled(threads, run, polls):
    while run.status in ("queued", "in_progress"):
        for _ in range(polls):
            run = threads.runs.retrieve(run_id=run.id, thread_id=run.thread_id)
    return run


@pytest.fixture
def path(tmp_path):
    return tmp_path / "numbers.runmock.yaml"


def record(path, upstream, mode="once", **options):
    with recorded(path, upstream, mode) as sdk:
        return converse(sdk, **options)


def plays(path, **options):
    with recorded(path, Upstream(), "none") as sdk:
        return converse(sdk, **options)


def changes(before, after):
    """The lines that are in one of two texts only, with - or + before them, cut where they get long."""
    compared = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line for line in compared if line[0] in "-+"]


def recorded_again(path, upstream, mode, **options):
    """What has changed in the file; it plays as upstream answered."""
    before = path.read_text()
    texts = record(path, upstream, mode, **options)
    after = path.read_text()
    options.pop("polls", None)
    assert plays(path, **options) == texts
    return changes(before, after)


def names(lines):
    """What the lines are about: up to their first colon."""
    return [line[:2] + line[2:].strip().removeprefix("- ").partition(":")[0] for line in lines]


MODES = pytest.mark.parametrize("mode", ["all", "rewrite"])
X = "reply: [The answer is, ' X', ' of it.']"


@MODES
def test_a_changed_word_of_a_polled_answer_is_one_line(path, mode):
    record(path, Upstream(script()))
    before, after = recorded_again(path, Upstream(script(round_5=X), **AGAIN), mode)
    assert after == "+" + before[1:].replace("The answer is 5 of it.", "The answer is X of it.")


@MODES
def test_a_changed_word_of_a_streamed_answer_is_its_delta_and_the_whole_text(path, mode):
    record(path, Upstream(script()))
    diff = recorded_again(path, Upstream(script(round_4=X), **AGAIN), mode)
    assert names(diff) == ["- text", "+ text", "- thread.message.completed", "+ thread.message.completed"]
    assert diff[1] == '+       - text: [The answer is, " X", " of it."]'
    assert diff[3] == "+" + diff[2][1:].replace("The answer is 4 of it.", "The answer is X of it.")


@MODES
def test_the_same_again_is_no_difference_also_when_it_was_changed_meanwhile(path, mode):
    record(path, Upstream(script()))
    before = path.read_bytes()
    assert recorded_again(path, Upstream(script(), **AGAIN), mode, polls=4) == []
    assert len(recorded_again(path, Upstream(script(round_5=X), **AGAIN), mode)) == 2
    assert len(recorded_again(path, Upstream(script()), mode)) == 2
    assert path.read_bytes() == before


@MODES
@pytest.mark.parametrize("polls", [1, 5])
def test_how_often_was_polled_changes_no_line_also_where_a_word_changed(path, mode, polls):
    record(path, Upstream(script()), polls=3)
    assert len(recorded_again(path, Upstream(script(round_5=X), **AGAIN), mode, polls=polls)) == 2


@MODES
def test_an_added_round_is_its_own_lines(path, mode):
    record(path, Upstream(script()))
    before = load_cassette(path)
    diff = recorded_again(path, Upstream(script(range(11)), **AGAIN), mode, rounds=range(11))
    assert {line[0] for line in diff} == {"+"}
    assert sum("- request:" in line for line in diff) == 3
    after = load_cassette(path)
    *old, question, streamed, listed = after.interactions
    assert [interaction._replace(source=None) for interaction in old] == [
        interaction._replace(source=None) for interaction in before.interactions
    ]
    latest = before.interactions[-1].json["data"][0]["created_at"]
    assert latest < question.json["created_at"] <= streamed.stream[0].data["created_at"] < latest + 60
    ids = {interaction.json["data"][0]["id"] for interaction in before.interactions if interaction.query}
    assert not ids & {question.json["id"], listed.json["data"][0]["id"]}


@pytest.mark.parametrize("gone", [0, 3, 4, 5, 9])
def test_a_removed_round_is_just_its_lines(path, gone):
    rounds = [number for number in range(ROUNDS) if number != gone]
    record(path, Upstream(script()))
    before = path.read_text()
    diff = recorded_again(path, Upstream(script(rounds), **AGAIN), "rewrite", rounds=rounds)
    # that of the messages no more are before the first answer is a difference of its own
    has_more = {"- has_more", "+ has_more"} if gone == 0 else set()
    assert {name for name in names(diff) if name[0] == "+"} <= has_more
    assert sum("- request:" in line for line in diff) == before.count("\n  - request:") - path.read_text().count(
        "\n  - request:"
    )


@MODES
@pytest.mark.parametrize("place", [0, 4, 7])
def test_a_round_in_between_is_just_its_own_lines(path, mode, place):
    rounds = [number for number in range(ROUNDS) if number != place]
    record(path, Upstream(script(rounds)), rounds=rounds)
    diff = recorded_again(path, Upstream(script(), **AGAIN), mode)
    has_more = {"- has_more"} if place == 0 else set()
    assert {name for name in names(diff) if name[0] == "-"} <= has_more


def test_another_output_of_a_tool_is_the_lines_that_hold_it(path):
    record(path, Upstream(script()))
    diff = recorded_again(path, Upstream(script(), **AGAIN), "rewrite", output="22")
    assert names(diff) == ["- body", "+ body", "- {id", "+ {id"]
    assert [line.replace("22", "21")[1:] for line in diff[1::2]] == [line[1:] for line in diff[::2]]


@pytest.mark.parametrize(
    "changed", [{"output": "22"}, {"rounds": [0, 1, 2, 4, 5, 6, 7, 8, 9]}], ids=["output", "round"]
)
def test_other_requests_may_be_another_tests_so_all_removes_no_line_and_reports_so(path, changed, caplog):
    record(path, Upstream(script()))
    numbers = [changed["rounds"]] if "rounds" in changed else []
    diff = recorded_again(path, Upstream(script(*numbers), **AGAIN), "all", **changed)
    assert {line[0] for line in diff} == {"+"}
    (message,) = caplog.messages
    assert message == (
        f"{path}: a conversation begins like a new one but goes on differently: it is kept, since another test may use "
        "it; record mode rewrite drops what this test does not use"
    )


def test_in_a_cassette_of_its_own_a_test_that_sends_something_else_changes_the_lines_of_that(path):
    record(path, Upstream(script()))
    another = path.with_name("another.runmock.yaml")
    record(another, Upstream(script(), **AGAIN), output="22")
    there, new = (load_cassette(path), path.read_text()), load_cassette(another).interactions
    text = merged(How(RecordMode.ALL, is_own=True), there, new, Header(1_790_000_000)).text
    assert names(changes(there[1], text)) == ["- body", "+ body", "- {id", "+ {id"]


FAILS = "fail: server_error\n    message: Sorry.\n    steps: [reply: [The answer is, ' 5', ' of it.']]"


@MODES
def test_a_run_that_fails_where_it_completed_is_its_last_lines(path, mode):
    record(path, Upstream(script()))
    diff = recorded_again(path, Upstream(script(round_5=FAILS), **AGAIN), mode)
    assert [line.partition(", expires_at")[0] for line in diff] == [
        "-     json: {same: run_6, status: completed",
        "+     json: {same: run_6, status: failed",
    ]
    assert "last_error: {code: server_error, message: Sorry.}" in diff[1]
    diff = recorded_again(path, Upstream(script(round_5=FAILS, round_4=FAILS.replace("5", "4")), **AGAIN), mode)
    events = ["thread.message.completed", "thread.run.step.completed", "thread.run.completed"]
    assert [name for name in names(diff) if name[0] == "-"] == [f"- {event}" for event in events]
    assert sorted(name for name in names(diff) if name[0] == "+") == [
        "+ thread.message.incomplete",
        "+ thread.run.failed",
        "+ thread.run.step.failed",
    ]


@MODES
def test_the_line_of_the_recording_stays_and_a_file_of_0_1_0_gets_no_other(path, mode):
    record(path, Upstream(script()))
    text = path.read_text()
    begin = re.search(r"at: \S+, from: (\S+),", text)
    path.write_text(text.replace(begin[0], f"at: {begin[1]},"))  # as 0.1.0 wrote it: times count from `at`
    assert len(recorded_again(path, Upstream(script(round_5=X), **AGAIN), mode)) == 2
    assert "from:" not in path.read_text()


@MODES
def test_of_two_conversations_that_begin_alike_only_the_changed_one_changes(path, mode):
    def lookalikes(upstream, how, greetings=("Round", "Turn")):
        with recorded(path, upstream, how) as sdk:
            return [converse(sdk, range(4), greeting=greeting) for greeting in greetings]

    rounds = {f"round_{number}": f"reply: [The answer is, ' {number}', ' of it.']" for number in range(8)}
    lookalikes(Upstream(script(range(8), **rounds)), "once")
    before = path.read_text()
    texts = lookalikes(Upstream(script(range(8), **rounds | {"round_5": X}), **AGAIN), mode)
    diff = changes(before, path.read_text())
    assert diff[0].replace("is 5 of", "is X of")[1:] == diff[1][1:]
    assert len(diff) == 2
    assert lookalikes(Upstream(), "none") == texts


@MODES
def test_conversations_in_turns_keep_their_places_in_the_file(path, mode):
    """The application talks in two threads at once, and the next time in another order."""

    def turns(upstream, how, order):
        with recorded(path, upstream, how) as sdk:
            threads = {name: sdk.beta.threads.create(metadata={"of": name}).id for name in order}
            pairs = [(number, name) for number in range(2) for name in order]
            return {pair: talk(sdk.beta.threads, threads[pair[1]], pair[0], "21", 2, pair[1]) for pair in pairs}

    def by_question(**changed):
        runs = {f"{name} {number}?": f"{name}{number}" for number in range(2) for name in ("Ada", "Bob")} | changed
        return "defaults: {usage: {prompt_tokens: 20}}\nruns:\n" + "\n".join(
            f"  - {{match: {{last_message: {json.dumps(question)}}}, reply: {reply}}}"
            for question, reply in runs.items()
        )

    turns(Upstream(by_question()), "once", ["Ada", "Bob"])
    before = path.read_text()
    texts = turns(Upstream(by_question(**{"Bob 1?": "Bob9"}), **AGAIN), mode, ["Bob", "Ada"])
    diff = changes(before, path.read_text())
    assert [line.replace("Bob9", "Bob1")[1:] for line in diff[1:]] == [diff[0][1:]]
    assert turns(Upstream(), "none", ["Ada", "Bob"]) == texts


@MODES
def test_lines_written_by_hand_stay_as_they_are(path, mode):
    record(path, Upstream(script()))
    text = path.read_text()
    by_hand = text.replace("\n  - request: POST", "\n\n  # asks\n  - request:   POST").replace(
        "    stream:\n", "    # event by event\n    stream:   # all of them\n"
    )
    by_hand = re.sub(
        r", created_at: (\S+), assistant_id",
        r",\n            created_at:   \1,  # when\n            assistant_id",
        by_hand,
    )
    assert by_hand.count("# when") > 10
    path.write_text(by_hand)
    assert load_cassette(path).interactions[3].json is not None
    diff = recorded_again(path, Upstream(script(round_4=X), **AGAIN), mode)
    assert names(diff) == ["- text", "+ text", "- thread.message.completed", "+ thread.message.completed"]
