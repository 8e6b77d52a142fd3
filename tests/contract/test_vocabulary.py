"""One word per thing, the same in every place: file, worker, event, SQL function, log line."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from lib.store.rpc import ERROR_CODES
from tests.contract.project import (
    BESIDE_THEM,
    COMPONENTS,
    PROJECT,
    none,
    project_files,
    python_files,
    syntax_tree,
)

WORDS = "|".join(COMPONENTS + BESIDE_THEM)
LOG_EVENT = re.compile(rf"({WORDS}|runtime)\.[a-z_]+\.[a-z_]+")
LOG_METHODS = {"debug", "info", "warning", "error", "critical", "exception"}
EVENT_KIND = re.compile(
    r"clock\.[a-z]+|[a-z]+(_[a-z]+)*\.([a-z]+_)*[a-z]*(ed|en|fell|shed|sent|made|kept)"
)
# A client is a client in every name: other words would sooner or later mean something else.
OTHER_WORDS = r"(^|_)(users?|customers?|guests?|employees?|operators?)(_|$)"


@dataclass(frozen=True)
class RpcCall:
    """A call of a worker function in a store: where, which, with which arguments if plain."""

    place: str
    function: str
    arguments: frozenset[str] | None


def test_every_worker_stands_in_the_file_of_its_name() -> None:
    none(f"{name} in {path}" for name, path in workers() if path != file_of(name))


def test_every_worker_is_tested_where_its_name_leads() -> None:
    none(
        f"{name} has no {test}"
        for name, _ in workers()
        if (test := Path("tests/workers", *file_of_test(name))) not in project_files()
    )


def test_every_decision_of_a_worker_is_tested_where_its_name_leads() -> None:
    none(
        f"{name} has no {test}"
        for name, _ in workers()
        if Path("lib", *name.split(".")).with_suffix(".py") in project_files()
        if (test := Path("tests/unit", *file_of_test(name))) not in project_files()
    )


def test_the_database_sends_jobs_to_exactly_the_workers_there_are(db: psycopg.Connection) -> None:
    rows = db.execute("select distinct worker from private.subscriptions").fetchall()
    subscribed = {worker for (worker,) in rows}
    names = {name for name, _ in workers()}
    none(f"{name} hears of nothing" for name in names - subscribed)
    none(f"{name} is no worker, its jobs wait forever" for name in subscribed - names)


def test_every_event_that_a_worker_waits_for_is_announced_by_somebody(
    db: psycopg.Connection,
) -> None:
    rows = db.execute("select distinct event_kind from private.subscriptions").fetchall()
    kinds = {kind for (kind,) in rows}
    none(f"{kind} is no noun with a past participle" for kind in kinds if not is_event(kind))
    bodies = db.execute(
        "select prosrc from pg_proc"
        " where pronamespace::regnamespace::text in ('public', 'worker', 'private')"
    ).fetchall()
    texts = [body for (body,) in bodies]
    texts += [(PROJECT / path).read_text() for path in python_files("workers")]
    none(f"nobody announces {kind}" for kind in kinds if not is_announced(kind, "\n".join(texts)))


def test_our_error_codes_are_the_same_in_sql_and_python(db: psycopg.Connection) -> None:
    row = db.execute("select private.error_codes()").fetchone()
    assert row is not None
    assert row[0].keys() == ERROR_CODES.keys()


def test_stores_call_functions_that_exist_with_the_arguments_they_have(
    db: psycopg.Connection,
) -> None:
    offered = {
        name: (set(names), set(names[: len(names) - defaults]))
        for name, names, defaults in db.execute(
            """
            select proname, coalesce(proargnames, '{}'), pronargdefaults
            from pg_proc where pronamespace = 'worker'::regnamespace
            """
        )
    }
    for call in rpc_calls():
        assert call.function in offered, f"{call.place}: there is no worker.{call.function}"
        known, required = offered[call.function]
        if call.arguments is not None:
            assert required <= call.arguments <= known, f"{call.place}: {call.function}"


def test_log_lines_are_named_by_component_concept_and_what_happened() -> None:
    none(
        f"{path}:{node.lineno} {ast.unparse(node.args[0])}"
        for path in python_files("lib", "workers")
        for node in ast.walk(syntax_tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in LOG_METHODS
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and not LOG_EVENT.fullmatch(str(node.args[0].value))
    )


def test_people_are_called_by_one_word(db: psycopg.Connection) -> None:
    rows = db.execute(
        """
        with names (name, place) as (
            select relname, relname from pg_class
            where relnamespace::regnamespace::text in ('public', 'worker', 'private')
            union all
            select attname, attrelid::regclass::text from pg_attribute
            join pg_class on pg_class.oid = attrelid
            where relnamespace::regnamespace::text in ('public', 'worker', 'private')
            union all
            select proname, proname from pg_proc
            where pronamespace::regnamespace::text in ('public', 'worker', 'private')
                and proname <> 'tg_users_create_profile'
        )
        select distinct place || '.' || name from names where name ~ %s
        """,
        [OTHER_WORDS],
    ).fetchall()
    none(name for (name,) in rows)
    none(
        f"{path}:{node.lineno} {name}"
        for path in python_files("lib", "workers")
        for node in ast.walk(syntax_tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.arg)
        if re.search(OTHER_WORDS, name := getattr(node, "name", "") or getattr(node, "arg", ""))
    )


def workers() -> Iterator[tuple[str, Path]]:
    """Name and file of every `Worker(name=...)`."""
    for path in python_files("workers"):
        for node in ast.walk(syntax_tree(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Worker":
                [name] = [k.value for k in node.keywords if k.arg == "name"]
                assert isinstance(name, ast.Constant), f"{path}: a worker's name is written out"
                yield str(name.value), path


def file_of(worker: str) -> Path:
    return Path("workers", *worker.split(".")).with_suffix(".py")


def file_of_test(worker: str) -> tuple[str, str]:
    component, concept = worker.split(".")
    return component, f"test_{concept}.py"


def is_event(kind: str) -> bool:
    return EVENT_KIND.fullmatch(kind) is not None


def is_announced(kind: str, code: str) -> bool:
    """Whether some code writes the kind out, or its verb behind `'noun.' ||`."""
    noun, verb = kind.split(".")
    is_whole = re.search(rf"['\"]{kind}['\"]", code)
    return bool(is_whole or (f"'{noun}.' ||" in code and f"'{verb}'" in code))


def rpc_calls() -> Iterator[RpcCall]:
    """Every `self._rpc.call("<function>", {...})`."""
    for path in python_files("lib", "workers", "scripts"):
        for function in ast.walk(syntax_tree(path)):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                yield from calls_in(function, path)


def calls_in(function: ast.FunctionDef | ast.AsyncFunctionDef, path: Path) -> Iterator[RpcCall]:
    named = {
        ast.unparse(node.targets[0]): node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
    }
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and re.search(r"rpc\.call$", ast.unparse(node.func)):
            name, given = node.args
            if isinstance(name, ast.Constant):
                given = named.get(ast.unparse(given), given)
                place = f"{path}:{node.lineno}"
                yield RpcCall(place, str(name.value), keys_of(given))


def keys_of(node: ast.expr) -> frozenset[str] | None:
    if not isinstance(node, ast.Dict) or None in node.keys:
        return None
    return frozenset(str(key.value) for key in node.keys if isinstance(key, ast.Constant))
