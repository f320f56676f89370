import pytest

from runmock.core.errors import ScriptError
from runmock.core.script.substitution import find_faults, substitute

OUTPUTS = {"get_weather": "21", "call_1": "21", "a-b": "x"}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("plain", "plain"),
        ("You said $last_message.", "You said hi $5."),
        ("It is $outputs.get_weather degrees", "It is 21 degrees"),
        ("It is $outputs.get_weather.", "It is 21."),
        ("$outputs.call_1-$outputs.a-b", "21-x"),
        ("_$outputs.get_weather_", "_21_"),
        ("for $metadata.user", "for Ada"),
        ("$$last_message costs $$5", "$last_message costs $5"),
        ("$5, $ and $", "$5, $ and $"),
        ("$_x", "$_x"),
    ],
)
def test_a_substitution(text, result):
    assert find_faults(text, OUTPUTS) is None
    assert substitute(text, "hi $5", OUTPUTS, {"user": "Ada"}) == result


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "$lastmessage",
            "'$lastmessage' is not a substitution; did you mean $last_message? Write $$ for a dollar sign",
        ),
        ("$output.x", "'$output' is not a substitution; did you mean $outputs.NAME? Write $$ for a dollar sign"),
        ("$outputs", "'$outputs' is not a substitution; write $outputs.NAME, or $$ for a dollar sign"),
        ("$metadata.", "'$metadata' is not a substitution; write $metadata.KEY, or $$ for a dollar sign"),
        ("US$x", "'$x' is not a substitution; write $$ for a dollar sign"),
        ("$outputs.get_wether", "'$outputs.get_wether' names no earlier call of this run; did you mean 'get_weather'?"),
        ("$outputs.z", "'$outputs.z' names no earlier call of this run; calls before it: a-b, call_1, get_weather"),
    ],
)
def test_a_placeholder_that_cannot_be_filled(text, problem):
    assert find_faults(text, OUTPUTS) == problem


def test_without_calls_no_output_can_be_named():
    assert (
        find_faults("$outputs.x", ())
        == "'$outputs.x' names no earlier call of this run; no call comes before it in this run"
    )


def test_metadata_that_the_run_does_not_have_is_a_script_error():
    with pytest.raises(ScriptError) as caught:
        substitute("$metadata.user", "", {}, {"lang": "en"})
    assert str(caught.value) == "the reply has '$metadata.user', but the run has these metadata: lang"


def test_a_word_that_is_no_substitution_stays():
    assert substitute("$nothing", "", {}, {}) == "$nothing"
