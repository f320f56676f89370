"""The file of the code that calls a function of this package."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_PACKAGE = str(Path(__file__).parent) + os.sep


def calling_file() -> str:
    """The path of the file whose code has called a function of this package; `<stdin>` and the like are none."""
    frame = sys._getframe(1)  # noqa: SLF001 - as logging and warnings do
    while frame.f_code.co_filename.startswith(_PACKAGE) and frame.f_back is not None:
        frame = frame.f_back
    return frame.f_code.co_filename


def folder_of(file: str) -> str | None:
    """The folder of a file of code; None where the code is in none, as in `<stdin>`."""
    return None if file.startswith("<") else os.path.dirname(file)  # noqa: PTH120 - no name makes it raise
