"""A made-up application of the Responses API, which asks what a script is to play: for `expand` and `distill`."""
