"""`--runmock-orphans`: lists cassettes that no test uses."""
