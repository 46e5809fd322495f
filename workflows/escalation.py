"""One escalation, from its first alert to whatever outlives its close: this shell waits, calls and records.

`escalation.rules` decides; what happens when a manager is silent is in escalation/rules/silence.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy, TypedSearchAttributes
from temporalio.exceptions import ActivityError, ApplicationError

from activities.calendar import Calendars
from activities.notices import Notices
from activities.register import RegisterKeeper
from escalation import messages, notices, ordering, rules, words
from escalation.case import Case
from escalation.fold import NoticeKey, fold, key_of
from escalation.history import HistoryEntry
from escalation.messages import (
    CalendarQuery,
    CameBack,
    Command,
    InboxQuery,
    NoticeOutcome,
    NoticeToSend,
    Respond,
    SilenceProven,
)  # fmt: skip
from escalation.opening import Opening, Receipt
from escalation.overtaking import failed, given_up
from escalation.reading import read
from escalation.rules import Outcome
from escalation.state import EntryView, State, state_of, view
from escalation.summary import RecordBatch, summary_of
from workflows.names import ESCALATION
from workflows.search_attributes import attributes_of, changes
from workflows.updates import update_of

PATIENT = RetryPolicy(initial_interval=timedelta(seconds=5), maximum_interval=timedelta(minutes=4))
"""For as long as it takes: a mail server or a register that is down for days stalls no escalation."""
ONE_MAIL_ATTEMPT = timedelta(minutes=2)
ONE_REGISTER_ATTEMPT = timedelta(seconds=30)
A_MINUTE = timedelta(minutes=1)


@workflow.defn(name=ESCALATION)
class Escalation:
    """The workflow type `Escalation`. Its state is the fold of the entries it has written."""

    @workflow.init
    def __init__(self, opening: Opening) -> None:
        self.opening = opening
        self.entries: list[HistoryEntry] = list(opening.events)
        self.case: Case | None = fold(opening.procedure, opening.events) if opening.events else None
        self.recorded = 0
        self.changed = 0
        self.tasks: dict[NoticeKey, asyncio.Task[None]] = {}
        self.recorder: asyncio.Task[None] | None = None
        self.proof: asyncio.Task[None] | None = None
        self.timer: asyncio.Task[None] | None = None
        self.awaited: tuple[datetime, str] | None = None
        self.shown = TypedSearchAttributes.empty

    @property
    def raised(self) -> bool:
        """Whether there is a case to ask about: handlers may run before `run` has begun."""
        return self.case is not None and bool(self.case.visits)

    @workflow.run
    async def run(self, opening: Opening) -> State:
        await self._open(opening)
        while not self._ended():
            self._write(rules.elapse(self.now_case, workflow.now()))
            self._keep_up()
            await self._wait()
        return self.current_stage()

    @property
    def now_case(self) -> Case:
        if self.case is None:
            raise ApplicationError("The escalation has not begun.", type="NotBegun")
        return self.case

    # Acts of people --------------------------------------------------------------------------------------------------

    respond = update_of(messages.Respond)
    record_response = update_of(messages.RecordResponse)
    record_told = update_of(messages.RecordTold)
    decide = update_of(messages.Decide)
    bypass = update_of(messages.Bypass)
    notice = update_of(messages.GiveNotice)
    reassign = update_of(messages.Reassign)
    complete_form = update_of(messages.CompleteForm)
    request_extension = update_of(messages.RequestExtension)
    grant_extension = update_of(messages.GrantExtension)
    refuse_extension = update_of(messages.RefuseExtension)
    consider_cafcass = update_of(messages.ConsiderCafcass)
    refer_cafcass = update_of(messages.ReferCafcass)
    hold_meeting = update_of(messages.HoldMeeting)
    manager_disagrees = update_of(messages.ManagerDisagrees)
    request_legal_advice = update_of(messages.RequestLegalAdvice)
    decide_legal_advice = update_of(messages.DecideLegalAdvice)
    record_event = update_of(messages.RecordEvent)
    set_action = update_of(messages.SetAction)
    cover = update_of(messages.Cover)
    hand_over = update_of(messages.HandOver)
    note = update_of(messages.Note)
    close = update_of(messages.Close)
    withdraw = update_of(messages.Withdraw)
    record_promise = update_of(messages.RecordPromise)
    answer_promise = update_of(messages.AnswerPromise)
    tell_change = update_of(messages.TellChange)
    follow = update_of(messages.Follow)

    @workflow.signal(description="An answer, as the update `respond`; kept even while no worker runs.")
    async def manager_response(self, *payloads: Any) -> None:
        await workflow.wait_condition(lambda: self.raised)
        self.act(Respond, payloads)

    @workflow.signal(description="What came back to the mailbox: a bounce, an out-of-office message, a reply.")
    async def mail_came_back(self, *payloads: Any) -> None:
        await workflow.wait_condition(lambda: self.raised)
        came = read(CameBack, "mail_came_back", payloads)
        now = workflow.now()
        self._write(
            rules.refuse_unread(self.now_case, "mail_came_back", "unreadable", came, now)
            if isinstance(came, str)
            else rules.take(self.now_case, came, now)
        )

    def act(self, kind: type[Command], payloads: Sequence[Any]) -> Receipt:
        """Rule an act, from whatever payloads came with it."""
        now, do = workflow.now(), kind.model_fields["do"].default
        command = read(kind, do, payloads)
        if isinstance(command, str):
            outcome = rules.refuse_unread(self.now_case, do, "unreadable", command, now)
        else:
            outcome = rules.rule(self.now_case, command, now)
        self._write(outcome)
        return Receipt(
            accepted=outcome.rejection is None,
            rejection=outcome.rejection,
            warnings=list(outcome.warnings),
            state=state_of(self.now_case, now),
        )

    @workflow.query(description="Where the escalation stands: stage, whose turn, until when.")
    def current_stage(self, *_: Any) -> State:
        return state_of(self.now_case, workflow.now())

    @workflow.query(description="Everything that has happened, in order.")
    def history(self, *_: Any) -> list[EntryView]:
        return [view(entry) for entry in self.entries]

    # The life of an escalation ---------------------------------------------------------------------------------------

    async def _open(self, opening: Opening) -> None:
        """Pin the calendar and raise the concern; an escalation that goes on has both in its events."""
        if self.case is not None or opening.start is None:
            return
        raised_at = opening.raised_at or workflow.now()
        calendar = await workflow.execute_activity_method(
            Calendars.read_calendar,
            CalendarQuery(around=raised_at.date()),
            start_to_close_timeout=ONE_REGISTER_ATTEMPT,
            retry_policy=PATIENT,
            summary="Read the working days and pin them",
        )
        begun = rules.begin(opening.procedure, calendar, raised_at)
        started = rules.start(begun.case, opening.start, opening.reference, raised_at)
        if started.rejection:
            raise ApplicationError(
                started.rejection.message, started.rejection, type="StartRefused", non_retryable=True
            )
        self._write(begun)
        self._write(started)

    async def _wait(self) -> None:
        """Until something changes; time alone does so through the timer."""
        seen = self.changed
        self._set_timer()
        await workflow.wait_condition(lambda: self.changed != seen or self._ended())

    def _set_timer(self) -> None:
        """One timer, for the next instant that matters; an act that leaves that instant alone leaves it running."""
        now = workflow.now()
        proving = rules.silence_needs_proof(self.now_case, now) is not None
        wake = None if proving else rules.next_wake(self.now_case, now)
        awaited = (wake, words.waiting(self.now_case, wake)) if wake else None
        if awaited == self.awaited:
            return
        if self.timer:
            self.timer.cancel()
        self.awaited = awaited
        self.timer = asyncio.create_task(self._ring(*awaited)) if awaited else None

    async def _ring(self, wake: datetime, summary: str) -> None:
        await workflow.sleep(max(wake - workflow.now(), timedelta(seconds=1)), summary=summary)
        self.awaited = self.timer = None
        self.changed += 1

    async def _prove_silence(self, deadline: datetime) -> None:
        """Read the inbox past the deadline, and apply what was received in time, before the stage may lapse."""
        visit = self.now_case.visit.n
        inbox = await workflow.execute_activity_method(
            RegisterKeeper.read_inbox,
            InboxQuery(escalation=workflow.info().workflow_id, received_by=deadline),
            start_to_close_timeout=ONE_REGISTER_ATTEMPT,
            retry_policy=PATIENT,
            summary=f"Read the inbox: was {self.now_case.visit.stage} answered by {words.at(deadline)}?",
        )
        for answer in inbox.answers:
            if not self.now_case.has_answer(answer.response_id):
                self._write(rules.rule(self.now_case, answer, workflow.now()))
        proof = SilenceProven(visit=visit, read_at=inbox.read_at)
        proven = rules.take(self.now_case, proof, workflow.now())
        self._write(proven)
        if not proven.entries and rules.silence_needs_proof(self.now_case, workflow.now()):
            await workflow.sleep(A_MINUTE, summary="The register's clock is behind; read the inbox again")

    def _ended(self) -> bool:
        """Closed, with nothing to follow and nothing left half done: notices, register, whoever waits for an answer."""
        case = self.now_case
        lives = case.open or case.followed_up
        busy = lives or case.outstanding or self.tasks or self.proof or self.recorded < len(self.entries)
        return not busy and workflow.all_handlers_finished()

    # Keeping the world up with the case ------------------------------------------------------------------------------

    def _write(self, outcome: Outcome) -> None:
        self.case = outcome.case
        self.entries += outcome.entries
        self.changed += bool(outcome.entries)

    def _keep_up(self) -> None:
        """Send what is called for, give up what is overtaken, record and show what has happened."""
        for notice in notices.sendable(self.now_case):
            task = self.tasks.get(key_of(notice))
            if notice.overtaken and task is None:
                self._write(rules.take(self.now_case, given_up(notice), workflow.now()))
            elif task is None:
                self._begin_sending(notice)
            elif notice.overtaken and not task.cancelling():  # once: it then asks what had gone out
                task.cancel()
        if self.recorder is None and self.recorded < len(self.entries):
            self.recorder = asyncio.create_task(self._record())
        self._begin_proof()
        self._show()

    def _begin_proof(self) -> None:
        """One reading of the inbox at a time, beside the main loop: while the register is down, acts still count."""
        if self.proof and self.proof.done():
            self.proof.result()
            self.proof = None
        deadline = rules.silence_needs_proof(self.now_case, workflow.now())
        if deadline and self.proof is None:
            self.proof = asyncio.create_task(self._prove_silence(deadline))
            self.proof.add_done_callback(lambda _: self._proof_ended())

    def _proof_ended(self) -> None:
        self.changed += 1

    def _begin_sending(self, notice: NoticeToSend) -> None:
        key = key_of(notice)
        task = asyncio.create_task(self._send(notice))
        self.tasks[key] = task
        task.add_done_callback(lambda _: self._sending_ended(key))

    def _sending_ended(self, key: NoticeKey) -> None:
        """Also where a task was cancelled before its first step: the main loop then says what became of its notice."""
        self.tasks.pop(key, None)
        self.changed += 1

    async def _send(self, notice: NoticeToSend) -> None:
        """One notice, tried for as long as it takes; what was accepted although it was overtaken counts as sent."""
        try:
            outcome = await self._try_to_send(notice)
        except ActivityError as error:
            overtaken = self._overtaken(notice)
            outcome = (
                await self._try_to_send(overtaken) if overtaken.overtaken else failed(notice, str(error.cause or error))
            )
        self._write(rules.take(self.now_case, outcome, workflow.now()))

    async def _try_to_send(self, notice: NoticeToSend) -> NoticeOutcome:
        """Given a notice that was overtaken, it sends nothing and says what earlier attempts had sent."""
        parts = [*filter(None, key_of(notice)), *(["overtaken"] if notice.overtaken else [])]
        return await workflow.execute_activity_method(
            Notices.send_notice,
            ordering.order(self.now_case, notice, workflow.info().workflow_id),
            activity_id="-".join(str(part) for part in parts),
            start_to_close_timeout=ONE_MAIL_ATTEMPT,
            retry_policy=PATIENT,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            summary=words.sending(self.now_case, notice),
        )

    def _overtaken(self, notice: NoticeToSend) -> NoticeToSend:
        return next((n for n in self.now_case.outstanding if key_of(n) == key_of(notice)), notice)

    async def _record(self) -> None:
        """The register follows the history, in order, one batch at a time."""
        while self.recorded < len(self.entries):
            new = self.entries[self.recorded :]
            await workflow.execute_activity_method(
                RegisterKeeper.record_entries,
                RecordBatch(escalation=workflow.info().workflow_id, entries=new, summary=summary_of(self.now_case)),
                start_to_close_timeout=ONE_REGISTER_ATTEMPT,
                retry_policy=PATIENT,
                summary=f"Record entries {new[0].n} to {new[-1].n}",
            )
            self.recorded += len(new)
        self.recorder = None
        self.changed += 1

    def _show(self) -> None:
        """For whoever looks into Temporal: search attributes for lists, the story for the workflow's page."""
        attributes = attributes_of(self.now_case)
        if updates := changes(self.shown, attributes):
            workflow.upsert_search_attributes(updates)
            self.shown = attributes
        workflow.set_current_details(words.story(self.now_case))
