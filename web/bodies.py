"""What may the body of a request say? The fields of a command or a recording, and nothing else."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    ValidationError,
    WithJsonSchema,
    create_model,
)
from pydantic.fields import FieldInfo
from starlette.requests import Request

from escalation.directory_changes import AnyChange
from escalation.messages import COMMANDS, Answer, Command, Follow, Respond, Start
from escalation.procedure import Name as Recorded
from escalation.procedure import Role, StageKey
from escalation.wire import Fields, Reference, Text
from web.problems import ProblemError, ProblemFault, malformed

BODY_LIMIT = 1024 * 1024
"""Bytes; many times what any command can say."""
DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")
DATE = re.compile(r"\d{4}-\d\d-\d\d")

KINDS: dict[str, type[Command]] = {
    kind.model_fields["do"].default: kind for kind in COMMANDS if kind not in {Start, Follow}
}
"""Every command that is an act in an escalation that runs, by its name. What follows another is begun, not noted."""


# Pydantic takes the number of seconds since 1970 for an instant or a date too, also where it is written as text.


def _instant(value: Any) -> Any:
    if not isinstance(value, str) or not DATE_TIME.fullmatch(value):
        raise ValueError("An instant is written as 2026-11-27T16:58:00+00:00, with its offset or Z")
    return value


def _date(value: Any) -> Any:
    if not isinstance(value, str) or not DATE.fullmatch(value):
        raise ValueError("A date is written as 2026-11-27")
    return value


def _whole(value: Any) -> Any:
    """JSON knows one kind of number: 3.0 is 3."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


# Not strict after a validator of ours: what has passed it is text no more, as far as pydantic can tell.
Instant = Annotated[
    AwareDatetime,
    Strict(strict=False),
    BeforeValidator(_instant),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-27T16:58:00+00:00"]}),
]
Date = Annotated[
    date,
    Strict(strict=False),
    BeforeValidator(_date),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-12-04"]}),
]
Id = Annotated[
    str,
    Field(
        pattern=r"^[!-~]{1,200}$",
        description="An id of your own: sent again with it, the same answer counts once.",
        examples=["3f0c6d0e-answer-1"],
    ),
]
Name = Annotated[str, Field(min_length=1, max_length=200, description="The person; the token's name where not given.")]


class StrictAnswer(Answer):
    """What a manager says to one requested action."""

    model_config = ConfigDict(extra="forbid")

    done_by: Date | None = None


Whole = Annotated[int, Field(ge=1, le=60), BeforeValidator(_whole)]
OWN_WORDS: dict[str, Any] = {
    "response_id": Id,
    "name": Name,
    "to_name": Annotated[str, Field(min_length=1, max_length=200)],
    "told_at": Instant,
    "received_at": Instant,
    "action_due": Date,
    "done_by": Date,
    "ask_again_on": Date,
    "promise": Annotated[int, Field(ge=1), BeforeValidator(_whole)],
    "working_days": Whole,
    "notice_working_days": Whole,
    "task": Annotated[int, Field(ge=1), BeforeValidator(_whole)],
    "answers": Annotated[list[StrictAnswer], Field(max_length=100)],
}
"""Fields of which the API is stricter than the messages between our own processes, which only ever gain."""
STRICTLY = ConfigDict(extra="forbid", strict=True, frozen=True)
STAMPED: dict[type[Command], set[str]] = {Respond: {"received_at"}}
"""When an answer was received is for us to say, never for who sends it (docs/adr/0003)."""


def _body_of(kind: type[Command]) -> type[BaseModel]:
    left_out = {"do", *STAMPED.get(kind, set())}
    fields: dict[str, Any] = {
        name: _word(name, field) for name, field in kind.model_fields.items() if name not in left_out
    }
    return create_model(kind.__name__, __config__=STRICTLY, __doc__=kind.__doc__, **fields)


def _word(name: str, field: FieldInfo) -> tuple[Any, Any]:
    """Type and default of a field. What may be left out stays so, also where we are stricter."""
    own = OWN_WORDS.get(name)
    if own is None:
        return field.annotation, field
    if field.is_required():
        return own, ...
    return (own | None, None) if field.default is None else (own, field.default)


