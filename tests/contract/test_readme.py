"""The README says nothing that is not so."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from scripts.cli import app
from tests.contract.project import PROJECT, none, project_files

README = PROJECT / "README.md"
TEXT = README.read_text()
LINES = 200
BLOCKS = re.findall(r"^```\w*\n(.*?)^```", TEXT, re.DOTALL | re.M)
LINKS = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", TEXT)
TOP_LEVEL = {path.parts[0] for path in project_files()}
# A command ends where two spaces and its explanation begin, or a comment.
COMMAND = re.compile(
    r"^\$? ?((?:\./scripts/|luxury |(?:\.venv/bin/)?python -m )\S.*?)(?: {2,}|\s#|$)"
)


def commands() -> list[str]:
    lines = [line.strip() for block in BLOCKS for line in block.splitlines()]
    spoken = re.findall(r"`((?:\./scripts/|luxury |python -m )[^`\n]+)`", TEXT)
    return sorted({found[1] for line in lines if (found := COMMAND.match(line))} | {*spoken})


def test_it_is_read_in_five_minutes() -> None:
    assert len(TEXT.splitlines()) <= LINES


def test_it_shows_commands() -> None:
    assert {"./scripts/demo", "./scripts/test"} <= {line.split()[0] for line in commands()}


@pytest.mark.parametrize("line", commands())
def test_every_command_exists(line: str) -> None:
    program, *arguments = [word for word in shlex.split(line) if word not in {"|", "&"}]
    if program == "luxury" or program == "./scripts/luxury":
        assert_luxury_knows(arguments)
    elif program.startswith("./scripts/"):
        script = PROJECT / program
        assert script.stat().st_mode & 0o111, f"{program} is not executable"
        none(word for word in arguments if word.startswith("--") and not is_known(script, word))
    else:
        module = Path(*arguments[1].split("."))
        here = {module.with_suffix(".py"), module / "__main__.py"}
        assert here & set(project_files()) or arguments[1] in {"pytest", "mypy"}, arguments[1]


def test_every_path_it_names_exists() -> None:
    none(path for path in paths_named() if not list(PROJECT.glob(path)))


def test_its_table_of_functions_is_what_the_frontend_can_call() -> None:
    types = (PROJECT / "supabase" / "types" / "database.types.ts").read_text()
    section = TEXT.partition("## What the frontend calls")[2].partition("\n## ")[0]
    table = "".join(line for line in section.splitlines() if line.startswith("|"))
    public = types.partition('"public": {')[2].partition("Functions: {")[2].partition("Enums: {")[0]
    callable_ones = set(re.findall(r'"(\w+)":\s*(?=\{ ?Args|\{\s*Args|\n\{ Args)', public))
    assert callable_ones, "the types have changed their form"
    assert set(re.findall(r"`(\w+)`", table)) == callable_ones


def test_its_links_lead_somewhere() -> None:
    none(link for link in LINKS if not (PROJECT / link).exists())


def assert_luxury_knows(words: list[str]) -> None:
    """Walks down to the command and compares the options with its own."""
    command: Any = get_command(app)
    for word in words:
        if hasattr(command, "commands") and not word.startswith("-"):
            assert word in command.commands, f"luxury has no {word}"
            command = command.commands[word]
    known = {name for parameter in command.params for name in parameter.opts} | {"--help"}
    none(word for word in words if word.startswith("-") and word.split("=")[0] not in known)


def is_known(script: Path, option: str) -> bool:
    """Whether a script treats the option itself or hands it to a command that knows it."""
    if option.split("=")[0] in script.read_text():
        return True
    handed_on = re.search(r"scripts\.cli (\w+)", script.read_text())
    assert handed_on, f"{script.name} has no {option}"
    assert_luxury_knows([handed_on[1], option])
    return True


def paths_named() -> set[str]:
    """Words with a slash that begin with one of our folders; `<concept>` stands for any name."""
    words = re.findall(r"(?<![\w/.:-])(?:\./)?([\w.]+/[\w.<>{},*/-]*)", TEXT)
    places = {re.sub(r"<\w+>", "*", word).rstrip("./") for word in words}
    return {place for place in places if place.split("/")[0] in TOP_LEVEL and "{" not in place}
