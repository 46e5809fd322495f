"""Where an escalation starts, how it moves, how days are counted, the total, more time, reminders."""

from __future__ import annotations

from escalation.procedure import SetApart
from escalation.telling.conditions import label, person, stage_named
from escalation.telling.sheet import Sheet
from escalation.telling.vocabulary import DAY_ENDS
from escalation.telling.wording import both, days, either, plain, quoted, sentence

WHY = {
    "none": "No reason is asked for when a stage is skipped",
    "warn": "A reason should be given when a stage is skipped. Without one there is advice and never a refusal",
    "require": "Skipping a stage without a reason is refused",
}


def starting(sheet: Sheet) -> None:
    """Where to start, what may be skipped, and what goes another way."""
    procedure, entry = sheet.procedure, sheet.procedure.entry
    sheet.heading("Starting, and skipping stages")
    sheet.beside_heading("entry")
    where = (
        f"only at {either(stage_named(procedure, key) for key in entry.start_at)}" if entry.start_at else "at any stage"
    )
    sheet.say(f"An escalation may start {where}.", "entry.start_at")
    default = entry.default or procedure.stages[0].key
    sheet.say(f"Where the raiser names no stage, it starts at {stage_named(procedure, default)}.", "entry.default")
    if entry.reasons_past_default:
        reasons = either(label(procedure, field) for field in entry.reasons_past_default)
        sheet.say(
            f"Where it starts higher than that, the raiser should give {reasons}. Without, there is advice and never "
            "a refusal.",
            "entry.reasons_past_default",
        )
    for n, forced in enumerate(entry.forced):
        sheet.say(
            f"Where {label(procedure, forced.flag)} is answered yes, it starts at "
            f"{stage_named(procedure, forced.start_at)} or higher.",
            "entry.forced",
            f"entry.forced.{n}",
        )
    _skipping(sheet)
    if entry.names_addressee:
        sheet.say(
            "The raiser may name any role of this page as the one who must answer, each time.", "entry.names_addressee"
        )
    if entry.set_apart:
        _set_apart(sheet, entry.set_apart)


def _skipping(sheet: Sheet) -> None:
    entry = sheet.procedure.entry
    if entry.may_bypass:
        sheet.say(
            "The raiser may skip stages, and may leave a stage before it is answered or its time is over.",
            "entry.may_bypass",
        )
        sheet.say(sentence(WHY[entry.reason_to_bypass]), "entry.reason_to_bypass")
    else:
        sheet.say(
            "No stage is skipped, and none is left before it is answered or its time is over.", "entry.may_bypass"
        )
    sheet.say("Nothing goes back down to an earlier stage (G-A12).")


def _set_apart(sheet: Sheet, apart: SetApart) -> None:
    procedure = sheet.procedure
    taxonomy = procedure.taxonomies.get(apart.field)
    names = {str(code.code): code.title for code in taxonomy.codes} if taxonomy else {}
    who = person(procedure, apart.to)
    at = ("entry.set_apart", "entry.set_apart.field", "entry.set_apart.codes", "entry.set_apart.to")
    sheet.say(
        f"Some issues go another way. A start with one of these under {label(procedure, apart.field)} is refused:", *at
    )
    sheet.lines += [f"  - {plain(names.get(code, code))}" for code in apart.codes]
    sheet.say(f"The raiser is then told: {quoted(apart.message)}", "entry.set_apart.message")
    sheet.say(f"It is kept, and {who} has the task: {quoted(apart.what)}.", "entry.set_apart.what")
    if apart.may_override:
        sheet.say("The raiser may start it all the same, with a reason.", "entry.set_apart.may_override")
    else:
        sheet.say("There is no way round it.", "entry.set_apart.may_override")


