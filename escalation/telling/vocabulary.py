"""What our own names for events, notices, kinds and periods are called on a page for people."""

from __future__ import annotations

EVENTS = {
    "raised": "a concern is raised",
    "entered": "a stage begins",
    "alerted": "the alert of a stage has gone out",
    "responded": "an answer comes in time",
    "late_response": "an answer comes late",
    "lapsed": "no answer has come in time",
    "satisfied": "the raiser is satisfied with an answer",
    "not_satisfied": "the raiser is not satisfied with an answer",
    "decided": "the raiser decides to go to a stage of their choice",
    "extension_requested": "more time is asked for",
    "extension_granted": "more time is given",
    "extension_refused": "more time is refused",
    "held": "it is put on hold",
    "closed": "it is closed",
    "withdrawn": "it is withdrawn",
    "noted": "a note is added",
    "action_set": "the raiser sets an action with a date",
    "covered": "it is noted who covers for the raiser",
    "cap_reached": "the total time is over",
    "notice_given": "notice of a stage is given",
    "form_completed": "a draft form is completed",
    "reassigned": "the question is handed on to somebody else",
    "manager_disagrees": "a manager disagrees with the raiser",
    "meeting_held": "the meeting before a referral has been held",
    "cafcass_considered": "a referral to CAFCASS is considered",
    "cafcass_referred": "a referral to CAFCASS is made",
    "legal_advice_requested": "independent legal advice is asked for",
    "legal_advice_decided": "it is decided whether legal advice is necessary",
}
"""What a duty may hang on, as "when …"."""

NOTICES = {
    "alert": "Alert: please answer",
    "alert_not_accepted": "The alert has not gone out",
    "cafcass_considered": "A referral to CAFCASS is considered",
    "cafcass_referral": "The referral to CAFCASS itself",
    "cafcass_referred": "A referral to CAFCASS has been made",
    "challenge_meeting": "A case for the challenge meeting",
    "closed": "It is closed: nothing more is asked",
    "complaint_escalated": "A complaint or issue that was not settled, to answer",
    "complaint_received": "A complaint or issue, to answer",
    "decision_reminder": "Reminder: your decision is awaited",
    "delivery_failed": "An email was not delivered",
    "extension_granted": "More time is given",
    "extension_refused": "The date stays as it is",
    "extension_requested": "More time is asked for",
    "family_informed": "How things stand, for the family",
    "good_practice": "Good practice",
    "guardian_informed": "A matter under this process, for the Guardian",
    "handed_over": "Escalations handed over to you",
    "held": "It is on hold",
    "informal_concern": "A concern to settle informally",
    "late_response": "A late answer has come",
    "legal_advice_decided": "What was decided about legal advice",
    "legal_advice_requested": "Legal advice is asked for",
    "likely_to_progress": "It is likely to come to you",
    "manager_disagrees": "A manager disagrees",
    "meeting_called": "A meeting is called",
    "noted": "A note has come",
    "notice_given": "Notice of a stage: it may still be settled",
    "out_of_office": "Somebody who was asked is away",
    "overdue": "No answer in time",
    "please_read_record": "Please read the record",
    "post_covered": "Somebody else was asked, as cover",
    "reassigned": "This was handed on to you: please answer",
    "recorded": "Something was recorded",
    "reminder": "Reminder: the date comes near",
    "reply_received": "A reply by email, to read",
    "representation_issued": "A Representation has been issued",
    "representation_resolved": "A Representation has been resolved",
    "response_received": "An answer has come",
    "satisfied": "The raiser is satisfied: it is resolved",
    "set_apart": "An issue for you to track",
    "significant_change": "A significant change",
    "turn_passed": "A decision that you may now take",
    "was_it_done": "A promise whose date has come: was it done?",
    "what_changed": "What changed, asked again",
    "withdrawn": "It is withdrawn",
}
"""What each email is; a council's own notice is told by its name."""

PEOPLE = {
    "raiser": "the raiser",
    "line_manager": "the raiser's line manager",
    "addressee": "whoever must answer now",
    "next_addressee": "whoever would be asked at the next stage",
    "asked": "everybody asked so far",
    "responder": "whoever gave the answer",
}
"""The parts that people have in an escalation, beside their roles."""

FACTS = {"has_guardian": "the child has a Guardian", "in_proceedings": "the child is in court proceedings"}
"""Yes/no facts of whom it is about."""

KINDS = {
    "text": "words",
    "yes_no": "yes or no",
    "date": "a date",
    "whole_number": "a whole number",
    "timescale": "working days, or a date",
    "group": "several things",
}
ACTS = {
    "start": "to start, or to go on to a stage by hand",
    "respond": "to answer",
    "decide": "to settle it",
    "close": "to close it unsettled",
}
FORMS = {
    "case_note": "as a case note",
    "form": "on the form",
    "document": "as a document",
    "pdf": "as a PDF",
    "log": "as an entry of a log",
}
PERIODS = {
    "month": "Every month",
    "quarter": "Every quarter",
    "half_year": "Every half-year",
    "year": "Every year",
    "on_demand": "Whenever it is asked for",
}
ENDINGS = {
    "resolved": "resolved",
    "unresolved": "unresolved",
    "no_longer_applicable": "no longer applicable",
    "withdrawn": "withdrawn",
}
DAY_ENDS = {"17:00": "5pm", "24:00": "midnight"}
