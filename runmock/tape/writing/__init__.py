"""Interactions become the text of a cassette; in a cassette that exists, lines that still mean the same are kept."""
