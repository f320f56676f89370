"""A cassette as what happened; `show`, `diff` and `distill` are made from it."""
