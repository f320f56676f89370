"""The page of a cassette: what `runmock show --html` writes."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from runmock.apis.service.files.scripted import scripted_files
from runmock.core.errors import CassetteError
from runmock.documents.show.summary import summary_of
from runmock.tape.secrets.in_interactions import without_secrets
from runmock.tape.secrets.redaction import redacted_text
from runmock.viewer.document import document_of
from runmock.viewer.page import page_of

if TYPE_CHECKING:
    from pathlib import Path

    from runmock.core.script.script import Script
    from runmock.documents.show.summary import Summary


def cassette_page(path: Path) -> str:
    """The page of a cassette as HTML, with all secrets redacted. Raises CassetteError."""
    return page_of_summary(summary_of(path, changed=without_secrets))


def page_of_summary(summary: Summary) -> str:
    """The same, of a summary whose interactions hold no secrets."""
    page = {
        "source": "cassette",
        "title": PurePath(summary.cassette.path).name,
        "about": [redacted_text(summary.origin), summary.counts],
        "findings": [
            {"line": finding.line, "rule": finding.rule, "text": redacted_text(finding.message)}
            for finding in summary.findings
        ],
    }
    files = _files_of(summary.cassette.script)
    return page_of(page, [document_of(summary.story, summary.interactions, summary.header.base, files=files)])


def _files_of(script: Script | None) -> dict[str, bytes]:
    """The bytes of the files that a script names with an id; a file that is missing is told by `check`."""
    found: dict[str, bytes] = {}
    for files in scripted_files(script.others) if script is not None else ():
        for file in files.files:
            try:
                found |= {} if file.id is None else {file.id: file.read()}
            except CassetteError:
                continue
    return found
