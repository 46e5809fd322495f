"""What a procedure asks people to say, the codes they choose from, and the forms that it prints."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from escalation.schema.words import Name, Positive, StageKey, Strict, Value


class FormField(Strict):
    """One thing that a person says. `at` is the act that needs it; any later stage entered by an act is a start."""

    key: Name
    label: str
    kind: Literal["text", "yes_no", "date", "whole_number", "choice", "code", "timescale", "group"] = Field(
        "text", description="timescale: working days, or the date by which (SWK-A6)."
    )
    at: Literal["start", "respond", "decide", "close"] = "start"
    required: bool = True
    needed_where: dict[str, list[Value]] = Field(
        {}, description="Needed only where other fields have one of these values (SBC-06)."
    )
    unless_given: list[str] = Field([], description="Not needed where one of these is given (HLC-04).")
    needs_true: bool = Field(False, description="A yes_no field that must be yes.")
    stages: list[StageKey] | None = Field(None, description="Only where the act is about one of these stages.")
    choices: list[str] = []
    taxonomy: Name | None = Field(None, description="Where the codes of a `code` field are listed.")
    fields: list[FormField] = []


class Fitting(Strict):
    """What must be so of the subject for a code to fit; otherwise there is advice, never a refusal (G-A21)."""

    flag: str | None = None
    over_age: Positive | None = Field(None, description="Years, by the field `date_of_birth`.")


class Code(Strict):
    """One code of a taxonomy, worded as the document words it."""

    code: str | int
    title: str
    items: list[str] = []
    free_text: bool = Field(False, description="Needs `other_text`.")
    stages: list[StageKey] | None = Field(None, description="Stages for which the document lists it (G-A21).")
    not_before: Name | None = Field(None, description="A clock of the procedure that must have run out (HLC-16).")
    fits: Fitting = Fitting()


class Taxonomy(Strict):
    """A list of codes. One code may stand for different things at different stages."""

    title: str
    required: bool = False
    single: bool = Field(False, description="One code, not several.")
    open: bool = Field(False, description="The document's list is not exhaustive: other words are taken as they are.")
    items_in: Name | None = Field(None, description="The field that holds the number or letter of one of `items`.")
    codes: Annotated[list[Code], Field(min_length=1)]


class Clock(Strict):
    """A clock that counts from a date that somebody gives, beside those of stages and total (HLC-16)."""

    title: str
    counts_from: Name = Field(description="The field that holds the date.")
    days: Positive
    unit: Literal["working_days", "calendar_days"] = "working_days"
    backwards: bool = Field(False, description="The days before the date, not after it (HCP-03).")


class Question(Strict):
    """What a manager who is asked to answer is shown of the form, by the paths of its fields."""

    concern: str = "concern"
    also: list[str] = Field([], description="Shown under it, those that are given.")
    actions: list[str] = Field(["requested_action"], description="The first of these that is given, one by one.")


SHOWN = {
    "reference": "the reference of the escalation",
    "raised_on": "the date on which it was raised",
    "alerted_on": "the date on which the stage's alert was accepted",
    "raiser": "who raised it",
    "stage": "the key of the stage",
    "stage_title": "the stage",
    "addressee": "who is asked to answer",
    "due": "the date on which the answer is due",
    "referred_to_cafcass": "Yes or No",
    "response": "the newest answer",
    "responded_on": "its date",
    "outcome": "what came of it",
    "concluded_on": "the date on which it was closed",
}
"""What a form may print beside the fields that people filled in."""


class FormPart(Strict):
    """Lines that stand together on a form, from one of its labels to the next part."""

    begins: str = Field(description="The label of its first line.")
    title: str | None = Field(None, description="A heading of its own.")
    side_by_side: bool = Field(False, description="Its two lines stand beside each other, in bullet points (OXF-56).")


class Form(Strict):
    """A printed form: its labels in the document's words, each with a field (`form.expected_outcome`) or a name of
    SHOWN; several fill one line."""

    title: str
    stages: list[StageKey] | None = Field(None, description="None: at every stage.")
    lines: dict[str, str | list[str]]
    heading: str | None = Field(None, description="What is printed at its head, where that is not its title.")
    above: list[str] = Field([], description="What is printed under its heading.")
    below: list[str] = Field([], description="What is printed at its end.")
    parts: list[FormPart] = Field([], description="What stands together; what comes before the first is a part too.")
    printed_as: dict[str, str] = Field(
        {}, description="How a label is printed, where two labels are alike or a part's title says what it is about."
    )
