"""The part of docs/reference/python-api.md that is made from docstrings and signatures."""

import inspect
import re
import textwrap
from dataclasses import fields

import pytest_runmock
from pytest_runmock import marker_help, option_table
from wrapped import wrapped

import runmock
from runmock.session.keywords import MarkerKeywords
from runmock.session.verbs.verbs import Verbs

FIXTURES = ("runmock", "runmock_config", "runmock_cassette_dir", "runmock_cassette_name")
VERBS = tuple(name for name in vars(Verbs) if not name.startswith("_"))
OF_SESSION = (
    *("load", "router", "runs", "requests", "tool_outputs", "files", "vector_stores", "verdicts", "fault"),
    "failures",
    *("base_url", "child_env", "assert_resilient", "assert_all_played"),
)
"""What a session has for a test, besides the verbs."""
OF_THE_MACHINE = {
    *("start", "stop", "save", "is_around", "standing", "step_in", "step_out"),
    *("drops_unused", "keep_unused"),
    *("bring_chaos", "chaos_has_struck", "unnoticed", "doubled_replies"),
}
"""What a session has for the plugin."""
VIEWS = ("RunView", "RequestView", "FileView", "VectorStoreView", "Verdict")
FIELDS = {
    ("RunView", "id"): "The run's id; on Responses that of its first response.",
    ("RunView", "thread_id"): "The id of its thread; None on Responses.",
    ("RunView", "status"): "Its status now: `completed`, `failed`, `requires_action` and so on.",
    ("RunView", "request"): "The body of the request that created it.",
    (
        "RunView",
        "tool_outputs",
    ): "What the application submitted, by the tool's name; a list for a tool that was called several times.",
    ("RunView", "messages"): "The messages that the run wrote, as the API's message objects.",
    ("RunView", "usage"): "Its usage of tokens; None until it has one.",
    ("RunView", "api"): "The API that created it: `assistants` or `responses`.",
    ("RunView", "responses"): "The Response objects of the run, in order; none on Assistants.",
    ("RunView", "requests"): "The body of each request that created it or a response of it, in order.",
    ("RunView", "conversation_id"): "The id of its conversation; None without one, and on Assistants.",
    ("RequestView", "method"): "`GET`, `POST` or `DELETE`.",
    ("RequestView", "path"): "The path below the API root: `/threads/thread_1/runs`.",
    ("RequestView", "operation"): "What the request asks for: `create_run`, `retrieve_run`, `list_messages` and so on.",
    ("RequestView", "json"): "The body; None without one.",
    ("RequestView", "headers"): "The headers. Values that may have a key in them are redacted.",
    ("FileView", "id"): "The file's id.",
    ("FileView", "filename"): "Its name.",
    ("FileView", "purpose"): "`assistants`, `vision` and so on.",
    ("FileView", "size"): "How many bytes it has.",
    ("FileView", "content_type"): "The type of content that the upload named.",
    ("FileView", "sha256"): "The digest of its bytes.",
    ("FileView", "deleted"): "Whether the application has deleted it.",
    (
        "FileView",
        "content",
    ): "Its bytes. A `UsageError` where they were [too many](../guides/files.md#limits) to keep them.",
    ("VectorStoreView", "id"): "The vector store's id.",
    ("VectorStoreView", "name"): "Its name; None without one.",
    ("VectorStoreView", "files"): "The ids of its files, in the order in which they were attached.",
    ("VectorStoreView", "attributes"): "The attributes of its files, by their ids.",
    ("Verdict", "kind"): "Which rule it is: `truncated_accepted`, `polled_after_end` and so on.",
    ("Verdict", "message"): "What the application did.",
    ("Verdict", "run_id"): "The run that it is about; None when it is about none.",
    ("Verdict", "operation"): "The operation of the request that shows it.",
}
ERRORS = (
    ("RunmockError", "UsageError", "CassetteError", "CassetteNotFoundError", "VerbError"),
    ("RunmockFailure", "UnmatchedRequest", "ScriptError", "OutputMismatch"),
)
"""The exceptions that are raised where runmock was called, and those that fail a test in the application's call."""
ATTRIBUTES = {
    "message": "what is wrong, without the place",
    "path": "the file, as it was named",
    "line": "the line, or None",
    "column": "the column, or None",
    "faults": "everything that is wrong: a tuple of (line, column, message)",
    "keyed": "the same by keys, for content that is no file: a tuple of (keys, message)",
}
"""The attributes of a CassetteError."""


