from pathlib import Path

import pytest
from openai import OpenAI
from runmock import Session

from reports import ReportError, ask, uploaded

client = OpenAI(api_key="test")
REPORT = Path(__file__).with_name("climate.md")


@pytest.mark.runmock("climate")
def test_the_answer_has_a_source_and_a_plot(tmp_path: Path) -> None:
    with uploaded(client, REPORT) as store:
        assert ask(client, "Was summer warm?", store, tmp_path) == "plot: file-plot.png\nIt was [1].\n[1] climate.md"
    assert (tmp_path / "file-plot.png").read_bytes().startswith(b"\x89PNG")


def test_the_uploaded_report_is_the_source(runmock: Session, tmp_path: Path) -> None:
    with uploaded(client, REPORT) as store:
        citation = {"text": "(1)", "file_citation": {"file_id": runmock.files[0].id}}
        runmock.reply("Yes(1).", annotations=[citation])
        assert ask(client, "Was summer warm?", store, tmp_path) == "Yes [1].\n[1] climate.md"
        assert runmock.vector_stores[0].files == [runmock.files[0].id]
    assert runmock.files[0].content == b"Summer was warm.\n"


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ({"processing": [{"fail": "invalid_file", "message": "It cannot be parsed."}]}, "It cannot be parsed"),
        ({"runs": [{"fail": "server_error"}]}, "the run is failed"),
    ],
)
def test_the_report_is_removed_after_an_error(runmock: Session, script: dict[str, object], reason: str) -> None:
    runmock.load(script)
    with pytest.raises(ReportError, match=reason), uploaded(client, REPORT) as store:
        ask(client, "Was summer warm?", store, Path())
    assert (runmock.files[0].deleted, runmock.vector_stores) == (True, [])
