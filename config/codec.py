"""How is everything that Temporal stores encrypted, and what happens to what cannot be read?"""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes, PayloadCodec

from config.converter import ForgivingPayloadConverter
from config.keys import InvalidKeys, KeyRing
from escalation.errors import TwentydaysError

__all__ = ["InvalidKeys", "KeyRing", "KeyRingCodec", "Unreadable", "data_converter"]

ENCRYPTED = b"binary/encrypted"
KEY_ID = "encryption-key-id"
NONCE_BYTES = 12


class Unreadable(TwentydaysError):
    """A payload that this key ring cannot read, with the reason; never with what it holds."""


class KeyRingCodec(PayloadCodec):
    """AES-256-GCM with a random nonce; the id of the key stands beside the payload and is authenticated with it.

    In a worker (`strict=False`) decoding never fails, since a failed decode would wedge an escalation: what cannot be
    read becomes `{"unreadable": "<why>"}`, which the handlers refuse. With `strict=True`, for whoever only reads, it
    raises Unreadable.
    """

    def __init__(self, ring: KeyRing, *, strict: bool = False) -> None:
        self._active = ring.active
        self._ciphers = {key_id: AESGCM(key) for key_id, key in ring.keys.items()}
        self._strict = strict

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [self.seal(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [self.open(payload) if self._strict else self._open_or_substitute(payload) for payload in payloads]

    def seal(self, payload: Payload) -> Payload:
        """One payload, encrypted with the active key."""
        key_id = self._active.encode()
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + self._ciphers[self._active].encrypt(nonce, payload.SerializeToString(), key_id)
        return Payload(metadata={"encoding": ENCRYPTED, KEY_ID: key_id}, data=sealed)

    def open(self, payload: Payload) -> Payload:
        """One payload, decrypted. Raises Unreadable with the reason."""
        if payload.metadata.get("encoding") != ENCRYPTED:
            raise Unreadable("it was not encrypted; send it through a client or a tool that has the keys")
        key_id = payload.metadata.get(KEY_ID, b"").decode("ascii", errors="replace")
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise Unreadable("its key is not on this key ring")
        try:
            nonce, sealed = payload.data[:NONCE_BYTES], payload.data[NONCE_BYTES:]
            return Payload.FromString(cipher.decrypt(nonce, sealed, key_id.encode()))
        except (InvalidTag, ValueError, DecodeError):
            raise Unreadable(f"it is forged or damaged: the key `{key_id}` does not open it") from None

    def _open_or_substitute(self, payload: Payload) -> Payload:
        try:
            return self.open(payload)
        except Unreadable as error:
            said = json.dumps({"unreadable": str(error)})
            return Payload(metadata={"encoding": b"json/plain"}, data=said.encode())


def data_converter(ring: KeyRing, *, strict: bool = False) -> DataConverter:
    """Pydantic models as JSON, encrypted; failures' messages and stack traces too."""
    return dataclasses.replace(
        pydantic_data_converter,
        payload_converter_class=ForgivingPayloadConverter,
        payload_codec=KeyRingCodec(ring, strict=strict),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )
