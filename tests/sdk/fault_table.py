"""What the SDK gives an application when a run goes wrong: the tables that tests hold, and docs/reference/faults.md has."""

GENERATIONS = ("1.x", "2.x", "3.x")
RESPONSE_WAYS = {
    "create": "`create()`",
    "iterate": "`create(stream=True)`",
    "helper": "`.stream()`",
    "poll": "in the background, `retrieve()`",
}
"""The ways of following a response, and their columns."""
WAYS = {"poll": "`create_and_poll`", "iterate": "`create(stream=True)`", "handler": "`.stream()` with a handler"}
"""The ways of following a run, and their columns."""

SILENT = "no exception, last event `thread.message.delta`, run `in_progress`"
NAMELESS = "no exception, last event `None`, run `in_progress`"
ERROR_IN_VAIN = {"1.x": NAMELESS} | dict.fromkeys(("2.x", "3.x"), "no exception, last event `error`, run `in_progress`")
TRIED = "`{}` after 3 tries"
DROPPED = {"1.x": "`httpx.RemoteProtocolError`", "2.x": "`httpx.RemoteProtocolError`", "3.x": "`APIConnectionError`"}
DROPPED_IN_HANDLER = DROPPED | {"3.x": "`httpx2.RemoteProtocolError`"}
TIMED_OUT = {"1.x": "`httpx.ReadTimeout`", "2.x": "`httpx.ReadTimeout`", "3.x": "`APITimeoutError`"}
TIMED_OUT_IN_HANDLER = TIMED_OUT | {"3.x": "`httpx2.ReadTimeout`"}
TOO_LONG = {"1.x": TRIED.format("RateLimitError"), "2.x": "`RateLimitError`", "3.x": "`RateLimitError`"}
NO_JSON = "`json.JSONDecodeError`"
FINE = "no exception, run `completed`"
IN_HALF_A_MINUTE = "an HTTP date"
"""To be replaced by the date when it is tested."""


def ended(status):
    """A run that ends so is no exception, however it is followed."""
    return dict.fromkeys(WAYS, f"no exception, run `{status}`")


def refused(error, tries=3):
    """A request that is refused is the same exception, however the run would be followed."""
    return dict.fromkeys(WAYS, TRIED.format(error) if tries > 1 else f"`{error}`")


def stuck(status):
    """Who polls waits for ever; the stream ends."""
    outcome = f"no exception, last event `thread.run.{status}`, run `{status}`"
    return {"poll": "polls for ever, once a second", "iterate": outcome, "handler": outcome}


def streamed(iterate, handler=None):
    """What happens to a stream is nothing to who polls."""
    return {"poll": FINE, "iterate": iterate, "handler": handler or iterate}


