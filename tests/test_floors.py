"""Import downwards only: every import of every module is read, also those in functions and those for types only."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
STDLIB = frozenset(sys.stdlib_module_names) | {"__future__"}

CORE = {"runmock.core"}
APIS = CORE | {"runmock.apis"}
TAPE = APIS | {"runmock.tape"}
RECORDING = TAPE | {"runmock.recording"}
DECK = TAPE | {"runmock.recording", "runmock.deck"}
TRANSPORTS = APIS | {"runmock.deck", "runmock.transports"}
SESSION = CORE | {"runmock.tape", "runmock.recording", "runmock.deck", "runmock.transports"}
SESSION |= {"runmock.serve", "runmock.session"}
COMMAND = DECK | {"runmock.session", "runmock.serve", "runmock.documents", "runmock.viewer", "runmock.cli"}
PLUGIN = CORE | {"runmock.tape", "runmock.deck", "runmock.transports", "runmock.documents", "runmock.session"}
PLUGIN |= {"runmock.viewer"}

FLOORS = {
    "runmock/core": CORE,
    "runmock/apis": APIS | {"pydantic", "pydantic_core"},
    "runmock/tape": TAPE | {"yaml", "pydantic", "pydantic_core", "brotli"},
    "runmock/recording": RECORDING,
    "runmock/deck": DECK | {"pydantic_core"},
    "runmock/transports": TRANSPORTS | {"httpx", "httpx2", "h11", "respx", "anyio", "requests", "aiohttp"},
    "runmock/serve": DECK | {"runmock.serve", "runmock.viewer", "starlette", "uvicorn", "httpx"},
    "runmock/documents": DECK | {"runmock.documents"},
    "runmock/viewer": DECK | {"runmock.documents", "runmock.viewer"},
    "runmock/session": SESSION | {"respx"},
    "runmock/__init__.py": {"runmock.core", "runmock.deck", "runmock.session", "pytest_runmock.shared.making"},
    "runmock/cli": COMMAND | {"runmock", "click", "rich", "httpx", "httpx2", "openai"},
    "runmock/__main__.py": {"runmock.cli"},
    "pytest_plugin": PLUGIN | {"runmock", "pytest_runmock", "pytest", "rich"},
}
"""What the modules of a floor may import besides the standard library: a package, and what is in it."""

NOT_IN_CORE = {"asyncio", "time", "socket", "threading", "subprocess", "os", "pathlib", "io", "http", "urllib.request"}
"""What of the standard library core leaves alone: no IO, no clock, no async."""


def modules(place):
    path = ROOT / place
    return sorted(path.rglob("*.py")) if path.is_dir() else [path]


def imports(path):
    """Each import of a module as line and dotted name; `from a import b` is `a`, or `a.b` where b is a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: write the whole name of what is imported"
            for alias in node.names:
                submodule = ROOT / node.module.replace(".", "/").replace("pytest_runmock", "pytest_plugin") / alias.name
                is_module = submodule.is_dir() or submodule.with_suffix(".py").is_file()
                yield node.lineno, f"{node.module}.{alias.name}" if is_module else node.module


def is_within(name, packages):
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def is_allowed(name, packages):
    """`runmock` alone is the package's public names, not all that is in it."""
    wide = packages - {"runmock"}
    return name.partition(".")[0] in STDLIB or is_within(name, wide) or name in packages


@pytest.mark.parametrize("floor", FLOORS)
def test_a_floor_imports_downwards_only(floor):
    upwards = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in modules(floor)
        for line, name in imports(path)
        if not is_allowed(name, FLOORS[floor])
    ]
    assert upwards == []


def test_every_module_is_on_a_floor():
    on_floors = {path for floor in FLOORS for path in modules(floor)}
    everything = {*modules("runmock"), *modules("pytest_plugin")}
    assert everything - on_floors == set()


def test_core_has_no_io_no_clock_and_no_async():
    found = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in modules("runmock/core")
        for line, name in imports(path)
        if is_within(name, NOT_IN_CORE)
    ]
    assert found == []
    for path in modules("runmock/core"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        waits = [node for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef | ast.Await)]
        calls = [
            node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        ]
        assert not waits, path
        assert not {"open", "print", "input"} & set(calls), path


MODULES_IN_A_ROOM = 16
"""So many files of a folder are still seen at one look; `__init__.py` is not counted."""


def test_no_folder_has_more_modules_than_a_reader_can_survey():
    folders = {path.parent for place in ("runmock", "pytest_plugin") for path in modules(place)}
    counted = {folder: len([path for path in folder.glob("*.py") if path.name != "__init__.py"]) for folder in folders}
    assert {str(folder.relative_to(ROOT)): n for folder, n in counted.items() if n > MODULES_IN_A_ROOM} == {}


def import_graph(paths):
    """The modules that each module imports, by their dotted names: for types only, in functions, by a package's name."""
    names = {path: dotted(path) for path in paths}
    known = set(names.values())
    return {name: {found for _, found in imports(path) if found in known - {name}} for path, name in names.items()}


def dotted(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    whole = (("pytest_runmock", *parts[1:])) if parts[0] == "pytest_plugin" else parts
    return ".".join(whole).removesuffix(".__init__")


def circles(graph):
    """Modules that can be reached from themselves."""

    def reached(start):
        found, ahead = set(), [start]
        while ahead:
            for name in graph[ahead.pop()] - found:
                found.add(name)
                ahead.append(name)
        return found

    return sorted(name for name in graph if name in reached(name))


def test_circles_are_found():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == ["b", "c"]


def test_no_module_imports_itself_through_others():
    """Also for types only, in functions, and through a package's `__init__`; relative imports fail `imports`."""
    graph = import_graph([*modules("runmock"), *modules("pytest_plugin")])
    assert len(graph) > 300
    assert circles(graph) == []


def test_the_sdk_is_imported_by_the_command_only():
    importers = {
        path.relative_to(ROOT).parts[:2]
        for place in ("runmock", "pytest_plugin")
        for path in modules(place)
        for _, name in imports(path)
        if is_within(name, {"openai"})
    }
    assert importers <= {("runmock", "cli")}


def test_the_plugins_hooks_import_the_rest_only_inside_of_functions():
    """Importing the plugin imports the standard library and pytest; what is for types only is not imported."""
    top_modules = (
        "__init__.py",
        "fixtures.py",
        "marks.py",
        "option_table.py",
        "scopes.py",
        "settings.py",
        "summary.py",
    )
    of_reports = ("reports/__init__.py", "reports/wanted.py")
    for name in (*top_modules, *of_reports, "shared/__init__.py", "shared/definition.py", "shared/users.py"):
        tree = ast.parse((ROOT / "pytest_plugin" / name).read_text(encoding="utf-8"))
        top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        names = {alias.name for node in top if isinstance(node, ast.Import) for alias in node.names}
        names |= {node.module for node in top if isinstance(node, ast.ImportFrom)}
        assert {module for module in names if module.partition(".")[0] not in STDLIB} <= {
            *("pytest", "pytest_runmock", "pytest_runmock.reports"),
            *("pytest_runmock.shared", "pytest_runmock.shared.definition"),
        }, name


def test_no_room_above_names_an_api_package():
    """They ask `apis/registry.py`; what the service's APIs share is in `apis/service`."""
    found = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in [*modules("runmock"), *modules("pytest_plugin")]
        if not path.is_relative_to(ROOT / "runmock" / "apis")
        for line, name in imports(path)
        if is_within(name, {"runmock.apis"}) and not is_within(name, {"runmock.apis.registry", "runmock.apis.service"})
    ]
    assert [place for place in found if not place.endswith(": runmock.apis")] == []
