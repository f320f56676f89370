"""Uploads and downloads through the SDK: recorded into a cassette, and played from it byte for byte."""

import contextlib
import gzip
import io
import json

import anyio
import openai
import pytest
from sdk_clients import KEY, library

import runmock

HOST = "gateway.example"
ROOT = f"http://{HOST}/v1"
OCTETS = "application/octet-stream"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 3
CONTENTS = {
    "a picture": (PNG, OCTETS),
    "a picture that says so": (PNG, "image/png"),
    "a picture that needs a file of its own": (PNG * 50, "image/png"),
    "letters that are called a picture": (b"no picture", "image/png"),
    "lines of JSON": (b'\xef\xbb\xbf{"a":  1}\r\n{"b": 2}\r\n\n', OCTETS),
    "JSON with odd white space": (b'{"b" :1,\n\n  "a":[ 1.0, 1e2 ] }\n', OCTETS),
    "JSON that says so": (b'{"b" :1,  "a":[ 1.0 ] }\n', "application/json"),
    "an archive": (gzip.compress(b"words " * 100, mtime=0), OCTETS),
    "an archive that says so": (gzip.compress(b"words", mtime=0), "application/gzip"),
    "nothing": (b"", OCTETS),
    "no type": (b'{"a" :1}', None),
    "no type, an archive": (gzip.compress(b"words", mtime=0), None),
    "control characters": (b"a\x00\x01\x1b\x7f\xc2\x85b\xe2\x80\xa8", "text/plain"),
    "UTF-16": ("Grüße\r\n".encode("utf-16"), "text/plain; charset=utf-16"),
    "Latin-1": ("Grüße".encode("latin-1"), "text/plain; charset=iso-8859-1"),
    "ids and words of YAML": (b"no: file-abcdefghijklmnop #\n---\n", OCTETS),
}
IDS = iter(f"file-{number:022d}" for number in range(10_000))


class Service:
    """Takes uploads, and gives one content back; `sent` counts its answers."""

    def __init__(self, content=b"", kind=OCTETS):
        self.content, self.kind, self.sent = content, kind, 0

    def __call__(self, request):
        self.sent += 1
        if request.method == "GET":
            kind = {} if self.kind is None else {"content-type": self.kind}
            headers = {"content-disposition": 'attachment; filename="x.bin"', **kind}
            return library.Response(200, headers=headers, content=self.content)
        return library.Response(200, json=self._uploaded(request.url.path, request.read()))

    def _uploaded(self, path, body):
        if path.endswith("/parts"):
            return {"id": f"part_{next(IDS)}", "object": "upload.part", "created_at": 1, "upload_id": "upload_a"}
        name = body.partition(b'filename="')[2].partition(b'"')[0].decode()
        file = {"object": "file", "bytes": len(body), "created_at": 1, "purpose": "vision", "status": "processed"}
        return {"id": next(IDS), "filename": name, **file}


@contextlib.contextmanager
def client(service):
    transport = library.MockTransport(service)
    with openai.OpenAI(**KEY, base_url=ROOT, http_client=library.Client(transport=transport), max_retries=0) as sdk:
        yield sdk


@pytest.fixture
def both(tmp_path):
    """Do the same twice, recorded and then replayed without an upstream: what both did gave."""

    def done(flow, service):
        path = tmp_path / "files.runmock.yaml"
        with client(service) as sdk, runmock.use_cassette(path, record_mode="once", hosts=[HOST]):
            recorded = flow(sdk)
        sent = service.sent
        with client(service) as sdk, runmock.use_cassette(path, hosts=[HOST]):
            replayed = flow(sdk)
        assert service.sent == sent
        return recorded, replayed

    return done


@pytest.mark.parametrize(("content", "kind"), CONTENTS.values(), ids=CONTENTS)
def test_a_download_is_played_byte_for_byte(both, content, kind):
    recorded, replayed = both(lambda sdk: sdk.files.content("file-mine").read(), Service(content, kind))
    assert recorded == replayed == content


def test_the_headers_of_a_download_are_played_too(both):
    def headers(sdk):
        header_values = sdk.files.content("file-mine").response.headers
        return header_values["content-type"], header_values["content-disposition"]

    recorded, replayed = both(headers, Service(PNG, "image/png"))
    assert recorded == replayed == ("image/png", 'attachment; filename="x.bin"')


def test_a_download_can_be_streamed_to_a_file(both, tmp_path):
    def written(sdk):
        with sdk.files.with_streaming_response.content("file-mine") as response:
            response.stream_to_file(tmp_path / "x.png")
        return (tmp_path / "x.png").read_bytes()

    assert both(written, Service(PNG)) == (PNG, PNG)


