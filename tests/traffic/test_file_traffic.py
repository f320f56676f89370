"""Real recordings of files and uploads, imported and played to the requests that their clients would send."""

import hashlib
import json
import re

import pytest
import yaml
from traffic_data import TRAFFIC

from runmock.core.http.exchange import Request
from runmock.core.http.multipart import upload
from runmock.deck.deck import Deck
from runmock.tape.importers.to_cassette import import_recording, read
from runmock.tape.reading.cassette import cassette_from

FILES = TRAFFIC / "files"
DOTNET = FILES / "openai__openai-dotnet"
TOOLS = TRAFFIC / "responses/openai__openai-dotnet/ResponsesToolTests"
NAMES = sorted(
    str(path.relative_to(TRAFFIC))
    for folder, pattern in ((DOTNET, "*/*.json"), (FILES / "DataDog__dd-trace-py", "*.yaml"))
    for path in folder.glob(pattern)
)
BOUNDARY = '"Nfa6j42d0DzJA3cqsKcJZrVhmMMTj3Xmz1DBdgfM0FUxbCVKULi03GHJJr0n6aCr=WzQHm"'


def dotnet(filename, content, name="file"):
    """A form as .NET sends it: the file first, bare words, a boundary with an equals sign."""
    boundary = BOUNDARY.strip('"')
    body = (
        f"--{boundary}\r\nContent-Disposition: form-data; name={name}; filename={filename}; "
        f"filename*=utf-8''{filename}\r\n\r\n"
    ).encode() + content
    body += f"\r\n--{boundary}\r\nContent-Type: text/plain; charset=utf-8\r\n".encode()
    return body + f"Content-Disposition: form-data; name=purpose\r\n\r\nvision\r\n--{boundary}--\r\n".encode()


def request(method, path, body=b"", content_type=f"multipart/form-data; boundary={BOUNDARY}"):
    return Request(method, "api.openai.com", f"/v1{path}", headers={"content-type": content_type}, body=body)


@pytest.mark.parametrize("name", NAMES)
def test_every_request_gets_what_was_recorded(name):
    takes = read((TRAFFIC / name).read_text(encoding="utf-8-sig"), name).takes
    done = import_recording(TRAFFIC / name)
    interactions = [
        interaction for interaction in cassette_from(done.text).interactions for _ in range(interaction.repeat)
    ]
    assert len(interactions) == len(takes)
    deck = Deck()
    deck.load(cassette_from(done.text))
    for interaction, take in zip(interactions, takes, strict=True):
        body = (
            b"" if interaction.body is None else json.dumps(interaction.body).encode()
        )  # it has the ids that the cassette tells
        sent = request(interaction.method, interaction.path, body, "application/json")._replace(query=interaction.query)
        if interaction.body == {"multipart": "any"}:
            assert take.request.body == b""
            sent = request("POST", interaction.path, dotnet(str(interaction.json.get("filename")), b"x" * 9))
        elif "multipart" in str(interaction.body):
            sent = request("POST", interaction.path, take.request.body, take.request.headers["content-type"])
        assert deck.answer(sent).status == take.status
    assert deck.leftovers() == []


def test_several_uploads_without_their_bodies_are_distinguished_by_their_answers():
    deck = Deck()
    deck.load(cassette_from(import_recording(DOTNET / "FilesTests/ListFiles.json").text))
    answers = [answer.json for answer in deck._players[0][1].interactions if answer.body == {"multipart": "any"}]
    assert len({(answer["filename"], answer["bytes"]) for answer in answers}) == len(answers) > 1
    for answer in reversed(answers):
        body = deck.answer(request("POST", "/files", dotnet(answer["filename"], b"x" * answer["bytes"]))).body()
        assert f'"{answer["id"]}"'.encode() in body


@pytest.mark.parametrize("name", ["FileSearch.json", "CodeInterpreterToolWithUploadedFileIds.json"])
def test_base64_lines_of_the_test_proxy_are_the_file_that_was_sent(name):
    found = cassette_from(import_recording(TOOLS / name).text).interactions
    uploads = [item for item in found if item.path == "/files" and item.method == "POST"]
    assert uploads
    for item in uploads:
        file, purpose = item.body["multipart"]
        assert (file["filename"], file["size"]) == (item.json["filename"], item.json["bytes"])
        assert purpose == {"name": "purpose", "value": item.json["purpose"]}


def test_a_file_that_python_sent_is_kept_by_its_digest():
    (path,) = (FILES / "DataDog__dd-trace-py").glob("file_create.yaml")
    (interaction,) = cassette_from(import_recording(path).text).interactions
    purpose, file = interaction.body["multipart"]
    assert purpose["value"] == interaction.json["purpose"] == "fine-tune"
    assert (file["filename"], file["size"]) == (interaction.json["filename"], interaction.json["bytes"])


RECORDED = [
    ("pydantic__pydantic-ai/*.yaml", "interactions", lambda body: body),
    ("alexrudall__ruby-openai/files_upload_file.yml", "http_interactions", lambda body: body["string"]),
]


@pytest.mark.parametrize(("pattern", "key", "text_of"), RECORDED, ids=["python", "ruby"])
def test_a_form_is_read_as_its_client_wrote_it(pattern, key, text_of):
    (path,) = FILES.glob(pattern)
    document = yaml.safe_load(path.read_text())
    request = next(entry["request"] for entry in document[key] if str(entry["request"]["uri"]).endswith("/files"))
    headers = {name.lower(): value[0] for name, value in request["headers"].items()}
    body = text_of(request["body"]).encode()
    parts = {part["name"]: part for part in upload(body, headers["content-type"])["multipart"]}
    content = re.search(rb'filename="[^"]+"\r\n(?:[^\r\n]+\r\n)*\r\n(.*?)\r\n--', body, re.DOTALL)[1]
    assert parts["file"]["sha256"] == hashlib.sha256(content).hexdigest()
    assert parts["purpose"]["value"] in {"assistants", "fine-tune"}
