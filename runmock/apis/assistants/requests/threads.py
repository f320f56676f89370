"""A thread may begin empty."""

from __future__ import annotations

from runmock.apis.assistants.requests.messages import Messages
from runmock.apis.assistants.requests.resources import NewToolResources, ToolResources
from runmock.apis.service.requests.model import Metadata, Params


class CreateThread(Params):
    """The body of create_thread, and `thread` of create_thread_and_run."""

    messages: Messages | None = None
    tool_resources: NewToolResources | None = None
    metadata: Metadata | None = None


class ModifyThread(Params):
    """The body of modify_thread."""

    tool_resources: ToolResources | None = None
    metadata: Metadata | None = None
