"""How often a background response was polled, and how a text came in pieces, is no difference."""

import pytest
from response_talks import at_rest
from upstream import Upstream, recorded

import runmock


def polled(sdk, **more):
    return at_rest(sdk, sdk.responses.create(model="gpt-4o", input="Hi", background=True, **more)).output_text


def streamed(sdk):
    with sdk.responses.stream(model="gpt-4o", input="Hi") as stream:
        return stream.get_final_response().output_text


def script(poll="[queued, in_progress]", reply="Hello"):
    return f"runs: [{{reasoning: [Hm], reply: {reply}, poll: {poll}}}]"


POLLS = ["0", "3", "[in_progress]", "[queued, in_progress]"]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "polled.yaml"


@pytest.mark.parametrize("before", POLLS)
@pytest.mark.parametrize("after", POLLS)
@pytest.mark.parametrize("mode", ["all", "verify"])
def test_other_polls_leave_the_file_as_it_is(path, before, after, mode):
    with recorded(path, Upstream(script(before))) as sdk:
        polled(sdk)
    written = path.read_bytes()
    with recorded(path, Upstream(script(after), salt="x", later=300, slow=3), mode) as sdk:
        assert polled(sdk) == "Hello"
    assert path.read_bytes() == written


def test_another_text_is_in_the_file_and_the_polls_before_it_stay(path):
    with recorded(path, Upstream(script("3"))) as sdk:
        polled(sdk)
    written = path.read_text()
    with recorded(path, Upstream(script("0", "Goodbye"), salt="x"), "all") as sdk:
        polled(sdk)
    assert path.read_text().replace("Goodbye", "Hello") == written
    with recorded(path, Upstream(), "none") as sdk:
        assert polled(sdk) == "Goodbye"


def test_polls_of_other_settings_do_not_stay(path):
    with recorded(path, Upstream(script("3"))) as sdk:
        polled(sdk)
    text = script("3")
    with recorded(path, Upstream(text.replace("}]", ", metadata: {user: ada}}]"), salt="x"), "all") as sdk:
        polled(sdk)
    assert "metadata: {}" not in path.read_text()


def test_another_text_of_a_polled_response_is_reported_once(path):
    with recorded(path, Upstream(script("1"))) as sdk:
        polled(sdk)
    with (
        pytest.raises(runmock.CassetteError) as raised,
        recorded(path, Upstream(script("4", "Bye"), salt="x"), "verify") as sdk,
    ):
        polled(sdk)
    places = [line.split("  ")[-1] for line in str(raised.value).splitlines() if "interaction" in line]
    assert places.count("json.output[1].content[0].text") == 1
    assert not any("status" in place or place.endswith("id") for place in places)


SPLITS = ("[He, llo, ' you']", "[Hello you]")


@pytest.mark.parametrize(("before", "after"), [SPLITS, SPLITS[::-1]])
def test_the_split_of_a_text_is_no_difference(path, before, after):
    with recorded(path, Upstream(script(reply=before))) as sdk:
        streamed(sdk)
    with recorded(path, Upstream(script(reply=after), salt="xyz", chunk=11), "verify") as sdk:
        assert streamed(sdk) == "Hello you"


def test_another_text_is_told_by_its_deltas_and_what_repeats_it(path):
    with recorded(path, Upstream(script(reply=SPLITS[0]))) as sdk:
        streamed(sdk)
    with (
        pytest.raises(runmock.CassetteError) as raised,
        recorded(path, Upstream(script(reply="[Hello, ' me']")), "verify") as sdk,
    ):
        streamed(sdk)
    places = [line.split("  ")[-1] for line in str(raised.value).splitlines() if "interaction" in line]
    assert places[0] == "stream[10][1].delta"
    assert not any("sequence_number" in place for place in places)
