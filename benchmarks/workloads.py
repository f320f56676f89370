"""What is measured, as one table: who takes part, in which unit, and the limit that runmock is to keep to.

The rows stand below the question that they answer. The floor takes part in all of them, but for those with sizes.
"""

import documents
import growth
import growth_of_documents
import memory
import playing
import recorded_memory
import recording
import reporting
import responding
import serving
import suites
from figures.rows import EVERYBODY, Question, Row, Unit

RECORDERS = ("runmock", "vcrpy")
OURS = ("runmock",)
MOCKS = tuple(name for name in EVERYBODY if name != "runmock")

EACH_CALL = (
    "A request is identified, compared with the cassette by its body too, and noted for reports: 34 microseconds in some "
    "forty small functions, of which 11 are left in a tight loop. Reading equal requests and bodies once, and an answer "
    "without the library's decoding, has saved 12. Tried: encoding answers some at a time saves nothing; a faster "
    "parser of requests saves 0.4 %; a quicker search for odd numbers in an answer saves nothing."
)
EACH_EVENT = (
    "A cassette has the values of events, from which the bytes of each are made. The floor plays bytes that are ready."
)
FIRST_EVENT = (
    "The call itself, and what a stream begins with: its first frame, the session's lock around it, and the note of how "
    "far the application reads. A third of it is the first call of the session, with code that is cold. Left out by way "
    "of trial: the encoding of the first event saves 1 %, all notes 2 %, the choice of the session 1 %."
)
SCRIPTED = "The floor has the answer ready; a script makes the run, the Response object and its items for each call."
WRITTEN = (
    "At its end a recording takes 4.8 milliseconds, beside 86 for the stream: 0.8 to read the events, 1.1 for three "
    "searches for secrets, 1.0 for the text, 1.2 for the file with two waits for the disk, so that a power failure costs "
    "no cassette, and 0.4 for the lock. Tried: without the two waits 1.04 to 1.07."
)
OPENED = (
    "Each entry is held against the models of the format, its request is identified, and what it says in short is "
    "written out; the floor reads JSON alone."
)
PER_TEST = (
    "For each test the settings are read and its cassettes are looked for, at collection and again at its set-up, since "
    "a test before it may have changed them; then a session is opened, closed and counted."
)
REPORTED = "When a test has ended, its conversation is made for the page, and each text is searched for secrets."
"""Reasons why limits are not kept, as profiles show them."""

CALL = (
    Row("one create-run JSON call", playing.created, 1.10, is_quick=True, why_not=EACH_CALL),
    Row("a streamed run of 1,000 events", playing.streamed, 1.03, is_quick=True, why_not=EACH_EVENT),
    Row("the first event of that stream", playing.began, 1.10, is_quick=True, why_not=FIRST_EVENT),
    Row("replay of 1,000 interactions", playing.replayed(1_000), 1.2, is_quick=True, why_not=EACH_CALL),
    Row("replay of 10,000 interactions", playing.replayed(10_000), 1.2, rounds=2, slow=MOCKS, why_not=EACH_CALL),
    Row("100 async tasks, a run and a stream each", playing.of_tasks, 1.15, is_quick=True, why_not=EACH_CALL),
    Row("32 threads ask one request 320 times", playing.of_threads, 320, unit=Unit.ITSELF, of="distinct answers", is_quick=True, is_to_reach=True),
    Row("Responses: one scripted JSON call", responding.calls, 1.3, who=OURS, is_quick=True, why_not=SCRIPTED),
    Row("Responses: a scripted stream of 1,000 words", responding.streamed, 1.3, who=OURS),
    Row("Responses: the last 20 of 200 stateless turns", responding.stateless(200), 1.3, who=OURS, rounds=2),
    Row("peak memory of a 50 MB stream", memory.Peak, 2.0, unit=Unit.ITSELF, of="times its size", rounds=1),
)  # fmt: skip

SUITE = (
    Row("plugin unused: modules that pytest imports", suites.Modules, 25, unit=Unit.MORE, rounds=1),
    Row("plugin unused: system calls of pytest", suites.Calls, 800, unit=Unit.MORE, rounds=2),
    Row("a fixture, per test", suites.Fixtures, 0.15, unit=Unit.MORE_MS, of="ms of CPU more than the floor", share=suites.TESTS, why_not=PER_TEST),
    Row("a report as page and text, per test", suites.Reports, 2, who=OURS, why_not=REPORTED, unit=Unit.MORE_MS, of="ms of CPU more than without", share=suites.TESTS, rounds=3),
    Row("40 default clients", documents.Clients, 1.1),
    Row("2,000 tests of 500 cassettes", growth.Suite, 1, who=OURS, unit=Unit.ITSELF, of="times the most read one is read", rounds=2),
)  # fmt: skip

