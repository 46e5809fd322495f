"""Who works for the council now? The register's directory; the file's for as long as the register has none."""

from __future__ import annotations

from collections.abc import Callable

from escalation.directory import Directory
from register.store import Register


class People:
    """The directory that counts. To be asked each time: who has left must neither be written to nor answer."""

    def __init__(self, register: Register, file: Callable[[], Directory]) -> None:
        self._register, self.file = register, file

    def now(self) -> Directory:
        """Waits for the register: call it in a thread. Raises RegisterUnavailable, and whatever the file raises."""
        return self._register.people.current() or self.file()
