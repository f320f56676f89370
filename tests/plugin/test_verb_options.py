"""The types of the verbs' keywords are the keys of a cassette: what an editor completes is valid."""

import inspect
from typing import get_args

import pytest

from runmock import Session
from runmock.core.script import choices
from runmock.session.verbs.verb_options import NAMES, Conditions, ReplyOptions, RunOptions
from runmock.tape.format.model_content import ReplyModel
from runmock.tape.format.model_run import MatchModel, RunModel
from runmock.tape.format.shorthand import LATE_CANCELS


def test_the_conditions_of_when_are_those_of_match():
    assert set(Conditions.__annotations__) == set(MatchModel.key_types())


def test_the_options_of_a_reply_are_keys_of_a_reply_and_of_a_run():
    own = set(ReplyOptions.__annotations__) - set(RunOptions.__annotations__)
    assert own == set(ReplyModel.key_types()) - {"chunks"}
    assert set(RunOptions.__annotations__) < set(RunModel.key_types())


def test_an_option_by_name_is_found_by_its_annotation():
    typed = ((Session.reply, ReplyOptions), (Session.refusal, RunOptions), (Session.when, Conditions))
    for verb, options in typed:
        annotation = list(inspect.signature(verb).parameters.values())[-1].annotation
        assert set(NAMES[annotation]) - {"chunks"} == set(options.__annotations__)


def test_late_cancels_are_those_that_are_read():
    assert get_args(choices.LateCancel) == LATE_CANCELS


@pytest.mark.parametrize(
    ("kind", "verb"),
    [
        (choices.FailCode, lambda session, word: session.fail(word)),
        (choices.ErrorCode, lambda session, word: session.http(429, error=word)),
        (choices.IncompleteReason, lambda session, word: session.incomplete(word)),
        (choices.StuckStatus, lambda session, word: session.stuck(word)),
        (choices.LateCancel, lambda session, word: session.cancel(word)),
        (choices.GarbageKind, lambda session, word: session.garbage(kind=word)),
        (choices.PollStatus, lambda session, word: session.reply("a", poll=[word])),
    ],
)
def test_every_word_that_an_editor_proposes_is_accepted(kind, verb):
    session = Session()
    for word in get_args(kind):
        verb(session, word)


def test_a_verb_shows_its_own_parameters():
    assert list(inspect.signature(Session().http).parameters)[:3] == ["status", "error", "retry_after"]
    assert inspect.getdoc(Session.reply).startswith("The assistant's message.")
    assert '`reply("a").reply("b")` are two messages of one run' in inspect.getdoc(Session.reply)
