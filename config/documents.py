"""Is this YAML file a valid document, and if not, what is wrong with it, all at once, with line and column?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config.pages import Page
from config.wording import known_keys, sentence
from escalation.contradictions import Contradictions
from escalation.errors import Fault, InvalidDocument

M = TypeVar("M", bound=BaseModel)


Prove = Callable[[M], Iterable[tuple[str, str]]]
"""What a document of this model must hold beside what the model itself sees: (path in the file, message)."""
Beside = Callable[[Any], Iterable[tuple[str, str]]]
"""The same, of the plain values of a page of which the model can say only that some are wrong."""
_page = lru_cache(maxsize=32)(Page)
"""A page is read once for each text: reading it takes longer than all else, and events name the same few files."""


def load(path: Path, model: type[M], prove: Prove[M] | None = None, beside: Beside | None = None) -> M:
    """Read a YAML 1.2 file as a document of this model. Raises InvalidDocument with every fault."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise _refusal(path, "is not written in UTF-8; save it as UTF-8") from None
    except OSError as error:
        raise _refusal(path, f"cannot be read: {error.strerror}") from None
    return load_text(text, model, file=str(path), prove=prove, beside=beside)


def load_text(
    text: str, model: type[M], file: str = "", prove: Prove[M] | None = None, beside: Beside | None = None
) -> M:
    """As `load`, of a text; `file` is the name that faults give."""
    page = _page(text, file)
    if page.value is None:
        raise InvalidDocument([Fault("", "nothing is written here", file, 1, 1)])
    try:
        document = model.model_validate(page.value)
    except ValidationError as error:
        further = [page.fault(_split(where), message) for where, message in (beside(page.value) if beside else ())]
        raise InvalidDocument(_in_order([*_faults(error, page, model), *further])) from None
    if faults := [page.fault(_split(where), message) for where, message in (prove(document) if prove else ())]:
        raise InvalidDocument(_in_order(faults))
    return document


def _refusal(path: Path, message: str) -> InvalidDocument:
    return InvalidDocument([Fault("", message, str(path))])


class _Found(NamedTuple):
    """One error of pydantic, with the path as it stands in the file.

    `branch`: pydantic tried several types and tells of each; its own names for them are not part of the path.
    """

    error: ErrorDetails
    path: tuple[str, ...]
    branch: bool


def _faults(error: ValidationError, page: Page, model: type[BaseModel]) -> list[Fault]:
    found = [_find(details, page) for details in error.errors(include_url=False, include_input=False)]
    faults = [fault for one in _nearest_branches(found) for fault in _placed(one, page, model)]
    return _in_order(faults)


def _in_order(faults: list[Fault]) -> list[Fault]:
    """As they stand in the file, each once."""
    return sorted(dict.fromkeys(faults), key=lambda fault: (fault.line or 0, fault.column or 0))


def _find(error: ErrorDetails, page: Page) -> _Found:
    path: tuple[str, ...] = ()
    skipped = False
    for part in error["loc"]:
        if page.has((*path, str(part))):
            path = (*path, str(part))
        elif error["type"] != "missing" or part != error["loc"][-1]:
            skipped = True
        else:
            path = (*path, str(part))
    return _Found(error, path, skipped)


def _nearest_branches(found: list[_Found]) -> list[_Found]:
    """Of the types tried at one place, those that the writer came nearest to."""
    branches = [one for one in found if one.branch]
    return [one for one in found if not one.branch or not any(_nearer(other, one) for other in branches)]


def _nearer(other: _Found, one: _Found) -> bool:
    if other.path == one.path:
        return _is_of_type(one) and not _is_of_type(other)
    return other.path[: len(one.path)] == one.path


def _is_of_type(one: _Found) -> bool:
    return one.error["type"].endswith("_type")


def _placed(one: _Found, page: Page, model: type[BaseModel]) -> list[Fault]:
    cause = one.error.get("ctx", {}).get("error")
    if isinstance(cause, Contradictions):
        return [page.fault((*one.path, *_split(path)), message) for path, message in cause.faults]
    words = sentence(one.error, known_keys(model, one.error["loc"]))
    at_key = one.error["type"] == "extra_forbidden" or one.error["loc"][-1:] == ("[key]",)
    return [page.fault(one.path, words, at_key=at_key)]


def _split(path: str) -> tuple[str, ...]:
    return tuple(path.split(".")) if path else ()
