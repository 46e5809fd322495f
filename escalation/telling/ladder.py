"""The stages one by one: who must answer, who else hears, how long it takes, what silence does."""

from __future__ import annotations

from collections.abc import Iterator

from escalation.procedure import Stage
from escalation.telling.conditions import label, next_of, people, person, stage_named, titles, value, when
from escalation.telling.sheet import Sheet
from escalation.telling.vocabulary import NOTICES
from escalation.telling.wording import both, days, either, plain, quoted, sentence, spaced

LAST = (
    "it is put on hold, as nothing follows. The raiser and their line manager are told, and the raiser decides (G-A7)"
)
ON_LAPSE = {
    "ask": "the stage stays open, and the raiser decides what follows",
    "hold": "it is put on hold, and the raiser decides what follows",
}


def stages(sheet: Sheet) -> None:
    sheet.heading("The stages")
    if sheet.procedure.tracks:
        named = both(plain(sheet.procedure.track_title(track)) for track in sheet.procedure.tracks)
        sheet.text(f"There are {len(sheet.procedure.tracks)} ladders side by side, for {named}.", "tracks")
    sheet.beside_heading("stages")
    columns = ["Ladder", "Stage", "Must answer", "Hears too", "Time", "In silence"]
    sheet.table(columns, ([*_glance(sheet, stage)] for stage in sheet.procedure.stages))
    for n, stage in enumerate(sheet.procedure.stages):
        one(sheet, stage, f"stages.{n}")


def _glance(sheet: Sheet, stage: Stage) -> Iterator[str]:
    procedure, after = sheet.procedure, next_of(sheet.procedure, stage)
    always = [*stage.also_to, *stage.copy_to]
    sometimes = [role for copies in stage.copies for role in copies.to if role not in always]
    yield plain(procedure.track_title(stage.track)) if stage.track else ""
    yield f"{plain(stage.key)}: {plain(stage.title)}"
    yield titles(procedure, stage.addressee)
    yield "; ".join(
        [titles(procedure, always)] * bool(always) + [f"{titles(procedure, sometimes)} in some cases"] * bool(sometimes)
    )
    yield days(stage.response.working_days) if stage.response.working_days else "No clock"
    yield (
        "Held"
        if after is None or stage.on_lapse == "hold"
        else "The raiser decides"
        if stage.on_lapse == "ask"
        else f"On to {plain(after.key)}"
    )


def one(sheet: Sheet, stage: Stage, at: str) -> None:
    """Everything about one stage."""
    ladder = f" ({sheet.procedure.track_title(stage.track)})" if stage.track else ""
    sheet.heading(f"{stage.key}: {stage.title}{ladder}", below=1)
    if said := sheet.beside(at, f"{at}.title", f"{at}.key"):
        sheet.lines += [f"> {each}" for each in said] + [""]
    if not stage.formal:
        sheet.say("This stage comes before the formal process.", f"{at}.formal")
    _asked(sheet, stage, at)
    _heard(sheet, stage, at)
    _time(sheet, stage, at)
    _silence(sheet, stage, at)


def _asked(sheet: Sheet, stage: Stage, at: str) -> None:
    procedure = sheet.procedure
    who = either(person(procedure, role) for role in stage.addressee)
    several = ""
    if stage.pick_one:
        several = " Whoever goes on to this stage says which of them is asked."
    elif len(stage.addressee) > 1:
        several = " The first answer counts."
    sheet.say(f"Must answer: {who}.{several}", f"{at}.addressee", f"{at}.pick_one")
    way = "by secure email" if stage.channel == "secure_email" else "by email"
    sheet.say(
        f"They are asked {way}: {quoted(NOTICES.get(stage.notice, stage.notice))}.", f"{at}.notice", f"{at}.channel"
    )
    for field, values in stage.spoken.items():
        on = f" on the date in {label(procedure, stage.spoken_on)}" if stage.spoken_on else ""
        sheet.say(
            f"Where {label(procedure, field)} is {either(value(each) for each in values)}, it has been said by voice: "
            f"the time begins at once{on}.",
            f"{at}.spoken",
            f"{at}.spoken_on",
        )
    if stage.says:
        said = both(label(procedure, path) for path in stage.says)
        sheet.say(
            f"The email to whoever must answer repeats {said}. No other email repeats what was typed.", f"{at}.says"
        )
    if stage.raised_also_by:
        others = either(person(procedure, role) for role in stage.raised_also_by)
        sheet.say(f"At this stage {others} may also raise the concern, for the raiser.", f"{at}.raised_also_by")


def _heard(sheet: Sheet, stage: Stage, at: str) -> None:
    procedure = sheet.procedure
    if stage.also_to:
        sheet.say(f"Told with the alert, and not asked to answer: {people(procedure, stage.also_to)}.", f"{at}.also_to")
    if stage.copy_to:
        sheet.say(f"Copied in: {people(procedure, stage.copy_to)}.", f"{at}.copy_to")
    for n, copies in enumerate(stage.copies):
        where = when(procedure, copies.when)
        sheet.say(f"Copied in {where}: {people(procedure, copies.to)}.", f"{at}.copies", f"{at}.copies.{n}")
    if not (stage.also_to or stage.copy_to or stage.copies):
        sheet.say("Nobody else is copied in.", f"{at}.copy_to")


def _time(sheet: Sheet, stage: Stage, at: str) -> None:
    procedure, response = sheet.procedure, stage.response
    paths = [f"{at}.response", *(f"{at}.response.{name}" for name in ("working_days", "raiser_may", "asked_in"))]
    own = response.working_days
    limit = {
        "nothing": "",
        "shorten": " The raiser may ask for less",
        "set": " The raiser may set another time, shorter or longer",
    }
    may = limit[response.raiser_may]
    asked = f", in {label(procedure, response.asked_in)}" if may and response.asked_in else ""
    named = f" This time is called {quoted(spaced(stage.timer))}." if stage.timer else ""
    what = "answer" if response.stops_on == "response" else "resolve it"
    given = f"Time to {what}: {days(own)}" if own else "There is no date by which to answer"
    sheet.say(f"{given}.{may}{asked}{'.' if may else ''}{named}", *paths)
    if own:
        ends = {
            "response": "An answer ends that time; then the raiser decides",
            "resolution": "Only the raiser's word that it is resolved ends that time. With an answer alone it runs on",
        }
        sheet.say(sentence(ends[response.stops_on]), f"{at}.response.stops_on")
    if period := stage.notice_period:
        sheet.say(
            f"The raiser may give notice of this stage first: at most {days(period.most_working_days)}, within the "
            "total time, in which it may still be settled. Whoever must answer hears of it: "
            f"{quoted(NOTICES.get(period.notice, period.notice))}.",
            f"{at}.notice_period",
            f"{at}.notice_period.most_working_days",
        )


def _silence(sheet: Sheet, stage: Stage, at: str) -> None:
    after = next_of(sheet.procedure, stage)
    if stage.response.working_days is None:
        sheet.say("Nothing follows from silence here: the raiser says when it goes on.", f"{at}.on_lapse")
        return
    then = LAST if after is None else ON_LAPSE.get(stage.on_lapse)
    if after and then is None:
        then = f"it goes on by itself to {stage_named(sheet.procedure, after.key, after.track)}"
    missed = "there is no answer" if stage.response.stops_on == "response" else "it is not resolved"
    sheet.say(sentence(f"If {missed} in time, {then}"), f"{at}.on_lapse")
