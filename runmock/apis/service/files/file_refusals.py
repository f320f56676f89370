"""What the service refuses about files and vector stores, word for word.

Source: docs/protocol/files.md#refusals; of the texts under its heading "Not found anywhere" those here are made up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.apis.service.refusals import ServiceRefusal, not_found

if TYPE_CHECKING:
    from collections.abc import Sequence

PURPOSES = ("fine-tune", "assistants", "batch", "user_data", "vision", "evals")
"""The purposes that an upload may have, in the order of the refusal."""


def no_such_file(file_id: str, param: str = "id") -> ServiceRefusal:
    """404: no file has this id, or it was deleted."""
    return ServiceRefusal(404, f"No such File object: {file_id}", param=param)


def unknown_purpose(purpose: str) -> ServiceRefusal:
    """400: no upload can have this purpose."""
    return ServiceRefusal(400, f"{purpose!r} is not one of {list(PURPOSES)!r} - 'purpose'", param="purpose")


def not_given_back(purpose: str) -> ServiceRefusal:
    """400: files of this purpose cannot be downloaded."""
    return ServiceRefusal(400, f"Not allowed to download files of purpose: {purpose}")


def no_vector_store(store_id: str) -> ServiceRefusal:
    """404: no vector store has this id, or it was deleted."""
    return not_found("vector store", store_id)


def no_file_in_store(file_id: str, store_id: str) -> ServiceRefusal:
    """404: the vector store does not have this file."""
    return ServiceRefusal(404, f"No file found with id '{file_id}' in vector store '{store_id}'.")


def has_expired(store_id: str) -> ServiceRefusal:
    """400: the vector store has expired; the status and the end of the text are not known."""
    return ServiceRefusal(400, f"Vector store '{store_id}' has expired.")


def unknown_model(model: str) -> ServiceRefusal:
    """404: there is no such model."""
    return ServiceRefusal(404, f"The model '{model}' does not exist", param="model", code="model_not_found")


def not_pending(status: str) -> ServiceRefusal:
    """400: an upload that is complete or cancelled; the text is made up."""
    return ServiceRefusal(400, f"Upload with status '{status}' cannot be changed.")


def wrong_parts(part_ids: Sequence[str]) -> ServiceRefusal:
    """400: parts that the upload does not have; the text is made up."""
    return ServiceRefusal(400, f"Upload has no parts with the ids {list(part_ids)!r}.", param="part_ids")


def wrong_size(expected: int, got: int) -> ServiceRefusal:
    """400: the parts have more or fewer bytes than the upload; the text is made up."""
    return ServiceRefusal(400, f"Expected {expected} bytes, but the parts of the upload have {got}.", param="bytes")


def wrong_digest() -> ServiceRefusal:
    """400: the bytes have another md5; the text is made up."""
    return ServiceRefusal(400, "The md5 of the upload's bytes is another one.", param="md5")
