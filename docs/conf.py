"""The site: Sphinx with MyST and Furo. `make docs` builds it into build/site, and every warning is an error.

MkDocs 1.x has no releases any more, and Material for MkDocs gets only critical fixes until it ends; its successor
Zensical is at 0.0.x. Sphinx is well kept; it checks every reference and anchor between pages, and its search works
from the files themselves. The pages are plain Markdown: the order of the pages is in this file, and not in directives.
"""

import re
from importlib.metadata import version as version_of
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.transforms import SphinxTransform

project = "runmock"
author = "the runmock authors"
release = version = version_of("runmock")
extensions = ["myst_parser"]
nitpicky = True
suppress_warnings = ["misc.highlighting_failure"]  # outputs with dots; tests run and compare the blocks

myst_heading_anchors = 4

html_theme = "furo"
html_title = f"runmock {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_search_scorer = str(Path(__file__).with_name("search_scorer.js"))
html_copy_source = False
html_show_copyright = False

ORDER = {
    "Start": ["quick-start"],
    "Guides": [
        "guides/pytest",
        "guides/scripting-runs",
        "guides/tool-loops",
        "guides/streaming",
        "guides/structured-outputs",
        "guides/images-and-refusals",
        "guides/files",
        "guides/when-a-run-goes-wrong",
        "guides/verdicts-and-chaos",
        "guides/recording",
        "guides/recording-through-a-proxy",
        "guides/reviewing-cassettes",
        "guides/serving",
        "guides/other-processes",
        "guides/several-providers",
        "guides/assistants-to-responses",
        "guides/coming-from-other-tools",
        "guides/importing",
        "guides/troubleshooting",
    ],
    "Reference": [
        "reference/cassette-format",
        "reference/python-api",
        "reference/options",
        "reference/commands",
        "reference/faults",
        "reference/frameworks-under-faults",
        "reference/what-is-answered",
    ],
    "The protocol": ["protocol/README"],
    "The project": ["how-it-is-built", "changelog"],
}
"""The pages in the order of the navigation; a page that is missing here is a warning of Sphinx, and so an error."""


def add_order(app: Sphinx, docname: str, source: list[str]) -> None:
    """Append the navigation to the front page, and the protocol's pages to theirs."""
    if docname == "index":
        source[0] += "".join(_toctree(title, pages) for title, pages in ORDER.items())
    elif docname == "protocol/README":
        pages = sorted(path.stem for path in (Path(app.srcdir) / "protocol").glob("*.md"))
        source[0] += _toctree("", [page for page in pages if page != "README"])


def _toctree(title: str, pages: list[str]) -> str:
    caption = f":caption: {title}\n" if title else ""
    return f"\n\n```{{toctree}}\n:hidden:\n{caption}\n" + "\n".join(pages) + "\n```\n"


class LinksOutOfTheSite(SphinxTransform):
    """A link to a file of the repository that is no page becomes its text: the site has no such file.

    A link to a file that is not there stays, and is an error.
    """

    default_priority = 999

    def apply(self) -> None:
        """Replace the links of one page."""
        for link in list(self.document.findall(addnodes.download_reference)):
            link.replace_self(link.children)
        for link in list(self.document.findall(addnodes.pending_xref)):
            if link["refdomain"] == "doc" and link["reftarget"].startswith("/"):  # no name of a page begins so
                link.replace_self(link.children)


class ShortCode(SphinxTransform):
    """An option or a short command in a sentence has a class: site.css keeps it on one line."""

    default_priority = 999
    longest = 44

    def apply(self) -> None:
        """Mark the short ones of one page."""
        for code in self.document.findall(nodes.literal):
            if len(code.astext()) <= self.longest:
                code["classes"].append("short")


ELSEWHERE = re.compile(r"<(?:script|img|iframe)\b[^>]*\bsrc=.(?:https?:)?//|<link\b[^>]*\bhref=.(?:https?:)?//")


def refuse_requests_elsewhere(app: Sphinx, exception: Exception | None) -> None:
    """The built pages load nothing from another server. Raises ExtensionError."""
    if exception is None:
        for page in Path(app.outdir).rglob("*.html"):
            if found := ELSEWHERE.search(page.read_text(encoding="utf-8")):
                raise ExtensionError(f"{page}: loads something from another server: {found[0]}")


def setup(app: Sphinx) -> None:
    """Sphinx calls this."""
    app.connect("source-read", add_order)
    app.add_transform(LinksOutOfTheSite)
    app.add_transform(ShortCode)
    app.connect("build-finished", refuse_requests_elsewhere)