def counting(sheet: Sheet) -> None:
    """The total, and how days are counted."""
    procedure, cap = sheet.procedure, sheet.procedure.cap
    sheet.heading("The total time, and how days are counted")
    if cap:
        starts = {
            "first_alert": "the day of the first alert",
            "formal": "the day on which the first formal stage begins",
        }.get(cap.starts) or f"the day on which {stage_named(procedure, cap.starts)} begins"
        sheet.say(
            f"In all it may take {days(cap.working_days)}, counted once from {starts}.",
            "cap",
            "cap.working_days",
            "cap.starts",
        )
        sheet.say(
            "A stage that would last longer ends with the total. When the total is over and anything is open, it is "
            "put on hold: the raiser, their line manager and whoever must answer are told, and the raiser decides "
            "(G-A8)."
        )
    else:
        sheet.say("There is no total time.", "cap")
    sheet.say(f"The last day of a time ends at {DAY_ENDS[procedure.end_of_day]}, London time.", "end_of_day")
    sheet.say("The day on which the alert goes out is not counted; the next working day is day 1 (G-A1, G-A2).")
    sheet.say("Weekends, bank holidays and the council's own closed days are not counted (G-A14).")
    sheet.say(
        "After silence, the next stage counts from the day on which the stage before was due (G-A5). Where its alert "
        "goes out after 9am of the next working day, it counts from that day."
    )


def more_time(sheet: Sheet) -> None:
    extension = sheet.procedure.extension
    sheet.heading("More time")
    if extension is None:
        sheet.say("There is no more time: a request for it is refused.", "extension")
        return
    most = f"At most {days(extension.most_working_days)} at once" if extension.most_working_days else "No length is set"
    sheet.say(
        f"Whoever must answer may ask for more time, and the raiser gives or refuses it. {most}. "
        "It counts from the date that was due.",
        "extension",
        "extension.most_working_days",
    )
    sheet.say(
        "A request stops no clock: where nothing is decided by the date, the stage ends as it would have (SWK-A7)."
    )
    past = {
        "never": "More time never goes beyond the total time",
        "with_reason": "More time may go beyond the total time only where the raiser says why",
    }
    sheet.say(sentence(past[extension.beyond_cap]), "extension.beyond_cap")


def reminding(sheet: Sheet) -> None:
    """Who is reminded when, and what becomes of a turn that the raiser does not take."""
    rule = sheet.procedure.reminders
    sheet.heading("Reminders")
    before, after = sorted(rule.addressee_before_due, reverse=True), rule.raiser_after
    sheet.beside_heading("reminders")
    if before:
        too = " The raiser has a copy." if rule.raiser_too else ""
        when = f"{both(str(each) for each in before)} working {'day' if before == [1] else 'days'}"
        sheet.say(f"Whoever must answer is reminded {when} before the date, at 9am.{too}")
    else:
        sheet.say("Whoever must answer is not reminded before the date.")
    first = f"after {both(days(each) for each in after)} and then " if after else ""
    sheet.say(
        f"When it is the raiser's turn, the raiser is reminded {first}every {days(rule.then_every)}, at 9am (G-A6)."
    )
    if rule.pass_turn_after:
        sheet.say(
            f"A turn that the raiser has not taken after {days(rule.pass_turn_after)} may be taken by their line "
            "manager too. The concern stays the raiser's (G-A6).",
        )
    else:
        sheet.say("A turn that the raiser does not take stays the raiser's, however long.")


def following_up(sheet: Sheet) -> None:
    """What is asked of the raiser once it is closed."""
    rule = sheet.procedure.follow_up
    sheet.heading("After the close")
    sheet.beside_heading("follow_up")
    sheet.say("An answer may promise a date. On that date, at 9am, the raiser is asked whether it was done.")
    sheet.say(
        "Where it was not done and no stage runs any more, the raiser may begin a linked escalation within "
        f"{days(rule.offer_stands_working_days)}.",
        "follow_up.offer_stands_working_days",
    )
    sheet.say(
        f"Closing asks what changed. Where it is too early to say, it is asked again after "
        f"{days(rule.ask_again_after_working_days)}, or on the date that the raiser names.",
        "follow_up.ask_again_after_working_days",
    )
