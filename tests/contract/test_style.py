"""Formatter, linter and type checker agree."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.project import PROJECT

TOOLS = Path(sys.executable).parent
COMMANDS = {
    "the linter": ["ruff", "check", "--quiet", "--output-format=concise", "."],
    "the formatter": ["ruff", "format", "--check", "."],
    "the type checker": ["mypy", "--no-error-summary", "lib", "workers", "scripts"],
}


@pytest.mark.parametrize("tool", COMMANDS)
def test_nothing_to_say_for(tool: str) -> None:
    program, *arguments = COMMANDS[tool]
    command = [str(TOOLS / program), *arguments]
    run = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, f"\n{run.stdout}{run.stderr}"
