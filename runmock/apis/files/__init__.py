"""Files, vector stores, uploads and models: what applications call besides Assistants.

`operations.py` is the table. `backend.py` takes a request and gives a reply, `endpoints` has a handler for each
operation, `requests` the models of parameters, `objects.py` the API's objects. The state is in `apis/service/files`,
because runs use the same files.
"""
