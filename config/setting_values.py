"""What may a single setting say?"""

from __future__ import annotations

import base64
import re
from email.utils import parseaddr
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, HttpUrl, SecretStr, TypeAdapter
from pydantic_settings import NoDecode

from config.keys import InvalidKeys, KeyRing
from escalation.directory import email_address

DOMAIN = re.compile(r"(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+")
"""`council.gov.uk` is that domain alone, `*.nhs.uk` is every domain below nhs.uk; `*.uk` would be everybody."""


def _sender(text: str) -> str:
    email_address(parseaddr(text)[1])
    if not text.isprintable():
        raise ValueError("must be one line")
    return text


def _domains(text: Any) -> Any:
    """The single domains of a list, in small letters. Raises ValueError."""
    if not isinstance(text, str):
        return text
    found = tuple(part.strip().lower() for part in text.split(",") if part.strip())
    if wrong := [name for name in found if not DOMAIN.fullmatch(name) or name.count(".") < 1 + name.startswith("*")]:
        raise ValueError(f"must be domains such as council.gov.uk or *.nhs.uk, separated by commas; not {wrong[0]!r}")
    return found


def _url(text: str) -> str:
    TypeAdapter(HttpUrl).validate_python(text)
    return text.rstrip("/")


def _keys(keys: SecretStr) -> SecretStr:
    try:
        KeyRing.parse(keys.get_secret_value())
    except InvalidKeys as error:
        raise ValueError(str(error)) from None
    return keys


def _event_secrets(secrets: SecretStr) -> SecretStr:
    for secret in split_secrets(secrets):
        try:
            base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        except ValueError:
            raise ValueError("must be base64 secrets, separated by commas, each with or without whsec_") from None
    return secrets


def split_secrets(secrets: SecretStr | None) -> list[str]:
    """The single secrets of a setting that holds several."""
    return [part.strip() for part in secrets.get_secret_value().split(",") if part.strip()] if secrets else []


def default_public_url(data: dict[str, Any]) -> str:
    host = data.get("web_host", "127.0.0.1")
    return f"http://{f'[{host}]' if ':' in host else host}:{data.get('web_port', 8400)}"


Port = Annotated[int, Field(ge=1, le=65535)]
Sender = Annotated[str, AfterValidator(_sender)]
Mailbox = Annotated[str, AfterValidator(email_address)]
Domains = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_domains)]
Url = Annotated[str, AfterValidator(_url)]
Keys = Annotated[SecretStr, AfterValidator(_keys)]
EventSecrets = Annotated[SecretStr, AfterValidator(_event_secrets)]
