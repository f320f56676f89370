"""A session: a deck with cassettes, clients that are intercepted while it is open, and a record of what happened."""

from __future__ import annotations

import copy
import itertools
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runmock.core.errors import UsageError
from runmock.core.replay.record_modes import asks_upstream, can_record
from runmock.core.report.activity import Activity
from runmock.core.report.leftovers import report
from runmock.core.report.plural import counted
from runmock.core.report.verdicts import NO_FAILURE
from runmock.deck.deck import Deck
from runmock.deck.options import Options
from runmock.recording.recording import Recording
from runmock.recording.upstream_calls import UpstreamCalls
from runmock.session.caller_watch import ProcessWatch
from runmock.session.calling_file import calling_file, folder_of
from runmock.session.other_processes import OtherProcesses
from runmock.session.verbs.run_builder import RunBuilder
from runmock.session.verbs.verb_errors import checked_source, verb
from runmock.session.verbs.verbs import Verbs
from runmock.tape.files.file_names import refuse_impossible
from runmock.tape.reading.cassette import cassette_from, load_cassette
from runmock.transports.patching.layers import NARROWEST, Layer, around, standing, step_in, step_out
from runmock.transports.patching.mocker import Interception
from runmock.transports.router import RouterRoutes

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    import respx

    from runmock.core.engine.chaos import Chaos
    from runmock.core.errors import RunmockFailure
    from runmock.core.report.request_view import RequestView
    from runmock.core.report.run_views import RunView
    from runmock.core.report.unnoticed import Unnoticed
    from runmock.core.report.verdicts import Verdict
    from runmock.deck.file_views import FileView, VectorStoreView


