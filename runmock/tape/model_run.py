"""A scripted run as it is written, and what its keys mean for each other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from runmock.core.errors import did_you_mean
from runmock.core.run import EVENTS
from runmock.tape import shorthand
from runmock.tape.model import Model, faults_at
from runmock.tape.run_checks import run_faults, step_faults

if TYPE_CHECKING:
    from pydantic import ValidationError

Text = Annotated[str, StringConstraints(min_length=1)]
FunctionName = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9_-]{1,64}$")]
