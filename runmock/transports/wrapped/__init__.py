"""A client's own transport that wraps another: what it wraps, and where requests leave it."""
