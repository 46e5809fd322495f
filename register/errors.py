"""What can go wrong with the register, in a sentence for the person who runs it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from escalation.errors import NoAnswer, TwentydaysError


class RegisterError(TwentydaysError):
    """Base of every error of the register."""


class ConflictingHistory(RegisterError):
    """What was given to be kept does not continue the history that is held. Trying again does not help."""


class ConflictingAnswer(RegisterError):
    """A response id is already used for an answer that says something else."""


class InvalidRegisterURL(RegisterError):
    """The register's address cannot be used."""


class RegisterUnavailable(RegisterError, NoAnswer):
    """The database does not answer, or is locked. Trying again later may help."""


class SchemaNotCurrent(RegisterError):
    """The database was never prepared for this release, or was prepared for a newer one."""


@contextmanager
def unavailable(engine: Engine) -> Iterator[None]:
    """Say in a sentence, without a password or a statement, that the database does not answer or is locked."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolExhausted) as error:
        where = engine.url.render_as_string(hide_password=True)
        why = getattr(error, "orig", None) or error
        raise RegisterUnavailable(f"The register at {where} cannot be used just now: {why}") from None
