"""Floor 2: what was heard from upstream becomes a cassette, or is held against one; a good one is never lost."""
