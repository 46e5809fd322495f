"""The commands `mail read` and `mail returned`: read what came back to the mailbox, and show what became of it."""

from __future__ import annotations

import asyncio
import json as jsonlib
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from activities.mailbox import MailboxFolder
from config.settings import Settings, load, variable
from escalation.errors import TwentydaysError
from escalation.words import at
from register.rows import CameBackRow
from starter import coming_back
from starter.embedded.places import MAILBOX
from starter.office import Office
from workflows import reference_in

returned = App()
AsJson = Annotated[bool, Parameter(name="--json", negative="")]
KINDS = {
    "bounce": "could not be delivered",
    "absence": "out of office",
    "reply": "a reply",
    "no_news": "no news",
    "unmatched": "to be looked at",
    "unreadable": "cannot be read",
}


class NoMailbox(TwentydaysError):
    """No mailbox is set."""


@returned.command(name="read")
def read_(*, json: AsJson = False) -> None:
    """Read what has come to the mailbox now; the web process does so every minute.

    Parameters
    ----------
    json: bool
        Print what became of each message as JSON.
    """
    office = Office(load())
    folder = office.settings.mailbox or _mailbox_of_up(office.settings)
    if folder is None:
        raise NoMailbox(f"No mailbox is set: {variable('mailbox')} names the Maildir to read (docs/mailbox.md).")
    if not (folder / "new").is_dir():
        raise NoMailbox(f"{folder}, which {variable('mailbox')} names, is no Maildir: it has no folder new/.")
    desk = coming_back.Desk(office.temporal, office.register, MailboxFolder(folder))
    _print(asyncio.run(coming_back.read_once(desk)), "Nothing new.", json=json)


def _mailbox_of_up(settings: Settings) -> Path | None:
    """The one that `twentydays up` has made and reads on this machine; never in production."""
    folder = settings.var / MAILBOX
    return folder if settings.environment != "production" and folder.is_dir() else None


@returned.command(name="returned")
def returned_(*, limit: int = 50, json: AsJson = False) -> None:
    """What came back, the newest first, and what became of it.

    Parameters
    ----------
    limit: int
        At most so many.
    json: bool
        Print it as JSON.
    """
    _print(Office(load()).register.came_back.latest(limit), "Nothing has come back.", json=json)


def _print(rows: list[CameBackRow], nothing: str, *, json: bool) -> None:
    if json:
        print(jsonlib.dumps([row.model_dump(mode="json") for row in rows], indent=1, ensure_ascii=False))
    else:
        print("\n".join(_line(row) for row in rows) or nothing)


def _line(row: CameBackRow) -> str:
    about = f", {reference_in(row.escalation)} {row.notice} to {row.address}" if row.escalation else ""
    return f"{at(row.received_at)}: {KINDS[row.kind]}{about}. {row.outcome}"
