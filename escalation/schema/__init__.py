"""The parts that a council's procedure is written in; escalation/procedure.py puts them together."""

from escalation.schema.duties import Filing, Letter, Notice, Record, Task, ToDo
from escalation.schema.forms import SHOWN, Clock, Code, Fitting, Form, FormField, Question, Taxonomy
from escalation.schema.ladder import (
    Cap,
    Copies,
    Entry,
    Extension,
    Forced,
    NoticePeriod,
    Raiser,
    Reminders,
    Response,
    Source,
    Stage,
)  # fmt: skip
from escalation.schema.processes import Process
from escalation.schema.reports import DIMENSIONS, Report
from escalation.schema.routes import (
    Advice,
    Advised,
    Cafcass,
    Check,
    Contact,
    LegalAdvice,
    Meeting,
    Needed,
    Provider,
    Recording,
    SetApart,
)  # fmt: skip
from escalation.schema.words import (
    EVENTS,
    EVERYWHERE,
    OPTIONAL,
    PARTS,
    SUBJECTS,
    Name,
    Positive,
    Role,
    StageKey,
    Strict,
    SubjectKind,
    When,
)  # fmt: skip

__all__ = [
    "DIMENSIONS", "EVENTS", "EVERYWHERE", "OPTIONAL", "PARTS", "SHOWN", "SUBJECTS", "Advice", "Advised", "Cafcass",
    "Cap", "Check",
    "Clock", "Code", "Contact", "Copies", "Entry", "Extension", "Filing", "Fitting", "Forced", "Form", "FormField",
    "LegalAdvice", "Letter", "Meeting", "Name", "Needed", "Notice", "NoticePeriod", "Positive", "Process",
    "Provider", "Question", "Raiser", "Record", "Recording", "Reminders", "Report", "Response", "Role", "SetApart",
    "Source", "Stage", "StageKey", "Strict", "SubjectKind", "Task", "Taxonomy", "ToDo", "When",
]  # fmt: skip
