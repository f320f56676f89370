"""Floor 0: cassettes, scripts and runs without files, network or clock. Standard library only.

Nothing here waits, opens or prints: time comes in as milliseconds, and waiting goes out as `Frame.after_ms`.
`http` has what goes over a wire, `script` what a person wrote, `engine` what plays it, `replay` what was recorded,
`report` what a test looks back on, `secrets` what must not be kept. Nothing here names an operation, an object or an
event of any API: `api.py` says what an API package answers for it.
"""