class RecordingBody(BaseModel):
    """Something to record outside every escalation."""

    model_config = STRICTLY

    procedure: str = Field(pattern=r"^[a-z][a-z0-9-]{1,60}$", description="The key of the procedure.")
    what: Recorded = Field(description="The recording, by its `do` in the procedure.")
    by: Role = Field(description="In which role it is recorded.")
    name: Name | None = None
    team: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,100}$")] | None = Field(
        None, description="Whose people hear of it."
    )
    fields: Fields = Field({}, description="What it says, by the keys of the recording's fields.")
    reference: Reference | None = Field(
        None, description="One of your own: sent again with it, the same is recorded once."
    )


class DirectoryChangeBody(BaseModel):
    """A change of the directory."""

    model_config = STRICTLY

    change: AnyChange
    by: Name | None = None
    anyway: bool = Field(
        False, description="Made even where it looks like a slip: a role of no procedure, nobody left in operations."
    )


class HandOverBody(BaseModel):
    """All that one raiser has, or some of it, to hand over to another."""

    model_config = STRICTLY

    from_name: Annotated[str, Field(min_length=1, max_length=200)] = Field(description="Who has it, by name.")
    to_name: Annotated[str, Field(min_length=1, max_length=200)] = Field(description="Who has it from now on.")
    role: Role | None = Field(None, description="In which role they have it; the same as before where not given.")
    only: Annotated[list[Reference], Field(max_length=500)] = Field([], description="These alone; else all.")
    by: Role = Field(description="The role in which it is handed over.")
    name: Name | None = None
    reason: Text | None = None
    dry_run: bool = Field(False, description="Say what would be handed over, and do nothing.")


class FollowBody(BaseModel):
    """A linked escalation, because a promise was not kept."""

    model_config = STRICTLY

    by: Role = Field(description="The role in which it is begun: the raiser's, or who covers for them.")
    name: Name | None = None
    promise: Annotated[int, Field(ge=1), BeforeValidator(_whole)] | None = Field(
        None, description="The promise, by the number of its entry; not needed where there is one."
    )
    stage: StageKey | None = Field(None, description="Where it starts; where the procedure begins, if not given.")
    addressee: Role | None = None
    working_days: Whole | None = None
    notice_working_days: Whole | None = None
    override_reason: Text | None = None
    fields: Fields = Field({}, description="What the form says anew; the rest is as it was.")


BODIES: dict[str, type[BaseModel]] = {do: _body_of(kind) for do, kind in KINDS.items()} | {
    "follow": FollowBody,
    "record": RecordingBody,
    "change_directory": DirectoryChangeBody,
    "hand_over_all": HandOverBody,
}
"""What may be sent: each command, and what stands outside every escalation."""


async def read(request: Request, do: str) -> dict[str, Any]:
    """The fields that a request's body gives for a command. Raises ProblemError: 400, 413, 415, 422."""
    body = await content(request)
    try:
        said = BODIES[do].model_validate_json(body)
    except ValidationError as error:
        raise why(error) from None
    return said.model_dump(exclude_unset=True)


async def content(request: Request) -> bytes:
    """A request's body of JSON, not yet read. Raises ProblemError: 413, 415."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise ProblemError(415, "media_type", "Send the command's fields as application/json.")
    return await limited(request, BODY_LIMIT)


async def limited(request: Request, limit: int) -> bytes:
    """A request's body of at most so many bytes; what is longer is not read to its end. Raises ProblemError 413."""
    too_large = ProblemError(413, "too_large", f"At most {limit} bytes at once.", headers={"Connection": "close"})
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > limit:
        raise too_large
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > limit:
            raise too_large
    return bytes(body)


def why(error: ValidationError) -> ProblemError:
    """400 where a body is no JSON, else 422 with every fault."""
    found = error.errors(include_url=False, include_input=False)
    if found[0]["type"] == "json_invalid":
        fault = ProblemFault(pointer="#", detail=found[0]["msg"])
        return ProblemError(400, "undecodable", "The body is not JSON.", errors=[fault])
    return malformed(found)
