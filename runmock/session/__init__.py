"""Floor 5: what a test uses: the session with its verbs, `use_cassette`, `transport`."""
