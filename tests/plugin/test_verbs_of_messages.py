"""The verbs for messages of several parts, and for refusals."""

import pytest

from runmock import Session
from runmock.tape.reading.script import run_from

FILE = {"image_file": "file-1"}
CITED = [{"text": "[1]"}]


@pytest.mark.parametrize(
    ("script", "run"),
    [
        (lambda s: s.reply(FILE, "Here it is."), {"steps": [{"reply": [FILE, "Here it is."]}]}),
        (lambda s: s.reply(FILE), {"steps": [{"reply": [FILE]}]}),
        (
            lambda s: s.reply("a", "b", {"image_url": "u"}, "c"),
            {"steps": [{"reply": ["a", "b", {"image_url": "u"}, "c"]}]},
        ),
        (lambda s: s.reply("a", images=["file-1"]), {"steps": [{"reply": {"text": "a", "images": ["file-1"]}}]}),
        (
            lambda s: s.reply("See ", "[1]", images=["file-1"], annotations=CITED, poll=0),
            {"steps": [{"reply": {"chunks": ["See ", "[1]"], "images": ["file-1"], "annotations": CITED}}], "poll": 0},
        ),
        (lambda s: s.reply(images=["file-1"]), {"steps": [{"reply": {"images": ["file-1"]}}]}),
        (lambda s: s.refusal("No."), {"steps": [{"refusal": "No."}]}),
        (lambda s: s.refusal("N", "o.", model="gpt-x"), {"steps": [{"refusal": ["N", "o."]}], "model": "gpt-x"}),
        (lambda s: s.calls(f={}).refusal("No."), {"steps": [{"calls": ["f"]}, {"refusal": "No."}]}),
    ],
)
def test_a_verb_makes_what_a_cassette_makes(script, run):
    session = Session()
    script(session)
    assert list(session.deck.stage.playlist.leftovers()) == [run_from(run, 0)]
