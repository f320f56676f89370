"""Cassettes on a disk: where they are searched, which names are possible, and how they are written in one step."""
