import pytest
from file_conversation import Files

from runmock.core.script.script import Match, ScriptedRun, Source

KNOWN = ["gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-4.1-mini", "gpt-5", "o3-mini"]


def test_every_session_has_some_models():
    models = Files().gets("/models")
    assert list(models) == ["object", "data"]
    assert [model["id"] for model in models["data"]] == [*KNOWN, "my-default"]
    assert models["data"][0] == {"id": "gpt-4o", "object": "model", "created": 1715367049, "owned_by": "system"}


def test_models_that_the_cassette_names_exist():
    where = Source("a.yaml", 0)
    runs = [
        ScriptedRun(where, overrides={"model": "my-run"}),
        ScriptedRun(where, match=Match(model="my-match")),
        ScriptedRun(where, match=Match(model="/my-pattern/")),
    ]
    files = Files(assistants=[{"id": "asst_1", "model": "my-assistant"}, {"id": "asst_2"}], runs=runs)
    files.stage.playlist.add([ScriptedRun(where, overrides={"model": "my-verb"})])
    named = [model["id"] for model in files.gets("/models")["data"]]
    assert named == [*KNOWN, "my-assistant", "my-default", "my-match", "my-run", "my-verb"]
    assert files.gets("/models/my-match")["id"] == "my-match"


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_another_model_is_unknown(method):
    assert Files().refused(method, "/models/fake_id") == (
        404,
        "The model 'fake_id' does not exist",
        "model",
        "model_not_found",
    )


def test_a_deleted_model_is_gone():
    files = Files()
    assert files.deletes("/models/gpt-5") == {"id": "gpt-5", "object": "model", "deleted": True}
    assert files.refused("GET", "/models/gpt-5")[0] == 404


def test_without_a_cassette_every_model_exists():
    assert Files(is_stock=True).gets("/models/anything")["id"] == "anything"