class Session(Verbs):
    """What the fixture `runmock`, those of `runmock_session`, and `with use_cassette(...) as session` give.

    Verbs say what the assistant does. Each adds a run, or a step of a run when it is chained:

        runmock.calls(get_weather={"city": "Paris"}).reply("It is warm.")  # one run: a tool call, then a message
        runmock.fail("server_error")  # a second run

    Properties have what the application did: `runs`, `requests`, `tool_outputs`, `verdicts`, `failures`.
    """

    def __init__(
        self,
        options: Options | None = None,
        missing: str | None = None,
        path: Path | None = None,
        existed: bool | None = None,
        *,
        is_own: bool = False,
    ) -> None:
        """`missing`: a cassette that does not exist; `path`: the cassette that is recorded into.

        `existed`: whether that file existed at the beginning; None looks now. `is_own`: no other test uses it. Raises
        UsageError when the mode records and there is no path, CassetteError when no file can be written there.
        """
        options = options or Options()
        self._caller_watch = ProcessWatch()
        upstream_calls = _upstream_calls(options, path, existed, is_own=is_own)
        self.deck = Deck(options, missing, upstream_calls, Activity(self._caller_watch))
        self._routes = RouterRoutes()
        self.deck.near_route = self._routes.nearest
        self._layer = Layer(self.deck, self._routes)
        self._other_processes = OtherProcesses(self._layer)
        self._numbers = itertools.count()
        self._doubled: dict[int, str] = {}
        self._fault: str | None = None
        self.has_told_fault = False
        """Whether a test has asked for the fault: then it has judged for itself."""

    def __repr__(self) -> str:
        runs, requests = counted(self.deck.run_count, "run"), counted(len(self.deck.requests), "request")
        return f"<runmock session: {runs}, {requests}>"

    @property
    def router(self) -> respx.Router:
        """A `respx.Router` for everything else that the application calls over HTTP.

        Example:
            runmock.router.get("https://weather.example/paris").respond(json={"degrees": 21})
        """
        return self._routes.router

    @property
    def base_url(self) -> str:
        """The address of a server that plays this session, for another process; `child_env` has it with its key.

        The server is started when the address is first used, on a free port of this machine, and ends with the session.
        What a process asks there is answered, recorded and refused as if the test had asked it. A request without the
        session's key is a 401.

        Example:
            client = openai.OpenAI(base_url=runmock.base_url, api_key=runmock.child_env["OPENAI_API_KEY"])
        """
        return self._other_processes.base_url

    @property
    def child_env(self) -> dict[str, str]:
        """The environment variables that let a child process reach `base_url`: addresses and a key, also Azure's names.

        Example:
            subprocess.run(["node", "app.mjs"], env={**os.environ, **runmock.child_env}, check=True)
        """
        return self._other_processes.environment()

    def _run(self) -> RunBuilder:
        return RunBuilder(self.deck, self._numbers, self._doubled)

    @property
    def doubled_replies(self) -> list[str]:
        """A sentence for each run whose chain of verbs has two replies in a row: often two runs are meant."""
        return list(self._doubled.values())

    @verb
    def load(self, source: str | os.PathLike[str] | Mapping[str, Any]) -> Session:
        """Add a cassette: the path of a file, or a mapping with a cassette's content; returns the session.

            runmock.load("cassettes/weather.yaml").load({"runmock": 1, "runs": [{"reply": "Hello!"}]})

        A path that is not absolute counts from the working directory. Raises CassetteError.
        """
        checked = checked_source(source)
        if isinstance(checked, Mapping):
            self.deck.load(cassette_from(checked, folder=folder_of(calling_file())))
        else:
            self.deck.load(load_cassette(Path(checked)))
        return self

    def bring_chaos(self, chaos: Chaos, fault: str) -> None:
        """Add the experiment of a chaos pass to this session; `fault` is its name."""
        self.deck.stage.chaos, self._fault = chaos, fault

    @property
    def fault(self) -> str | None:
        """In a chaos pass the name of the fault; None in the run without a fault, and outside of a pass.

        A test that reads it has judged for itself: when it passes, the application has survived.

            expected = "21 degrees." if runmock.fault is None else "Sorry."
        """
        self.has_told_fault = True
        return self._fault

    @property
    def chaos_has_struck(self) -> bool:
        """Whether the experiment has taken effect."""
        return self.deck.stage.chaos_has_struck

    @property
    def unnoticed(self) -> Unnoticed | None:
        """How the run of the experiment ended, when nothing shows that the application noticed its bad end."""
        return self.deck.unnoticed

    def start(self, scope: int = NARROWEST) -> Session:
        """Intercept the clients of httpx and httpx2. `scope` is an index of `SCOPES` in `layers`."""
        Interception.open(self._layer, scope)
        self._other_processes.open()
        return self

    def stop(self) -> None:
        """End the interception of clients, and the server for other processes."""
        self._other_processes.close()
        Interception.shut(self._layer)
        self._caller_watch.let_go()

    @property
    def is_around(self) -> bool:
        """Whether the running code was started in this session, and the session is open."""
        return any(place is self._layer.place for place in around())

    def standing(self) -> AbstractContextManager[None]:
        """A block whose code belongs to this session, in whatever context it runs."""
        return standing(self._layer.place)

    def step_in(self) -> None:
        """Let the running code belong to this session from now on."""
        step_in(self._layer.place)

    def step_out(self) -> None:
        """Let the running code belong to the session around this one again; this session stays open."""
        if self._layer.place is not None:
            step_out(self._layer.place)

    @property
    def drops_unused(self) -> bool:
        """Whether the recording drops what the cassette has and this session did not use."""
        return self.deck.upstream_calls is not None and self.deck.upstream_calls.recording.drops_unused

    def keep_unused(self) -> None:
        """Let the recording keep what this session did not use: other tests may use it."""
        if self.deck.upstream_calls is not None:
            self.deck.upstream_calls.recording.keep_unused()

    def save(self) -> bool:
        """Write the recording into the cassette; returns whether the file has changed. Raises CassetteError."""
        return self.deck.eject()

    @property
    def runs(self) -> list[RunView]:
        """Every run that the application created, in order, each a `RunView`.

        Example:
            assert runmock.runs[0].status == "completed"
        """
        return self.deck.runs

    @property
    def requests(self) -> list[RequestView]:
        """Every request that was answered or refused, in order, each a `RequestView`.

        Example:
            assert runmock.requests[-1].operation == "list_messages"
        """
        return copy.deepcopy(self.deck.requests)

    @property
    def files(self) -> list[FileView]:
        """What the application uploaded, in order, each a `FileView`. Deleted files stay.

        Example:
            assert runmock.files[0].content == b"Summer was warm."
        """
        return self.deck.files

    @property
    def vector_stores(self) -> list[VectorStoreView]:
        """The vector stores that exist, in the order of their creation, each a `VectorStoreView`.

        Example:
            assert runmock.vector_stores[0].files == [runmock.files[0].id]
        """
        return self.deck.vector_stores

    @property
    def tool_outputs(self) -> dict[str, Any]:
        """The tool outputs that the application submitted, of all runs, by the tool's name.

        A tool that was called several times has a list.

            assert runmock.tool_outputs == {"get_weather": ["21", "-4"]}
        """
        together: dict[str, list[Any]] = {}
        for run in self.runs:
            for name, value in run.tool_outputs.items():
                together.setdefault(name, []).extend(value if isinstance(value, list) else [value])
        return {name: values[0] if len(values) == 1 else values for name, values in together.items()}

    @property
    def failures(self) -> list[RunmockFailure]:
        """The errors that failed the test: each `UnmatchedRequest`, `ScriptError` and `OutputMismatch` so far."""
        return self.deck.failures

    @property
    def verdicts(self) -> list[Verdict]:
        """What looks like a defect of the application so far, each a `Verdict`.

        Example:
            assert [verdict.kind for verdict in runmock.verdicts] == ["truncated_accepted"]
        """
        return self.deck.verdicts

    def assert_resilient(self) -> None:
        """Raise AssertionError, naming each verdict, when the application did something that looks like a defect.

        The verdict `read_while_active` does not raise.
        """
        __tracebackhide__ = True
        if found := [verdict for verdict in self.verdicts if verdict.kind not in NO_FAILURE]:
            lines = "\n".join(f"  {verdict}" for verdict in found)
            raise AssertionError(f"runmock: the application did something that looks like a defect\n{lines}")

    def assert_all_played(self) -> None:
        """Raise AssertionError, naming what is left, unless every scripted run and recorded request was used."""
        __tracebackhide__ = True
        if left := self.deck.leftovers():
            raise AssertionError(
                report(left, takers=self.deck.takers)
            )  # no assert: pytest rewrites those of a plugin's distribution


def _upstream_calls(options: Options, path: Path | None, existed: bool | None, *, is_own: bool) -> UpstreamCalls | None:
    """The calls to upstream, in a mode that makes them, else None. Raises UsageError and CassetteError."""
    if existed is None:
        existed = path is not None and os.path.exists(path)  # noqa: PTH110 - no name makes it raise
    if not asks_upstream(options.mode, existed=existed):
        return None
    if path is None:
        raise UsageError(f"record mode {options.mode} needs a cassette to record into: name one")
    if can_record(options.mode, existed=existed):
        refuse_impossible(path)  # before upstream is asked for what cannot be kept
    return UpstreamCalls(Recording(path, options.mode, existed, options.upstream, options.before_record, is_own))
