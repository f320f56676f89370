"""Checks the arguments of a verb against its signature; errors name the verb and the argument."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runmock.core.errors import VerbError, did_you_mean
from runmock.session.verbs.verb_options import NAMES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of one verb."""

    verb: str
    parameters: tuple[inspect.Parameter, ...]
    """The parameters that may be given without a name, in order."""
    options: tuple[str, ...]
    """The names of all parameters that may be given by name."""
    takes_more: bool
    """Whether it takes any number of arguments without a name."""
    takes_any_name: bool

    @staticmethod
    def of(method: Callable[..., Any]) -> Arguments:
        """The arguments of a method; the TypedDict behind `**` gives the names of its options."""
        _, *parameters = inspect.signature(method).parameters.values()
        several = {
            parameter.kind: parameter
            for parameter in parameters
            if parameter.kind in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}
        }
        others = several.get(inspect.Parameter.VAR_KEYWORD)
        typed = () if others is None else NAMES.get(str(others.annotation), ())
        return Arguments(
            method.__name__,
            tuple(parameter for parameter in parameters if parameter.kind is parameter.POSITIONAL_OR_KEYWORD),
            (*(parameter.name for parameter in parameters if parameter.kind not in several), *typed),
            inspect.Parameter.VAR_POSITIONAL in several,
            others is not None and not typed,
        )

    def unknown(self, named: Mapping[str, Any]) -> VerbError | None:
        """The error for an option that the verb does not have; None when it has them all."""
        if self.takes_any_name or all(name in self.options for name in named):
            return None
        unknown = next(name for name in named if name not in self.options)
        hint = did_you_mean(unknown, self.options)
        only = "the options are" if len(self.options) > 1 else "the only option is"
        known = f"{only} {', '.join(self.options)}" if self.options else "there are no options"
        more = f" {known[0].upper()}{known[1:]}" if hint else f"; {known}"
        return VerbError(f"unknown option '{unknown}'{hint}{more}", f"{self.verb}({unknown}=)")

    def wrong(self, placed: Sequence[Any], named: Mapping[str, Any]) -> VerbError | None:
        """The error for arguments with which the verb cannot be called; None when it can."""
        if len(placed) > len(self.parameters) and not self.takes_more:
            return VerbError(self._too_many(placed), f"{self.verb}()")
        for number, parameter in enumerate(self.parameters):
            is_placed, is_named = number < len(placed), parameter.name in named
            place = f"{self.verb}({parameter.name}=)"
            if is_placed and is_named:
                return VerbError("given twice, without its name and with it", place)
            if parameter.default is parameter.empty and not is_placed and not is_named:
                return VerbError(
                    f"'{parameter.name}' is missing; write {self.verb}({parameter.name})", f"{self.verb}()"
                )
            value = placed[number] if is_placed else named.get(parameter.name, parameter.default)
            if value is None and "None" not in str(parameter.annotation):
                hint = "" if parameter.default is parameter.empty else f"; leave it out for {parameter.default!r}"
                return VerbError(f"'{parameter.name}' cannot be None{hint}", place)
        return None

    def _too_many(self, placed: Sequence[Any]) -> str:
        if self.parameters:
            several = "1 argument" if len(self.parameters) == 1 else f"at most {len(self.parameters)} arguments"
            return f"takes {several} ({', '.join(parameter.name for parameter in self.parameters)}), got {len(placed)}"
        if self.options:
            return f"takes options by their names, got {placed[0]!r}; the options are {', '.join(self.options)}"
        return f"takes no arguments, got {placed[0]!r}"
