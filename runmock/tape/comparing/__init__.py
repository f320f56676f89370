"""Compares recordings: which are the same, and which of their parts stand for each other, apart from ids and times."""
