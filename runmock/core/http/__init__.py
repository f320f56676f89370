"""What goes over a wire: requests, replies and their frames, events, JSON text, uploads.

Nothing here knows an API. Add what is true of HTTP or of server-sent events whatever the API.
"""
