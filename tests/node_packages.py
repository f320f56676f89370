"""The package `openai` of npm, for tests that run Node; where there is none they are skipped, but not in CI."""

import contextlib
import shutil
import subprocess
import tempfile
from pathlib import Path

from browsing import absent

PACKAGES = Path(__file__).parents[1] / "build" / "node"
"""Where npm's packages are kept between runs; `make clean` drops them."""


def installed(version):
    """A folder in which the package `openai` of this version is installed."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        absent("node and npm")
    folder = PACKAGES / f"openai-{version}"
    if not folder.exists():
        PACKAGES.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=PACKAGES, prefix="coming-") as coming:
            fetched = Path(coming, "fetched")  # several workers may fetch it at once
            here = ["--prefix", fetched]  # without it npm installs into the nearest parent that has node_modules
            options = [*here, "--loglevel=error", "--no-audit", "--no-fund", "--no-save"]
            command = ["npm", "install", *options, f"openai@{version}"]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                why, _, _ = done.stderr.strip().partition("\n")
                absent(f"npm's registry: {why}")
            with contextlib.suppress(OSError):  # another worker was first
                fetched.rename(folder)
    return folder


def node_modules(folder):
    """Let scripts in a folder find the package."""
    there = folder / "node_modules"
    if not there.exists():
        there.symlink_to(installed("latest") / "node_modules")
