"""Scripts, as a person wrote them: steps of runs, faults, patterns for requests, and the order of the runs.

Values only: a script is read once and never changes. What plays it is in `engine` and in `apis`.
"""
