"""Floor 0: what a run is and how the API behaves. Standard library only; no IO, no clock, no async."""
