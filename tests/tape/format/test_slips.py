"""A word that is a slip of a known one is an error that names the known one; other words are the writer's own."""

import pytest

from runmock import CassetteError
from runmock.tape.reading.cassette import cassette_from


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("runs: [{fail: servererror}]", "1:9: unknown code 'servererror'; did you mean 'server_error'?"),
        ("runs: [{fail: Server_Error}]", "1:9: unknown code 'Server_Error'; did you mean 'server_error'?"),
        ("runs: [{steps: [{reply: a}, {fail: rate_limit_exceded}]}]", "1:30: unknown code 'rate_limit_exceded'; did you mean 'rate_limit_exceeded'?"),
        ("runs: [{http: 429, error: ratelimit_exceeded}]", "1:20: unknown code 'ratelimit_exceeded'; did you mean 'rate_limit_exceeded'?"),
        ("runs: [{reply: a, error_event: servererror}]", "1:19: unknown code 'servererror'; did you mean 'server_error'?"),
        ("runs: [{incomplete: maxtokens}]", "1:9: unknown reason 'maxtokens'; did you mean 'max_completion_tokens' or 'max_prompt_tokens'?"),
        ("runs: [{incomplete: contentfilter}]", "1:9: unknown reason 'contentfilter'; did you mean 'content_filter'?"),
        ("runs: [{stuck: queud}]", "1:9: 'stuck' should be 'queued', 'in_progress' or 'cancelling', got 'queud'; did you mean 'queued'?"),
        ("runs: [{reply: a, cancel: refusd}]", "1:19: 'cancel' should be true, 'refused' or 'overtaken', got 'refusd'; did you mean 'refused'?"),
        ("runs: [{reply: a, garbage: {kind: notjson}}]", "1:29: 'kind' should be 'not_json', 'half_frame', 'unknown_event', 'duplicate', 'out_of_order', 'wrong_index', 'sequence_gap', 'response_id_changes' or 'item_id_changes', got 'notjson'; did you mean 'not_json'?"),
        ("ids: leniant", "1:1: 'ids' should be 'lenient' or 'strict', got 'leniant'; did you mean 'lenient'?"),
        ("defaults: {shapes: lve}", "1:12: 'shapes' should be 'live' or 'reference', got 'lve'; did you mean 'live'?"),
        ("defaults: {advance: pols}", "1:12: 'advance' should be 'polls', got 'pols'; did you mean 'polls'?"),
    ],
)  # fmt: skip
def test_a_slip_is_an_error_with_the_known_word(text, message):
    with pytest.raises(CassetteError) as refused:
        cassette_from(text)
    assert str(refused.value) == f"inline:{message}"


@pytest.mark.parametrize(
    "run",
    [
        "fail: server_error",
        "fail: invalid_prompt",
        "fail: tool_user_error",
        "fail: my_own",
        "http: 429, error: RateLimitExceeded",
        "http: 404, error: DeploymentNotFound",
        "http: 400, error: unsupported_model",
        "reply: a, error_event: my_own",
        "incomplete: content_filter",
        "incomplete: stopped",
    ],
)
def test_other_words_are_the_writers_own(run):
    cassette = cassette_from(f"runs: [{{{run}}}]")
    assert cassette.script is not None
    assert len(cassette.script.runs) == 1
