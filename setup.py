"""What a package index shows of runmock: its description and its addresses. All other metadata is in pyproject.toml."""

import os
import re
from pathlib import Path

from setuptools import setup

ADDRESS = ""
"""The public address of the repository, without a slash at its end; empty while there is none.

The environment variable RUNMOCK_ADDRESS wins over it: the release workflow sets it to the repository that it runs in.
"""

LINK = re.compile(
    r"""
    ^```.*?^```          # a block of code stays as it is
    | `[^`\n]+`          # and so does code in a line
    | (?P<image>!\[[^]]*)?\]\((?P<target>[^)\s]+)
    """,
    re.MULTILINE | re.DOTALL | re.VERBOSE,
)


def description(address: str) -> str:
    """README.md; with an address its links are absolute, since an index has none of the files that they lead to."""

    def absolute(link: re.Match[str]) -> str:
        target = link["target"]
        if target is None or re.match(r"[a-z]+:", target):
            return link[0]
        path = f"README.md{target}" if target.startswith("#") else target
        return f"{link[0].removesuffix(target)}{address}/{'raw' if link['image'] else 'blob'}/main/{path}"

    text = Path("README.md").read_text(encoding="utf-8")
    return LINK.sub(absolute, text) if address else text


def addresses(address: str) -> dict[str, str]:
    """The pages that an index links to, by their labels."""
    if not address:
        return {}
    return {
        "Source": address,
        "Documentation": f"{address}/blob/main/docs/index.md",
        "Changelog": f"{address}/blob/main/CHANGELOG.md",
        "Issues": f"{address}/issues",
    }


address = os.environ.get("RUNMOCK_ADDRESS", ADDRESS)
setup(
    long_description=description(address),
    long_description_content_type="text/markdown",
    project_urls=addresses(address),
)
