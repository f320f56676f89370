"""The Node SDK against `runmock serve`: each method of threads and runs, of responses and conversations, and of files."""

import os
import subprocess
from pathlib import Path

import httpx
import pytest
from node_packages import installed

HERE = Path(__file__).parent
SCRIPT = """
runs:
- {match: {last_message: plain}, reply: Plain.}
- {match: {last_message: polled}, reply: Polled.}
- {match: {last_message: streamed}, reply: [Hello, " Ada", "!"]}
- {match: {last_message: iterated}, reply: [Hello, " Bob", "!"]}
- {match: {last_message: left}, reply: Never read.}
- match: {last_message: "tools, streamed"}
  steps:
  - {calls: [get_weather: {city: Paris}, get_weather: {city: Oslo}], outputs: [Paris, Oslo]}
  - reply: Paris and Oslo.
- match: {last_message: "tools, polled"}
  steps:
  - {calls: [get_weather: {city: Paris}], outputs: [Paris]}
  - reply: Paris.
"""
CITED = "{file_search: {results: [{file_id: file-cited, file_name: cited.txt}]}}"
ANSWER = "{reply: {text: 'It was【4:0†cited.txt】.', annotations: [{text: '【4:0†cited.txt】', file_citation: {file_id: file-cited}}]}}"
PLOTTED = "{code_interpreter: {input: plot(), images: [file-plot]}}"
LINK = "{text: 'sandbox:/mnt/data/out.csv', file_path: {file_id: file-table}}"
PLOT = f"{{reply: {{text: 'See sandbox:/mnt/data/out.csv.', images: [file-plot], annotations: [{LINK}]}}}}"
APPLICATIONS = f"""
files:
- {{id: file-cited, filename: cited.txt, text: Summer was warm.}}
- {{id: file-plot, filename: plot.png, base64: iVBORw0KGgo=, purpose: assistants_output}}
- {{id: file-table, filename: /mnt/data/out.csv, base64: eCx5, purpose: assistants_output}}
runs:
- {{match: {{last_message: searched}}, steps: [{CITED}, {ANSWER}]}}
- {{match: {{last_message: attached}}, steps: [{CITED}, {ANSWER}]}}
- {{match: {{last_message: plotted}}, steps: [{PLOTTED}, {PLOT}]}}
- {{match: {{last_message: "plotted, streamed"}}, steps: [{PLOTTED}, {PLOT}]}}
"""
PLAIN = "- {match: {last_message: plain}, reply: Plain.}\n"
CALLED = "[get_weather: {city: Paris}, get_weather: {city: Oslo}]"
TOLD = f"{{steps: [{{calls: {CALLED}, outputs: [Paris, Oslo]}}, {{reply: Paris and Oslo.}}], match: {{last_message: "
RESPONSES = f"""
runs:
{PLAIN * 5}- {TOLD} "tools, created"}}}}
- {TOLD} "tools, listed"}}}}
- {{match: {{last_message: streamed}}, reply: [Hello, " Ada", "!"]}}
- {{match: {{last_message: helped}}, reply: [Hello, " Bob", "!"]}}
- {{match: {{last_message: parsed}}, reply: {{json: {{city: Paris}}}}}}
- {{match: {{last_message: polled}}, reply: Polled.}}
- {{match: {{last_message: cancelled}}, reply: Never read.}}
interactions:
- request: POST /responses/input_tokens
  body: {{model: gpt-4o, input: Hi}}
  json: {{object: response.input_tokens, input_tokens: 9}}
- request: POST /responses/compact
  body: {{model: gpt-4o, input: Hi}}
  json:
    id: resp_1
    object: response.compaction
    created_at: 0
    output: [{{id: cmp_1, type: compaction, encrypted_content: enc_1}}]
    usage: {{input_tokens: 1, output_tokens: 1, total_tokens: 2}}
"""


@pytest.fixture(params=["4", "latest"], scope="session")
def packages(request):
    """A folder in which the package `openai` of this version is installed."""
    return installed(request.param)


def run(served, packages, script):
    """The output of a script of Node's, which must pass."""
    manifest = (packages / "node_modules" / "openai" / "package.json").read_text(encoding="utf-8")
    major = "4" if '"version": "4.' in manifest else "newer"
    environment = os.environ | {
        "OPENAI_BASE_URL": served.base_url,
        "NODE_PACKAGES": str(packages),
        "OPENAI_MAJOR": major,
        "NO_COLOR": "1",
    }
    command = ["node", "--test", "--test-reporter=tap", str(HERE / "node" / script)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "# skipped 0" in done.stdout
    return done.stdout


def test_the_node_sdk_uploads_files_and_fills_vector_stores(serve_here, cassette, packages):
    assert "# pass 4" in run(serve_here(cassette("files: []")), packages, "files.mjs")


def test_applications_of_the_node_sdk_search_plot_and_clean_up(serve_here, cassette, packages):
    assert "# pass 5" in run(serve_here(cassette(APPLICATIONS)), packages, "applications.mjs")


def test_the_node_sdk_converses(serve_here, cassette, packages):
    served = serve_here(cassette(SCRIPT))
    assert "# pass 10" in run(served, packages, "conversation.mjs")
    answered = [request["status"] for request in httpx.get(f"{served.url}/_runmock/state").json()["requests"]]
    assert answered.count(501) == 1  # a miss is asked once, though the client would retry


def test_every_method_of_responses_and_conversations(serve_here, cassette, packages):
    served = serve_here(cassette(RESPONSES))
    is_old = packages.name == "openai-4"  # without conversations, compaction and input tokens
    assert f"# pass {8 if is_old else 18}" in run(served, packages, "responses.mjs")
    if not is_old:
        assert httpx.get(f"{served.url}/_runmock/state").json()["left"]["count"] == 0
