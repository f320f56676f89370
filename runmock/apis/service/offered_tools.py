"""The tools that a script uses have to be offered by the application, or the script is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.core.errors import ScriptError
from runmock.core.script.script import CodeInterpreter, FileSearch, ToolCalls

if TYPE_CHECKING:
    from collections.abc import Collection

    from runmock.core.script.script import ScriptedRun


MADE_UP = """
  or allow  a call of a tool that is not offered: unoffered: true beside 'calls', calls(..., unoffered=True)"""


def check_offered(script: ScriptedRun, offered: Collection[str], whose: str, advice: str) -> None:
    """Raise ScriptError when the script uses a tool that is not among those `offered`, by their names or types.

    `whose` says who offers them, `advice` what gives a tool to the application; both are for the message.
    """
    missing = [name for name in tools_of(script) if name not in offered]
    if missing:
        # A model makes up functions; the tools that the service runs itself it does not.
        is_function = missing[0] not in {"code_interpreter", "file_search"}
        raise ScriptError(
            f"the script uses a tool that the application does not offer: {missing[0]}\n"
            f"  script    {script.source}\n"
            f"  offered   {', '.join(offered) or 'no tools at all'}, by {whose}\n"
            f"  fix it    use one of these names in the script, or {advice} {missing[0]}"
            f"{MADE_UP if is_function else ''}"
        )


def uses_tools(script: ScriptedRun) -> bool:
    """Whether any step of a script uses a tool that an application has to offer."""
    return any(isinstance(step, ToolCalls | CodeInterpreter | FileSearch) for step in script.steps)


def tools_of(script: ScriptedRun) -> list[str]:
    """The tools that a script uses: names of functions, and types of other tools."""
    names: list[str] = []
    for step in script.steps:
        if isinstance(step, ToolCalls) and not step.is_unoffered:
            names += [call.name for call in step.calls]
        elif isinstance(step, CodeInterpreter):
            names.append("code_interpreter")
        elif isinstance(step, FileSearch):
            names.append("file_search")
    return names
