"""Is the stack already up on this folder, and where? One at a time, by a lock that ends with its process."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from escalation.errors import TwentydaysError
from starter.embedded.places import Places


class AlreadyUp(TwentydaysError):
    """Another process keeps the stack up on this folder."""


@contextmanager
def only_one(where: Places, pid: int) -> Iterator[None]:
    """Hold var/up.lock. Raises AlreadyUp, saying which process has it and where its pages are."""
    where.var.mkdir(parents=True, exist_ok=True)
    path = where.var / "up.lock"
    with path.open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AlreadyUp(_already(path)) from error
        lock.truncate(0)
        lock.write(f"process {pid}, {where.web}/")
        lock.flush()
        yield


def _already(path: Path) -> str:
    return (
        f"It is already up on {path.parent}: {path.read_text(encoding='utf-8') or 'it is just starting'}. "
        "Stop that one first (Ctrl-C where it runs), or keep this one in another folder with TWENTYDAYS_VAR=<folder> "
        "and other ports."
    )
