"""The links by which managers answer: who signs them, who can read them, and in whose email they stand."""

from __future__ import annotations

import base64
import json
import string
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from temporalio.testing import ActivityEnvironment

from activities.links import Claims, Links, digest_of, signing_keys
from activities.notices import Notices
from activities.smtp import SmtpTransport
from config.keys import KeyRing
from escalation.directory import Directory
from escalation.messages import SendNotice
from register.store import Register

URL = "https://escalations.council.example"
OLD, NEW = b"o" * 32, b"n" * 32
ADDRESS = "Priya.Shah@council.example"
SIGNS = string.ascii_letters + string.digits + "-_."


def links(*keys: bytes) -> Links:
    return Links(keys or (OLD,), URL)


def token(of: Links | None = None, visit: int = 3, role: str = "team_manager", address: str = ADDRESS) -> str:
    return (of or links()).link("SWK-2026-0001", visit, role, address).removeprefix(f"{URL}/reply/")


def test_a_link_holds_reference_stay_role_and_a_digest_of_the_address_and_nothing_else() -> None:
    said, _, _ = token().partition(".")
    payload = json.loads(base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)))
    assert payload == ["SWK-2026-0001", 3, "team_manager", digest_of(ADDRESS)]
    assert len(digest_of(ADDRESS)) == 16
    assert "Priya" not in token()


def test_what_was_made_is_read() -> None:
    claims = links().read(token())
    assert claims == Claims(reference="SWK-2026-0001", visit=3, role="team_manager", address=digest_of(ADDRESS))
    assert claims.is_of(" priya.shah@COUNCIL.example ")
    assert not claims.is_of("priya.shah@council.example.evil")


def test_the_link_is_the_same_in_every_reminder() -> None:
    assert token() == token(links())
    assert token() == token(address=ADDRESS.upper())


def test_stay_role_and_person_each_make_another_link() -> None:
    assert len({token(), token(visit=4), token(role="service_manager"), token(address="x@council.example")}) == 4


def test_the_last_key_signs_and_all_of_them_verify() -> None:
    both = links(OLD, NEW)
    assert token(both) == token(links(NEW))
    assert both.read(token(links(OLD))) == both.read(token(links(NEW))) is not None


def test_a_key_that_was_taken_out_opens_nothing() -> None:
    assert links(NEW).read(token(links(OLD))) is None


def test_keys_are_derived_from_the_ring_and_the_active_one_signs() -> None:
    new, old = KeyRing.generate("2026-11"), KeyRing.generate("2025-01")
    ring = KeyRing.parse(f"{new.text},{old.text}")
    active_alone = signing_keys("2026-11", {"2026-11": ring.keys["2026-11"]})
    keys = signing_keys(ring.active, ring.keys)
    assert keys[-1:] == active_alone
    assert not {*keys} & {*ring.keys.values()}
    assert not {*keys} & {*signing_keys(ring.active, ring.keys, "another purpose")}


def test_no_spelling_but_our_own_is_a_link() -> None:
    """The last sign of a signature has bits that say nothing: each of its four spellings decodes to the same bytes."""
    genuine = token()
    others = [genuine[:-1] + sign for sign in SIGNS if sign != genuine[-1]]
    others += [genuine + "=", genuine + "A", genuine[:-1], f" {genuine}", genuine + "\n", genuine.replace(".", "..")]
    assert [other for other in others if links().read(other)] == []


@given(st.integers(0, 400), st.sampled_from(SIGNS))
def test_a_token_with_one_sign_changed_is_none(place: int, sign: str) -> None:
    genuine = token()
    at = place % len(genuine)
    changed = genuine[:at] + sign + genuine[at + 1 :]
    assert changed == genuine or links().read(changed) is None


@given(st.text(max_size=500))
def test_whatever_else_arrives_is_none_and_no_error(text: str) -> None:
    assert links().read(text) is None


@pytest.mark.parametrize("payload", [[], {}, None, "x", ["SWK-1", 3, "iro"], ["child's name", 3, "iro", "0" * 16]])
def test_what_we_signed_for_something_else_is_no_link(payload: Any) -> None:
    other = links()._serializers[-1].dumps(payload)
    assert links().read(str(other)) is None


def test_links_need_a_key() -> None:
    with pytest.raises(ValueError, match="signed with a key"):
        Links([], URL)


# In emails ------------------------------------------------------------------------------------------------------------


@pytest.fixture
async def mails(
    directory: Directory, transport: SmtpTransport, register: Register, clock: Any, mail_server: Any
) -> Callable[[SendNotice], Any]:
    async def sent(order: SendNotice) -> dict[str, str]:
        told: dict[str, Any] = {"mail_from": "t@council.example", "message_id_domain": "council.example"}
        notices = Notices(lambda: directory, transport, register, links=links(), now=clock, **told)
        await ActivityEnvironment().run(notices.send_notice, order)
        return {
            recipient: "".join(part.get_content() for part in mail.walk() if not part.is_multipart())
            for (_, recipient, _), mail in zip(mail_server.accepted, mail_server.mails, strict=True)
        }

    return sent


async def test_only_an_addressees_own_copy_carries_the_link_in_text_and_html(mails: Any, order: Any) -> None:
    own = links().link("SWK-2025-0042", 2, "team_manager", "team_manager@council.example")
    said = await mails(order(visit=2))
    assert said["team_manager@council.example"].count(own) == 3
    assert "/reply/" not in "".join(text for to, text in said.items() if not to.startswith("team_manager"))
    assert "Nothing is asked of you." in said["qau_manager@council.example"]


async def test_the_alert_tells_both_ways_to_answer(mails: Any, order: Any) -> None:
    said = " ".join((await mails(order(visit=2)))["team_manager@council.example"].split())
    link = links().link("SWK-2025-0042", 2, "team_manager", "team_manager@council.example")
    assert f"Open this link: {link} It asks for your email address first." in said
    assert "Or reply to this email: your answer goes to Sam Okafor (Independent Reviewing Officer)" in said


async def test_the_reminder_has_the_link_of_the_alert(mails: Any, order: Any) -> None:
    alert = await mails(order(visit=2))
    reminder = await mails(order(visit=2, entry=9, notice="reminder", reaches=("team_manager",)))
    link = links().link("SWK-2025-0042", 2, "team_manager", "team_manager@council.example")
    assert link in alert["team_manager@council.example"]
    assert link in reminder["team_manager@council.example"]


async def test_a_notice_that_asks_nothing_carries_no_link(mails: Any, order: Any) -> None:
    said = await mails(order(visit=2, notice="response_received", answering=()))
    assert "/reply/" not in "".join(said.values())
