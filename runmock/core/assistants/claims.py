"""Whether a request is runmock's, decided by its path, its headers and its host.

Requests of an OpenAI client are runmock's on every host, so that none of them leaves the machine by accident. A client
is known by its user agent. Frameworks replace it by their own; then the client is known by the `x-stainless-*` headers,
on a path of the APIs only, because every SDK of the same generator (Groq's, Anthropic's) sends these headers too. The
user agent of such an SDK is no framework's: it contains the name of the client's class and the SDK's version.
"""

from __future__ import annotations

import re
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING

from runmock.core.assistants.operations import identify
from runmock.core.assistants.request_headers import BETA

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from runmock.core.http.exchange import Request

HOSTS = ("api.openai.com", "*.openai.azure.com", "*.services.ai.azure.com")
"""Hosts whose requests are always runmock's."""

AGENTS = ("OpenAI", "AsyncOpenAI", "AzureOpenAI", "AsyncAzureOpenAI", "_ModuleClient", "_AzureModuleClient")
"""Classes of the SDK as its user agents name them; the last two are those of `openai.chat.completions.create()`."""
COLLECTIONS = ("threads", "assistants", "responses", "conversations", "vector_stores", "uploads")
"""How paths of the APIs begin below the API root; `files` and `models` are not here: other providers have them too."""
GENERATED = "x-stainless-"
"""The prefix of headers of OpenAI's SDK; other providers' SDKs of the same generator (Stainless) send them, too."""
VERSION = "x-stainless-package-version"


class Claim(StrEnum):
    """What a session does with a request."""

    NONE = "none"
    """It goes to the network unchanged."""
    ALLOWED = "allowed"
    """It goes on, past every session: the user has allowed its host."""
    FAMILY = "family"
    """It is of the Assistants API: runmock answers it before anything else."""
    HOST = "host"
    """Its host is runmock's: routes of the router answer first."""
    CLIENT = "client"
    """An OpenAI client sends it to another host: anything that answers without the network answers first."""


NONE, ALLOWED, FAMILY, HOST, CLIENT = Claim
"""The members as plain names, which are faster to look up; every request needs them."""


def claim(
    request: Request,
    hosts: tuple[str, ...] = (),
    more_hosts: Callable[[], tuple[str, ...]] = tuple,
    allowed: tuple[str, ...] = (),
    clients: Callable[[], Collection[str]] = tuple,
) -> Claim:
    """What a session does with a request; `hosts` are its own, `more_hosts` returns those of the environment.

    `allowed` are hosts that requests are let through to, except for requests that runmock answers itself; `clients`
    returns the names of the application's own subclasses of the SDK's clients.
    """
    host = request.host
    is_host_ours = is_among(host, HOSTS) or is_among(host, hosts) or is_among(host, more_hosts())
    is_family = identify(request.method, request.path) is not None
    if is_family and (is_host_ours or _has_header(request) or is_of_client(request, clients)):
        return FAMILY
    if allowed and is_among(host, allowed):
        return ALLOWED
    if is_host_ours:
        return HOST
    is_known = is_of_client(request, clients) or (_has_header(request) and collection(request.path) == "vector_stores")
    return CLIENT if is_known else NONE


def _has_header(request: Request) -> bool:
    return "assistants=" in request.headers.get(BETA, "")


@lru_cache(maxsize=256)
def is_among(host: str, patterns: tuple[str, ...]) -> bool:
    """Whether a host's name matches one of the patterns."""
    name = host_name(host)
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def host_name(text: str) -> str:
    """A host's name, or a pattern of names, in the form for comparing: lower case, `xn--` decoded, no final dot."""
    return ".".join([_label(label) for label in text.strip().lower().rstrip(".").split(".")])


def _label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label.removeprefix("xn--").encode().decode("punycode")
    except UnicodeError:
        return label


def is_of_client(request: Request, clients: Callable[[], Collection[str]] = tuple) -> bool:
    """Whether an OpenAI client sends a request; `clients` returns the names of subclasses of the SDK's clients."""
    agent = request.headers.get("user-agent", "")
    if _is_of_sdk(agent):
        return True
    if not any(name.startswith(GENERATED) for name in request.headers):
        return False
    if _is_named_so(agent):
        return True
    if (made := _MADE_BY_SDK.match(agent)) is not None and made["version"] == request.headers.get(VERSION):
        return made["client"] in clients()
    return collection(request.path) is not None


_SDK = re.compile(rf"(?<![\w.-])(?:{'|'.join(AGENTS)})/")
_NAMED_SO = re.compile(r"(?<![\w.-])\w*OpenAI/")
_MADE_BY_SDK = re.compile(r"(?P<client>\w+)/\w+ (?P<version>\S+)")
"""A user agent that an SDK of OpenAI's generator makes: client class, language, SDK version, as `Groq/Python 1.7.0`."""


@lru_cache(maxsize=256)
def _is_of_sdk(agent: str) -> bool:
    return _SDK.search(agent) is not None


@lru_cache(maxsize=256)
def _is_named_so(agent: str) -> bool:
    """Whether the user agent may be that of a subclass of the SDK's clients, with its own name: `TracedOpenAI/`."""
    return _NAMED_SO.search(agent) is not None


_ROOT = re.compile(r".*/(?:v1|openai(?:/deployments/[^/]+)?|api/projects/[^/]+)(?=/|$)")
_COLLECTION = re.compile(rf"/+({'|'.join(COLLECTIONS)})(?=/|$)")


@lru_cache(maxsize=256)
def collection(path: str) -> str | None:
    """The collection of the APIs that a path is in, or None.

    It comes directly after the last API root, so that a part of something else (`/v1/sessions/ID/threads`) does not
    count. In a path without a known root, any prefix may come before it.
    """
    root = _ROOT.match(path)
    found = _COLLECTION.search(path) if root is None else _COLLECTION.match(path, root.end())
    return found and found[1]
