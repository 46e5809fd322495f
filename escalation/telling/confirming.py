"""What the document does not say, with our reason, as a list for the council to confirm."""

from __future__ import annotations

from escalation.procedure import Procedure
from escalation.telling.sheet import Sheet
from escalation.telling.wording import plain, quoted, sentence, spaced

PARTS = {
    "addressee": "who must answer",
    "also_to": "who is told with the alert",
    "asks": "what people must say",
    "attendees": "who attends",
    "audience": "whom it is for",
    "beyond_cap": "beyond the total time",
    "cafcass": "referral to CAFCASS",
    "cap": "the total time",
    "copies": "copies in some cases",
    "copy_to": "who is copied in",
    "cover": "who acts in the absence",
    "counts": "what it counts",
    "end_of_day": "when a day ends",
    "entry": "starting",
    "extension": "more time",
    "forced": "where it must start",
    "line_manager": "the line manager",
    "most_working_days": "how long at most",
    "on_lapse": "if there is no answer in time",
    "patterns_from": "how many are a pattern",
    "raiser": "the raiser",
    "raised_also_by": "who else may raise it",
    "raiser_may": "whether the raiser may ask for less",
    "reason_to_bypass": "the reason for skipping stages",
    "reasons_past_default": "the reason for starting higher",
    "records": "what is filed",
    "recordings": "what is recorded",
    "response": "the time to answer",
    "set_apart": "issues that go another way",
    "start_at": "where it may start",
    "starts": "where it counts from",
    "tracks": "the ladders",
    "working_days": "how many working days",
}
"""What a part of a procedure is called; others are told by their own name."""


def to_confirm(sheet: Sheet) -> None:
    """Every value that is ours and not the document's."""
    inferred = sheet.procedure.inferred
    sheet.heading("What the council is asked to confirm")
    if not inferred:
        sheet.text("Nothing: everything on this page stands in the document.")
        return
    sheet.text(
        f"The document leaves {len(inferred)} things open. This is how we have read them. Please tell us where the "
        "council means something else."
    )
    rows = [[about(sheet.procedure, path), sheet.linked(plain(reason)), ""] for path, reason in inferred.items()]
    sheet.table_with_room(["About", "How it is, and why", "Agreed?"], rows)


def about(procedure: Procedure, path: str) -> str:
    """`stages.L1.addressee`: Stage L1: who must answer"""
    words: list[str] = []
    parts = path.split(".")
    while parts:
        part = parts.pop(0)
        if part in NAMED and parts:
            words.append(_named(procedure, part, parts.pop(0)))
        else:
            words.append(PARTS.get(part) or spaced(part))
    return sentence(": ".join(words)).removesuffix(".")


NAMED = {"stages": "stage", "roles": "the role", "reports": "the report", "processes": "the process"}
"""Parts of which there are several, each with a name."""


def _named(procedure: Procedure, part: str, key: str) -> str:
    """With its title, where it has one of its own."""
    titles = dict(procedure.roles) if part == "roles" else {}
    titles |= {name: process.title for name, process in procedure.processes.items()} if part == "processes" else {}
    titles |= {name: report.title for name, report in procedure.reports.items()} if part == "reports" else {}
    return f"{NAMED[part]} {quoted(titles[key]) if key in titles else plain(key)}"
