"""Floor 3: requests of httpx and httpx2 become core Requests, Replies their responses; nothing is decided here."""
