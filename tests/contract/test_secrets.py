"""What must not be in the project's files: keys, and the places where they were written."""

import re
from pathlib import Path

import pytest

from scripts.stack.keys import legacy_keys, opaque_keys
from tests.contract.project import MIGRATIONS, PROJECT, none, project_files

# Keys that were made have capital letters; the samples of tests have none.
FORBIDDEN = {
    "a secret key": r"\bsb_secret_(?=[a-z0-9_-]*[A-Z])[A-Za-z0-9_-]{16,}",
    "a publishable key": r"\bsb_publishable_(?=[a-z0-9_-]*[A-Z])[A-Za-z0-9_-]{16,}",
    "a signed token": r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "a service's key": r"\b(?:sk-[A-Za-z0-9]{20,}|ghp_[A-Za-z0-9]{30,}|AKIA[A-Z0-9]{16})\b",
    "a password in an address": r"\b\w+://\w+:(?![{.\[$])[^@\s/{}\"'`<]+@",
    "a place on one machine": r"(?<![\w.*}/-])/(?:work|root|home/\w+|Users/\w+)/",
    "a registry's address": r"registry\.npmjs\.org|registry\.yarnpkg\.com|pypi\.org/simple"
    r"|files\.pythonhosted\.org",
}
BINARY = {".parquet", ".png", ".gz", ".joblib", ".npz", ".woff2"}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_contains(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what])
    none(
        f"{path}:{number} {found.group()[:24]}..."
        for path in project_files()
        if path.suffix not in BINARY and path.name != Path(__file__).name
        for number, line in enumerate((PROJECT / path).read_text().splitlines(), 1)
        if (found := pattern.search(line))
    )


def test_the_patterns_know_the_keys_that_the_stack_makes() -> None:
    anon_key, service_role_key = legacy_keys("x" * 32)
    publishable_key, secret_key = opaque_keys()
    assert re.search(FORBIDDEN["a signed token"], anon_key)
    assert re.search(FORBIDDEN["a signed token"], service_role_key)
    assert re.search(FORBIDDEN["a publishable key"], publishable_key)
    assert re.search(FORBIDDEN["a secret key"], secret_key)


def test_migrations_are_stored_by_the_database_and_so_name_no_password() -> None:
    none(
        f"{path.name}:{number}"
        for path in MIGRATIONS.glob("*.sql")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"\b(password|secret)\s*(=|:=|to)?\s*'[^']{8,}'", line, re.IGNORECASE)
    )


def test_locks_carry_hashes_and_no_addresses() -> None:
    for path in project_files():
        if path.name == "package-lock.json":
            text = (PROJECT / path).read_text()
            assert '"integrity"' in text
            assert '"resolved"' not in text, path
    assert "--hash=sha256:" in (PROJECT / "requirements.lock").read_text()
