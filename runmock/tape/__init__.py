"""Floor 1: cassettes as files: the format's models, YAML 1.2 with line numbers, scripts and recordings read from it."""
