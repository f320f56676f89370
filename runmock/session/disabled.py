"""The session of a test where runmock is disabled: it takes verbs, and intercepts nothing."""

from __future__ import annotations

import os

from runmock.session.session import Session

SERVICE = "https://api.openai.com/v1"


class DisabledSession(Session):
    """A session that is never opened. Other processes reach the service, as the test itself does."""

    @property
    def base_url(self) -> str:
        """The address of the service."""
        return os.environ.get("OPENAI_BASE_URL") or SERVICE

    @property
    def child_env(self) -> dict[str, str]:
        """Nothing: a child has the environment of the test."""
        return {}
