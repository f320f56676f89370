"""Recordings of this API: how streams are written short, and expanded again."""
