"""What interactions of the Assistants API show of threads, messages, runs and steps."""
