"""A service that has learned something new: its items, keys and events are known to nobody."""

import json

import httpx2

RESPONSE = {"id": "resp_x", "object": "response", "status": "in_progress", "output": [], "mood": {"id": "mood_x"}}
DREAM = {"id": "dream_x", "type": "dream_call", "vivid": 0.5, "status": "completed", "text": "A sheep jumps"}
MESSAGE = {
    "id": "msg_x",
    "type": "message",
    "role": "assistant",
    "status": "completed",
    "colour": None,
    "content": [{"type": "output_hologram", "layers": [1, 2.0]}, {"type": "output_text", "text": "Done.", "annotations": [{"type": "dream_citation", "dream_id": "dream_x"}], "warmth": 1}],
}  # fmt: skip
OF_RESPONSES = [
    ("response.created", {"response": RESPONSE}),
    ("response.dreaming", {"depth": 3, "layers": [{"id": "layer_x", "colour": None}]}),
    ("response.output_item.added", {"output_index": 0, "item": {"id": "dream_x", "type": "dream_call", "vivid": True, "status": "in_progress"}}),
    ("response.dream_call.deepening", {"item_id": "dream_x", "output_index": 0, "depth": 4}),
    ("response.dream_call_text.delta", {"item_id": "dream_x", "output_index": 0, "delta": "A sheep"}),
    ("response.dream_call_text.delta", {"item_id": "dream_x", "output_index": 0, "delta": " jumps"}),
    ("response.dream_call_text.done", {"item_id": "dream_x", "output_index": 0, "text": "A sheep jumps"}),
    ("response.output_item.done", {"output_index": 0, "item": DREAM}),
    ("response.output_item.added", {"output_index": 1, "item": {**MESSAGE, "status": "in_progress", "content": []}}),
    ("response.content_part.added", {"item_id": "msg_x", "output_index": 1, "content_index": 0, "part": {"type": "output_hologram", "layers": []}}),
    ("response.output_hologram.delta", {"item_id": "msg_x", "output_index": 1, "content_index": 0, "delta": {"layer": 1}}),
    ("response.output_item.done", {"output_index": 1, "item": MESSAGE}),
    ("response.completed", {"response": {**RESPONSE, "status": "completed", "output": [DREAM, MESSAGE], "wake": 1.0}}),
]  # fmt: skip
RUN = {"id": "run_x", "object": "thread.run", "thread_id": "thread_x", "assistant_id": "asst_x", "created_at": 1_780_000_000, "status": "in_progress", "mood": {"id": "mood_x"}}  # fmt: skip
THREAD_MESSAGE = {"id": "msg_x", "object": "thread.message", "thread_id": "thread_x", "run_id": "run_x", "role": "assistant", "created_at": 1_780_000_001, "status": "completed", "colour": None}  # fmt: skip
STEP = {"id": "step_x", "object": "thread.run.step", "thread_id": "thread_x", "run_id": "run_x", "type": "dreaming", "status": "completed", "created_at": 1_780_000_001, "step_details": {"type": "dreaming", "dreaming": {"vivid": 0.5, "layers": [{"id": "layer_x"}]}}}  # fmt: skip
PARTS = [{"type": "hologram", "hologram": {"layers": [1, 2.0]}}, {"type": "text", "text": {"value": "Done.", "annotations": [{"type": "dream_citation", "dream_id": "dream_x"}], "warmth": 1}}]  # fmt: skip
OF_ASSISTANTS = [
    ("thread.created", {"id": "thread_x", "object": "thread", "created_at": 1_780_000_000, "weather": "fair"}),
    ("thread.run.created", RUN),
    ("thread.run.dreaming", {"id": "run_x", "depth": 3, "layers": [{"id": "layer_x", "colour": None}]}),
    ("thread.run.step.created", {**STEP, "status": "in_progress", "step_details": {"type": "dreaming"}}),
    ("thread.run.step.delta", {"id": "step_x", "object": "thread.run.step.delta", "delta": {"step_details": {"type": "dreaming", "dreaming": {"depth": 4}}}}),
    ("thread.run.step.completed", STEP),
    ("thread.message.created", {**THREAD_MESSAGE, "status": "in_progress", "content": []}),
    ("thread.message.delta", {"id": "msg_x", "object": "thread.message.delta", "delta": {"content": [{"index": 0, "type": "hologram", "hologram": {"layer": 1}}]}}),
    ("thread.message.delta", {"id": "msg_x", "object": "thread.message.delta", "delta": {"content": [{"index": 1, "type": "text", "text": {"value": "Done."}}], "tempo": "slow"}}),
    ("thread.message.completed", {**THREAD_MESSAGE, "content": PARTS}),
    ("thread.run.completed", {**RUN, "status": "completed", "wake": 1.0}),
    ("done", "[DONE]"),
]  # fmt: skip


def stream_of(events):
    """The bytes of a stream."""
    frames = [
        f"event: {name}\ndata: {data if isinstance(data, str) else json.dumps(data)}\n\n" for name, data in events
    ]
    return "".join(frames).encode()


def numbered(events):
    """Events of Responses with what each of them has."""
    return [(name, {"type": name, "sequence_number": place, **data}) for place, (name, data) in enumerate(events)]


ANSWERS = {
    ("POST", "/v1/responses", True): numbered(OF_RESPONSES),
    ("POST", "/v1/responses", False): OF_RESPONSES[-1][1]["response"],
    ("GET", "/v1/responses/resp_x", False): OF_RESPONSES[-1][1]["response"],
    ("GET", "/v1/conversations/conv_x/items", False): {"object": "list", "data": [DREAM, MESSAGE], "has_more": False, "tide": "low"},
    ("POST", "/v1/threads/runs", True): OF_ASSISTANTS,
    ("GET", "/v1/threads/thread_x/runs/run_x", False): OF_ASSISTANTS[-2][1],
    ("GET", "/v1/threads/thread_x/runs/run_x/steps", False): {"object": "list", "data": [STEP], "has_more": False, "tide": "low"},
    ("GET", "/v1/threads/thread_x/messages", False): {"object": "list", "data": [{**THREAD_MESSAGE, "content": PARTS}], "has_more": False},
}  # fmt: skip
"""What the service answers, by method, path, and whether it is asked for a stream."""


def service(request):
    """A service that nobody knows yet."""
    is_streamed = b'"stream":true' in request.read()
    answer = ANSWERS[request.method, request.url.path, is_streamed]
    if is_streamed:
        return httpx2.Response(200, content=stream_of(answer), headers={"content-type": "text/event-stream"})
    return httpx2.Response(200, json=answer)
