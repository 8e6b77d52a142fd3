"""The project's files as the contract tests see them."""

import ast
import subprocess
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
MIGRATIONS = PROJECT / "supabase" / "migrations"

COMPONENTS = (
    "orchestrator",
    "analytics",
    "vip",
    "quality",
    "intelligence",
    "brand",
    "performance",
    "success",
)
"""The eight words. They are the folders, the prefixes of migrations, workers and log events."""

BESIDE_THEM = ("foundation", "privacy")


@cache
def project_files() -> tuple[Path, ...]:
    """Every file that belongs to the project, relative to its root: all but the ignored ones."""
    ignored = (PROJECT / ".gitignore").read_text().splitlines()
    names = {line.strip("/") for line in ignored if line and not line.startswith("#")}
    return tuple(sorted(_walk(PROJECT, names | {".git"})))


@cache
def tracked_files() -> tuple[Path, ...]:
    """The files under version control; all project files where the checkout has no history."""
    command = ["git", "ls-files", "-z"]
    try:
        run = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return project_files()
    names = [name for name in run.stdout.split("\0") if name]
    return tuple(Path(name) for name in names) or project_files()


def _walk(folder: Path, ignored: set[str]) -> Iterator[Path]:
    for entry in folder.iterdir():
        if entry.name in ignored:
            continue
        if entry.is_dir():
            yield from _walk(entry, ignored)
        else:
            yield entry.relative_to(PROJECT)


def python_files(*folders: str) -> list[Path]:
    """The Python files below `folders` (top-level names)."""
    return [p for p in project_files() if p.suffix == ".py" and p.parts[0] in folders]


def module_name(path: Path) -> str:
    """`lib/store/rpc.py` is `lib.store.rpc`, a package's `__init__.py` is the package."""
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def syntax_tree(path: Path) -> ast.Module:
    """The parsed file."""
    return ast.parse((PROJECT / path).read_text(), filename=str(path))


def none(offences: Iterable[object]) -> None:
    """Fails with one offence a line."""
    found = sorted(str(offence) for offence in offences)
    assert not found, "\n" + "\n".join(found)
