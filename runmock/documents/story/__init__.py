"""A cassette as what happened: threads, messages, runs and steps, with their times.

`show`, `diff` and `distill` are made from it.
"""
