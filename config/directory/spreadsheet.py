"""A directory as a spreadsheet saves it: one row a post, every fault told with its line.

Taken as they come: a byte order mark, commas, semicolons or tabs, either end of line, dates as 2027-01-04 or 4/1/2027.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from config.wording import sentence, suggestion
from escalation.directory import BACKWARDS, Directory, Leave, Person, Post
from escalation.errors import Fault, InvalidDocument

POSTS = {"role": True, "name": True, "email": True, "team": False, "agency": False, "kind": False, "first": False,
         "last": False}  # fmt: skip
LEAVE = {"email": False, "name": False, "first": True, "last": True}
"""Columns, and whether each is needed."""
SEPARATORS = ",;\t"
ISO = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)", re.ASCII)
BRITISH = re.compile(r"(\d\d?)/(\d\d?)/(\d{4})", re.ASCII)
M = TypeVar("M", bound=BaseModel)


def load(path: Path, leave: Path | None = None) -> Directory:
    """Read a directory of posts, and the file of its leave. Raises InvalidDocument with every fault of both."""
    return read(_text(path), str(path), _text(leave) if leave else "", str(leave or ""))


def read(posts: str, posts_file: str = "", leave: str = "", leave_file: str = "") -> Directory:
    """As `load`, of texts; the names are those that faults give. A leave of "" is none."""
    reading = Reading()
    for row in _rows(posts, posts_file, POSTS, reading.faults):
        reading.post(row)
    if leave_file:
        for row in _rows(leave, leave_file, LEAVE, reading.faults):
            reading.leave(row)
    if reading.faults:
        raise InvalidDocument(reading.faults)
    return Directory(people=reading.people, posts=list(reading.posts), leave=list(reading.away))


def refusal(path: Path, message: str) -> InvalidDocument:
    return InvalidDocument([Fault("", message, str(path))])


def _text(path: Path) -> str:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return file.read()
    except UnicodeDecodeError:
        raise refusal(path, "is not written in UTF-8; in Excel, save it as “CSV UTF-8”") from None
    except OSError as error:
        raise refusal(path, f"cannot be read: {error.strerror}") from None


# Rows -----------------------------------------------------------------------------------------------------------------


class Row(NamedTuple):
    """One line of a file: what stands in each column, without the spaces around it."""

    file: str
    line: int
    cells: Mapping[str, str]

    def fault(self, column: str, message: str) -> Fault:
        return Fault(column, message, self.file, self.line)


def _rows(text: str, file: str, columns: Mapping[str, bool], faults: list[Fault]) -> Iterator[Row]:
    """Rows that are not blank. What cannot be told apart as rows and columns goes into `faults`."""
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), "")
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    header: list[str] | None = None
    begins = 1
    try:
        for cells in reader:
            begins, line = reader.line_num + 1, begins
            values = [cell.strip() for cell in cells]
            if not any(values):
                continue
            if header is None:
                header = [value.lower() for value in values]
                if wrong := list(_faults_of_header(header, Row(file, line, {}), columns)):
                    faults += wrong
                    return
            elif any(values[len(header) :]):
                faults.append(Fault("", f"has more columns than the first line, which has {len(header)}", file, line))
            else:
                yield Row(file, line, dict.fromkeys(columns, "") | dict(zip(header, values, strict=False)))
    except csv.Error as error:
        faults.append(Fault("", f"cannot be read from here: {error}; look for a quotation mark", file, begins))
    if header is None:
        faults.append(Fault("", f"is empty; its first line names the columns: {', '.join(columns)}", file, 1))


def _faults_of_header(header: list[str], row: Row, columns: Mapping[str, bool]) -> Iterator[Fault]:
    for name in dict.fromkeys(header):
        if name not in columns:
            yield row.fault(name, f"is no column{suggestion(name, columns)}")
        elif header.count(name) > 1:
            yield row.fault(name, "is a column twice; keep one")
    for name, needed in columns.items():
        if needed and name not in header:
            yield row.fault(name, "is needed in the first line, which names the columns, and is missing")


# What they say --------------------------------------------------------------------------------------------------------


class Reading:
    """What was read so far, and every fault."""

    def __init__(self) -> None:
        self.people: dict[str, Person] = {}
        self.posts: dict[Post, int] = {}
        self.away: dict[Leave, int] = {}
        self.faults: list[Fault] = []
        self._named_at: dict[str, int] = {}

    def post(self, row: Row) -> None:
        """A person and their post."""
        found = len(self.faults)
        person = self._made(Person, row, {"name": row.cells["name"], "email": row.cells["email"]})
        first, last = self._span(row)
        said = {name: row.cells[name] or None for name in ("team", "agency")}
        said |= {"role": row.cells["role"].lower(), "kind": row.cells["kind"].lower() or "holder"}
        post = self._made(Post, row, said | {"person": row.cells["email"].lower(), "first": first, "last": last})
        if person:
            self._person(row, person)
        if post and len(self.faults) == found:
            self._once(self.posts, post, row)

    def leave(self, row: Row) -> None:
        """Days on which somebody whom a post names is away."""
        person = self._whose(row)
        first, last = self._span(row, needed=True)
        if person and first and last:
            self._once(self.away, Leave(person=person, first=first, last=last), row)

    def _person(self, row: Row, person: Person) -> None:
        key = person.email.lower()
        known = self.people.setdefault(key, person)
        line = self._named_at.setdefault(key, row.line)
        if known.name != person.name:
            self.faults.append(
                row.fault("email", f"is the address of {known.name} in line {line}; give each their own")
            )

    def _whose(self, row: Row) -> str | None:
        """The key of whoever a row of leave names, by address or else by name."""
        email, name = row.cells["email"].lower(), row.cells["name"]
        if email:
            found = [email] if email in self.people else []
        else:
            found = [key for key, person in self.people.items() if person.name.casefold() == name.casefold()]
        if len(found) == 1:
            return found[0]
        column = "email" if email or not name else "name"
        none = "is of nobody who has a post; write it as it stands there" if email or name else "is needed, or a name"
        self.faults.append(row.fault(column, "is the name of several people; give the email" if found else none))
        return None

    def _span(self, row: Row, *, needed: bool = False) -> tuple[date | None, date | None]:
        first, last = (self._day(row, column, needed=needed) for column in ("first", "last"))
        if first and last and last < first:
            self.faults.append(row.fault("last", BACKWARDS))
        return first, last

    def _day(self, row: Row, column: str, *, needed: bool) -> date | None:
        text = row.cells[column]
        if not text:
            if needed:
                self.faults.append(row.fault(column, "is needed and is missing"))
            return None
        iso, british = ISO.fullmatch(text), BRITISH.fullmatch(text)
        parts = iso.groups() if iso else british.groups()[::-1] if british else ()
        try:
            return date(*(int(part) for part in parts))
        except (TypeError, ValueError):
            self.faults.append(row.fault(column, "must be a date such as 2027-01-04 or 04/01/2027"))
            return None

    def _made(self, model: type[M], row: Row, said: Mapping[str, object]) -> M | None:
        """The model, or None and a fault for each value that it does not take. A blank that is needed is missing."""
        try:
            return model.model_validate(said)
        except ValidationError as error:
            for found in error.errors(include_url=False, include_input=False):
                column = str(found["loc"][0])
                words = sentence(found) if said[column] else "is needed and is missing"
                self.faults.append(row.fault(column, words))
            return None

    def _once(self, kept: dict[M, int], one: M, row: Row) -> None:
        line = kept.setdefault(one, row.line)
        if line != row.line:
            self.faults.append(row.fault("", f"says the same as line {line}; keep one"))
