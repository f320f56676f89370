"""Models become scripts and interactions; an answer that was captured becomes an interaction."""
