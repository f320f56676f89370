"""A recording that must not become the cassette is kept beside it."""

import contextlib
import tempfile

import httpx2
import pytest
from upstream import ROOT, Upstream, recorded, weather

import runmock
from runmock.tape.reading.cassette import load_cassette

HEADERS = {"OpenAI-Beta": "assistants=v2"}
GITHUB = "ghp_abcdefghijklmnopqrstuvwxyz0123456789"
KEPT = "what was recorded is in {}.partial, without anything secret"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.runmock.yaml"


def refused(path, *bodies, mode="once", answer=None, **options):
    """Record requests that create threads, and be refused; the exception."""
    answer = answer or (lambda _: httpx2.Response(200, json={"id": "thread_A1", "object": "thread"}))
    with pytest.raises(Exception) as caught:  # noqa: PT011 - its text is the caller's matter
        _record(path, bodies, mode, answer, options)
    return caught.value


def _record(path, bodies, mode, answer, options):
    transport = httpx2.MockTransport(answer)
    with (
        httpx2.Client(transport=transport, base_url=ROOT, headers=HEADERS) as client,
        runmock.use_cassette(path, record_mode=mode, **options),
    ):
        for body in bodies:
            with contextlib.suppress(httpx2.HTTPError):
                client.post("/threads", json=body)


def beside(path):
    return path.with_name(f"{path.name}.partial")


def test_a_secret_refuses_the_file_and_the_recording_is_kept_without_it(path):
    error = refused(path, {"metadata": {"note": f"it is {GITHUB}"}}, {"metadata": {}})
    assert error.__notes__ == [KEPT.format(path)]
    assert not path.exists()
    assert [interaction.body for interaction in load_cassette(beside(path)).interactions] == [
        {"metadata": {"note": "it is redacted"}},
        {"metadata": {}},
    ]


def test_a_worse_recording_is_kept(path):
    with recorded(path, Upstream()) as sdk:
        weather(sdk)
    before = path.read_bytes()
    sent = {"messages": [{"role": "user", "content": "Weather in Paris?"}]}
    error = refused(path, sent, mode="all", answer=lambda _: httpx2.Response(404, json={"error": {}}))
    assert error.__notes__ == [KEPT.format(path)]
    assert [interaction.status for interaction in load_cassette(beside(path)).interactions] == [404]
    assert path.read_bytes() == before


def test_a_recording_that_is_not_whole_is_kept_as_far_as_it_came(path):
    def answers(request):
        if b"second" in request.content:
            raise httpx2.ConnectError("gone", request=request)
        return httpx2.Response(200, json={"id": "thread_A1", "object": "thread"})

    error = refused(path, {"metadata": {"n": "first"}}, {"metadata": {"n": "second"}}, answer=answers)
    assert error.__notes__ == [KEPT.format(path)]
    assert [interaction.body["metadata"]["n"] for interaction in load_cassette(beside(path)).interactions] == ["first"]


def test_several_refused_recordings_end_up_in_a_single_file(path):
    for name in ("first", "second", "first"):
        refused(path, {"metadata": {"n": name, "note": GITHUB}})
    kept = load_cassette(beside(path)).interactions
    assert [interaction.body["metadata"]["n"] for interaction in kept] == ["first", "second"]


def test_a_cassette_that_nothing_can_be_put_into_costs_no_recording(path):
    path.write_text("{runmock: 1, interactions: []}\n")
    error = refused(path, {"metadata": {}}, mode="all")
    assert "nothing can be added to it by lines" in str(error)
    assert error.__notes__ == [KEPT.format(path)]
    assert len(load_cassette(beside(path)).interactions) == 1


def test_what_before_record_cannot_clean_is_not_kept_and_that_is_reported(path):
    def clean(interaction):
        return interaction if interaction.body["metadata"] else interaction.nothing

    error = refused(path, {"metadata": {"a": "b"}}, {"metadata": {}}, before_record=clean)
    assert isinstance(error, AttributeError)
    line = clean.__code__.co_firstlineno + 1
    assert error.__notes__ == [
        f"{__file__}:{line}, in clean",
        f"{KEPT.format(path)}; 1 of 2 answers are not in it",
    ]
    assert [interaction.body for interaction in load_cassette(beside(path)).interactions] == [{"metadata": {"a": "b"}}]
    other = path.with_name("b.runmock.yaml")
    error = refused(other, {"metadata": {}}, before_record=clean)
    assert error.__notes__[1:] == [
        "nothing of what was recorded is kept: it could not be prepared, and may contain secrets"
    ]
    assert not beside(other).exists()


def test_where_nothing_can_be_written_it_is_in_the_folder_for_temporary_files(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    path = tmp_path / "a" / "b.runmock.yaml"

    def answers(request):
        (tmp_path / "a").write_text("this is no folder")
        return httpx2.Response(200, json={"id": "thread_A1", "object": "thread"})

    error = refused(path, {"metadata": {}}, answer=answers)
    assert isinstance(error, OSError | runmock.CassetteError)
    kept = tmp_path / "runmock-b.runmock.yaml.partial"
    assert error.__notes__ == [f"what was recorded is in {kept}, without anything secret"]
    assert len(load_cassette(kept).interactions) == 1


def test_in_the_folder_for_temporary_files_no_recording_replaces_another(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def refused_in(folder, user):
        def answers(request):
            (tmp_path / folder).write_text("this is no folder")
            return httpx2.Response(200, json={"id": "thread_A1", "object": "thread"})

        error = refused(tmp_path / folder / "b.runmock.yaml", {"metadata": {"user": user}}, answer=answers)
        return error.__notes__

    usual = tmp_path / "runmock-b.runmock.yaml.partial"
    places = [usual, usual.with_name(f"{usual.name}.1")]
    notes = [refused_in("one", "Ada"), refused_in("other", "Bob")]
    assert notes == [[f"what was recorded is in {place}, without anything secret"] for place in places]
    kept = [load_cassette(place).interactions for place in places]
    assert [[interaction.body for interaction in some] for some in kept] == [
        [{"metadata": {"user": "Ada"}}],
        [{"metadata": {"user": "Bob"}}],
    ]


def test_a_success_leaves_nothing_beside_the_cassette(path):
    with recorded(path, Upstream()) as sdk:
        weather(sdk)
    assert list(path.parent.iterdir()) == [path]
