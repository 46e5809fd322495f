"""How does a process of ours reach Temporal?"""

from __future__ import annotations

import asyncio
import os
import secrets
from datetime import timedelta
from pathlib import Path

from temporalio.client import Client
from temporalio.common import HeaderCodecBehavior
from temporalio.envconfig import ClientConfig, ClientConnectConfig

from config.codec import data_converter
from config.keys import KeyRing
from config.settings import Settings
from escalation.errors import NoAnswer

DEFAULT_ADDRESS = "127.0.0.1:7233"
PATIENCE = timedelta(seconds=5)


class TemporalUnreachable(NoAnswer):
    """Temporal did not answer, or its own configuration cannot be used; says at which address and what to do."""


async def connect(
    settings: Settings, ring: KeyRing | None = None, *, strict: bool = False, patience: timedelta = PATIENCE
) -> Client:
    """A client of the Temporal that TEMPORAL_ADDRESS and its kin name, encrypting whatever it sends.

    `strict`: for tools that only read, say what cannot be decrypted (`config.codec.Unreadable`) instead of standing in
    for it. Raises TemporalUnreachable where nothing answers within `patience`, InvalidKeys for a bad key ring.
    """
    there = _where()
    converter = data_converter(ring or KeyRing.load(settings), strict=strict)
    try:
        async with asyncio.timeout(patience.total_seconds()):
            return await Client.connect(
                **there,
                data_converter=converter,
                header_codec_behavior=HeaderCodecBehavior.CODEC,
                identity=f"twentydays-{os.getpid()}-{secrets.token_hex(3)}",  # a host name would be stored for ever
            )
    except (RuntimeError, ValueError, TimeoutError) as error:
        raise TemporalUnreachable(
            f"Temporal does not answer at {there['target_host']} (namespace {there['namespace']}). "
            "Start it (`make up` does), or set TEMPORAL_ADDRESS to where it is."
        ) from error


def _where() -> ClientConnectConfig:
    """Address, namespace and TLS, from Temporal's own environment and file; misspelt keys of the file are refused."""
    named = os.environ.get("TEMPORAL_CONFIG_FILE")
    if named and not Path(named).is_file():  # it would be passed over, and the wrong Temporal reached
        raise _unusable(f"there is no file {named}")
    try:
        found = ClientConfig.load_client_connect_config(config_file_strict=True)
    except (RuntimeError, ValueError, OSError) as error:
        raise _unusable(str(error)) from None
    found.setdefault("target_host", DEFAULT_ADDRESS)
    found.setdefault("namespace", "default")
    return found


def _unusable(why: str) -> TemporalUnreachable:
    return TemporalUnreachable(
        f"Temporal's configuration cannot be used: {why.strip()}. See TEMPORAL_CONFIG_FILE and TEMPORAL_PROFILE."
    )
