"""The document of a recording: what a page gets to show, and what it does not."""

import base64
import json
import re

from viewer_pages import POLLED, TWO_RUNS, UNANSWERED

from runmock.viewer import images
from runmock.viewer.cassette_page import cassette_page

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def document_in(tmp_path, text):
    """The document in the page of a cassette."""
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")
    page = cassette_page(path)
    return json.loads(re.search(r'id="document-0">(.*?)</script>', page, re.DOTALL)[1])


def test_a_recorded_repeat_a_refusal_and_a_missing_output_are_in_the_document(tmp_path):
    repeated = POLLED.replace("  json: {same: run_1, status: in_pr", "  repeat: 4\n  json: {same: run_1, status: in_pr")
    refused = (
        "- request: POST /threads/thread_1/messages\n  body: {role: user, content: More}\n  status: 400\n"
        "  json: {error: {message: A run is active., type: invalid_request_error}}\n"
    )
    document = document_in(tmp_path, repeated + refused)
    assert [request.get("repeat") for request in document["requests"]].count(4) == 1
    (refusal,) = [item for thread in document["conversations"] for item in thread["items"] if item["kind"] == "refusal"]
    assert (refusal["status"], refusal["text"], refusal["code"]) == (400, "A run is active.", "invalid_request_error")
    cut_off = TWO_RUNS.rpartition("  - thread.message.completed")[0].replace("  pace", "  truncated: true\n  pace")
    assert [request.get("isTruncated") for request in document_in(tmp_path, cut_off)["requests"]][-1]
    document = document_in(tmp_path, UNANSWERED)
    lines = [line for thread in document["conversations"] for item in thread["items"] for line in item.get("lines", ())]
    assert [line["text"] for line in lines if line.get("isMissing")] == ['get_weather({"city":"Oslo"})']


def test_what_a_script_does_not_say_is_made_up_and_an_image_is_named(tmp_path):
    image = "{type: image_file, image_file: {file_id: file-1}}"
    document = document_in(tmp_path, "runmock: 1\nruns:\n- reply: Hello\n")
    assert [item.get("isMadeUp") for item in document["conversations"][0]["items"]] == [True, None, None]
    document = document_in(
        tmp_path,
        f"runmock: 1\ninteractions:\n- request: POST /threads\n  body: {{messages: [{{role: user, content: [{image}]}}]}}\n"
        "  json: {id: thread_1, object: thread}\n",
    )
    assert document["conversations"][0]["items"][0]["images"] == ["file-1"]


def test_images_of_a_scripts_files_are_in_the_document(tmp_path):
    (tmp_path / "plot.png").write_bytes(PNG)
    document = document_in(
        tmp_path,
        "runmock: 1\nfiles:\n- {id: file-1, filename: plot.png, path: plot.png}\n- {id: file-2, filename: a.txt, text: Hello}\n- {filename: plot.png, path: plot.png}\n"
        "runs:\n- reply: Hello\n",
    )
    assert document["images"] == {"file-1": f"data:image/png;base64,{base64.b64encode(PNG).decode()}"}


def test_a_download_whose_file_is_missing_is_in_no_document(tmp_path):
    document = document_in(
        tmp_path,
        "runmock: 1\ninteractions:\n- request: GET /files/file-1/content\n  headers: {content-type: image/png}\n"
        f"  path: gone.png\n  size: 3\n  sha256: {'a' * 64}\n",
    )
    assert document["images"] == {}


def test_an_image_is_shown_when_it_is_a_picture_and_small():
    assert images.data_url(PNG).startswith("data:image/png;base64,")
    assert images.data_url(b"\xff\xd8\xff rest").startswith("data:image/jpeg;")
    assert images.data_url(b"GIF89a").startswith("data:image/gif;")
    assert images.data_url(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>") is None
    assert images.data_url(PNG + b"\0" * images.LARGEST) is None
