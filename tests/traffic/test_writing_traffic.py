"""Every real recording, written as a cassette: nothing is lost, and it is short enough for review."""

import pytest
from recordings import NAMES, every_entry
from traffic_data import TRAFFIC

from runmock.apis.registry import identify
from runmock.apis.service.roots import below_root
from runmock.core.http.json_values import same_json
from runmock.core.replay.interaction import Interaction, StreamEvent
from runmock.core.script.script import Source
from runmock.tape.reading.cassette import cassette_from
from runmock.tape.writing.aliases import Aliases
from runmock.tape.writing.cassette_text import Header, cassette_text


def interactions(name):
    return [
        Interaction(
            Source(name, number),
            entry.method,
            below_root(entry.path),
            entry.query,
            entry.body,
            entry.status,
            json=entry.json,
            stream=None if entry.events is None else tuple(StreamEvent(*event) for event in entry.events),
            identify=identify,
        )
        for number, entry in enumerate(every_entry(name))
    ]


@pytest.mark.parametrize("name", NAMES)
def test_every_event_and_every_value_survives(name):
    recorded = interactions(name)
    text = cassette_text(Header(1_761_861_532), recorded)
    read = cassette_from(text).interactions
    restored = [interaction for interaction in read for _ in range(interaction.repeat)]
    for interaction, other in zip(restored, Aliases().aliased(recorded), strict=True):
        assert (interaction.method, interaction.path, dict(interaction.query), interaction.status) == (
            other.method,
            other.path,
            dict(other.query),
            other.status,
        )
        assert same_json([interaction.body, interaction.json], [other.body, other.json])
        assert [event.name for event in interaction.stream or ()] == [event.name for event in other.stream or ()]
        for event, sent in zip(interaction.stream or (), other.stream or (), strict=True):
            assert same_json(event.data, sent.data)
    assert cassette_text(Header(1_761_861_532), read) == text
    assert len(text.splitlines()) < 100
    assert len(text) < (TRAFFIC / name).stat().st_size
