"""Recordings of other tools as cassettes: one module for each format, and the table of them in `to_cassette.py`."""
