"""The JSON Schema of a cassette for editors, and a sentence with examples for each key."""
