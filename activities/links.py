"""How does an email carry the way to answer it? One signed link for each stay at a stage, role and person.

A link says which escalation, which stay, which role and a digest of the address, and nothing else. It is the same in
the alert and in every reminder, so that none of them puts another out of use. What it still opens is the register's to
say, never the link's own.

Whoever raised the concern gets links of other kinds: with each reply by email, to record it as the response; with a
question that outlives the close, to answer it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from itsdangerous import BadData, URLSafeSerializer
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from escalation.procedure import Role
from escalation.wire import Reference

PURPOSE = "reply-link.v1"
RECORDING = "record-link.v1"
FOLLOWING_UP = "follow-up-link.v1"
DIGEST = 16
"""Hexadecimal digits of an address's digest: enough to tell the people of a council apart."""
MOST_CHARACTERS = 400
"""Of a token. A longer one is none of ours, and is not even looked at."""

AddressDigest = Annotated[str, Field(pattern=rf"^[0-9a-f]{{{DIGEST}}}$")]
_Payload = TypeAdapter(tuple[Reference, Annotated[int, Field(ge=1)], Role, AddressDigest])


class Claims(BaseModel):
    """What a genuine link says. `visit` is the number of the history entry that entered the stage."""

    model_config = ConfigDict(frozen=True)

    reference: Reference
    visit: int
    role: Role
    address: AddressDigest

    def is_of(self, address: str) -> bool:
        """Whether the link was sent to this address, however it is spelt."""
        return hmac.compare_digest(self.address, digest_of(address))


def digest_of(address: str) -> str:
    """What stands for an address in a link."""
    return hashlib.sha256(address.strip().lower().encode()).hexdigest()[:DIGEST]


def signing_keys(active: str, keys: Mapping[str, bytes], purpose: str = PURPOSE) -> list[bytes]:
    """Keys for one purpose, derived from those of a key ring, the active one last: it signs, and all of them verify."""
    ordered = [key_id for key_id in keys if key_id != active] + [active]
    return [hmac.digest(keys[key_id], purpose.encode(), "sha256") for key_id in ordered]


class Links:
    """Makes links and reads them. The last key signs; all of them verify."""

    def __init__(self, keys: Sequence[bytes], public_url: str) -> None:
        if not keys:
            raise ValueError("Links are signed with a key; none was given.")
        self._serializers = [_serializer(key, PURPOSE) for key in keys]
        self._of_recording = [_serializer(key, RECORDING) for key in keys]
        self._of_following_up = [_serializer(key, FOLLOWING_UP) for key in keys]
        self._public_url = public_url.rstrip("/")

    def link(self, reference: str, visit: int, role: str, address: str) -> str:
        """The address of the page on which one person answers. The same arguments, the same link."""
        return f"{self._public_url}/reply/{_token(self._serializers[-1], reference, visit, role, address)}"

    def recording_link(self, reference: str, entry: int, role: str, address: str) -> str:
        """The address of the page on which a reply by email is recorded as the response. `entry` told of the reply."""
        return f"{self._public_url}/record/{_token(self._of_recording[-1], reference, entry, role, address)}"

    def follow_up_link(self, reference: str, entry: int, role: str, address: str) -> str:
        """The address of the page on which "was it done?" or "what changed?" is answered. `entry` put the question."""
        token = _token(self._of_following_up[-1], reference, entry, role, address)
        return f"{self._public_url}/follow-up/{token}"

    def read(self, token: str) -> Claims | None:
        """What a token of ours says; None for any other, without a word of what is wrong with it."""
        return next(_read(token, self._serializers), None)

    def read_recording(self, token: str) -> Claims | None:
        """The same of a link to record a reply: its `visit` is the number of the entry that told of the reply."""
        return next(_read(token, self._of_recording), None)

    def read_follow_up(self, token: str) -> Claims | None:
        """The same of a link to answer what outlives the close: its `visit` is the entry that put the question."""
        return next(_read(token, self._of_following_up), None)


def _serializer(key: bytes, purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(
        key, salt=purpose, signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"}
    )


def _token(serializer: URLSafeSerializer, reference: str, number: int, role: str, address: str) -> str:
    token = serializer.dumps([reference, number, role, digest_of(address)])
    return token if isinstance(token, str) else token.decode()


def _read(token: str, serializers: Sequence[URLSafeSerializer]) -> Iterator[Claims]:
    if len(token) > MOST_CHARACTERS or not token.isascii():
        return
    for serializer in serializers:
        try:
            said = serializer.loads(token)
            reference, visit, role, address = _Payload.validate_python(said)
        except (BadData, ValidationError):
            continue
        # Base64 has several spellings of the same bytes: only the one that we wrote is a link.
        if serializer.dumps(said) == token:
            yield Claims(reference=reference, visit=visit, role=role, address=address)
