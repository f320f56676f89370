"""Floor 3: what went over the wire becomes a cassette.

Tests, `use_cassette`, `transport()` and the proxy all record here. What is written is held against what was read: a
recording is never worse than the one it replaces without a reason (`keep_better.py`).
"""
