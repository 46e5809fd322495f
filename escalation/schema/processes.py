"""Other processes of the same document that ask somebody for an answer by a date: a complaint about an IRO (SWK-46)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from escalation.schema.duties import Notice, Record, Task
from escalation.schema.forms import FormField
from escalation.schema.ladder import Raiser, Reminders, Stage
from escalation.schema.words import Name, Strict


class Process(Strict):
    """A short ladder of its own, run as an escalation is; its clocks are shown by name, not as stages."""

    title: str
    do: Name = Field(description="The act that opens it.")
    answered_by: Name = Field(description="The act that answers it, in the words of the document.")
    passed_on_by: Name = Field(description="The act that takes it to the next tier.")
    raiser: Raiser
    stages: Annotated[list[Stage], Field(min_length=1)]
    reminders: Reminders = Reminders()
    asks: list[FormField] = []
    notices: list[Notice] = []
    records: list[Record] = []
    tasks: list[Task] = []
