"""The only reader of the environment."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SLACK_API_URL = "https://slack.com/api/"
GMAIL_API_URL = "https://gmail.googleapis.com/"
GOOGLE_CERTS_URL = "https://www.googleapis.com/oauth2/v1/certs"


def default_data_dir() -> Path:
    """Where embedded data live. As root outside HOME, because the database server runs as another
    user and opens every parent folder for it."""
    if os.geteuid() == 0:
        return Path("/var/lib/understudy")
    return Path.home() / ".local" / "share" / "understudy"


class Settings(BaseSettings):
    """Everything that may be set from outside; names are those of DESIGN §5, in capitals."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True)

    slack_bot_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_client_id: str | None = None
    slack_client_secret: SecretStr | None = None
    slack_api_url: str = SLACK_API_URL

    database_url: str | None = None
    database_owner_url: str | None = None

    llm_model: str | None = None
    llm_fallback_model: str | None = None
    llm_api_base: str | None = None
    llm_api_key: SecretStr | None = None
    llm_monthly_budget_usd: float | None = None
    embedding_model: str | None = None
    qdrant_url: str | None = None
    qdrant_api_key: SecretStr | None = None

    gmail_api_url: str = GMAIL_API_URL
    gmail_push_audience: str | None = None
    gmail_push_service_account: str | None = None
    gmail_push_certs_url: str = GOOGLE_CERTS_URL
    gmail_topic: str | None = None
    gmail_poll_seconds: float = Field(default=60, gt=0)
    google_client_id: str | None = None
    google_client_secret: SecretStr | None = None
    google_auth_url: str | None = None
    google_token_url: str | None = None
    google_revoke_url: str | None = None

    public_url: str | None = None
    encryption_keys: SecretStr | None = None
    smtp_url: SecretStr | None = None
    mail_from: str | None = None
    sms_gateway_url: str | None = None
    sms_gateway_body: str = '{"to": "{to}", "text": "{text}"}'
    sms_gateway_content_type: str = "application/json"
    sms_gateway_token: SecretStr | None = None
    host: str = "127.0.0.1"
    port: int = 3000
    data_dir: Path = Field(default_factory=default_data_dir)
    log_level: str = "INFO"
    log_format: Literal["text", "json"] = "text"
    metrics_port: int | None = None
    otel_exporter_otlp_endpoint: str | None = None
    otel_exporter_otlp_traces_endpoint: str | None = None
    otel_exporter_otlp_protocol: str | None = None
    otel_sdk_disabled: bool = False
    undo_seconds: int = Field(default=60, ge=0)
    undo_autonomous_seconds: int = Field(default=300, ge=0)

    @field_validator("slack_api_url", "gmail_api_url")
    @classmethod
    def ends_with_slash(cls, value: str) -> str:
        return value if value.endswith("/") else value + "/"

    @property
    def production(self) -> bool:
        """Served to the world: stricter checks at start."""
        return bool(self.public_url and self.public_url.startswith("https://"))

    @property
    def traced(self) -> bool:
        """Traces are wanted: OpenTelemetry's own names say so, and its SDK reads the rest."""
        named = self.otel_exporter_otlp_endpoint or self.otel_exporter_otlp_traces_endpoint
        return bool(named) and not self.otel_sdk_disabled

    @property
    def embedded(self) -> bool:
        """No database was named, so one is kept under DATA_DIR."""
        return self.database_url is None


def load_settings() -> Settings:
    """The settings, or an exit with each fault in words; values stay out, they may be secrets."""
    try:
        return Settings()
    except ValidationError as error:
        for fault in error.errors(include_input=False, include_url=False):
            name = ".".join(str(part) for part in fault["loc"]).upper()
            sys.stderr.write(f"{name}: {fault['msg']}\n")
        raise SystemExit(2) from None


@contextmanager
def hidden_environment(*names: str) -> Iterator[None]:
    """These names are unset meanwhile: for libraries that would help themselves to them."""
    kept = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(kept)


def child_environment(**changes: str) -> dict[str, str]:
    """This process's environment with changes, for the processes `demo` starts."""
    return {**os.environ, **changes}
