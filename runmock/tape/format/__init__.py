"""What a cassette may contain: pydantic models, the checks between keys, and messages for what is wrong.

A new key is a field of a model here, and a sentence in `tape/schema`.
"""
