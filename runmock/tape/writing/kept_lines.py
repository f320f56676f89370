"""The lines of a recording that is put into the text of another: old lines stay where they still mean the same.

Every line that is kept is read back in its new surroundings, by the reader's own code: `{same: run_1}` means what
`run_1` was last, and that may have changed.
"""

from __future__ import annotations

from collections import ChainMap
from typing import TYPE_CHECKING, Any

from runmock.core.errors import CassetteError
from runmock.core.http.json_values import same_json
from runmock.tape.format.model_file import File
from runmock.tape.format.validation_errors import validated
from runmock.tape.reading.payloads import Payloads
from runmock.tape.reading.recording import decoded
from runmock.tape.writing.cassette_text import blocks
from runmock.tape.writing.layout import is_note, items_of, moved, parted, spans
from runmock.tape.writing.mixing import Written, mixtures
from runmock.tape.writing.shortening import Shortened
from runmock.tape.yaml.yaml12 import read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runmock.core.replay.interaction import Interaction
    from runmock.tape.format import model_file
    from runmock.tape.reading.cassette import Cassette
    from runmock.tape.writing.carrying import Carried
    from runmock.tape.writing.layout import Parts


def lines_of(text: str, old: Cassette, carried_items: Sequence[Carried]) -> str | None:
    """The lines of `interactions:` with the wanted interactions; None when the old ones have no lines of their own."""
    start, end = spans(text, old.path)["interactions"]
    heading, *lines = parted(text[start:end], text[end:])[0].removesuffix("\n").split("\n")
    parts = items_of(lines)
    if not is_note(heading.partition(":")[2]) or parts is None or len(parts.listed) != len(old.interactions):
        return None
    writer = _Writer(text, old, parts)
    for carried in carried_items:
        writer.put(carried)
    return "\n".join([heading, *writer.lines, *parts.tail, ""])


class _Writer:
    """Writes one interaction after the other; mutable: it remembers every object in the lines above."""

    def __init__(self, text: str, old: Cassette, parts: Parts) -> None:
        file = validated(File, {"runmock": 1, **read(text, old.path).value}, old.path, text)
        self.old = [
            Written(*fields) for fields in zip(parts.listed, file.interactions or (), old.interactions, strict=True)
        ]
        self.payloads = Payloads(old.base, old.path, None)
        self.lines: list[str] = []

    def put(self, carried: Carried) -> None:
        """Add the lines of one more interaction. Raises CassetteError for what the format cannot express."""
        before = None if carried.old is None else self.old[carried.old]
        lead = [""] if before is None else before.item.lead
        if not self.lines and carried.old != 0:
            lead = lead[next((place for place, line in enumerate(lead) if line.strip()), len(lead)) :]
        elif self.lines and carried.old == 0:
            lead = lead or [""]
        self.lines += [*lead, *self._written(before, carried.interaction)]
        Shortened.after(self.payloads).remember(carried.interaction)

    def _written(self, before: Written | None, interaction: Interaction) -> list[str]:
        if before is not None and self._means(before.model, interaction):
            return before.item.lines
        fresh = items_of(blocks([interaction], Shortened.after(self._trial())).split("\n"))
        assert fresh is not None
        (item,) = fresh.listed
        if before is not None:
            for lines in mixtures(before, Written(item, _model_of(item.lines), interaction)):
                try:
                    if self._means(_model_of(lines), interaction):
                        return lines
                except CassetteError:
                    continue
        return moved(item.lines, self.old[0].item.column - item.column)

    def _means(self, model: model_file.InteractionModel, interaction: Interaction) -> bool:
        """Whether lines, whose model this is, mean the wanted interaction when they follow the lines above."""
        try:
            return is_exactly(decoded(model, interaction.source, self._trial()), interaction)
        except CassetteError:
            return False

    def _trial(self) -> Payloads:
        """A copy of the payloads that knows all objects above; what it learns is not kept."""
        trial = Payloads(self.payloads.base, self.payloads.path, None)
        trial.objects = ChainMap({}, self.payloads.objects)
        return trial


def _model_of(lines: Sequence[str]) -> model_file.InteractionModel:
    value = read("\n".join(["interactions:", *lines, ""]), "").value
    file = validated(File, {"runmock": 1, **value}, "", None)
    assert file.interactions is not None
    return file.interactions[0]


def is_exactly(left: Interaction, right: Interaction) -> bool:
    """Whether two interactions are equal in everything but their places; true, 1 and 1.0 are three values."""
    return left._replace(source=right.source) == right and same_json(_values(left), _values(right))


def _values(interaction: Interaction) -> list[Any]:
    """The JSON values, for which `==` is not strict enough."""
    return [interaction.body, interaction.json, [list(event) for event in interaction.stream or ()]]
