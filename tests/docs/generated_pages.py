"""The pages of docs/reference with a part that is made from the product: `make docs-generated` writes all of them.

The part stands between `<!-- NAME: begin -->` and `<!-- NAME: end -->`; the text around it is written by hand.
"""

import re
import runpy
from functools import partial
from pathlib import Path

import generated_api
import generated_commands
import generated_frameworks
import generated_options

TESTS = Path(__file__).parents[1]
REFERENCE = TESTS.parent / "docs" / "reference"


def _of(path, name="markdown"):
    """A function of a module beside other tests."""
    return runpy.run_path(str(TESTS / path))[name]


PARTS = (
    ("cassette-format.md", "keys", _of("tape/schema/key_tables.py")),
    ("python-api.md", "api", generated_api.markdown),
    ("options.md", "options", generated_options.markdown),
    ("commands.md", "commands", generated_commands.markdown),
    ("faults.md", "faults", _of("sdk/fault_table.py")),
    ("faults.md", "faults of responses", _of("sdk/fault_table.py", "response_markdown")),
    ("frameworks-under-faults.md", "versions", generated_frameworks.versions),
    ("frameworks-under-faults.md", "own, streamed", partial(generated_frameworks.streamed, is_own=True)),
    ("frameworks-under-faults.md", "own, not streamed", partial(generated_frameworks.unstreamed, is_own=True)),
    ("frameworks-under-faults.md", "others, streamed", partial(generated_frameworks.streamed, is_own=False)),
    ("frameworks-under-faults.md", "others, not streamed", partial(generated_frameworks.unstreamed, is_own=False)),
    ("frameworks-under-faults.md", "signs", generated_frameworks.signs),
)
"""Each part: its page, its name, and what makes it."""


def up_to_date(text, name, part):
    """The text of a page with its part as it has to be. Raises ValueError for a page without the marks."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    marked = re.compile(f"{begin}\n.*?{end}", re.DOTALL)
    changed, count = marked.subn(lambda _: f"{begin}\n\n{part.strip()}\n\n{end}", text)
    if count != 1:
        raise ValueError(f"the page has {count} parts `{name}`")
    return changed


if __name__ == "__main__":
    for page, name, part in PARTS:
        path = REFERENCE / page
        before = path.read_text(encoding="utf-8")
        after = up_to_date(before, name, part())
        path.write_text(after, encoding="utf-8")
        print(f"{'unchanged' if before == after else 'written  '}  docs/reference/{page}: {name}")  # noqa: T201 - a script
