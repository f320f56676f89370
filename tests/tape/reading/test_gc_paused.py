"""The collector waits while a cassette is read, and is afterwards as it was."""

import gc

import pytest

from runmock import CassetteError
from runmock.tape.reading.cassette import load_cassette
from runmock.tape.reading.gc_paused import gc_paused


@pytest.fixture(autouse=True)
def collector():
    yield gc
    gc.enable()


def test_it_waits_meanwhile():
    with gc_paused():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_collection_that_was_off_stays_off():
    gc.disable()
    with gc_paused():
        pass
    assert not gc.isenabled()


def test_it_is_on_again_after_a_cassette_that_is_wrong(tmp_path):
    (tmp_path / "x.yaml").write_text("runmock: 1\nruns: [{replay: Hi}]\n")
    with pytest.raises(CassetteError, match="replay"):
        load_cassette(tmp_path / "x.yaml")
    assert gc.isenabled()
