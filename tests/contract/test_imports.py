"""Who may import whom: the architecture as a table, held against the code's own imports."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.contract.project import (
    BESIDE_THEM,
    COMPONENTS,
    PROJECT,
    module_name,
    none,
    python_files,
    syntax_tree,
)

OURS = ("lib", "workers", "scripts", "tests")
WORDS = COMPONENTS + BESIDE_THEM
ANY = "*"


@dataclass(frozen=True)
class Row:
    """`modules` may import `ours` (and what lies below) and the installed `packages`."""

    modules: str
    ours: str
    packages: str
    is_pure: bool = False


# The first row that names a module decides. `{word}` stands for each component's word in turn.
TABLE = (
    Row("workers.app workers.__main__", "lib workers", ANY),
    Row(
        "workers.runtime",
        "lib.clock lib.errors lib.events lib.log lib.settings lib.store.jobs workers.runtime",
        "realtime apscheduler structlog httpx prometheus_client",
    ),
    Row("workers.api", "lib workers.api", ANY),
    # Hands each worker its store and its policy.
    Row(
        "workers.{word}.roster",
        "lib.settings lib.store lib.{word} workers.runtime.worker workers.{word}",
        "",
    ),
    Row(
        "workers.{word}",
        "lib.clock lib.errors lib.events lib.log lib.{word} lib.store.{word} "
        "workers.runtime.worker workers.{word}",
        "pydantic structlog",
    ),
    Row(
        "lib.store.{word}",
        "lib.clock lib.errors lib.events lib.{word}.models lib.store.rpc",
        "pydantic orjson",
    ),
    Row(
        "lib.store",
        "lib.clock lib.errors lib.events lib.keys lib.settings lib.store",
        "supabase postgrest realtime httpx orjson pydantic",
    ),
    Row("lib.clock lib.errors lib.events", "lib.clock lib.errors lib.events", "pydantic"),
    Row("lib.keys", "lib.errors", "orjson"),
    Row("lib.log", "lib.errors", "structlog orjson"),
    Row("lib.settings", "lib.errors lib.keys", "pydantic pydantic_settings dotenv"),
    Row("lib.settings_example", "lib.settings", "pydantic"),
    # Reads the weights that are shipped beside it, once.
    Row("lib.intelligence.weights", "lib.errors lib.intelligence", "numpy"),
    # Reads the templates that are shipped beside it, once.
    Row("lib.analytics.report.pages", "lib.errors lib.analytics", "jinja2"),
    Row(
        "lib.{word}",
        "lib.errors lib.events lib.{word}",
        "pydantic polars sklearn scipy numpy threadpoolctl py3langid vaderSentiment",
        is_pure=True,
    ),
    Row("scripts", "lib workers scripts", ANY),
    Row("tests", "lib workers scripts tests", ANY),
)

# What a decision may use of the standard library: values and arithmetic, nothing of the world.
PURE_STANDARD_LIBRARY = (
    "__future__ abc bisect collections contextlib dataclasses datetime decimal enum fractions "
    "functools hashlib heapq hmac itertools json math numbers operator re statistics string "
    "textwrap types typing unicodedata uuid zoneinfo"
)
IMPURE_CALLS = (
    "open print input exec eval breakpoint __import__ datetime.now datetime.utcnow datetime.today "
    "date.today datetime.datetime.now datetime.date.today uuid1 uuid4 uuid.uuid1 uuid.uuid4"
)


def test_every_module_has_its_row_in_the_table() -> None:
    none(module_name(p) for p in python_files(*OURS) if row_of(module_name(p)) is None)


def test_modules_import_only_what_the_table_allows() -> None:
    offences = [
        f"{path}:{line} imports {name}"
        for path in python_files(*OURS)
        for line, name in imports_of(path)
        if not is_allowed(module_name(path), name)
    ]
    none(offences)


def test_decisions_use_no_clock_no_environment_and_no_input_or_output() -> None:
    offences = [
        f"{path}:{line} {what}"
        for path in python_files("lib")
        if (row := row_of(module_name(path))) and row.is_pure
        for line, what in impurities_of(path)
    ]
    none(offences)


def test_what_the_workers_import_is_a_dependency_of_the_project() -> None:
    declared = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["dependencies"]
    names = {normal(re.split(r"[\[<>=!~; ]", requirement)[0]) for requirement in declared}
    origins = packages_distributions()
    offences = {
        f"{path} imports {name}"
        for path in python_files("lib", "workers")
        for _, name in imports_of(path)
        if not is_ours(name) and not is_standard(name)
        if not names & {normal(origin) for origin in origins.get(name.split(".")[0], [])}
    }
    none(offences)


def test_the_table_has_no_row_that_allows_what_it_was_made_to_forbid() -> None:
    forbidden = (
        ("lib.orchestrator.routing", "lib.vip.models"),
        ("lib.orchestrator.routing", "lib.store.rpc"),
        ("lib.orchestrator.routing", "lib.clock"),
        ("lib.orchestrator.routing", "httpx"),
        ("lib.orchestrator.routing", "os"),
        ("lib.store.vip", "lib.orchestrator.models"),
        ("lib.store.vip", "workers.app"),
        ("workers.runtime.claimer", "workers.orchestrator.routing"),
        ("workers.runtime.claimer", "lib.store.client"),
        ("workers.vip.profiles", "lib.store.orchestrator"),
        ("workers.vip.profiles", "workers.runtime.claimer"),
        ("workers.app", "scripts.stack.state"),
        ("lib.store.client", "scripts.stack.state"),
        ("scripts.cli", "tests.factories"),
    )
    assert [pair for pair in forbidden if is_allowed(*pair)] == []


@cache
def row_of(module: str) -> Row | None:
    """The row that decides about `module`, its word filled in."""
    for row in TABLE:
        for word in WORDS if "{word}" in row.modules else ("",):
            if is_below(module, row.modules.format(word=word)):
                return Row(row.modules, row.ours.format(word=word), row.packages, row.is_pure)
    return None


def is_allowed(module: str, name: str) -> bool:
    """Whether `module` may import `name` (a dotted name)."""
    row = row_of(module)
    if row is None:
        return False
    if is_ours(name):
        return is_below(name, row.ours)
    if is_standard(name):
        return not row.is_pure or is_below(name, PURE_STANDARD_LIBRARY)
    return row.packages == ANY or is_below(name, row.packages)


def is_below(name: str, roots: str) -> bool:
    """Whether `name` is one of `roots` or lies below one."""
    return any(name == root or name.startswith(f"{root}.") for root in roots.split())


def is_ours(name: str) -> bool:
    return name.split(".")[0] in OURS


def is_standard(name: str) -> bool:
    return name.split(".")[0] in sys.stdlib_module_names


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def imports_of(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full dotted name of everything the file imports."""
    for node in ast.walk(syntax_tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = absolute(path, node)
            for alias in node.names:
                name = f"{base}.{alias.name}"
                yield node.lineno, name if name in our_modules() else base


def absolute(path: Path, node: ast.ImportFrom) -> str:
    """The module a `from` import names, also when it is written relative."""
    if not node.level:
        return node.module or ""
    package = path.parent.parts[: len(path.parent.parts) - node.level + 1]
    return ".".join((*package, *([node.module] if node.module else [])))


@cache
def our_modules() -> frozenset[str]:
    return frozenset(module_name(path) for path in python_files(*OURS))


def impurities_of(path: Path) -> Iterator[tuple[int, str]]:
    """Calls that read a clock, a random source, the environment or the outer world."""
    for node in ast.walk(syntax_tree(path)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in IMPURE_CALLS.split():
            yield node.lineno, f"calls {ast.unparse(node.func)}"
        if isinstance(node, ast.AsyncFunctionDef | ast.Await):
            yield node.lineno, "is asynchronous, which only input and output need"
