import pytest

import runmock
from runmock.core import errors


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (("a.yaml",), "a.yaml: wrong"),
        (("a.yaml", 3), "a.yaml:3: wrong"),
        (("a.yaml", 3, 7), "a.yaml:3:7: wrong"),
        (("a.yaml", None, 7), "a.yaml:7: wrong"),
    ],
)
def test_an_error_of_a_cassette_begins_with_its_place(place, text):
    assert str(errors.CassetteError("wrong", *place)) == text


@pytest.mark.parametrize("kind", [errors.UnmatchedRequest, errors.ScriptError, errors.OutputMismatch])
def test_a_failure_is_no_exception_so_that_the_sdk_lets_it_through(kind):
    assert issubclass(kind, errors.RunmockFailure)
    assert not issubclass(kind, Exception)


@pytest.mark.parametrize("kind", [errors.UsageError, errors.CassetteError, errors.CassetteNotFoundError])
def test_an_error_is_an_exception(kind):
    assert issubclass(kind, errors.RunmockError)
    assert issubclass(kind, Exception)


@pytest.mark.parametrize("name", [name for name in errors.__dict__ if name.endswith(("Error", "Failure", "Request"))])
def test_tracebacks_name_the_package(name):
    assert getattr(errors, name).__module__ == "runmock"


@pytest.mark.parametrize(
    ("word", "hint"),
    [(word, "; did you mean 'reply'?") for word in ("replly", "reply", "REPLY")] + [("xyz", ""), ("", "")],
)
def test_the_nearest_word_is_proposed(word, hint):
    assert errors.did_you_mean(word, iter(["reply", "calls"])) == hint


def test_the_package_is_runmock():
    assert runmock.__name__ == "runmock"


def test_notes_of_an_exception_are_there_also_when_it_has_none():
    error = errors.CassetteError("wrong", "a.yaml")
    assert errors.notes_of(error) == []
    error.add_note("it is kept elsewhere")
    assert errors.notes_of(error) == ["it is kept elsewhere"]


KNOWN = ("done", "thread.run.completed", "thread.run.failed")


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("thread.run.complete", "thread.run.completed"),
        ("thread.run.compelted", "thread.run.completed"),
        ("thread.run.comlpetde", "thread.run.completed"),
        ("Thread.Run.Failed", "thread.run.failed"),
        ("thred.run.faled", "thread.run.failed"),
        ("thread.run.failedddd", None),
        ("thread.run.paused", None),
        ("donne", "done"),
        ("dne", "done"),
        ("", None),
        ("ping", None),
        ("message", None),
    ],
)
def test_a_word_that_is_one_or_two_letters_beside_a_known_one_is_a_slip(word, known):
    assert errors.slip_of(word, KNOWN) == known


def test_nothing_is_a_slip_where_nothing_is_known():
    assert errors.slip_of("done", ()) is None
