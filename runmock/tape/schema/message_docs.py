"""The keys of messages, of the assistant and on threads, in one sentence each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.tape.format.model import KeyDoc
from runmock.tape.format.model_content import ReplyModel
from runmock.tape.format.model_file import MessageModel
from runmock.tape.format.model_parts import ImageFileModel, ImageModel, ImageURLModel, PartModel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.tape.format.model import Model

CITATION = {"type": "file_citation", "text": "【4:0†a.pdf】", "file_citation": {"file_id": "file-1"}}
TEXT_PART = {"type": "text", "text": "How warm is it?"}
PLOT = "https://example.com/plot.png"

MESSAGE_DOCS: Mapping[type[Model], Mapping[str, KeyDoc]] = {
    MessageModel: {
        "role": KeyDoc("Who wrote the message.", ["user"]),
        "content": KeyDoc(
            "The message's text, or a list of texts and other parts, also as the API has them.",
            ["How warm is it?", [TEXT_PART], [{"image_file": "file-1"}, "What is it?"]],
        ),
        "id": KeyDoc("The message's id.", ["msg_1"]),
        "attachments": KeyDoc("Files that are attached to the message.", [[{"file_id": "file-1"}]]),
        "metadata": KeyDoc("The message's metadata; values are texts.", [{"channel": "web"}]),
    },
    ReplyModel: {
        "text": KeyDoc("The message's text; how it is split into deltas is runmock's choice.", ["Hello Ada!"]),
        "chunks": KeyDoc("The message's text in pieces, one for each delta.", [["Hel", "lo"]]),
        "json": KeyDoc("A value that is dumped into the text, as structured output is.", [{"city": "Paris"}]),
        "annotations": KeyDoc("Citations in the text, as the API has them.", [[CITATION]]),
        "images": KeyDoc(
            "Images before the text: ids of files, or 'image_file' or 'image_url'.",
            [["file-1"], [{"image_url": PLOT}]],
        ),
        "parts": KeyDoc(
            "What the message consists of, in order, each a text or a mapping; a list under 'reply' says the same.",
            [[{"image_file": "file-1"}, "Here it is."]],
        ),
    },
    ImageModel: {
        "image_file": KeyDoc("An image that is a file of the API's: its id.", ["file-1", {"file_id": "file-1"}]),
        "image_url": KeyDoc("An image somewhere else: its address.", [PLOT, {"url": PLOT, "detail": "low"}]),
        "type": KeyDoc("The API's name of this kind; it says nothing that the key beside it does not.", ["image_file"]),
    },
    ImageFileModel: {
        "file_id": KeyDoc("The file's id.", ["file-1"]),
        "detail": KeyDoc("How closely the model looks: auto, low or high.", ["high"]),
    },
    ImageURLModel: {
        "url": KeyDoc("The image's address.", [PLOT]),
        "detail": KeyDoc("How closely the model looks: auto, low or high.", ["high"]),
    },
    PartModel: {
        "text": KeyDoc("A text; how it is split into deltas is runmock's choice.", ["Here it is."]),
        "chunks": KeyDoc("A text in pieces, one for each delta.", [["Here", " it is."]]),
        "annotations": KeyDoc("Citations in this text, as the API has them.", [[CITATION]]),
        "refusal": KeyDoc("The words with which the model refuses.", ["I can't help with that."]),
    },
}
"""What each key means, by the model that has it."""
