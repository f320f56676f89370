"""Floor 3: the deck behind an HTTP server, for any language, a demo, or a colleague's browser."""
