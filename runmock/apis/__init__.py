"""Floor 1: the APIs that runmock speaks, one package each. They import `core` and pydantic, and never each other.

`registry.py` has the list of them; `service` has what they share.
"""