TABLE = {
    "`fail: CODE`, any code": ([{"fail": code} for code in ("server_error", "rate_limit_exceeded", "invalid_prompt", "tool_user_error")], ended("failed")),
    "`expire: true`": ([{"expire": True}], ended("expired")),
    "`cancel: true`": ([{"cancel": True}], ended("cancelled")),
    "`incomplete: REASON`, any reason": ([{"incomplete": reason} for reason in ("max_completion_tokens", "max_prompt_tokens", "content_filter")], ended("incomplete")),
    "`cancel: refused`, and the application cancels": ([{"cancel": "refused"}], dict.fromkeys(WAYS, "`BadRequestError` from `cancel()`, run `completed`")),
    "`cancel: overtaken`, and the application cancels": ([{"cancel": "overtaken"}], dict.fromkeys(WAYS, "run `cancelling`, then `completed`")),
    "`stuck: queued`": ([{"stuck": "queued"}], stuck("queued")),
    "`stuck: in_progress`": ([{"stuck": "in_progress"}], stuck("in_progress")),
    "`http: 400`": ([{"http": 400}], refused("BadRequestError", 1)),
    "`http: 401`": ([{"http": 401}], refused("AuthenticationError", 1)),
    "`http: 403`": ([{"http": 403}], refused("PermissionDeniedError", 1)),
    "`http: 404`, `sunset: true`": ([{"http": 404}, {"sunset": True}], refused("NotFoundError", 1)),
    "`http: 409`": ([{"http": 409, "times": 3}], refused("ConflictError")),
    "`http: 422`": ([{"http": 422}], refused("UnprocessableEntityError", 1)),
    "`http: 429`": ([{"http": 429, "times": 3}], refused("RateLimitError")),
    "`http: 500`, `503`": ([{"http": 500, "times": 3}, {"http": 503, "times": 3}], refused("InternalServerError")),
    "`http: 500, times: 2`": ([{"http": 500, "times": 2}], dict.fromkeys(WAYS, "run `completed` after 3 tries")),
    "`http: 429, retry_after: 2`, once": ([{"http": 429, "retry_after": 2}], dict.fromkeys(WAYS, "waits 2 s, then run `completed`")),
    "`http: 429, retry_after: 200ms`, once": ([{"http": 429, "retry_after": "200ms"}], dict.fromkeys(WAYS, "waits 0.2 s, then run `completed`")),
    "`http: 503, retry_after: DATE`, once": ([{"http": 503, "retry_after": IN_HALF_A_MINUTE}], dict.fromkeys(WAYS, "waits until then, then run `completed`")),
    "`http: 429, retry_after: 300`": ([{"http": 429, "retry_after": 300, "times": 3}], dict.fromkeys(WAYS, TOO_LONG)),
    '`http: 429, headers: {x-should-retry: "false"}`': ([{"http": 429, "headers": {"x-should-retry": "false"}}], refused("RateLimitError", 1)),
    '`http: 400, headers: {x-should-retry: "true"}`': ([{"http": 400, "times": 3, "headers": {"x-should-retry": "true"}}], refused("BadRequestError")),
    "`disconnect`": ([{"disconnect": True}], streamed(DROPPED, DROPPED_IN_HANDLER)),
    "`truncate`": ([{"truncate": True}], streamed(SILENT)),
    "`stall`, longer than the read timeout": ([{"stall": "3600s"}], streamed(TIMED_OUT, TIMED_OUT_IN_HANDLER)),
    "`garbage: not_json`": ([{"garbage": True}], streamed(NO_JSON)),
    "`garbage: half_frame`": ([{"garbage": "half_frame"}], streamed(SILENT)),
    "`garbage: unknown_event`": ([{"garbage": "unknown_event"}], streamed(FINE)),
    "`garbage: duplicate`, `out_of_order`": ([{"garbage": "duplicate"}, {"garbage": "out_of_order"}], streamed("no exception, wrong text")),
    "`garbage: wrong_index`": ([{"garbage": "wrong_index"}], streamed(FINE, "`IndexError`")),
    "`error_event`, nested": ([{"error_event": "server_error"}], streamed("`APIError`")),
    "`error_event: {flat: true}`": ([{"error_event": {"code": "server_error", "flat": True}}], streamed(ERROR_IN_VAIN, NAMELESS)),
}  # fmt: skip
"""A fault as the page names it: the runs that show it, and by way what an application gets, by generation where
they differ."""


HALF = "no exception, last event `response.output_text.delta`, response `in_progress`"
COMPLETED = "no exception, response `completed`"
WRONG_TEXT = "no exception, wrong text in the deltas"
UNNOTICED_BEFORE_3 = {"1.x": COMPLETED, "2.x": COMPLETED, "3.x": "`RuntimeError`"}
SCRIPT_ERROR = "an error of the script"


def response(iterate, helper=None, whole=COMPLETED):
    """What happens to a stream is nothing to `create()`, and nothing to who retrieves; `whole`: what they get."""
    return {"create": whole, "iterate": iterate, "helper": helper or iterate, "poll": whole}


def as_response(words):
    """The words of a request that is refused, whatever it would create."""
    if isinstance(words, dict):
        return {generation: as_response(outcome) for generation, outcome in words.items()}
    return words.replace("run `", "response `")


def refusals():
    """The rows of refused requests: they are the same for both APIs, except that only one of them has a sunset."""
    for fault, (runs, words) in TABLE.items():
        refused_runs = [run for run in runs if "http" in run]
        if refused_runs:
            name = fault.removesuffix(", `sunset: true`")
            yield name, (refused_runs, dict.fromkeys(RESPONSE_WAYS, as_response(words["poll"])))


