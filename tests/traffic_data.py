"""Where the recordings of the real service lie; their README names whose they are."""

from pathlib import Path

TRAFFIC = Path(__file__).parent / "traffic" / "data"
