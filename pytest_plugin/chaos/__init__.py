"""The chaos pass: a test is run once for each thing that can go wrong, and the report of it."""
