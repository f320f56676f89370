"""What documents ask an API package is what the package of Assistants answers."""

import inspect

from runmock.apis.assistants.api import ASSISTANTS
from runmock.apis.assistants.application.earlier_runs import AssistantsEarlierRuns
from runmock.apis.assistants.documents import DOCUMENTS, AssistantsDocuments
from runmock.apis.assistants.rules.recorded_rules import AssistantsRules
from runmock.apis.assistants.script_entries.script_entries import AssistantsEntries
from runmock.apis.assistants.story.story_builder import AssistantsStory
from runmock.apis.registry import documents_of
from runmock.core import api_documents
from runmock.core.no_api import NO_API

FULFILLED = {
    api_documents.ApiDocuments: AssistantsDocuments,
    api_documents.ApiRules: AssistantsRules,
    api_documents.EarlierRuns: AssistantsEarlierRuns,
    api_documents.ScriptEntries: AssistantsEntries,
    api_documents.StoryReader: AssistantsStory,
}


def methods(kind):
    """The public methods of a class, each with the names of its parameters."""
    found = inspect.getmembers(kind, inspect.isfunction)
    return {
        name: [parameter for parameter in inspect.signature(method).parameters if parameter != "self"]
        for name, method in found
        if not name.startswith("_")
    }


def test_each_protocol_is_fulfilled_with_the_same_names():
    for protocol, kind in FULFILLED.items():
        assert methods(protocol).items() <= methods(kind).items()


def test_documents_know_the_assistants_api():
    assert documents_of(ASSISTANTS) is DOCUMENTS
    assert documents_of(NO_API) is None
