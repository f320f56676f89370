"""Makes cassettes of other tools' recordings: a module for each format, and the table of them in `to_cassette.py`."""
