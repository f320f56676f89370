"""The story of a recording as the entries of a script: for `distill`."""
