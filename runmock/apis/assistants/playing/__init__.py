"""A scripted run becomes its objects and events.

`timeline.py` plays a run step by step, `step_events.py` has what each kind of step sends, `run_writer.py` writes it
into the run's objects. `verbatim.py` plays runs whose objects stand in the script. `core/engine` has the rest:
`played_run.py` makes frames of the events, and `progress.py` moves a run on when nobody reads its stream.
"""
