"""A recording with everything in it that rules speak of: a tool call, its output, a message, polls."""

RECORDING = """\
runmock: 1
recorded: {at: 2026-11-22T10:23:29Z}
interactions:
  - request: POST /threads
    body: {}
    json: {id: thread_1, object: thread, created_at: +0s}

  - request: POST /threads/thread_1/runs
    body: {assistant_id: asst_weather, stream: true}
    stream:
      - thread.run.created: {id: run_1, object: thread.run, thread_id: thread_1, status: queued}
      - thread.run.queued: {same: run_1}
      - thread.run.in_progress: {same: run_1, status: in_progress}
      - thread.run.step.created: {id: step_1, object: thread.run.step, run_id: run_1, status: in_progress}
      - thread.run.step.in_progress: {same: step_1}
      - thread.run.step.delta: {id: step_1, delta: {step_details: {tool_calls: [{index: 0, id: call_1, type: function, function: {name: get_weather, arguments: ""}}]}}}
      - arguments: ["{\\"city\\"", ":\\"Paris\\"}"]
      - thread.run.requires_action: {same: run_1, status: requires_action, required_action: {submit_tool_outputs: {tool_calls: [{id: call_1, type: function, function: {name: get_weather, arguments: "{\\"city\\":\\"Paris\\"}"}}]}}}
      - done

  - request: GET /threads/thread_1/runs/run_1
    json: {same: run_1}

  - request: POST /threads/thread_1/runs/run_1/submit_tool_outputs
    body: {stream: true, tool_outputs: [{tool_call_id: call_1, output: "21"}]}
    stream:
      - thread.run.step.completed: {same: step_1, status: completed}
      - thread.run.queued: {same: run_1, status: queued, required_action: null}
      - thread.run.in_progress: {same: run_1, status: in_progress}
      - thread.run.step.created: {id: step_2, object: thread.run.step, run_id: run_1, status: in_progress, step_details: {message_creation: {message_id: msg_1}}}
      - thread.message.created: {id: msg_1, object: thread.message, thread_id: thread_1, run_id: run_1, role: assistant, status: in_progress, content: []}
      - thread.message.in_progress: {same: msg_1}
      - text: [It, " is", " 21."]
      - thread.message.completed: {same: msg_1, status: completed, content: [{type: text, text: {value: It is 21., annotations: []}}]}
      - thread.run.step.completed: {same: step_2, status: completed}
      - thread.run.completed: {same: run_1, status: completed}
      - done

  - request: GET /threads/thread_1/runs/run_1
    json: {same: run_1}

  - request: GET /threads/thread_1/messages
    json: {object: list, data: [{same: msg_1}]}
"""


def line_of(number: int) -> str:
    """A line of the recording, without its end."""
    return RECORDING.splitlines()[number - 1]


def edited(**lines: str | None) -> str:
    """The recording with lines replaced (`l14="..."`), or removed (`l14=None`)."""
    found = RECORDING.splitlines()
    for name, text in sorted(lines.items(), key=lambda pair: -int(pair[0][1:])):
        number = int(name[1:])
        found[number - 1 : number] = [] if text is None else text.split("\n")
    return "\n".join(found) + "\n"
