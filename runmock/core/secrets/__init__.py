"""Finds secrets and traces of an account in an interaction, and takes them out.

What is written and what is compared both go through `redacted.py`, so that they stay equal. Shapes of keys that refuse
a recording are in `tape/secrets`.
"""