GROWTH = (
    Row("a replayed interaction among 10,000", growth.Replay, 1.2, sizes=(100, 1_000, 10_000), line="replayed interactions", rounds=2),
    Row("a recorded poll among 4,000 threads", growth.RecordedPoll, 1.3, sizes=(100, 1_000, 4_000), line="polls of recorded threads", rounds=2),
    Row("a scripted poll among 4,000 threads", growth.ScriptedPoll, 1.3, sizes=(100, 1_000, 4_000), line="polls of scripted threads", rounds=2),
    Row("a call among 2,000 entries with `match:`", growth.by_text, 1.3, sizes=(100, 500, 2_000), line="entries with a text to match", rounds=2),
    Row("a call among 2,000 entries with a pattern", growth.by_pattern, 1.3, sizes=(100, 500, 2_000), line="entries with a pattern to match", rounds=2),
    Row("one of the last 20 of 400 stateless turns, beside the floor", growth.LateTurns, 1.3, sizes=(100, 200, 400), line="stateless turns of Responses", rounds=2),
    Row("one of the last 500 of 10,000 uploads", growth.Uploads, 1.2, sizes=(500, 2_000, 10_000), line="uploads in a session", rounds=2),
    Row("`runmock show`, per run of 4,000", growth_of_documents.per_run("show"), 1.15, sizes=(1_000, 4_000), line="runs in `show`", rounds=1),
    Row("`runmock expand`, per run of 4,000", growth_of_documents.per_run("expand"), 1.15, sizes=(1_000, 4_000), line="runs in `expand`", rounds=1),
    Row("a test among 2,000 in a report: document, page and text", reporting.Making, 1.2, sizes=(500, 1_000, 2_000), line="tests in a report"),
)  # fmt: skip

RECORDING = (
    Row("events 10 ms apart: the first event", recording.first_event, 1.05, who=RECORDERS),
    Row("1,000 events at full speed", recording.whole, 1.05, who=RECORDERS, why_not=WRITTEN),
    Row("peak memory of a stream of 50 MB", recorded_memory.peak("stream"), 2.0, who=OURS, unit=Unit.ITSELF, of="times its size", rounds=1),
    Row("peak memory of a stream of 50 MB, async client", recorded_memory.peak("stream", "async"), 2.0, who=OURS, unit=Unit.ITSELF, of="times its size", rounds=1),
    Row("peak memory of JSON of 50 MB", recorded_memory.peak("json"), 2.0, who=OURS, unit=Unit.ITSELF, of="times its size", rounds=1),
    Row("peak memory of a file of 50 MB", recorded_memory.peak("file"), 2.0, who=OURS, unit=Unit.ITSELF, of="times its size", rounds=1),
)  # fmt: skip

SERVE = (
    Row("serve: 200 clients streaming, per event", serving.Serving, 1.3, who=OURS, of="times a bare uvicorn"),
    Row("base_url: a call of another process", serving.Calls, 1.2, who=OURS, of="times `runmock serve`"),
    Row("base_url: start and end, per session", serving.Started, 3, who=OURS, unit=Unit.MORE_MS, of="ms more than without", share=serving.STARTS),
)  # fmt: skip

DOCUMENTS = (
    Row("open a stream of 10,000 text deltas", documents.deltas, 2.0, who=OURS),
    Row("open 1,000 JSON interactions", documents.interactions, 8, who=RECORDERS, is_quick=True, why_not=OPENED),
    Row("`runmock show` of 1,000 scripted runs", growth_of_documents.times_check("show"), 15, who=OURS, of="times `runmock check`", rounds=3),
    Row("`runmock expand` of 1,000 scripted runs", growth_of_documents.times_check("expand"), 15, who=OURS, of="times `runmock check`", rounds=3),
)  # fmt: skip

TABLE = {
    Question.CALL: CALL,
    Question.SUITE: SUITE,
    Question.GROWTH: GROWTH,
    Question.RECORDING: RECORDING,
    Question.SERVE: SERVE,
    Question.DOCUMENTS: DOCUMENTS,
}
