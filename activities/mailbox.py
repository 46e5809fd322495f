"""Where does what came back lie? In a Maildir: a message is taken by moving it, and none is ever deleted.

new/            has come, and is to be read
cur/            was dealt with (flag S); without the flag it is in somebody's hands at the moment
.unmatched/     belongs to nothing that we sent, or a person has to look at it
.unreadable/    is no email that can be read
"""

from __future__ import annotations

import hashlib
import mailbox
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from activities.coming_back import MOST_BYTES

Place = Literal["", "unmatched", "unreadable"]
ASIDE: tuple[Place, ...] = ("unmatched", "unreadable")
IN_HAND, SEEN = ":2,", ":2,S"
GIVEN_UP = timedelta(minutes=5)
"""A message in hand for so long was in the hands of a process that ended."""
CHUNK = 1 << 20


@dataclass(frozen=True)
class Taken:
    """A message in our hands. `mail_id` is the digest of all its bytes, `raw` the beginning of them."""

    name: str
    path: Path
    came_at: datetime
    mail_id: str
    raw: bytes


class MailboxFolder:
    """One Maildir, which several processes may read at once: each message is in the hands of one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def prepare(self) -> None:
        """Make what is missing of it."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        box = mailbox.Maildir(self.folder, create=True)
        for place in ASIDE:
            box.add_folder(place)

    def waiting(self) -> list[str]:
        """Names of what has come, the longest here first; also of what was in the hands of a process that ended."""
        found = [*self._files("new"), *(entry for entry in self._files("cur") if _is_given_up(entry))]
        return [f"{Path(entry.path).parent.name}/{entry.name}" for entry in sorted(found, key=_age)]

    def take(self, name: str) -> Taken | None:
        """Move it into our hands and read it; None where another process was quicker."""
        there = self.folder / name
        plain = there.name.removesuffix(IN_HAND)
        here = self.folder / "cur" / f"{plain}{IN_HAND}"
        try:
            came_at = datetime.fromtimestamp(there.stat().st_mtime, UTC)
            there.rename(here)
            with here.open("rb") as file:
                raw = file.read(MOST_BYTES)
                digest = hashlib.sha256(raw)
                while more := file.read(CHUNK):
                    digest.update(more)
        except FileNotFoundError:
            return None
        return Taken(plain, here, came_at, digest.hexdigest()[:40], raw)

    def put_back(self, taken: Taken) -> None:
        """It could not be handed over now, and is to be read again."""
        _move(taken, self.folder / "new" / taken.name)

    def file(self, taken: Taken, place: Place = "") -> None:
        """It was dealt with; or it lies where a person looks, as new to them."""
        _move(taken, self.folder / f".{place}" / "new" / taken.name if place else self._seen(taken))

    def _seen(self, taken: Taken) -> Path:
        return self.folder / "cur" / f"{taken.name}{SEEN}"

    def _files(self, place: str) -> Iterator[os.DirEntry[str]]:
        with suppress(FileNotFoundError), os.scandir(self.folder / place) as found:
            yield from (entry for entry in found if entry.name[0] != "." and entry.is_file(follow_symlinks=False))


def _is_given_up(entry: os.DirEntry[str]) -> bool:
    """By the time of the last move: moving leaves the file's own time alone."""
    with suppress(FileNotFoundError):
        moved = datetime.fromtimestamp(entry.stat().st_ctime, UTC)
        return entry.name.endswith(IN_HAND) and datetime.now(UTC) - moved > GIVEN_UP
    return False


def _age(entry: os.DirEntry[str]) -> float:
    with suppress(FileNotFoundError):
        return entry.stat().st_mtime
    return 0.0


def _move(taken: Taken, there: Path) -> None:
    """Never onto another message: then under a name of its own."""
    if there.exists():
        there = there.with_name(f"{taken.mail_id[:12]}.{there.name}")
    with suppress(FileNotFoundError):  # it was taken for given up, and another process has dealt with it
        taken.path.rename(there)
