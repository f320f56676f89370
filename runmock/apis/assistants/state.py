"""What the backend knows: assistants, threads, and on each thread its messages, runs and their steps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from runmock.apis.assistants import objects
from runmock.apis.service.files.session_files import SessionFiles
from runmock.core.engine.new_ids import Ids
from runmock.core.engine.played_run import PlayedRun
from runmock.core.engine.run_status import TERMINAL
from runmock.core.engine.stage import Stage

if TYPE_CHECKING:
    from runmock.core.http.exchange import JSON
    from runmock.core.script.script import Shapes

ID_PREFIXES = {
    "assistant": "asst_",
    "thread": "thread_",
    "message": "msg_",
    "run": "run_",
    "step": "step_",
    "call": "call_",
}
"""Every prefix is followed by 24 characters of `[A-Za-z0-9]` (docs/protocol/objects.md#ids)."""


@dataclass(slots=True)
class StoredThread:
    """A thread, with its messages and runs in the order of their creation."""

    object: JSON
    messages: dict[str, JSON] = field(default_factory=dict)
    runs: dict[str, ThreadRun] = field(default_factory=dict)
    active: ThreadRun | None = None
    """The run that was created last; the thread is locked until it has ended."""

    @property
    def locked_by(self) -> ThreadRun | None:
        """The active run, while which the thread accepts no message and no second run; else None."""
        return self.active if self.active is not None and self.active.status not in TERMINAL else None

    def last_user_text(self) -> str:
        """The text of the newest message of the user, or the empty string."""
        for message in reversed(self.messages.values()):
            if message["role"] == "user":
                return objects.text_of(message)
        return ""


@dataclass(slots=True, kw_only=True)
class ThreadRun(PlayedRun):
    """A run on a thread: the run as it is played, with its Run object and its steps."""

    api: ClassVar[str] = "Assistants"
    object: JSON
    """The Run object at present."""
    thread: StoredThread
    steps: dict[str, JSON] = field(default_factory=dict)
    is_verbatim: bool = False
    """The script contains the objects themselves; they are sent unchanged."""

    def as_json(self, shapes: Shapes) -> JSON:
        """The Run object as JSON endpoints send it."""
        return self.object if self.is_verbatim else objects.as_json(self.object, shapes)


@dataclass(slots=True)
class Memory:
    """The state of the API in one session."""

    stage: Stage = field(default_factory=Stage)
    ids: Ids = field(default_factory=lambda: Ids(ID_PREFIXES))
    assistants: dict[str, JSON] = field(default_factory=dict)
    threads: dict[str, StoredThread] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    auto_created: set[str] = field(default_factory=set)
    """Ids that were created because a request contained them."""
    runs: dict[str, ThreadRun] = field(default_factory=dict)
    """The runs by their ids; a verbatim script may use an id again."""
    implied_assistants: set[str] = field(default_factory=set)
    """Assistants that were created because a request contained their id; their tools are unknown."""
    applications: set[str] = field(default_factory=set)
    """Assistants that the application created: they have nothing that its request left out."""
    files: SessionFiles = field(init=False)
    """The files and vector stores of the session."""

    def __post_init__(self) -> None:
        """Take the files of the session, which other APIs use, too."""
        self.files = self.stage.shared(SessionFiles)

    def create_if_lenient(self, object_id: str, *, is_stock_only: bool = False) -> bool:
        """Whether the object of an unknown id is to be created: assistants and threads are, unless ids are strict."""
        stage = self.stage
        is_open = stage.is_stock or (stage.mode == "lenient" and not is_stock_only)
        if not is_open or object_id in self.deleted:
            return False
        self.auto_created.add(object_id)
        return True

    def forget(self, object_id: str) -> None:
        """Keep that an object was deleted. With no cassette, an id that a client brought may be created again."""
        if not (self.stage.is_stock and object_id in self.auto_created):
            self.deleted.add(object_id)
