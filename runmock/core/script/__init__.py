"""What a person wrote about runs: steps, faults, patterns that requests have to match, and the order of the runs.

Values only: a script is read once and never changes. What plays it is in `engine` and in `apis`.
"""
