"""Whose rules apply to a request: OpenAI's, Azure's, or nobody's.

OpenAI and Azure refuse parameters and ids that are not theirs. A gateway or another compatible server has parameters
and ids of its own, so such checks would refuse what works there. Over HTTP the host is runmock's own; there the API
root shows which service runmock stands in for.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

from runmock.apis.service.claims import is_among
from runmock.apis.service.roots import is_azure

OPENAI_HOSTS = ("api.openai.com", "*.api.openai.com")
"""The second pattern matches regions, as eu.api.openai.com."""
AZURE_HOSTS = (
    "*.openai.azure.com",
    "*.services.ai.azure.com",
    "*.cognitiveservices.azure.com",
    "*.openai.azure.us",
    "*.openai.azure.cn",
)


class Provider(StrEnum):
    """Whose service answers at a host."""

    OPENAI = "openai"
    AZURE = "azure"
    OTHER = "other"
    """A gateway, or a server that is compatible."""


@lru_cache(maxsize=256)
def provider_at(host: str, root: str, is_served: bool) -> Provider:
    """Whose rules apply to a request to a host; `root` is the API root in its path, `is_served` as in Request."""
    if is_among(host, AZURE_HOSTS):
        return Provider.AZURE
    if is_among(host, OPENAI_HOSTS):
        return Provider.OPENAI
    if not is_served:
        return Provider.OTHER
    return Provider.AZURE if is_azure(root) else Provider.OPENAI
