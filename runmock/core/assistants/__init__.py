"""The part of the Assistants API that `core` still uses: operations, objects, refusals, what a session remembers.

It belongs to `apis/assistants`, and goes there once the other rooms take an API as a parameter. Add nothing here that
can stand there.
"""
