"""The ways beside the ladder: a referral to CAFCASS, and independent legal advice for the raiser."""

from __future__ import annotations

from collections.abc import Iterator

from escalation.procedure import SUBJECTS, Cafcass, Check, LegalAdvice, Provider
from escalation.telling.conditions import people, person, stage_named
from escalation.telling.fields import rows
from escalation.telling.sheet import Sheet
from escalation.telling.wording import both, plain, quoted, sentence


def cafcass(sheet: Sheet) -> None:
    rule = sheet.procedure.cafcass
    sheet.heading("Referral to CAFCASS")
    if rule is None:
        sheet.say("This procedure knows no referral to CAFCASS.", "cafcass")
        return
    sheet.beside_heading("cafcass")
    whom = both(SUBJECTS[kind] for kind in rule.subjects)
    sheet.say(
        f"The raiser may refer the matter at any time, also when the concern is raised. Only for {whom}.",
        "cafcass.subjects",
    )
    sheet.say(f"The referral goes to {person(sheet.procedure, rule.to)}.", "cafcass.to")
    sheet.say("While a stage runs, it goes on, and no date changes.")
    sheet.say(f"Where no stage runs any more, the matter then stands at {quoted(rule.stage)}.", "cafcass.stage")
    _gates(sheet, rule)
    if rule.asks:
        sheet.text("A referral says:", "cafcass.asks")
        sheet.table(["What", "How", "Needed", "Beside it"], rows(sheet, rule.asks, "cafcass.asks"))


def _gates(sheet: Sheet, rule: Cafcass) -> None:
    if meeting := rule.meeting:
        sheet.say(
            f"After the last stage a meeting comes first: {quoted(meeting.title)}. It is held with "
            f"{people(sheet.procedure, meeting.attendees)}. The raiser may refer without it only with a reason.",
            "cafcass.meeting",
            "cafcass.meeting.title",
            "cafcass.meeting.attendees",
        )
        sheet.say("A referral before that only calls for the meeting, and does not wait for it.")
    if rule.checklist:
        sheet.text("The raiser answers these questions first. Another answer stops the referral:", "cafcass.checklist")
        sheet.table(
            ["Question", "Must be", "If it is not", "Beside it"],
            ([*_check(sheet, check, f"cafcass.checklist.{n}")] for n, check in enumerate(rule.checklist)),
        )
    for n, each in enumerate(rule.advised):
        sheet.say(
            f"It is good practice, and no condition: {plain(each.label)}. Not done, it is said and stops nothing.",
            f"cafcass.advised.{n}",
        )


def _check(sheet: Sheet, check: Check, at: str) -> Iterator[str]:
    yield plain(check.label)
    yield "yes" if check.must_be else "no"
    instead = [sentence(plain(check.otherwise))] if check.otherwise else []
    early = ["Before the last stage a reason will do."] if check.early_with_reason else []
    yield " ".join([*instead, *early]) or "No referral."
    yield sheet.note(at, f"{at}.label", f"{at}.must_be", f"{at}.early_with_reason", f"{at}.otherwise")


def legal_advice(sheet: Sheet) -> None:
    procedure, rule = sheet.procedure, sheet.procedure.legal_advice
    sheet.heading("Independent legal advice for the raiser")
    if rule is None:
        sheet.say("This procedure knows no legal advice for the raiser.", "legal_advice")
        return
    sheet.beside_heading("legal_advice")
    since = (
        f"from {stage_named(procedure, rule.from_stage)} on; before, it is refused"
        if rule.from_stage
        else "at any time"
    )
    sheet.say(f"The raiser may ask for it {since}. Asking moves no date.", "legal_advice.from_stage")
    for n, need in enumerate(rule.needs):
        sheet.say(f"Needed first: {quoted(need.label)}.", "legal_advice.needs", f"legal_advice.needs.{n}")
    for n, each in enumerate(rule.advised):
        sheet.say(
            f"It is good practice, and no condition: {plain(each.label)}. Not done, it is said and stops nothing.",
            f"legal_advice.advised.{n}",
        )
    _who_decides(sheet, rule)
    if rule.provider:
        _provider(sheet, rule.provider)


def _who_decides(sheet: Sheet, rule: LegalAdvice) -> None:
    if rule.decided_by:
        who = person(sheet.procedure, rule.decided_by)
        sheet.say(
            f"Whether it is necessary, and who is appointed, is decided by {who}. A no needs a reason, a yes a name.",
            "legal_advice.decided_by",
        )
    else:
        sheet.say("The raiser alone decides on it.", "legal_advice.decided_by")


def _provider(sheet: Sheet, provider: Provider) -> None:
    address = ", ".join(plain(part) for part in (provider.name, provider.post, provider.telephone) if part)
    check = " Check it before use: the document may be old." if provider.check_before_use else ""
    sheet.say(f"It is sought from {address}.{check}")
    member = f", and it must be a member of the {plain(provider.panel)}" if provider.panel else ""
    sheet.say(f"In a conflict of interest another firm is asked{member}.", "legal_advice.provider")
