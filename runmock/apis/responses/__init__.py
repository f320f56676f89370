"""The Responses API: what it is to the rest of runmock, and what answers it from scripts.

Source of the wire: docs/protocol/responses.md.
"""
