"""Which procedures does this installation know? Those shipped here, and those of the council's own folder."""

from __future__ import annotations

import json
from pathlib import Path

from config import documents
from config.wording import suggestion
from escalation.errors import Fault, InvalidDocument, TwentydaysError
from escalation.procedure import Procedure

SHIPPED = Path(__file__).parent
SCHEMA = SHIPPED / "procedure.schema.json"


class UnknownProcedure(TwentydaysError):
    """There is no procedure of this key; says which there are."""


def load(key: str, own: Path | None = None) -> Procedure:
    """One procedure; a council's `own` folder goes before what is shipped.

    Raises UnknownProcedure, and InvalidDocument with every fault of the file.
    """
    files = _files(own)
    if key not in files:
        raise UnknownProcedure(f"There is no procedure `{key}`{suggestion(key, files)}.")
    return _load(key, files[key])


def all_procedures(own: Path | None = None) -> dict[str, Procedure]:
    """Every procedure by its key. Raises InvalidDocument with every fault of every file."""
    found: dict[str, Procedure] = {}
    faults: list[Fault] = []
    for key, file in sorted(_files(own).items()):
        try:
            found[key] = _load(key, file)
        except InvalidDocument as error:
            faults += error.faults
    if faults:
        raise InvalidDocument(faults)
    return found


def schema_text() -> str:
    """The JSON schema of a procedure, for editors."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Procedure.model_json_schema()}
    return f"{json.dumps(schema, indent=2, ensure_ascii=False)}\n"


def _files(own: Path | None) -> dict[str, Path]:
    if own is not None and not own.is_dir():
        raise InvalidDocument([Fault("", "there is no such folder of procedures", str(own))])
    return {file.stem: file for folder in (SHIPPED, own) if folder for file in folder.glob("*.yaml")}


def _load(key: str, file: Path) -> Procedure:
    procedure = documents.load(file, Procedure)
    if procedure.key != key:
        raise InvalidDocument([Fault("key", f"is `{procedure.key}`; name the file {procedure.key}.yaml", str(file))])
    return procedure
