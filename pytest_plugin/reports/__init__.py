"""What is shown of a run of tests at its end: a table in the terminal, a page, a short text for a CI job's summary."""
