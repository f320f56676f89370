"""Floor 4: requests of httpx and httpx2 become core Requests, and Replies their responses. Nothing is decided here.

`patching` puts runmock between clients and their transports, `wrapped` finds out what a client's own transport wraps.
"""
