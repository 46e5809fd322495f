"""What does the environment set, and can an installation run with it?"""

from __future__ import annotations

import base64
import os
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, HttpUrl, SecretStr, TypeAdapter, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from config.keys import InvalidKeys, KeyRing, production_faults
from config.wording import sentence, suggestion
from escalation.contradictions import Contradictions
from escalation.directory import email_address
from escalation.errors import Fault, InvalidDocument

PREFIX = "TWENTYDAYS_"
HERE = Path(__file__).parent
UNCALLED = "default_factory_not_called"
"""Pydantic's word for a default that it did not derive because another setting is faulty, which is told of."""
SAMPLE_COUNCIL = HERE / "directory" / "sample.yaml"


def _sender(text: str) -> str:
    email_address(parseaddr(text)[1])
    if not text.isprintable():
        raise ValueError("must be one line")
    return text


def _url(text: str) -> str:
    TypeAdapter(HttpUrl).validate_python(text)
    return text.rstrip("/")


def _keys(keys: SecretStr) -> SecretStr:
    try:
        KeyRing.parse(keys.get_secret_value())
    except InvalidKeys as error:
        raise ValueError(str(error)) from None
    return keys


Port = Annotated[int, Field(ge=1, le=65535)]


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


def _default_public_url(data: dict[str, Any]) -> str:
    host = data.get("web_host", "127.0.0.1")
    return f"http://{f'[{host}]' if ':' in host else host}:{data.get('web_port', 8400)}"


