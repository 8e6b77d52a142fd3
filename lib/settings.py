"""Settings of the worker process, read from the environment and from `.env`.

Nouns first, unit last. A missing or wrong setting stops the start with one sentence naming it.
"""

import os
import re
import secrets
import socket
from pathlib import Path
from typing import Annotated, Any, Literal

from dotenv import dotenv_values
from pydantic import (
    AfterValidator,
    AliasChoices,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from lib.errors import ConfigurationError
from lib.keys import is_publishable, refuse_public_secrets

ENV_FILE = Path(__file__).resolve().parents[1] / ".env"


def _url(value: str) -> str:
    if not re.fullmatch(r"https?://[^/\s]+/?", value):
        raise ValueError("must be the project's address, such as https://abc.supabase.co")
    return value.rstrip("/")


def _service_url(value: str) -> str:
    here = r"http://(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?(/[^\s@]*)?"
    if value and not re.fullmatch(rf"https://[^/\s@]+(/[^\s@]*)?|{here}", value):
        raise ValueError("must be an https address, or one of this machine")
    return value.rstrip("/")


def _secret_key(value: SecretStr) -> SecretStr:
    key = value.get_secret_value()
    if is_publishable(key):
        raise ValueError("is a publishable key; workers need a secret key")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ValueError("contains characters a key cannot have")
    return value


def _replica_name() -> str:
    return f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(2)}"


Seconds = Annotated[float, Field(gt=0, le=3600)]


class Settings(BaseSettings):
    """What a worker process needs to know."""

    model_config = SettingsConfigDict(
        env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True
    )

    supabase_url: Annotated[str, AfterValidator(_url)] = Field(
        description="Address of the Supabase project, such as https://abc.supabase.co"
    )
    supabase_secret_key: Annotated[SecretStr, AfterValidator(_secret_key)] = Field(
        min_length=20,
        validation_alias=AliasChoices("SUPABASE_SECRET_KEY", "SUPABASE_SERVICE_ROLE_KEY"),
        description="Secret key (sb_secret_...) or legacy service_role key; never for a browser",
    )
    worker_replica_name: str = Field(
        default_factory=_replica_name,
        pattern=r"^[A-Za-z0-9._-]{1,80}$",
        description="Name of this process in leases and heartbeats; default: host, pid, random",
    )
    worker_lease_seconds: Seconds = Field(
        default=30, ge=3, description="A job of a dead process is taken over after this time"
    )
    worker_poll_floor_seconds: Seconds = Field(
        default=0.05, description="Pause between claims right after there was work"
    )
    worker_poll_ceiling_seconds: Seconds = Field(
        default=1, description="Longest pause between claims; the delay when Realtime is deaf"
    )
    worker_drain_seconds: Seconds = Field(
        default=20, description="Time that running batches get to finish after SIGTERM"
    )
    worker_request_timeout_seconds: Seconds = Field(
        default=15, description="Longest wait for one answer of the API"
    )
    worker_beat_seconds: Seconds = Field(
        default=10, description="Pause between heartbeats of a replica"
    )
    worker_metrics_port: int = Field(
        default=0, ge=0, le=65535, description="Port of /metrics and /healthz; 0: neither is served"
    )
    worker_metrics_host: str = Field(
        default="127.0.0.1",
        pattern=r"^[A-Za-z0-9.:-]{1,253}$",
        description="Address that port is opened on; ::, or 0.0.0.0, lets the whole network in",
    )
    worker_webhook_allow_private: bool = Field(
        default=False,
        description="Webhooks may go to this machine and private networks; for development alone",
    )
    event_retention_days: int = Field(
        default=90, ge=7, le=3650, description="Events older than this are deleted, in days"
    )
    ai_service_url: Annotated[str, AfterValidator(_service_url)] = Field(
        default="",
        description="OpenAI-compatible service, up to /v1, that may reword drafts; empty: none",
    )
    ai_service_key: SecretStr = Field(default=SecretStr(""), description="Key of that service")
    ai_service_model: str = Field(default="", max_length=80, description="Model to ask it for")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least level of log lines: debug, info, warning or error"
    )
    log_stream: Literal["stdout", "stderr"] = Field(
        default="stdout", description="Where log lines go: stdout or stderr"
    )

    @model_validator(mode="after")
    def _check_poll(self) -> "Settings":
        if self.worker_poll_floor_seconds > self.worker_poll_ceiling_seconds:
            raise ValueError("WORKER_POLL_FLOOR_SECONDS is above WORKER_POLL_CEILING_SECONDS")
        return self

    @model_validator(mode="after")
    def _check_service(self) -> "Settings":
        if self.ai_service_url and not self.ai_service_model:
            raise ValueError("AI_SERVICE_MODEL is not set, but AI_SERVICE_URL is")
        return self


def load_settings(env_file: Path | None = ENV_FILE, **overrides: Any) -> Settings:
    """Read the settings, or raise ConfigurationError naming the variable that is wrong.

    The environment wins over `env_file`; `overrides` (field names, for tests and the command line)
    win over both.
    """
    refuse_public_secrets(_surroundings(env_file))
    try:
        return Settings(_env_file=env_file, **{_alias(k): v for k, v in overrides.items()})
    except ValidationError as error:
        raise _configuration_error(error) from None


def _alias(field_name: str) -> str:
    alias = Settings.model_fields[field_name].validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else field_name


def _configuration_error(error: ValidationError) -> ConfigurationError:
    first = error.errors(include_url=False, include_input=False)[0]
    message = str(first["msg"]).removeprefix("Value error, ")
    if not first["loc"]:
        return ConfigurationError(message.split(" ", 1)[0], message)
    variable = str(first["loc"][0]).upper()
    if first["type"] == "missing":
        return ConfigurationError(variable, f"{variable} is not set")
    return ConfigurationError(variable, f"{variable}: {message}")


def _surroundings(env_file: Path | None) -> dict[str, str]:
    from_file = dotenv_values(env_file) if env_file else {}
    return {k: v for k, v in {**from_file, **os.environ}.items() if v}
