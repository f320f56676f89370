"""Nothing secret is in a page or a text: sixty shapes in every place, also in base64 and with escapes."""

import base64
import json
import re
from urllib.parse import quote

import pytest
from pytest_runmock.reports.markdown import markdown_text
from pytest_runmock.reports.page import page_text
from pytest_runmock.reports.results import Result

from runmock.apis.registry import identify
from runmock.core.replay.interaction import Interaction, StreamEvent
from runmock.core.script.script import Source
from runmock.deck.witness import Seen
from runmock.tape.secrets.redaction import redacted_text, secrets_in
from runmock.tape.secrets.secret_shapes import SHAPES
from runmock.tape.writing.cassette_text import Header, cassette_text
from runmock.viewer.cassette_page import cassette_page
from runmock.viewer.page import page_of
from runmock.viewer.seen import document_of_seen

each_shape = pytest.mark.parametrize("shape", SHAPES, ids=[shape.kind for shape in SHAPES])
FORMS = {
    "as it is": lambda text: f"they gave me {text} and I use it",
    "in base64": lambda text: base64.b64encode(f"  {text}  ".encode()).decode(),
    "in base64 for URLs": lambda text: base64.urlsafe_b64encode(f"??>{text} ".encode()).decode(),
    "in JSON": lambda text: json.dumps({"a": json.dumps({"b": text})}),
    "escaped": lambda text: '"' + "".join(f"\\u{ord(letter):04x}" for letter in text) + '"',
    "in a URL": lambda text: f"https://example.com/?a={quote(text, safe='')}&b=c",
}


def secret_of(shape):
    return shape.pattern.search(shape.sample)[1]


def interactions(text):
    """A text in every part of requests and answers."""
    delta = {"id": "msg_1", "object": "thread.message.delta"}
    pieces = [text[start : start + 7] for start in range(0, len(text), 7)]
    events = (
        StreamEvent("thread.message.created", {"id": "msg_1", "object": "thread.message"}),
        *(
            StreamEvent(
                "thread.message.delta",
                {**delta, "delta": {"content": [{"index": 0, "type": "text", "text": {"value": piece}}]}},
            )
            for piece in pieces
        ),
        StreamEvent("done"),
    )
    base = Interaction(Source("c", 0), "POST", "/threads", body={}, json={"id": "thread_1"}, identify=identify)
    return [
        base._replace(body={"messages": [{"role": "user", "content": text}], text: text}),
        base._replace(json={"id": text, "object": "thread", "metadata": {text: [text]}}),
        base._replace(path="/threads/runs", json=None, stream=events),
        base._replace(query={"q": ("a", text)}, headers=(("x-mine", " ".join(text.split())),)),
        base._replace(json=None, text=f"a;{text};b"),
        base._replace(path=f"/files/{'x' if '%' in text else quote(text, safe='')}/content"),
        base._replace(status=400, json={"error": {"code": text, "message": text}}),
        base._replace(json=None, stream=(StreamEvent("x", None, f"event: x\ndata: <{json.dumps(text)[1:-1]}>\n\n"),)),
    ]


def data_of(page):
    """What is in a page apart from its code."""
    return "\n".join(re.findall(r"<script type=[^>]+>.*?</script>|<title>.*?</title>", page, re.DOTALL))


def is_clean(text, secret):
    undone = text.replace("\\u003c", "<")
    places = [undone[max(found.start() - 80, 0) : found.end() + 20] for found in re.finditer(re.escape(secret), undone)]
    assert places == []
    assert base64.b64encode(secret.encode()).decode()[4:-4] not in undone
    assert secrets_in(undone) == []
    return True


def test_there_are_sixty_shapes():
    assert len(SHAPES) >= 60


@each_shape
def test_no_shape_is_in_the_page_of_a_cassette(tmp_path, shape):
    for form, changed in FORMS.items():
        path = tmp_path / "a.yaml"
        path.write_text(cassette_text(Header(0), interactions(changed(shape.sample))), encoding="utf-8")
        page = cassette_page(path)
        assert "redacted" in data_of(page), form
        assert is_clean(data_of(page), secret_of(shape)), form


