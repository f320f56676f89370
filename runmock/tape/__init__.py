"""Floor 2: cassettes as files.

Reading goes from `yaml` (text to values) over `format` (values to checked models) to `reading` (models to scripts and
interactions). Writing goes from interactions to text in `writing`, and onto the disk in `files`.
"""
