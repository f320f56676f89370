"""What may go wrong in a script: how a run ends badly, how a request is refused, and what happens to a stream."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field

from runmock.core.script.choices import GarbageKind, StuckStatus
from runmock.tape.format import forms, shorthand
from runmock.tape.format.model import Model
from runmock.tape.format.values import Headers, Milliseconds, Text, error_code, fail_code, incomplete_reason

Count = Annotated[int, Field(ge=0)]
FailText = Annotated[Text, AfterValidator(fail_code)]
ErrorText = Annotated[Text, AfterValidator(error_code)]
ReasonText = Annotated[Text, AfterValidator(incomplete_reason)]


class StreamFaultModel(Model):
    """A fault of a stream; `after`: how many events come before it."""

    noun: ClassVar[str] = "a stream fault"
    after: Count | None = None


class StallModel(StreamFaultModel):
    """The stream pauses for a while."""

    noun: ClassVar[str] = "a stall"
    for_: Milliseconds = Field(alias="for")


class Garbage(StreamFaultModel):
    """The stream has something that the service would not send, such as an event twice."""

    noun: ClassVar[str] = "garbage"
    kind: GarbageKind = "not_json"


class ErrorEvent(StreamFaultModel):
    """An `error` event, which ends the stream."""

    noun: ClassVar[str] = "an error event"
    code: ErrorText | None = None
    message: str | None = None
    type: Text | None = None
    flat: bool | None = None


class FaultsModel(Model):
    """Everything that may go wrong, in a run or in one of its steps."""

    fail: FailText | None = None
    expire: bool | None = None
    cancel: Annotated[bool | str | None, BeforeValidator(shorthand.cancel, json_schema_input_type=forms.CancelForm)] = (
        None
    )
    incomplete: ReasonText | None = None
    stuck: StuckStatus | None = None
    http: Annotated[Annotated[int, Field(ge=400, le=599)] | None, BeforeValidator(shorthand.status)] = None
    error: ErrorText | None = None
    message: str | None = None
    param: Text | None = None
    type: Text | None = None
    body: Any = None
    retry_after: Annotated[
        str | None, BeforeValidator(shorthand.retry_after, json_schema_input_type=forms.RetryAfterForm)
    ] = None
    times: Annotated[int, Field(ge=1)] | None = None
    headers: Headers = None
    disconnect: Annotated[
        StreamFaultModel | None, BeforeValidator(shorthand.place, json_schema_input_type=StreamFaultModel | bool | None)
    ] = None
    truncate: Annotated[
        StreamFaultModel | None, BeforeValidator(shorthand.place, json_schema_input_type=StreamFaultModel | bool | None)
    ] = None
    stall: Annotated[
        StallModel | None, BeforeValidator(shorthand.stall, json_schema_input_type=StallModel | forms.DurationForm)
    ] = None
    garbage: Annotated[
        Garbage | None,
        BeforeValidator(shorthand.garbage, json_schema_input_type=Garbage | GarbageKind | bool | None),
    ] = None
    error_event: Annotated[
        ErrorEvent | None,
        BeforeValidator(shorthand.error_event, json_schema_input_type=ErrorEvent | Text | bool | None),
    ] = None
