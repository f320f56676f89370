"""The cassettes of tests: their `names`, `finding` and `loading` them, and those that this run of pytest `created`."""
