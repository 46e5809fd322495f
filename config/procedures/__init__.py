"""Which procedures does this installation know? Those shipped here, and those of the council's own folder."""

from __future__ import annotations

import json
from pathlib import Path

from config import documents
from config.documents import Prove
from config.wording import suggestion
from escalation import proof
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
    return read(find(key, own))


def all_procedures(own: Path | None = None) -> dict[str, Procedure]:
    """Every procedure by its key. Raises InvalidDocument with every fault of every file."""
    found: dict[str, Procedure] = {}
    faults: list[Fault] = []
    for key, file in files(own).items():
        try:
            found[key] = read(file)
        except InvalidDocument as error:
            faults += error.faults
    if faults:
        raise InvalidDocument(faults)
    return found


def schema_text() -> str:
    """The JSON schema of a procedure, for editors."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Procedure.model_json_schema()}
    return f"{json.dumps(schema, indent=2, ensure_ascii=False)}\n"


def files(own: Path | None = None) -> dict[str, Path]:
    """The file of every procedure by its key."""
    if own is not None and not own.is_dir():
        raise InvalidDocument([Fault("", "there is no such folder of procedures", str(own))])
    found = {file.stem: file for folder in (SHIPPED, own) if folder for file in folder.glob("*.yaml")}
    return dict(sorted(found.items()))


def find(key: str, own: Path | None = None) -> Path:
    """The file of one procedure. Raises UnknownProcedure."""
    known = files(own)
    if key not in known:
        raise UnknownProcedure(f"There is no procedure `{key}`{suggestion(key, known)}.")
    return known[key]


def read(file: Path, prove: Prove[Procedure] = proof.faults) -> Procedure:
    """The procedure in a file. One that fails what can be proved without a date does not load.

    Raises InvalidDocument with every fault of the file.
    """
    procedure = documents.load(file, Procedure, prove)
    if procedure.key != file.stem:
        raise InvalidDocument([Fault("key", f"is `{procedure.key}`; name the file {procedure.key}.yaml", str(file))])
    return procedure
