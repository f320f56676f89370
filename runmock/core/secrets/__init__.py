"""Where secrets and traces of an account stand in an interaction, and the interaction without them.

What is written and what is compared both go through `redacted.py`, so that they stay equal. Shapes of keys that refuse
a recording are in `tape/secrets`.
"""