RESPONSE_TABLE = {
    "`fail: CODE`, any code": ([{"fail": code} for code in ("server_error", "rate_limit_exceeded", "invalid_prompt", "tool_user_error")], response("`APIError`", whole="no exception, response `failed`")),
    "`incomplete: max_completion_tokens`, `content_filter`": ([{"incomplete": "max_completion_tokens"}, {"incomplete": "content_filter"}], response("no exception, response `incomplete`", "`RuntimeError`", "no exception, response `incomplete`")),
    "`incomplete: max_prompt_tokens`": ([{"incomplete": "max_prompt_tokens"}], response(SCRIPT_ERROR, whole=SCRIPT_ERROR)),
    "`expire: true`": ([{"expire": True}], response(SCRIPT_ERROR, whole=SCRIPT_ERROR)),
    "`cancel: true`": ([{"cancel": True}], response(SCRIPT_ERROR, whole=SCRIPT_ERROR) | {"poll": "no exception, response `cancelled`"}),
    "`cancel: refused`, `overtaken`, and the application cancels": ([{"cancel": "refused"}, {"cancel": "overtaken"}], response("`BadRequestError` from `cancel()`, response `completed`", whole="`BadRequestError` from `cancel()`, response `completed`") | {"poll": "response `completed`, then `completed`"}),
    "no key, and the application cancels": ([{}], response("`BadRequestError` from `cancel()`, response `completed`", whole="`BadRequestError` from `cancel()`, response `completed`") | {"poll": "response `cancelled`, then `cancelled`"}),
    "`stuck: queued`, `in_progress`, `cancelling`": ([{"stuck": "queued"}, {"stuck": "in_progress"}, {"stuck": "cancelling"}], response(TIMED_OUT) | {"create": TRIED.format("APITimeoutError"), "poll": "never at rest"}),
    **dict(refusals()),
    "`sunset: true`": ([{"sunset": True}], response(COMPLETED)),
    "`disconnect`": ([{"disconnect": True}], response(DROPPED)),
    "`truncate`": ([{"truncate": True}], response(HALF, "`RuntimeError`")),
    "`stall`, longer than the read timeout": ([{"stall": "3600s"}], response(TIMED_OUT)),
    "`garbage: not_json`": ([{"garbage": True}], response(NO_JSON)),
    "`garbage: half_frame`": ([{"garbage": "half_frame"}], response(HALF, "`RuntimeError`")),
    "`garbage: unknown_event`, `sequence_gap`": ([{"garbage": "unknown_event"}, {"garbage": "sequence_gap"}], response(COMPLETED)),
    "`garbage: duplicate`, `out_of_order`": ([{"garbage": "duplicate"}, {"garbage": "out_of_order"}], response(WRONG_TEXT)),
    "`garbage: wrong_index`": ([{"garbage": "wrong_index"}], response(COMPLETED, "`IndexError`")),
    "`garbage: response_id_changes`, `item_id_changes`": ([{"garbage": "response_id_changes"}, {"garbage": "item_id_changes"}], response(COMPLETED, UNNOTICED_BEFORE_3)),
    "`error_event`, nested": ([{"error_event": "server_error"}], response("`APIError`")),
    "`error_event: {flat: true}`": ([{"error_event": {"code": "server_error", "flat": True}}], response("no exception, last event `error`, response `in_progress`", "`RuntimeError`")),
}  # fmt: skip
"""The same for responses."""


def cell(words):
    """A cell of the table: the outcome of each generation, written once where it is the same."""
    if isinstance(words, str):
        return words
    by_words = {}
    for generation in GENERATIONS:
        by_words.setdefault(words[generation], []).append(generation)
    return "; ".join(f"{', '.join(generations)}: {outcome}" for outcome, generations in by_words.items())


def markdown():
    """The whole table of runs."""
    return table(WAYS, TABLE)


def response_markdown():
    """The whole table of responses."""
    return table(RESPONSE_WAYS, RESPONSE_TABLE)


def table(ways, faults):
    """A table as it stands on the page."""
    rows = [["fault", *ways.values()]]
    rows += [[fault, *(cell(words[way]) for way in ways)] for fault, (_, words) in faults.items()]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "".join(f"{line}\n" for line in [lines[0], f"|{'---|' * len(rows[0])}", *lines[1:]])
