"""Floor 4: an HTTP server that answers from a deck, the recording proxy, and the live page."""
