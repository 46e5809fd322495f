"""Which keys encrypt what Temporal stores, and where do they come from?"""

from __future__ import annotations

import base64
import binascii
import os
import re
import secrets
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from escalation.errors import TwentydaysError

if TYPE_CHECKING:
    from config.settings import Settings

KEY_BYTES = 32
DEVELOPMENT = "development"
HOW_TO_MAKE_ONE = "make a key with `python -m config.keys 2026-11`"
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class InvalidKeys(TwentydaysError):
    """A key ring that cannot be used; says every fault and never a key."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("; ".join(faults))


@dataclass(frozen=True)
class KeyRing:
    """Keys by their ids. The active one encrypts; all of them decrypt.

    To change keys, give every process the new key in second place first, and only then put it in front.
    """

    active: str
    keys: Mapping[str, bytes] = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `id:base64` parts separated by commas or line breaks, the active one first. Raises InvalidKeys."""
        parts = [part.strip() for part in re.split(r"[,\n]", text) if part.strip()]
        read = [_read_key(n, part) for n, part in enumerate(parts, 1)]
        faults = [key for key in read if isinstance(key, str)]
        if not parts:
            faults.append(f"there is no key; {HOW_TO_MAKE_ONE}")
        keys = [key for key in read if not isinstance(key, str)]
        ids = [key_id for key_id, _ in keys]
        faults += [f"the key id `{key_id}` stands twice" for key_id in sorted({k for k in ids if ids.count(k) > 1})]
        if faults:
            raise InvalidKeys(faults)
        return cls(active=ids[0], keys=dict(keys))

    @classmethod
    def generate(cls, key_id: str | None = None) -> Self:
        """A ring of one fresh key; without an id it is a development key, which production refuses."""
        key_id = key_id or f"{DEVELOPMENT}-{secrets.token_hex(3)}"
        return cls(active=key_id, keys={key_id: secrets.token_bytes(KEY_BYTES)})

    @classmethod
    def load(cls, settings: Settings) -> Self:
        """The ring that the settings give, or that of the keys file; in development a missing file is made."""
        if settings.keys:
            return cls.parse(settings.keys.get_secret_value())
        if settings.environment == DEVELOPMENT and not settings.keys_file.exists():
            _write_once(settings.keys_file, cls.generate().text)
        return cls.parse(_read_file(settings.keys_file))

    @property
    def text(self) -> str:
        """What `parse` reads. It holds the keys themselves."""
        ids = [self.active, *(key_id for key_id in self.keys if key_id != self.active)]
        return ",".join(f"{key_id}:{base64.b64encode(self.keys[key_id]).decode()}" for key_id in ids)

    @property
    def development_ids(self) -> list[str]:
        """The keys of this ring that no production system may use."""
        return [key_id for key_id in self.keys if key_id.startswith(DEVELOPMENT)]


def production_faults(settings: Settings) -> list[str]:
    """Why production must not start with these keys; empty where it may."""
    try:
        text = settings.keys.get_secret_value() if settings.keys else _read_file(settings.keys_file)
        ring = KeyRing.parse(text)
    except InvalidKeys as error:
        return error.faults
    return [f"`{key_id}` is a development key; {HOW_TO_MAKE_ONE}" for key_id in ring.development_ids]


def _read_key(n: int, part: str) -> tuple[str, bytes] | str:
    """One key, or why it is none. The part itself is never repeated: it may be a key."""
    key_id, colon, encoded = part.partition(":")
    if not colon or not _ID.fullmatch(key_id):
        return f"key {n} is not written `id:base64`, the id in small letters, digits and hyphens"
    try:
        key = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        return f"key {n} (`{key_id}`) is not base64"
    return (key_id, key) if len(key) == KEY_BYTES else f"key {n} (`{key_id}`) has {len(key)} bytes, not {KEY_BYTES}"


def _read_file(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii")
    except FileNotFoundError:
        raise InvalidKeys([f"{file} is not there; {HOW_TO_MAKE_ONE} and keep it there or in TWENTYDAYS_KEYS"]) from None
    except (OSError, UnicodeDecodeError):
        raise InvalidKeys([f"{file} cannot be read as a keys file"]) from None


def _write_once(file: Path, text: str) -> None:
    """Whole or not at all, readable by its owner only; whoever comes second keeps what the first wrote."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, written = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")  # made with mode 0600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as stream:
            stream.write(f"{text}\n")
            stream.flush()
            os.fsync(stream.fileno())
        os.link(written, file)
    except FileExistsError:
        pass  # another process has just written its own, which every one of them then reads
    finally:
        Path(written).unlink()


if __name__ == "__main__":
    match sys.argv[1:]:
        case [key_id] if _ID.fullmatch(key_id):
            sys.stdout.write(f"{KeyRing.generate(key_id).text}\n")
        case _:
            sys.exit("Give the new key an id of small letters, digits and hyphens: python -m config.keys 2026-11")
