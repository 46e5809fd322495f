"""What is said in any log while hostile clients are at work?"""

from __future__ import annotations

import logging

WHERE = {"pathname", "filename", "module"}
"""Where in our code a record was made: `reply` is a word of that."""


class EverythingLogged(logging.Handler):
    """Every record of every logger but the test's own client."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.said: list[str] = []
        self.setFormatter(logging.Formatter("%(name)s %(message)s %(exc_text)s"))

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith(("httpx2", "httpcore2", "httpcore")):
            extra = {name: value for name, value in record.__dict__.items() if name not in WHERE}
            self.said.append(f"{self.format(record)} {extra}")
