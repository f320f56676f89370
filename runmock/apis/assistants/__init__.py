"""The Assistants API.

`api.py` is what the other rooms use of it. `operations.py` is the table: what is requested, who handles it, what it
may hold. `backend.py` takes a request and gives a reply, `endpoints` has a handler for each operation, `requests` the
models of parameters, `playing` makes a scripted run its objects and events. `state.py` is what a session remembers.
"""
