"""Floor 5: the session with its verbs, `use_cassette` and `transport`, which tests use."""
