"""Requests and responses of httpx and httpx2, which have the same names."""
