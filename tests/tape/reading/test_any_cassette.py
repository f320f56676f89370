import json

from hypothesis import given, settings
from hypothesis import strategies as st

from runmock.core.errors import CassetteError
from runmock.tape.format.model_content import CallModel, FileSearchResultModel, ReplyModel
from runmock.tape.format.model_file import File, InteractionModel
from runmock.tape.format.model_run import MatchModel, RunModel
from runmock.tape.reading.cassette import Cassette, cassette_from

WORDS = sorted(
    {
        key
        for model in (File, InteractionModel, RunModel, ReplyModel, CallModel, MatchModel, FileSearchResultModel)
        for key in model.key_types()
    }
    | {"disconnect", "thread.run.created", "done", "a", "same", "drop", "id", "results", "input", "first", "role"}
)
TEXTS = ("", "a", "/(/", "/a/", "20ms", "done", "$outputs.a", "$x", "+1s", "run_1", "GET /a", "queued", "any", "\u2028")
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 500),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(TEXTS),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(WORDS), inner, max_size=4)),
    max_leaves=25,
)
RUNS = st.dictionaries(st.sampled_from(sorted(RunModel.key_types())), VALUES, max_size=4)
INTERACTIONS = st.fixed_dictionaries(
    {"request": st.sampled_from(["GET /a", "POST /a?b=c"])},
    optional={"stream": st.lists(VALUES, max_size=4), "json": VALUES, "repeat": VALUES, "text": VALUES},
)
FILES = st.fixed_dictionaries(
    {},
    optional={
        "runs": st.one_of(VALUES, st.lists(RUNS, max_size=3)),
        "interactions": st.one_of(VALUES, st.lists(INTERACTIONS, max_size=3)),
        "defaults": VALUES,
        "assistants": VALUES,
        "threads": VALUES,
        "recorded": VALUES,
    },
)


@settings(max_examples=300)
@given(FILES)
def test_any_mapping_gives_a_cassette_or_a_located_error(value):
    """The same mapping, once as YAML text (JSON is YAML) and once as Python's."""
    text = json.dumps(value)
    outcomes = []
    for source in (text, value):
        try:
            outcomes.append(type(cassette_from(source)))
        except CassetteError as error:
            outcomes.append((error.line, error.column))
    from_text, from_value = outcomes
    if from_text is Cassette:
        assert from_value is Cassette
    else:
        assert min(from_text) >= 1
