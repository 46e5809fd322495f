"""Is everything encrypted, and does what cannot be read stop nobody?"""

from __future__ import annotations

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.exceptions import ApplicationError

from config.codec import KeyRing, KeyRingCodec, Unreadable, data_converter
from escalation.messages import Note

RING = KeyRing.generate("one")
SECRET = Payload(metadata={"encoding": b"json/plain"}, data=b'"the child"')


def why_unreadable(payload: Payload, ring: KeyRing = RING) -> str:
    """What a worker gets in its place; a reader that is told gets the same reason."""
    [substitute] = asyncio.run(KeyRingCodec(ring).decode([payload]))
    assert substitute.metadata["encoding"] == b"json/plain"
    reason = json.loads(substitute.data)["unreadable"]
    with pytest.raises(Unreadable) as refusal:
        asyncio.run(KeyRingCodec(ring, strict=True).decode([payload]))
    assert str(refusal.value) == reason
    return str(reason)


def test_what_is_sealed_shows_nothing_of_what_it_holds() -> None:
    sealed = KeyRingCodec(RING).seal(SECRET)
    assert sealed.metadata == {"encoding": b"binary/encrypted", "encryption-key-id": b"one"}
    assert b"child" not in sealed.SerializeToString() and b"json" not in sealed.data


def test_the_same_payload_is_never_sealed_alike() -> None:
    assert len({KeyRingCodec(RING).seal(SECRET).data for _ in range(100)}) == 100


def test_an_old_key_still_opens_what_it_sealed() -> None:
    new = KeyRing.parse(f"{KeyRing.generate('two').text},{RING.text}")
    assert KeyRingCodec(new).open(KeyRingCodec(RING).seal(SECRET)) == SECRET
    assert KeyRingCodec(new).seal(SECRET).metadata["encryption-key-id"] == b"two"


def test_a_payload_that_was_not_encrypted_is_substituted() -> None:
    assert "not encrypted" in why_unreadable(SECRET)
    assert "not encrypted" in why_unreadable(Payload())


def test_a_payload_of_a_key_that_is_not_on_the_ring_is_substituted() -> None:
    assert "key ring" in why_unreadable(KeyRingCodec(KeyRing.generate("other")).seal(SECRET))


def test_a_payload_of_another_key_of_the_same_id_is_substituted() -> None:
    assert "forged or damaged" in why_unreadable(KeyRingCodec(KeyRing.generate("one")).seal(SECRET))


def test_a_payload_whose_key_id_was_exchanged_is_substituted() -> None:
    key = RING.keys["one"]
    ring = KeyRing(active="one", keys={"one": key, "two": key})
    sealed = KeyRingCodec(ring).seal(SECRET)
    sealed.metadata["encryption-key-id"] = b"two"
    assert "forged or damaged" in why_unreadable(sealed, ring)


@given(st.data())
def test_a_payload_with_any_byte_changed_is_substituted(data: st.DataObject) -> None:
    sealed = KeyRingCodec(RING).seal(SECRET)
    place = data.draw(st.integers(0, len(sealed.data) - 1))
    flip = data.draw(st.integers(1, 255))
    sealed.data = sealed.data[:place] + bytes([sealed.data[place] ^ flip]) + sealed.data[place + 1 :]
    assert "forged or damaged" in why_unreadable(sealed)


payloads = st.builds(
    Payload,
    metadata=st.dictionaries(st.sampled_from(["encoding", "encryption-key-id", "x"]), st.binary(max_size=20))
    | st.just({"encoding": b"binary/encrypted", "encryption-key-id": b"one"}),
    data=st.binary(max_size=60),
)


@given(payloads)
def test_whatever_a_foreigner_sends_is_substituted(payload: Payload) -> None:
    assert why_unreadable(payload)


@given(payloads)
def test_whatever_is_sealed_opens_again(payload: Payload) -> None:
    assert KeyRingCodec(RING).open(KeyRingCodec(RING).seal(payload)) == payload


async def test_models_pass_through_the_converter_encrypted() -> None:
    note = Note(by="iro", text="the child")
    converter = data_converter(RING)
    encoded = await converter.encode([note])
    assert b"child" not in encoded[0].SerializeToString()
    assert await converter.decode(encoded, [Note]) == [note]


async def test_a_failure_hides_its_message_and_its_details() -> None:
    failure = Failure()
    await data_converter(RING).encode_failure(ApplicationError("the child", "the details"), failure)
    assert failure.message == "Encoded failure"
    assert b"the " not in failure.SerializeToString()
    error = await data_converter(RING).decode_failure(failure)
    assert isinstance(error, ApplicationError) and (error.message, error.details) == ("the child", ("the details",))


async def test_a_failure_that_cannot_be_read_is_still_a_failure() -> None:
    failure = Failure()
    await data_converter(KeyRing.generate("other")).encode_failure(ApplicationError("the child"), failure)
    error = await data_converter(RING).decode_failure(failure)
    assert isinstance(error, ApplicationError) and error.message == "Encoded failure"
