"""`runmock check`: rules for scripts and recordings, each a row of the table in `findings.py`."""