def test_uploads_and_downloads_play_for_async_clients(tmp_path):
    service = Service(PNG, "image/png")

    async def flow(mode):
        http = library.AsyncClient(transport=library.MockTransport(service))
        session = runmock.use_cassette(tmp_path / "files.runmock.yaml", record_mode=mode, hosts=[HOST])
        async with openai.AsyncOpenAI(**KEY, base_url=ROOT, http_client=http) as sdk, session:
            made = await sdk.files.create(file=("plot.png", PNG), purpose="vision")
            return (await sdk.files.content(made.id)).read()

    assert anyio.run(flow, "once") == anyio.run(flow, "none") == PNG
    assert service.sent == 2


def paths(folder):
    path = folder / "a b.csv"
    path.write_bytes(b"a,b\r\n1,2\r\n")
    return path


UPLOADS = {
    "bytes": lambda _: PNG,
    "a stream": lambda _: io.BytesIO(PNG),
    "a path": paths,
    "a name and bytes": lambda _: ("plot.png", PNG),
    "a name, bytes and a type": lambda _: ("plot.png", PNG, "image/png"),
    "a name that is no ASCII": lambda _: ("你好 é.txt", b"words"),
    "a name in quotes": lambda _: ('a "b" \\c;d.csv', b"words"),
    "nothing in it": lambda _: ("empty.txt", b""),
    "JSON in it": lambda _: ("a.json", b'{"a": 1}'),
    "lines that look like parts": lambda _: ("a.txt", b"--x\r\n\r\n--x--\r\n"),
}


@pytest.mark.parametrize("file", UPLOADS.values(), ids=UPLOADS)
def test_an_upload_gets_the_recorded_id(both, tmp_path, file):
    recorded, replayed = both(lambda sdk: sdk.files.create(file=file(tmp_path), purpose="vision").id, Service())
    assert recorded.startswith("file-")
    assert replayed == "file_1"


def test_another_file_another_name_and_another_purpose_are_misses(both, tmp_path):
    both(lambda sdk: sdk.files.create(file=("a.txt", b"one"), purpose="vision"), Service())
    for file, purpose in ((("a.txt", b"two"), "vision"), (("b.txt", b"one"), "vision"), (("a.txt", b"one"), "batch")):
        with (
            client(Service()) as sdk,
            runmock.use_cassette(tmp_path / "files.runmock.yaml", hosts=[HOST]),
            pytest.raises(runmock.UnmatchedRequest, match=r"interaction 0, line 4: operation and .* agree; "),
        ):
            sdk.files.create(file=file, purpose=purpose)


@pytest.mark.usefixtures("sleeps")
def test_an_upload_that_got_through_at_the_second_attempt_is_recorded(tmp_path):
    path, service, attempts = tmp_path / "files.runmock.yaml", Service(), []

    def answer(request):
        attempts.append(request.headers["content-type"])
        if len(attempts) == 1:
            raise library.ConnectError("refused", request=request)
        return service(request)

    for mode in ("once", "none"):
        http = library.Client(transport=library.MockTransport(answer))
        session = runmock.use_cassette(path, record_mode=mode, hosts=[HOST])
        with openai.OpenAI(**KEY, base_url=ROOT, http_client=http, max_retries=1) as sdk, session:
            sdk.files.create(file=("plot.png", PNG), purpose="vision")
    assert len(attempts) == 2
    assert attempts[0] != attempts[1]  # a boundary of its own each time


def test_the_parts_of_an_upload_are_distinguished_by_their_bytes(both):
    def adds(sdk):
        return [sdk.uploads.parts.create("upload_a", data=data).id for data in (PNG, b"more")]

    recorded, replayed = both(adds, Service())
    assert (len(set(recorded)), replayed) == (2, ["part_1", "part_2"])


def test_pictures_to_be_edited_are_compared(both):
    def edit(sdk):
        return sdk.images.edit(image=("a.png", PNG), mask=("m.png", PNG[:9]), prompt="A hat", model="gpt-image-1")

    recorded, replayed = both(edit, Service())
    assert recorded.created == replayed.created


def test_uploads_are_looked_back_on_by_their_parts_without_bytes(tmp_path):
    path = tmp_path / "files.runmock.yaml"
    with client(Service()) as sdk, runmock.use_cassette(path, record_mode="once", hosts=[HOST]) as session:
        sdk.files.create(file=("plot.png", PNG), purpose="vision")
        (request,) = session.requests
    purpose, file = request.json["multipart"]
    assert purpose == {"name": "purpose", "value": "vision"}
    assert (file["filename"], file["size"]) == ("plot.png", len(PNG))
    assert json.dumps(request.json)


def test_a_replay_shows_what_the_application_uploaded(tmp_path):
    path = tmp_path / "files.runmock.yaml"

    def flow(sdk):
        return sdk.files.create(file=("a.csv", b"x,y"), purpose="vision").id

    with client(Service()) as sdk, runmock.use_cassette(path, record_mode="once", hosts=[HOST]):
        flow(sdk)
    with client(Service()) as sdk, runmock.use_cassette(path, hosts=[HOST]) as session:
        file_id = flow(sdk)
        (file,) = session.files
    assert (file.id, file.filename, file.content, file.content_type) == (file_id, "a.csv", b"x,y", "text/csv")
