"""The Assistants API: a scripted run becomes its objects and events.

`backend.py` takes a request and gives a reply. `requests` says what a request may hold, `endpoints` has a handler for
each operation. `timeline.py` plays a run step by step, `step_events.py` has what each kind of step sends.
"""
