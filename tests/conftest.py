"""Every test sees the same environment: on a person's machine, in CI, whatever is set there."""

import os

import pytest

OF_CI = ("CI", "BUILD_NUMBER")
"""With one of them set pytest prints longer summaries, which tests of whole texts would see."""


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch):
    for name in list(os.environ):
        if name in OF_CI or name.startswith(("RUNMOCK_", "OPENAI_", "AZURE_OPENAI_")):
            monkeypatch.delenv(name)
