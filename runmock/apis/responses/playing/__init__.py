"""Scripted runs as responses: their items, their events, and the streams of these."""
