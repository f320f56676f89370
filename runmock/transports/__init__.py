"""Floor 3: requests of httpx and httpx2 become core Requests, Replies become their responses. Nothing is decided here."""
