"""Numbers of things for people."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """`3 runs`, `1 run`, `0 runs`, `1,000 runs`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