class Settings(BaseSettings):
    """Every setting, read from the environment (TWENTYDAYS_...), then from files in the secrets directory.

    Where Temporal is comes from Temporal's own variables; see `config.connect`.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True, env_ignore_empty=True)

    environment: Literal["development", "production"] = Field(
        "development", description="`production` refuses whatever is only good for trying."
    )
    secrets_dir: Path | None = Field(
        None, description="Folder of files, each named as a setting (`twentydays_smtp_password`) and holding its value."
    )
    var: Path = Field(Path("var"), description="Folder of what this installation keeps on disk.")
    register_url: str = Field(
        default_factory=lambda data: f"sqlite:///{data['var']}/register.db",
        description="Database of the register: SQLite or PostgreSQL.",
    )
    procedures: Path | None = Field(None, description="Folder of the council's own procedures, beside those shipped.")
    directory: Path = Field(SAMPLE_COUNCIL, description="Who holds which post.")
    local_calendar: Path | None = Field(None, description="The council's own closed and open days.")
    mail_transport: Literal["smtp", "folder"] = Field("smtp", description="`folder` writes each email into a file.")
    smtp_host: str = Field("127.0.0.1", description="Mail server.")
    smtp_port: Port = Field(8425, description="Port of the mail server.")
    smtp_user: str | None = Field(None, description="User name at the mail server.")
    smtp_password: SecretStr | None = Field(None, description="Password at the mail server.")
    smtp_tls: Literal["required", "off"] = Field(
        default_factory=lambda data: "required" if data.get("environment") == "production" else "off",
        description="Whether mail goes only over TLS. In production it is required.",
    )
    mail_folder: Path = Field(
        default_factory=lambda data: Path(data["var"]) / "mail", description="Where the folder transport writes."
    )
    mail_from: Annotated[str, AfterValidator(_sender)] = Field(
        "Twentydays <twentydays@localhost.example>", description="Sender of every email."
    )
    web_host: str = Field("127.0.0.1", description="Address that the web server listens on.")
    web_port: Port = Field(8400, description="Port of the web server.")
    public_url: Annotated[str, AfterValidator(_url)] = Field(
        default_factory=_default_public_url, description="Address of the web server as people see it, in every link."
    )
    temporal_ui_port: Port = Field(8233, description="Port of Temporal's own pages on the embedded stack.")
    event_secrets: Annotated[SecretStr, AfterValidator(_event_secrets)] | None = Field(
        None, description="Secrets with which case systems sign their events: base64, separated by commas."
    )
    keys: Annotated[SecretStr, AfterValidator(_keys)] | None = Field(
        None, description="Keys that encrypt what Temporal stores: `id:base64,id:base64`, the active one first."
    )
    keys_file: Path = Field(
        default_factory=lambda data: Path(data["var"]) / "keys",
        description="File of keys, read where `TWENTYDAYS_KEYS` is not set; made when missing, in development only.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library names it
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        secret_files = SecretsSettingsSource(settings_cls, secrets_dir=_secrets_dir())
        return init_settings, env_settings, secret_files

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = [*_half_a_login(self), *(_refused_in_production(self) if self.environment == "production" else [])]
        if faults:
            raise Contradictions(faults)
        return self


def load() -> Settings:
    """The settings of this process. Raises InvalidDocument with every fault, each named as the variable to mend."""
    faults = [*_unknown_variables(), *_no_secrets_dir()]
    try:
        settings = Settings()
    except ValidationError as error:
        raise InvalidDocument([*faults, *_faults(error), *_beyond(error)]) from None
    except (SettingsError, UnicodeDecodeError, OSError):
        unreadable = Fault(variable("secrets_dir"), "holds a file that cannot be read as text")
        raise InvalidDocument([*faults, unreadable]) from None
    if faults:
        raise InvalidDocument(faults)
    return settings


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"{PREFIX}{name.upper()}"


def _secrets_dir() -> Path | None:
    named = os.environ.get(variable("secrets_dir"))
    return Path(named) if named and Path(named).is_dir() else None


def _no_secrets_dir() -> list[Fault]:
    if os.environ.get(variable("secrets_dir")) and not _secrets_dir():
        return [Fault(variable("secrets_dir"), "there is no such folder")]
    return []


def _unknown_variables() -> list[Fault]:
    """Variables and secret files with our prefix that no setting has: mostly a slip of the pen."""
    known = {variable(name) for name in Settings.model_fields}
    folder = _secrets_dir()
    given = {*os.environ, *(file.name for file in folder.iterdir())} if folder else set(os.environ)
    ours = sorted(name for name in given if name.upper().startswith(PREFIX) and name.upper() not in known)
    return [Fault(name, f"is not a setting{suggestion(name.upper(), known)}") for name in ours]


def _faults(error: ValidationError) -> list[Fault]:
    return [fault for details in error.errors(include_url=False, include_input=False) for fault in _said(details)]


def _said(details: ErrorDetails) -> list[Fault]:
    if details["type"] == UNCALLED:
        return []
    cause = details.get("ctx", {}).get("error")
    if isinstance(cause, Contradictions):
        return [Fault(variable(name), message) for name, message in cause.faults]
    return [Fault(variable(str(details["loc"][0])), sentence(details))]


def _beyond(error: ValidationError) -> list[Fault]:
    """What more would be wrong if the faulty settings stood at their defaults, so that all is said at once."""
    faulty = {str(details["loc"][0]) for details in error.errors() if details["loc"] and details["type"] != UNCALLED}
    if not faulty:
        return []
    defaults = Settings.model_construct()
    try:
        Settings(**{name: getattr(defaults, name) for name in faulty})
    except ValidationError as more:
        return [fault for fault in _faults(more) if fault.where not in {variable(name) for name in faulty}]
    return []


def _half_a_login(settings: Settings) -> list[tuple[str, str]]:
    if bool(settings.smtp_user) == bool(settings.smtp_password):
        return []
    missing = "smtp_password" if settings.smtp_user else "smtp_user"
    return [(missing, "is needed too: the mail server's user name and password go together")]


def _refused_in_production(settings: Settings) -> list[tuple[str, str]]:
    faults = [("keys", fault) for fault in production_faults(settings)]
    if settings.smtp_tls == "off":
        faults.append(("smtp_tls", "mail must go over TLS in production; take this setting out"))
    return faults
