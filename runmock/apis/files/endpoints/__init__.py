"""One module for each resource of the API; each handler takes the session and a `Call`, and returns what it answers."""
