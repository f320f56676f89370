"""FLOOR 4. One page for people: a cassette, a run of tests, or a live server; its data here, its code in `assets`."""
