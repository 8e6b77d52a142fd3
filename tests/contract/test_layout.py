"""Where things stand, what they are called, and how long they may grow."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.project import (
    BESIDE_THEM,
    COMPONENTS,
    PROJECT,
    none,
    project_files,
    python_files,
    syntax_tree,
    tracked_files,
)

TOP_LEVEL = {
    *("supabase", "workers", "lib", "scripts", "tests"),
    *("pyproject.toml", "requirements.lock", "README.md", "LICENSE"),
    *(".ci", ".env.example", ".gitignore"),
}
WORDS = {*COMPONENTS, *BESIDE_THEM}
MACHINERY = {
    "lib": {"store"},
    "workers": {"runtime", "api"},
    "tests/unit": {"scripts"},
    "tests/workers": {"runtime", "api"},
    "tests/database": {"security"},
}
MODULE_LINES = 200
FUNCTION_LINES = 40


def test_the_top_level_is_fixed() -> None:
    found = {path.parts[0] for path in tracked_files()}
    none(f"{name} does not belong there" for name in found - TOP_LEVEL)
    none(f"{name} is missing" for name in TOP_LEVEL - found)


@pytest.mark.parametrize("place", MACHINERY)
def test_folders_are_called_by_the_components_words(place: str) -> None:
    depth = len(Path(place).parts)
    below = [p for p in project_files() if p.parts[:depth] == Path(place).parts]
    folders = {path.parts[depth] for path in below if len(path.parts) > depth + 1}
    none(folders - WORDS - MACHINERY[place])


def test_modules_fit_on_a_few_screens() -> None:
    none(
        f"{path}: {length} lines"
        for path in python_files("lib", "workers", "scripts")
        if (length := len((PROJECT / path).read_text().splitlines())) > MODULE_LINES
    )


def test_functions_fit_on_one_screen() -> None:
    long = [
        f"{path}:{function.lineno} {function.name}: {length} lines"
        for path in python_files("lib", "workers", "scripts", "tests")
        for function in functions_of(path)
        if (length := (function.end_lineno or 0) - function.lineno + 1) > FUNCTION_LINES
    ]
    none(long)


def test_public_modules_classes_and_functions_say_what_they_are() -> None:
    silent = [
        f"{path}:{line} {name}"
        for path in python_files("lib", "workers", "scripts")
        for line, name in undocumented_in(path)
    ]
    none(silent)


def test_lib_and_workers_log_and_never_print() -> None:
    prints = [
        f"{path}:{node.lineno}"
        for path in python_files("lib", "workers")
        for node in ast.walk(syntax_tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"print", "pprint"}
    ]
    none(prints)


def test_nothing_is_left_for_later() -> None:
    later = re.compile(r"\b(TODO|FIXME|XXX|HACK|NotImplementedError)\b")
    marks = [
        f"{path}:{number}"
        for path in project_files()
        if path.suffix in {".py", ".sql", ".sh", ".mjs", ".toml"} and path != this_file()
        for number, line in enumerate((PROJECT / path).read_text().splitlines(), 1)
        if later.search(line)
    ]
    none(marks)


def functions_of(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(syntax_tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def undocumented_in(path: Path) -> Iterator[tuple[int, str]]:
    """Public things without a docstring; empty packages and what overrides a base need none."""
    tree = syntax_tree(path)
    if tree.body and not ast.get_docstring(tree):
        yield 1, "module"
    body = list(tree.body)
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name[0] != "_" and not node.bases:
            body += node.body
    for node in body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            is_silent = node.name[0] != "_" and not ast.get_docstring(node)
            yield from [(node.lineno, node.name)] if is_silent else []


def this_file() -> Path:
    return Path(__file__).resolve().relative_to(PROJECT)
