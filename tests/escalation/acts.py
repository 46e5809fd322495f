"""What can people do at any moment, sensible or not, and under which procedures?"""

from __future__ import annotations

from datetime import timedelta

from escalation.messages import (
    AnswerPromise,
    Bypass,
    Command,
    CompleteForm,
    ConsiderCafcass,
    Cover,
    DecideLegalAdvice,
    Follow,
    GiveNotice,
    GrantExtension,
    HoldMeeting,
    ManagerDisagrees,
    Note,
    Reassign,
    RecordEvent,
    RecordPromise,
    RecordTold,
    ReferCafcass,
    RefuseExtension,
    RequestExtension,
    RequestLegalAdvice,
    SetAction,
    TellChange,
)
from escalation.working_days import london_date
from tests.escalation.driver import Play, a_procedure, shipped

PROCEDURES = {
    "southwark": shipped("southwark"),
    "leicestershire": shipped("leicestershire"),
    "resolution": a_procedure(
        {"formal": False, "response": {"working_days": 10, "stops_on": "resolution"}},
        {"response": {"stops_on": "resolution"}},
        {"response": {"working_days": None}},
        {},
        cap={"working_days": 20, "starts": "formal"},
        end_of_day="24:00",
    ),
    "routes": a_procedure(
        {"on_lapse": "ask"},
        {"notice_period": {"most_working_days": 5}, "addressee": ["manager_2", "clerk"], "pick_one": True},
        {"notice_period": {"most_working_days": 5}},
        cap={"working_days": 12, "starts": "first_alert"},
        entry={"names_addressee": True},
        asks=[{"key": "aim", "label": "Aim", "stages": ["S3"]}],
        cafcass={
            "to": "cafcass",
            "subjects": ["lac"],
            "meeting": {"title": "The meeting", "attendees": ["manager_3"]},
            "checklist": [{"key": "risk", "label": "A risk", "must_be": True, "otherwise": "Wait"}],
        },
        legal_advice={"decided_by": "quality"},
        recordings=[{"do": "told", "event": "child_told", "title": "Told", "completes": ["tell"]}],
        tasks=[{"on": "entered", "to": "raiser", "key": "tell", "what": "Tell the child"}],
        notices=[
            {"notice": "recorded", "on": ["child_told", "cafcass_considered", "cafcass_referred"], "to": ["asked"]},
            {"notice": "recorded", "on": ["legal_advice_requested", "reassigned"], "to": ["quality", "raiser"]},
        ],
    ),
}


def acts(play: Play, days: int) -> list[Command]:
    """On the ladder."""
    case, now = play.case, play.now
    return [
        Bypass(by="iro", to=play.procedure.stages[days % len(play.procedure.stages)].key, reason="x"),
        RequestExtension(by=case.stage.addressee[0], working_days=days),
        GrantExtension(by="iro", working_days=days),
        GrantExtension(by="iro", working_days=days, reason="x"),
        RefuseExtension(by="iro"),
        RecordTold(by="iro", told_at=max(case.visit.entered_at, now - timedelta(hours=days)), how="told"),
        Cover(absent="iro", cover=play.procedure.raiser.line_manager),
        Cover(absent="iro", cover="iro"),
        SetAction(by="iro", text="x", action_due=london_date(now)),
        Note(by="iro", text="x"),
        *afterwards(play, days),
    ]


def afterwards(play: Play, days: int) -> list[Command]:
    """What outlives the close: promises and their answers, what changed, another escalation that follows."""
    promises = play.case.follow_ups.promises
    one = promises[days % len(promises)].n if promises else None
    day = london_date(play.now) + timedelta(days=days)
    return [
        RecordPromise(by="iro", done_by=day, promise=one if days % 3 == 0 else None),
        AnswerPromise(by="iro", promise=one, done=days % 2 == 0),
        AnswerPromise(by=play.procedure.raiser.line_manager, done=False),
        TellChange(by="iro", changed="too_early" if days % 3 else "changed"),
        TellChange(by="iro", changed="too_early", ask_again_on=day),
        Follow(by="iro", promise=one or 1, reference=f"CASE-{days}"),
    ]


def routes(play: Play, n: int) -> list[Command]:
    """Beside it."""
    case = play.case
    roles, stages = [*play.procedure.roles], [stage.key for stage in play.procedure.stages]
    said = {"detail": "x", "checklist": {"risk": n % 4 != 0}, "aim": "x", "manager_consulted": True}
    task = case.tasks[n % len(case.tasks)].n if case.tasks and n % 2 else None
    meeting = case.procedure.cafcass.meeting if case.procedure.cafcass else None
    return [
        GiveNotice(by="iro", stage=stages[n % len(stages)], notice_working_days=n, fields=said),
        Bypass(by="iro", to=stages[n % len(stages)], reason="x", addressee=roles[n % len(roles)], fields=said),
        Reassign(by=case.addressees()[0], to=roles[n % len(roles)]),
        CompleteForm(by="iro", fields=said),
        ConsiderCafcass(by="iro"),
        ReferCafcass(by="iro", fields=said, override_reason="x" if n % 2 else None),
        HoldMeeting(attendees=meeting.attendees if meeting else roles[:n], resolved=False),
        ManagerDisagrees(by=case.addressees()[0], reason="x"),
        RequestLegalAdvice(by="iro", fields=said),
        DecideLegalAdvice(by="quality", necessary=n % 2 == 0, reason="x"),
        *(RecordEvent(by="iro", what=each.do, task=task) for each in case.procedure.recordings[:n]),
    ]
