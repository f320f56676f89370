"""Imports all that the SDK imports only when it first needs it, as its resources and their types.

Each of pytest's runs within a test takes away again what it has imported itself, and half of the SDK does not work
without the other half. Besides, to import it once takes less time than to import it in each of these runs.
"""

import contextlib
import importlib
import pkgutil

import openai.lib
import openai.resources
import openai.types

for package in (openai.lib, openai.resources, openai.types):
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        with contextlib.suppress(ImportError):  # what other extras need
            importlib.import_module(module.name)
