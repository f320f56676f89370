"""Finds what a client's own transport wraps, and answers requests where they leave it."""
