"""Tests of cassettes as files: their helpers can be imported from every folder of them."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent / "reading"))  # its tables of cassettes are held against the schema too
