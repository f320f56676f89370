"""The tables of keys in docs/reference/cassette-format.md, made from what editors show beside each key."""

from runmock.tape.format.run_keys import STREAM_FAULTS
from runmock.tape.schema.key_docs import KEY_DOCS
from runmock.tape.yaml.yaml_text import flow

TITLES = {
    "File": "The whole file",
    "Recorded": "`recorded:`",
    "Defaults": "`defaults:`",
    "Assistant": "An entry of `assistants:`",
    "Thread": "An entry of `threads:`",
    "Message": "An entry of `messages:`",
    "FileEntry": "An entry of `files:`",
    "VectorStore": "An entry of `vector_stores:`",
    "ExpiresAfter": "`expires_after:`",
    "Found": "An entry of `search:`",
    "Processing": "An entry of `processing:`",
    "Content": "A step: an entry of `steps:`, or a run that is one step",
    "Run": "An entry of `runs:`, besides",
    "Match": "`match:`",
    "Usage": "`usage:`",
    "Call": "A call in its long form",
    "Reply": "`reply:` as a mapping",
    "Part": "A part of a message",
    "Image": "An image",
    "ImageFile": "`image_file:` as a mapping",
    "ImageURL": "`image_url:` as a mapping",
    "CodeInterpreter": "`code_interpreter:` as a mapping",
    "FileSearch": "`file_search:`",
    "FileSearchResult": "An entry of `results:`",
    "Faults": "What goes wrong, in a run or a step",
    "StreamFault": f"{', '.join(f'`{key}:`' for key in STREAM_FAULTS[:-1])} and `{STREAM_FAULTS[-1]}:` as mappings",
    "Stall": "`stall:`, besides",
    "Garbage": "`garbage:`, besides",
    "ErrorEvent": "`error_event:`, besides",
    "Interaction": "An entry of `interactions:`",
    "Pace": "`pace:` of an interaction",
}
"""The models of the format in the order of the page, and what each is called there."""


def markdown():
    """All tables, each under its heading."""
    models = {model.__name__.removesuffix("Model"): keys for model, keys in KEY_DOCS.items()}
    return "\n".join(f"### {title}\n\n{_table(models[name])}" for name, title in TITLES.items())


def _table(keys):
    rows = [["key", "meaning", "example"], ["---", "---", "---"]]
    rows += [[f"`{key}`", doc.text, f"`{key}: {flow(doc.examples[0])}`"] for key, doc in keys.items()]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |\n" for row in rows)
