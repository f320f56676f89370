"""Notices when an application imports a library while a session is open, so that its clients are patched, too."""

from __future__ import annotations

import sys
from importlib.abc import Loader, MetaPathFinder
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

OF_REQUESTS = ("requests.sessions", "requests_mock.adapter")
OF_AIOHTTP = ("aiohttp.client", "aioresponses.core")
"""The modules of these libraries, and of mocks of them, whose classes are patched."""


class LateImports(MetaPathFinder):
    """Calls a function after each import of some modules; other finders find the modules."""

    def __init__(self, names: Iterable[str], imported: Callable[[], None]) -> None:
        """`names` are whole names of modules; `imported` is called after one of them was imported."""
        self._names, self._imported = frozenset(names), imported

    def watch(self) -> None:
        """Begin to notice; nothing is done when it has begun already."""
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)

    def end(self) -> None:
        """Notice nothing any more."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of one of the modules, as the next finder knows it; None for every other module."""
        if fullname not in self._names:
            return None
        for finder in [*sys.meta_path]:
            if finder is not self and hasattr(finder, "find_spec"):
                spec = finder.find_spec(fullname, path, target)
                if spec is not None:
                    if spec.loader is not None:
                        spec.loader = _NoticingLoader(spec.loader, self._imported)
                    return spec
        return None


class _NoticingLoader(Loader):
    """A module's own loader, and what is called when it has run the module."""

    def __init__(self, loader: Loader, imported: Callable[[], None]) -> None:
        self._loader, self._imported = loader, imported

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """The module that the loader makes."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Run the module, which from then on has its own loader."""
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        self._imported()
