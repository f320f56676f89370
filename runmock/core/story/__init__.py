"""A recording as what happened: threads, messages, runs and steps, with their times; each API reads its own."""
