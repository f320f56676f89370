"""The commands of child processes."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
WORKER = [sys.executable, "-W", "ignore", str(HERE / "child_worker.py")]
NODE_SCRIPT = str(HERE / "child.mjs")
