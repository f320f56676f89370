"""Cassettes on a disk: where they are looked for, how they are called, and how they are written in one step."""
