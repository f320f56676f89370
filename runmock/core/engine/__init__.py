"""What plays a script whatever the API: statuses of a run, new ids, the pace, faults of streams, chaos experiments.

A status or a fault is added to a table here.
"""
