"""Puts runmock between clients and their transports, and decides which session a request belongs to."""
