"""`--runmock-orphans`: cassettes that no test uses."""