def markdown():
    """The generated part."""
    parts = [
        "## Fixtures",
        *(_fixture(name) for name in FIXTURES),
        "## The marker",
        "`@pytest.mark.runmock(*cassettes, **keywords)`. Without a name the cassette is the one that has the test's name.",
        _code(textwrap.dedent(marker_help.EXAMPLES).strip(), "python"),
        "## Keywords",
        wrapped(
            "The marker, `runmock_config`, `runmock.runmock_session`, `runmock.use_cassette` and `runmock.transport` have "
            "the same keywords, with the same checks. `chaos` is the marker's alone."
        ),
        _keywords(),
        "## Functions",
        *(_function(name) for name in ("runmock_session", "use_cassette", "transport")),
        "## `Session`",
        _prose(runmock.Session),
        "## Verbs",
        wrapped(
            "A verb is a method of the fixture `runmock`, of a `Session`, and of what a verb returns. A wrong argument is a "
            "`VerbError`, which names the verb and the argument."
        ),
        *(_method(name) for name in VERBS),
        "## Looking back",
        *(_method(name) for name in OF_SESSION),
        *(_view(name) for name in VIEWS),
        "## Exceptions",
        "These are raised where your test calls runmock. They are `Exception`s.",
        *(_error(name) for name in ERRORS[0]),
        wrapped(
            "A failure is raised in your application's call, and fails the test also when the application catches it. "
            "Failures are `BaseException`s, because the SDK retries and wraps every `Exception`."
        ),
        *(_error(name) for name in ERRORS[1]),
        "## `__version__`",
        "The version of runmock, as a text.",
    ]
    return "\n\n".join(parts) + "\n"


def _fixture(name):
    function = getattr(pytest_runmock, name)
    return f"### The fixture `{name}`\n\n{_prose(function)}"


def _function(name):
    arguments = ", ".join(map(_argument, inspect.signature(getattr(runmock, name)).parameters.values()))
    return f"### `{name}`\n\n`runmock.{name}({arguments})`\n\n{_prose(getattr(runmock, name))}"


def _method(name):
    member = inspect.getattr_static(runmock.Session, name)
    call = "" if isinstance(member, property) else f"({_arguments(getattr(runmock.Session, name))})"
    return f"### `{name}`\n\n`runmock.{name}{call}`\n\n{_prose(member)}"


def _arguments(method):
    """The arguments of a method, without types."""
    _, *parameters = inspect.signature(method).parameters.values()
    return ", ".join(_argument(parameter) for parameter in parameters)


def _argument(parameter):
    stars = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
    if parameter.default is parameter.empty:
        return f"{stars}{parameter.name}"
    shown = repr(parameter.default).replace("'", '"')
    return f"{parameter.name}={'...' if shown.startswith('<') else shown}"


def _keywords():
    meanings = marker_help.keywords()
    assert tuple(meanings) == option_table.MARKER_KEYWORDS or set(meanings) == set(option_table.MARKER_KEYWORDS)
    assert set(meanings) == set(MarkerKeywords.__annotations__)
    rows = "".join(f"| `{name}` | {_cell(text)} |\n" for name, text in meanings.items())
    return f"| keyword | meaning |\n| --- | --- |\n{rows}".rstrip("\n")


def _cell(text):
    """A text as one line, with its values in code marks."""
    line = " ".join(text.split()).replace("|", "\\|")
    return re.sub(r'\["[^\]]*\]|\{"[^}]*\}|"[^"]+"|\b(?:True|False|None)\b', lambda found: f"`{found[0]}`", line)


def _view(name):
    kind = getattr(runmock, name)
    properties = [key for key, member in vars(kind).items() if isinstance(member, property)]
    names = [*(field.name for field in fields(kind) if not field.name.startswith("_")), *properties]
    rows = "".join(f"| `{field}` | {FIELDS[name, field]} |\n" for field in names)
    return (
        f"### `{name}`\n\n{inspect.getdoc(kind).splitlines()[0]}\n\n| field | meaning |\n| --- | --- |\n{rows}".rstrip()
    )


def _error(name):
    kind = getattr(runmock, name)
    bases = " and ".join(f"`{base.__name__}`" for base in kind.__bases__)
    text = f"### `{name}`\n\nA {bases}. {inspect.getdoc(kind)}"
    if name == "CassetteError":
        rows = "".join(f"| `{attribute}` | {meaning} |\n" for attribute, meaning in ATTRIBUTES.items())
        text += f"\n\n| attribute | meaning |\n| --- | --- |\n{rows}".rstrip()
    return text


def _prose(target):
    """A docstring as Markdown: what is indented is code; the explanation of keywords stands elsewhere."""
    text = inspect.getdoc(target)
    text = re.sub(
        r"The keywords, also.*?\n(?=Raises|\Z)", "The keywords are [above](#keywords).\n\n", text, flags=re.DOTALL
    )
    text = re.sub(r"^Example:\n", "", text, flags=re.MULTILINE)
    parts = re.split(r"((?:^(?:    .*|)\n?)*^    .*\n?)", text, flags=re.MULTILINE)
    return "\n\n".join(
        _code(textwrap.dedent(part).strip("\n"), "python") if number % 2 else _lines(part)
        for number, part in enumerate(parts)
        if part.strip()
    )


def _lines(text):
    """Paragraphs, each on one line; lines that begin with a name and a colon stay apart, as a list."""
    paragraphs = []
    for paragraph in re.split(r"\n\s*\n", text.strip("\n")):
        if re.match(r"`\w+`.*: ", paragraph) and len(paragraph.splitlines()) > 1:
            items = re.split(r"\n(?=`\w+`[^\n]*: )", paragraph)
            paragraphs.append("\n".join(f"- {' '.join(item.split())}" for item in items))
        else:
            paragraphs.append(wrapped(paragraph))
    return "\n\n".join(paragraphs)


def _code(text, language):
    return f"```{language}\n{text}\n```"
