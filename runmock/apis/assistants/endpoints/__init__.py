"""One module for each object of the API; each handler takes a `Call` and returns JSON, or refuses."""
