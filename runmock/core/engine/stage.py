"""What the scripted runs of a session share, whichever API plays them: the runs to come, the clock, the experiment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from runmock.core.engine.new_ids import Clock
from runmock.core.engine.pace import Pace
from runmock.core.http import sse
from runmock.core.http.json_text import STDLIB_JSON, JsonText
from runmock.core.script.playlist import Playlist
from runmock.core.script.script import DEFAULT_CLOCK, DEFAULT_MODEL

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from runmock.core.engine.chaos import Chaos
    from runmock.core.engine.played_run import PlayedRun
    from runmock.core.script.script import Script, Shapes


Shared = TypeVar("Shared")


class NothingScripted(Exception):  # noqa: N818 - becomes a miss, which is worded above this floor
    """No scripted run is left, or none matches, for a request that creates a run; `facts`: what it was matched by.

    None where no script could answer.
    """

    def __init__(self, facts: Mapping[str, Any] | None) -> None:
        super().__init__("no scripted run for this request")
        self.facts = facts


@dataclass(slots=True, weakref_slot=True)
class Stage:
    """Mutable: runs are taken from the playlist, and each that begins is appended to `created`."""

    is_stock: bool = False
    """There is no cassette: every run gets the stock reply, and every unknown id in a request is created."""
    written: JsonText = STDLIB_JSON
    """How answers are encoded as JSON."""
    encode: Callable[[str, Any], bytes] = sse.encode
    """Returns the bytes of an event, from its name and its data."""
    pace: Pace = field(default_factory=Pace)
    playlist: Playlist = field(default_factory=Playlist)
    clock: Clock = field(default_factory=lambda: Clock(DEFAULT_CLOCK))
    mode: Literal["lenient", "strict"] = "lenient"
    """Whether unknown ids in requests are created, or refused."""
    model: str = DEFAULT_MODEL
    shapes: Shapes = "live"
    chaos: Chaos | None = None
    """The experiment of a chaos pass."""
    created: list[PlayedRun] = field(default_factory=list)
    """Every run of the session, in the order of their creation."""
    instant: list[PlayedRun] = field(default_factory=list)
    """Runs that are at rest by the next request: their scripts say `poll: 0`."""
    warnings: list[str] = field(default_factory=list)
    """Sentences about what the user should know of how the scripts were played, each once."""
    _has_settings: bool = False
    _shared: dict[Callable[[Stage], Any], Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Without a cassette, answers have the shapes that strict types need."""
        if self.is_stock:
            self.shapes = "reference"

    def add(self, script: Script) -> None:
        """Append the runs of a cassette's script; its settings count only if it is the first script."""
        if not self._has_settings:
            self._has_settings = True
            self.clock.now, self.mode, self.model, self.shapes = script.clock, script.ids, script.model, script.shapes
        self.playlist.add(script.runs)

    def warn(self, text: str) -> None:
        """Keep a warning, unless it is known."""
        if text not in self.warnings:
            self.warnings.append(text)

    def shared(self, kind: Callable[[Stage], Shared]) -> Shared:
        """What the backends of several APIs have in common: the one object of a kind, made when first asked for."""
        if kind not in self._shared:
            self._shared[kind] = kind(self)
        return cast("Shared", self._shared[kind])

    @property
    def chaos_has_struck(self) -> bool:
        """Whether the experiment of a chaos pass has taken effect, on a request or on a run."""
        if self.chaos is None:
            return False
        run = self.struck_run
        return self.chaos.has_refused or (run is not None and run.has_gone_wrong)

    @property
    def struck_run(self) -> PlayedRun | None:
        """The run that the experiment has changed; None where there is none."""
        chaos = self.chaos
        if chaos is None or chaos.struck is None:
            return None
        return next((run for run in self.created if run.script is chaos.struck or run is chaos.healed), None)
