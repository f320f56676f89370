"""Keys and tokens known by their shape, found and redacted in the text of a recording."""
