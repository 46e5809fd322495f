"""What does the environment set, and can an installation run with it?"""

from __future__ import annotations

import os
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from config.keys import production_faults
from config.setting_values import Domains, EventSecrets, Keys, Mailbox, Port, Sender, Url, default_public_url
from config.wording import sentence, suggestion
from escalation.contradictions import Contradictions
from escalation.errors import Fault, InvalidDocument

PREFIX = "TWENTYDAYS_"
HERE = Path(__file__).parent
UNCALLED = "default_factory_not_called"
"""Pydantic's word for a default that it did not derive because another setting is faulty, which is told of."""
SAMPLE_COUNCIL = HERE / "directory" / "sample.yaml"


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
    directory: Path = Field(
        SAMPLE_COUNCIL, description="Who holds which post, until a first change brings it into the register."
    )
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
    mail_from: Sender = Field("Twentydays <twentydays@localhost.example>", description="Sender of every email.")
    mail_domains: Domains = Field(
        (),
        description="Domains that mail may go to, separated by commas: `council.gov.uk` is that one alone, `*.nhs.uk` "
        "every one below it. Needed in production; where not set, mail may go anywhere.",
    )
    mail_redirect: Mailbox | None = Field(
        None,
        description="The one address that gets every email instead. Needed in development where the mail server is not "
        "on this machine; refused in production.",
    )
    mail_per_minute: Annotated[int, Field(ge=1)] | None = Field(
        None, description="How many emails each worker process hands over in a minute, for a mail server with a limit."
    )
    mailbox: Path | None = Field(
        None, description="Maildir of what comes back: bounces, out-of-office messages, replies. Not set: none is read."
    )
    web_host: str = Field("127.0.0.1", description="Address that the web server listens on.")
    web_port: Port = Field(8400, description="Port of the web server.")
    public_url: Url = Field(
        default_factory=default_public_url, description="Address of the web server as people see it, in every link."
    )
    temporal_ui_port: Port = Field(8233, description="Port of Temporal's own pages on the embedded stack.")
    event_secrets: EventSecrets | None = Field(
        None, description="Secrets with which case systems sign their events: base64, separated by commas."
    )
    keys: Keys | None = Field(
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
        mistaken = _refused_in_production if self.environment == "production" else _refused_in_development
        faults = [*_half_a_login(self), *mistaken(self)]
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
    if not settings.mail_domains:
        faults.append(("mail_domains", "is needed in production: the domains that mail may go to, separated by commas"))
    if settings.mail_redirect:
        faults.append(("mail_redirect", "is for trying: in production each email goes to its reader; take this out"))
    return faults


def _refused_in_development(settings: Settings) -> list[tuple[str, str]]:
    if settings.mail_redirect or settings.mail_transport == "folder" or _is_loopback(settings.smtp_host):
        return []
    why = "a mail server elsewhere could write to real people; name the one address that gets every email instead"
    return [("mail_redirect", f"is needed outside production: {why}, or use a mail server on this machine")]


def _is_loopback(host: str) -> bool:
    """Whether a host is this machine itself, by its address or as localhost."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
