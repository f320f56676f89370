"""Interactions become the text of a cassette; in a cassette that exists, lines that still hold are kept."""
