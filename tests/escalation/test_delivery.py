"""Whether each email's fate is told truly: accepted, waiting, refused, came back, not sent."""

from __future__ import annotations

from datetime import timedelta

from escalation.delivery import EmailStatus, deliveries
from escalation.messages import CameBack, NoticeOutcome
from tests.escalation.driver import Play, a_procedure

AT = "2025-03-25 10:00"


def emails(play: Play) -> list[EmailStatus]:
    return deliveries(play.procedure, play.entries)


def told(play: Play, notice: str) -> list[tuple[str, str]]:
    return [(email.role, email.status) for email in emails(play) if email.notice == notice]


def test_what_nobody_has_settled_waits_since_it_was_called_for() -> None:
    play = Play(a_procedure(), AT)
    play.start(deliver=False)
    waiting = next(email for email in emails(play) if email.role == "manager_1")
    assert (waiting.status, waiting.notice, waiting.stage) == ("waiting", "alert", "S1")
    assert waiting.at == play.now
    assert waiting.person is waiting.address is None


def test_an_accepted_email_says_to_whom_and_when() -> None:
    play = Play(a_procedure(), AT)
    play.start()
    accepted = next(email for email in emails(play) if email.role == "manager_1")
    assert (accepted.status, accepted.at, accepted.accepted_at) == ("accepted", play.now, play.now)
    assert accepted.person
    assert accepted.address
    assert {email.status for email in emails(play)} == {"accepted"}


def test_a_refused_email_says_why() -> None:
    play = Play(a_procedure(), AT)
    play.start(deliver=False)
    play.deliver(refuse=["manager_1"])
    email = next(email for email in emails(play) if email.role == "manager_1" and email.status == "refused")
    assert email.why == "No such mailbox"
    assert ("quality", "accepted") in told(play, "delivery_failed")


def test_a_bounce_turns_an_acceptance_into_what_came_back_and_keeps_when_it_was_accepted() -> None:
    play = Play(a_procedure(), AT)
    play.start()
    alert = next(email for email in emails(play) if email.notice == "alert" and email.role == "manager_1")
    play.now += timedelta(minutes=20)
    bounce = CameBack(
        mail_id="bounce-1",
        kind="bounce",
        received_at=play.now,
        entry=alert.entry,
        notice="alert",
        role="manager_1",
        address=str(alert.address).upper(),
        text="550 5.1.1 No such mailbox here",
    )
    play.take(bounce)
    back = next(email for email in emails(play) if email.entry == alert.entry and email.role == "manager_1")
    assert (back.status, back.at, back.accepted_at) == ("came_back", play.now, alert.at)
    assert back.why == "550 5.1.1 No such mailbox here"


def test_an_overtaken_email_is_not_sent_and_says_why_for_each_role_that_it_would_have_reached() -> None:
    play = Play(a_procedure({"copy_to": ["watcher"]}, {}), AT)
    play.start(deliver=False)
    play.decide("escalate", to="S2", reason="It cannot wait")
    first = [email for email in emails(play) if email.notice == "alert" and email.stage == "S1"]
    assert [(email.role, email.status) for email in first if email.role == "manager_1"] == [("manager_1", "not_sent")]
    assert all(email.why for email in first if email.status == "not_sent")
    assert ("manager_2", "accepted") in told(play, "alert")


def test_every_delivery_of_the_history_is_told_once_and_nothing_else() -> None:
    play = Play("southwark", AT)
    play.start()
    play.pass_time("2025-04-30 12:00")
    sent = [(e.entry, e.notice, d.role, d.address) for e in play.of("email_sent") for d in e.delivered]
    accepted = [(e.entry, e.notice, e.role, e.address) for e in emails(play) if e.status == "accepted"]
    assert sorted(sent) == sorted(accepted)
    assert len(sent) > 10
    assert {email.status for email in emails(play)} == {"accepted"}


def test_who_was_written_to_as_cover_is_told_as_such() -> None:
    play = Play(a_procedure(), AT)
    play.start(deliver=False)
    alert = next(notice for notice in play.case.outstanding if notice.part == "addressee")
    delivery = play._delivery(alert, "manager_1")
    covered = delivery.model_copy(update={"cover": "manager_2", "cover_because": "vacant"})
    key = {"entry": alert.entry, "notice": alert.notice, "part": alert.part}
    play.take(NoticeOutcome(**key, delivered=[covered]))
    email = next(email for email in emails(play) if email.role == "manager_1")
    assert (email.status, email.cover, email.cover_because) == ("accepted", "manager_2", "vacant")


def test_a_history_without_entries_has_no_emails() -> None:
    assert deliveries(a_procedure(), []) == []