@each_shape
def test_no_shape_is_in_what_a_witness_saw(shape):
    for form, changed in FORMS.items():
        text = changed(shape.sample)
        seen = [
            Seen(number, one, number, number + 1, f"a miss: {text}") for number, one in enumerate(interactions(text), 1)
        ]
        page = page_of({"source": "cassette", "title": "", "about": [], "findings": []}, [document_of_seen(seen)])
        assert is_clean(data_of(page), secret_of(shape)), form


def test_a_key_of_the_environment_is_in_neither(monkeypatch):
    monkeypatch.setenv("MY_API_KEY", "my own pass-phrase")
    for changed in FORMS.values():
        text = changed("my own pass-phrase")
        seen = [Seen(number, one, number, number + 1, text) for number, one in enumerate(interactions(text), 1)]
        document = document_of_seen(seen, known=["another pass-phrase"])
        assert secrets_in(json.dumps(document), ["my own pass-phrase"]) == []
    hidden = document_of_seen(
        [Seen(1, interactions("a")[0], 0, 1, "another pass-phrase")], known=["another pass-phrase"]
    )
    assert "pass-phrase" not in json.dumps(hidden)


@pytest.fixture
def planted(pytester):
    """A run of pytest with each shape in ids, requests, answers, misses, exceptions and names of cassettes."""
    samples = [shape.sample for shape in SHAPES]
    pytester.makepyfile(
        test_planted=f"""
        import base64, httpx, pytest

        SAMPLES = {samples!r}
        client = httpx.Client(base_url="https://api.openai.com/v1", headers={{"Authorization": "Bearer sk-test"}})

        def ask(text):
            return client.post("/responses", json={{"model": "gpt-4o", "input": text}}).json()

        @pytest.mark.parametrize("sample", SAMPLES, ids=SAMPLES)
        def test_miss(runmock, sample):
            runmock.when(last_message="something else").reply("Hi")
            ask(f"I send {{sample}}")

        @pytest.mark.parametrize("number", range(len(SAMPLES)))
        def test_answer(runmock, number):
            sample = SAMPLES[number]
            runmock.reply(f"It is {{sample}}")
            packed = base64.b64encode(f"  {{sample}}  ".encode()).decode()
            answer = ask(packed)["output"][0]["content"][0]["text"]
            raise ValueError(f"wrong: {{sample}} {{answer}} {{packed}}")

        @pytest.mark.parametrize("number", range(len(SAMPLES)))
        def test_name(request, number):
            request.applymarker(pytest.mark.runmock(SAMPLES[number].replace("/", "_") + ".yaml"))
            request.getfixturevalue("runmock")
        """
    )
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    pytester.runpytest_inprocess(
        *("-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:xdist", "-q", "--tb=short"),
        *("--runmock-report=r.html", "--runmock-report=r.md"),
    )
    return [(pytester.path / name).read_text(encoding="utf-8") for name in ("r.html", "r.md")]


def test_no_shape_is_in_the_reports_of_tests(planted):
    page, text = planted
    data = json.loads(re.search(r'id="page">(.*?)</script>', page)[1])
    assert len(data["tests"]) >= 2 * len(SHAPES)
    for shape in SHAPES:
        secret = secret_of(shape)
        text_of_page = page.replace("\\u003c", "<")
        places = [
            text_of_page[max(found.start() - 300, 0) : found.end() + 20]
            for found in re.finditer(re.escape(secret), text_of_page)
        ]
        assert places == [], shape.kind
        assert secret not in text, shape.kind
        packed = base64.b64encode(secret.encode()).decode()[4:-4]
        assert packed not in page, shape.kind
    assert secrets_in(text) == []
    assert secrets_in(data_of(page)) == []
    assert "redacted" in text


@each_shape
def test_no_shape_is_in_a_title(tmp_path, shape):
    name = shape.sample.replace("/", "_").replace("\n", "_")[:200]
    path = tmp_path / f"{name}.yaml"
    path.write_text("runmock: 1\n")
    page = cassette_page(path)
    assert secrets_in(data_of(page)) == []
    result = Result(
        redacted_text(shape.sample),
        "failed",
        problems=[{"title": "a", "text": redacted_text(shape.sample), "kind": "bad"}],
    )
    for report in (page_text([result], "x"), markdown_text([result], "x")):
        assert secret_of(shape) not in report
