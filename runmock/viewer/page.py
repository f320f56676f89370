"""Puts the page together: one HTML file with its code, its style and its data; it asks nobody for anything."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from runmock.viewer.document import json_for_page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runmock.core.http.exchange import JSON

SCRIPTS = (
    "vendor/lib.js",
    "texts.js",
    "differences.js",
    "source.js",
    "lists.js",
    "axis.js",
    "conversation.js",
    "inspector.js",
    "sidebar.js",
    "live.js",
    "app.js",
)
"""In the order in which they run; all share one scope."""


def page_of(page: JSON, documents: Iterable[JSON | str] = (), *, is_live: bool = False) -> str:
    """The page as HTML.

    `page`: what is shown first; `documents`: what it names by number, each as JSON, or as its text by `json_for_page`.

    `is_live`: the page belongs to a server, which it asks for its documents.
    """
    texts = {
        f"document-{number}": document if isinstance(document, str) else json_for_page(document)
        for number, document in enumerate(documents)
    }
    data = "".join(
        f'<script type="application/json" id="{name}">{text}</script>\n'
        for name, text in {"page": json_for_page(page), **texts}.items()
    )
    title = escape(str(page.get("title", "runmock")))
    return _frame(is_live=is_live).replace("{{title}}", title, 1).replace("{{data}}", data, 1)


@cache
def _frame(*, is_live: bool) -> str:
    """The page without its data."""
    script = "\n".join(_asset(name) for name in SCRIPTS)
    # In a function of its own, whose names nothing outside can reach.
    script = f'"use strict";\n(() => {{\n{script}\n}})();\n'
    style = _asset("viewer.css")
    policy = (
        "default-src 'none'",
        f"script-src '{_digest(script)}'",
        f"style-src '{_digest(style)}'",
        "img-src data:",
        *(("connect-src 'self'",) if is_live else ()),
        "base-uri 'none'",
        "form-action 'none'",
    )
    return (
        _asset("viewer.html")
        .replace("{{policy}}", "; ".join(policy))
        .replace("{{style}}", style)
        .replace("{{script}}", script)
    )


def _asset(name: str) -> str:
    return (files("runmock.viewer") / "assets" / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """How a Content-Security-Policy names the one script, or style, that may run."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
