"""Migrations as files: their names, their style, and what they must say about themselves."""

import re
from pathlib import Path

import pytest

from tests.contract.project import BESIDE_THEM, COMPONENTS, MIGRATIONS, none

WORDS = "|".join(COMPONENTS + BESIDE_THEM)
NAME = re.compile(rf"\d{{14}}_({WORDS})_[a-z][a-z_]*[a-z]\.sql")
FOUNDING = "20260101"
COLUMNS = 100
FILES = sorted(MIGRATIONS.glob("*.sql"))
# What stands before a function: its comment lines, then `create function` up to its body.
FUNCTION = re.compile(
    r"((?:^--[^\n]*\n)*)^create function (\S+?)\((.*?)^(?:as|return|begin)\b", re.DOTALL | re.M
)


def test_migrations_are_named_by_moment_component_and_concept() -> None:
    names = [path.name for path in MIGRATIONS.iterdir()]
    none(name for name in names if not NAME.fullmatch(name))
    moments = [name[:14] for name in names]
    assert len(set(moments)) == len(moments), "two migrations of one moment have no order"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_sql_is_lower_case(path: Path) -> None:
    code = without_comments_and_strings(path.read_text()).splitlines()
    none(
        f"{path.name}:{n} {line.strip()}" for n, line in enumerate(code, 1) if line != line.lower()
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_sql_lines_fit_and_have_no_tabs(path: Path) -> None:
    none(
        f"{path.name}:{number} {len(line)} columns"
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > COLUMNS or "\t" in line or line != line.rstrip()
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_functions_with_their_owners_rights_give_their_reason(path: Path) -> None:
    none(
        f"{name} says no `-- Definer: why`"
        for comment, name, head in FUNCTION.findall(path.read_text())
        if "security definer" in head
        and "-- Definer: " not in comment
        and not re.search(r"security definer -- \w+", head)
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_founding_files_create_and_never_replace(path: Path) -> None:
    if path.name.startswith(FOUNDING):
        code = without_comments_and_strings(path.read_text())
        none(re.findall(r"create or replace [^(]+", code))


def test_migrations_open_with_what_they_are_for() -> None:
    none(path.name for path in FILES if not path.read_text().startswith("-- "))


def without_comments_and_strings(sql: str) -> str:
    """The code alone, line for line; function bodies between dollar signs are code."""
    pattern = re.compile(r"--[^\n]*|/\*.*?\*/|(?:\bE)?'(?:[^']|'')*'|\"[^\"]*\"", re.DOTALL)
    return pattern.sub(lambda found: "\n" * found.group().count("\n"), sql)
