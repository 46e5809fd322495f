"""Which pages stand behind our links, and what is each to a hostile client: its address, its words, its button?"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Protocol

import httpx2
from temporalio.client import Client

from activities.links import Links
from config.connect import TemporalUnreachable
from escalation.messages import AnswerPromise
from tests.web import asked_about, bench, emailed
from tests.web.bench import ACTIONS, CONCERN, MAEVE, Bench, Page
from web.reply.guarding import Paces

AMARA = asked_about.AMARA
OF_ANY_CASE = ("Sam Okafor", "Amara Okafor", "Maeve Brennan", MAEVE, AMARA, CONCERN, "A secret about the child")
"""What no page of ours shows before an address is confirmed, and no log says ever."""
Making = Callable[[str, int, str, str], str]
Filled = dict[str, str]


class Served(Protocol):
    def __call__(
        self, bench: Bench, client: Callable[[], Awaitable[Client]], how_often: Paces | None = None
    ) -> AbstractContextManager[str]: ...


@dataclass(frozen=True)
class SignedPage:
    """One of them. `begun` brings an escalation to where the page asks something: the entry that its link names."""

    prefix: str
    begun: Callable[[Bench], int]
    making: Callable[[Links], Making]
    role: str
    reader: str
    served: Served
    filled: Callable[[httpx2.Client, Page], Filled]
    outcome: tuple[int, str]
    own_words: tuple[str, ...]
    missing: tuple[str, ...]
    takes_json: bool = True
    aside: tuple[str, ...] = ()

    @property
    def secrets(self) -> tuple[str, ...]:
        return (*OF_ANY_CASE, *self.own_words)

    def path(self, bench: Bench, entry: int, role: str | None = None, reader: str | None = None) -> str:
        """Where a link leads, on this server."""
        link = self.making(bench.links)(bench.reference, entry, role or self.role, reader or self.reader)
        return link.removeprefix(bench.settings.public_url)

    def confirmed(self, browser: httpx2.Client, path: str) -> Page:
        return bench.confirmed(browser, path, self.reader)


class Nobody:
    """A Temporal that is not there, and how often it was called."""

    def __init__(self) -> None:
        self.called = 0

    async def __call__(self) -> Client:
        self.called += 1
        raise TemporalUnreachable("Temporal does not answer.")


def _raised(bench: Bench) -> int:
    return bench.raised().told.visits[0].n


def _replied(bench: Bench) -> int:
    return emailed.replied(bench.raised())


def _promised(bench: Bench) -> int:
    return asked_about.asked(asked_about.closed(bench))


def _offered(bench: Bench) -> int:
    entry = _promised(bench)
    bench.act(AnswerPromise(by="iro", done=False))
    return entry


def _changed(bench: Bench) -> int:
    return asked_about.asked(asked_about.closed(bench), "2026-12-14 09:00", "change_asked")


def _checked(browser: httpx2.Client, page: Page) -> Filled:
    check = Page(bench.press(browser, page, "answer", text="Yes.").text)
    return check.form.fields | {"act": "send"}


def _filled(act: str, **given: str) -> Callable[[httpx2.Client, Page], Filled]:
    """The page's only form, filled in. A name that ends in `_n` is that of the first promise."""

    def filled(browser: httpx2.Client, page: Page) -> Filled:
        (number,) = {name.split("-")[1] for name in page.ids if re.fullmatch(r"(done|stage)-\d+", name)} or {""}
        named = {re.sub("_n$", f"-{number}", name): value for name, value in given.items()}
        assert ("act", act) in page.form.buttons
        return page.form.fields | named | {"act": act}

    return filled


REPLY = SignedPage(
    prefix="/reply/",
    begun=_raised,
    making=attrgetter("link"),
    role="operational_manager",
    reader=MAEVE,
    served=bench.served,
    filled=_checked,
    outcome=(202, "An answer to SWK-2026-0042 was received: received"),
    own_words=tuple(ACTIONS),
    missing=("Answer at least one of the requested actions", "This page was not complete."),
    aside=("/more-time", "/somebody-else"),
)
RECORD = SignedPage(
    prefix="/record/",
    begun=_replied,
    making=attrgetter("recording_link"),
    role="iro",
    reader=AMARA,
    served=emailed.recording_served,
    filled=_filled("record", answered_by="operational_manager"),
    outcome=(503, "record_response of SWK-2026-0042 has no outcome"),
    own_words=("We agree.", "is on Thursday."),
    missing=("Press the button to record this reply.", "Choose who answered."),
)
FOLLOW_UP = SignedPage(
    prefix="/follow-up/",
    begun=_promised,
    making=attrgetter("follow_up_link"),
    role="iro",
    reader=AMARA,
    served=asked_about.asking_served,
    filled=_filled("answer", done_n="yes"),
    outcome=(503, "answer_promise of SWK-2026-0042 has no outcome"),
    own_words=("minutes", "follow by then", "27 November"),
    missing=("Press the button to record your answer.", "Say whether it was done."),
    takes_json=False,
)
PAGES = {"reply": REPLY, "record": RECORD, "follow-up": FOLLOW_UP}
STATES = PAGES | {
    "follow-up, offered": replace(
        FOLLOW_UP,
        begun=_offered,
        filled=_filled("begin", stage="L3", reason="No minutes."),
        outcome=(503, "What follows SWK-2026-0042 has no outcome"),
        missing=(),
    ),
    "follow-up, what changed": replace(
        FOLLOW_UP,
        begun=_changed,
        filled=_filled("answer", changed="not_changed"),
        outcome=(503, "tell_change of SWK-2026-0042 has no outcome"),
        missing=("Press the button to record your answer.", "Choose what changed."),
    ),
}
"""The pages, and one of them again for each other form that it shows."""
