"""Recordings of other tools, read as takes; one module a format."""
