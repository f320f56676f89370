"""What an API package knows of its recordings and scripts: `show`, `check`, `expand`, `distill` and `diff` ask it.

An API without it is served, recorded and replayed all the same; documents show its interactions as plain events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from runmock.core.engine.played_run import PlayedRun
    from runmock.core.http.exchange import JSON
    from runmock.core.http.json_values import Keys
    from runmock.core.replay.id_map import IdMap
    from runmock.core.replay.interaction import Interaction
    from runmock.core.report.broken_rule import BrokenRule
    from runmock.core.script.script import Script, ScriptedRun
    from runmock.core.story.story import RunStory, Story
    from runmock.core.story.timing import StoryTime


class StoryReader(Protocol):
    """Adds to a story what the interactions of one API show; mutable."""

    def add(self, place: int, interaction: Interaction) -> None:
        """Add an interaction, which has this index in its recording."""


class ApiRules(Protocol):
    """The rules for the interactions of one API, in the order of a recording; mutable."""

    def check(self, interaction: Interaction, keys: Keys, keys_of_event: Callable[[int], Keys]) -> Iterator[BrokenRule]:
        """Yield the rules that an accepted interaction breaks; `keys_of_event(number)` returns the keys of an event."""

    def check_end(self) -> Iterator[BrokenRule]:
        """Yield the rules that are broken because something is missing at the end of the recording."""


class ScriptClient(Protocol):
    """Sends requests to a script; mutable."""

    @property
    def runs(self) -> Sequence[PlayedRun]:
        """The runs that were created so far."""

    def send(
        self, method: str, path: str, body: Any = None, query: Mapping[str, tuple[str, ...]] | None = None
    ) -> Interaction:
        """Send a request; returns it with its answer. Raises CassetteError when the script does not answer."""


class Replay(Protocol):
    """A recorded interaction, and what a script answers to the same request."""

    @property
    def recorded(self) -> Interaction:
        """What was recorded."""

    @property
    def played(self) -> Interaction | None:
        """What the script answers, with the ids of the recording; None when it has no answer."""

    @property
    def why_unanswered(self) -> str:
        """Why it has no answer; empty when it has one."""

    def differences(self) -> Iterator[tuple[str, Any, Any]]:
        """Where the script's answer differs: the place in it, the recorded value, and the played value."""

    def other_event(self) -> str:
        """The first event whose name differs in the two streams, in words; the empty string when none does."""

    def events_recorded(self) -> int:
        """After how many events the script's stream has all of a recorded one that breaks off; 0 when it has not."""


class EarlierRuns(Protocol):
    """Runs that existed before a recording begins; mutable."""

    def create_for(self, interaction: Interaction) -> None:
        """Create the run that a request is about. Raises CassetteError when the script has no run for it."""


class VerbatimReason(Protocol):
    """Why a run, or a request, is answered as it was recorded."""

    @property
    def place(self) -> int:
        """The index of an interaction that no script can play."""

    @property
    def why(self) -> str:
        """What is in it."""

    @property
    def key(self) -> str:
        """The key of the cassette under which it stands."""


class ScriptEntries(Protocol):
    """The script of one API's recording while it is made; mutable: its entries become longer until they play it."""

    @property
    def story(self) -> Story:
        """The story of the recording."""

    @property
    def verbatim(self) -> Mapping[str, VerbatimReason]:
        """What is answered as it was recorded: by the id of the run, or, of a request about no run, by its path."""

    @property
    def kept(self) -> Sequence[Interaction]:
        """The interactions that no script answers: they stay a recording."""

    def head(self) -> JSON:
        """The keys of the script before its runs."""

    def entries(self) -> Iterator[tuple[int, JSON]]:
        """The entries of runs and of refused requests, each with the index of the interaction that gets it."""

    def run_entries(self) -> Iterator[tuple[RunStory, JSON]]:
        """The runs that have an entry, each with it."""

    def refine(self, replays: Sequence[Replay]) -> bool:
        """Make entries longer where that mends a difference in the replays; returns whether any entry changed."""

    def make_all_verbatim(self, why: str) -> bool:
        """Serve every run as it was recorded; returns False when every run is so already."""

    def why(self, where: str, recorded: Any) -> str:
        """Why a script cannot say the recorded value at this place."""

    def gaps(self) -> Iterator[tuple[int, str]]:
        """Texts that the recording lacks: the index of an interaction, and what is missing."""

    def made_up_ending(self, run: RunStory, entry: JSON) -> str:
        """How the entry ends a run whose end was never recorded, in words; empty when the end was recorded."""

    def is_about(self, run: RunStory, interaction: Interaction) -> bool:
        """Whether an interaction is about a run."""


class Converse(Protocol):
    """An application that is made up: has one conversation with a scripted run."""

    def __call__(self, client: ScriptClient, script: Script, run: ScriptedRun, *, is_streamed: bool) -> None:
        """Send what an application would, so that the run is played. Raises CassetteError where nothing fits."""


class ApiDocuments(Protocol):
    """What documents ask an API package. Without state."""

    def story_reader(self, story: Story, time: StoryTime) -> StoryReader:
        """What reads this API's interactions into the story; all APIs of a recording share it, and its time."""

    def rules(self, ids: Iterable[str]) -> ApiRules:
        """The rules for one recording; objects with these ids existed before it."""

    def broken_verbatim(self, run: ScriptedRun) -> Iterator[BrokenRule]:
        """Yield the rules that the answers under `json:` and `events:` break, where they are this API's."""

    def converse(self, client: ScriptClient, script: Script, run: ScriptedRun, *, is_streamed: bool) -> None:
        """Send what an application would, so that the run is played. Raises CassetteError where nothing fits."""

    def earlier_runs(self, client: ScriptClient, id_map: IdMap) -> EarlierRuns:
        """What creates the runs that a recording does not create, for a script that is asked what was recorded."""

    def script_entries(self, story: Story, recording: Sequence[Interaction]) -> ScriptEntries:
        """The script of a recording, with its shortest entries."""
