"""Requests about files and vector stores, sent to the backend alone, and its answers."""

import json
from urllib.parse import parse_qs

from runmock.apis.files.api import FILES
from runmock.apis.files.backend import FilesBackend
from runmock.apis.registry import read
from runmock.apis.service.files.scripted import ScriptedFiles
from runmock.core.api import Incoming
from runmock.core.engine.stage import Stage
from runmock.core.http.exchange import Request
from runmock.core.script.script import Script

BOUNDARY = "--of-this-test"


class Files:
    """The backend, with what exists beforehand; or, with `is_stock`, with nothing and no cassette at all."""

    def __init__(
        self, *, is_stock=False, ids="lenient", host="api.openai.com", root="/v1", assistants=(), runs=(), **beforehand
    ):
        self.stage = Stage(is_stock=is_stock)
        self.stage.mode = ids
        self.backend = FilesBackend(self.stage)
        others = (ScriptedFiles(**beforehand), "something of another API")
        self.backend.add(Script(runs, assistants, others=others, model="my-default"))
        self.memory = self.backend.memory
        self.shared = self.memory.shared
        self.host, self.root = host, root
        self.status, self.headers = None, {}

    def sends(self, method, path, body=b"", content_type="application/json"):
        """The reply to a request with these bytes."""
        path, _, query = path.partition("?")
        headers = {"content-type": content_type} if body else {}
        values = {name: tuple(found) for name, found in parse_qs(query, keep_blank_values=True).items()}
        request = Request(method, self.host, self.root + path, values, headers)
        reply = self.backend.answer(read(Incoming(request, FILES.identify(method, self.root + path)), body))
        self.status, self.headers = reply.status, dict(reply.headers)
        return reply

    def asks(self, method, path, body=None):
        """The answer to a request with a JSON body."""
        return json.loads(self.sends(method, path, b"" if body is None else json.dumps(body).encode()).body())

    def gets(self, path):
        return self.asks("GET", path)

    def posts(self, path, body=None):
        return self.asks("POST", path, body)

    def deletes(self, path):
        return self.asks("DELETE", path)

    def refused(self, method, path, body=None):
        """The refusal as its status, message, param and code."""
        error = self.asks(method, path, body)["error"]
        return self.status, error["message"], error["param"], error["code"]

    def form(self, path, *parts):
        """The answer to a multipart request; a part is its head, and its bytes."""
        body = b"".join(
            f"--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + data + b"\r\n"
            for head, data in parts
        )
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        return json.loads(self.sends("POST", path, body + f"--{BOUNDARY}--\r\n".encode(), kind).body())

    def uploads(self, filename="a.txt", data=b"Summer was warm.", purpose="assistants", **more):
        """What is answered to an upload."""
        fields = {"purpose": purpose, **more}
        parts = [(f'name="{name}"', str(value).encode()) for name, value in fields.items()]
        return self.form("/files", *parts, (f'name="file"; filename="{filename}"', data))
