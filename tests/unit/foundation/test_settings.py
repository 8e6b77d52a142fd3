"""Settings: what is wrong is named, and a secret never takes a browser's name."""

from pathlib import Path

import jwt
import pytest

from lib.errors import ConfigurationError
from lib.settings import load_settings
from lib.settings_example import all_settings, env_example

URL = "https://abc.supabase.co"
KEY = "sb_secret_0123456789abcdefghij"


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for setting in all_settings():
        monkeypatch.delenv(setting.name, raising=False)
    monkeypatch.delenv("SUPABASE_SERVICE_ROLE_KEY", raising=False)


def legacy_key(role: str) -> str:
    return jwt.encode({"role": role}, "a secret of at least thirty-two bytes", "HS256")


def test_url_and_key_are_enough() -> None:
    settings = load_settings(None, supabase_url=f"{URL}/", supabase_secret_key=KEY)
    assert settings.supabase_url == URL
    assert settings.supabase_secret_key.get_secret_value() == KEY
    assert settings.worker_poll_ceiling_seconds == 1


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text(f"SUPABASE_URL={URL}\nSUPABASE_SECRET_KEY={KEY}\nLOG_LEVEL=debug\n")
    monkeypatch.setenv("LOG_LEVEL", "error")
    settings = load_settings(env_file)
    assert (settings.supabase_url, settings.log_level) == (URL, "error")


def test_the_legacy_name_of_the_key_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPABASE_URL", URL)
    monkeypatch.setenv("SUPABASE_SERVICE_ROLE_KEY", legacy_key("service_role"))
    assert load_settings(None).supabase_secret_key


def test_an_empty_setting_is_an_unset_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKER_LEASE_SECONDS", "")
    settings = load_settings(None, supabase_url=URL, supabase_secret_key=KEY)
    assert settings.worker_lease_seconds == 30


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SUPABASE_URL", ""),
        ("SUPABASE_URL", "abc.supabase.co"),
        ("SUPABASE_URL", "https://abc.supabase.co/rest/v1"),
        ("SUPABASE_SECRET_KEY", ""),
        ("SUPABASE_SECRET_KEY", "short"),
        ("SUPABASE_SECRET_KEY", "sb_publishable_0123456789abcdef"),
        ("SUPABASE_SECRET_KEY", legacy_key("anon")),
        ("SUPABASE_SECRET_KEY", f"{KEY} copied twice"),
        ("WORKER_LEASE_SECONDS", "0"),
        ("WORKER_LEASE_SECONDS", "soon"),
        ("WORKER_POLL_FLOOR_SECONDS", "5"),
        ("WORKER_REPLICA_NAME", "two words"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_what_is_missing_or_wrong_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    for name, good in {"SUPABASE_URL": URL, "SUPABASE_SECRET_KEY": KEY, variable: value}.items():
        monkeypatch.setenv(name, good)
    with pytest.raises(ConfigurationError, match=variable) as raised:
        load_settings(None)
    assert raised.value.variable == variable
    assert variable != "SUPABASE_SECRET_KEY" or not value or value not in str(raised.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VITE_SUPABASE_SECRET_KEY", "anything"),
        ("VITE_KEY", KEY),
        ("NEXT_PUBLIC_KEY", legacy_key("service_role")),
    ],
)
def test_a_secret_under_a_browsers_name_stops_the_start(
    tmp_path: Path, name: str, value: str
) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text(f"SUPABASE_URL={URL}\nSUPABASE_SECRET_KEY={KEY}\n{name}={value}\n")
    with pytest.raises(ConfigurationError, match="every browser") as raised:
        load_settings(env_file)
    assert raised.value.variable == name
    assert value not in str(raised.value).removeprefix(name)


def test_a_publishable_key_may_have_a_browsers_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITE_SUPABASE_PUBLISHABLE_KEY", "sb_publishable_0123456789abcdef")
    assert load_settings(None, supabase_url=URL, supabase_secret_key=KEY)


def test_every_setting_is_described_and_stands_in_the_example() -> None:
    example = env_example()
    for setting in all_settings():
        assert setting.description
        assert f"{setting.name}=" in example


def test_the_key_does_not_show_when_settings_are_printed() -> None:
    assert KEY not in repr(load_settings(None, supabase_url=URL, supabase_secret_key=KEY))
