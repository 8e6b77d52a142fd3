"""Settings: all of them are told in .env.example, and no secret has a name made for browsers."""

import ast
import importlib
import re
from collections.abc import Iterator

import pytest
from pydantic import AliasChoices
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from lib.errors import ConfigurationError
from lib.keys import refuse_public_secrets
from tests.contract.project import PROJECT, module_name, none, python_files, syntax_tree

EXAMPLE = (PROJECT / ".env.example").read_text()
BLOCK = re.compile(r"^# (?P<text>[^\n]+)\n(?:# )?(?P<name>[A-Z][A-Z0-9_]*)=(?P<value>.*)$", re.M)
FRONTEND = {"VITE_SUPABASE_URL", "VITE_SUPABASE_ANON_KEY"}


def test_every_setting_is_listed_with_its_description_and_default() -> None:
    listed = {found["name"]: (found["text"], found["value"]) for found in BLOCK.finditer(EXAMPLE)}
    # A variable that two programs read may be described by either.
    expected: dict[str, set[tuple[str | None, str]]] = {}
    for name, field in all_settings():
        expected.setdefault(name, set()).add((field.description, default_of(field)))
    none(f"{name} is not listed" for name in expected.keys() - listed.keys())
    none(f"{name} is no setting" for name in listed.keys() - expected.keys() - FRONTEND)
    none(f"{name}: {listed[name]}" for name, told in expected.items() if listed[name] not in told)


def test_the_frontends_own_variables_are_listed() -> None:
    assert {found["name"] for found in BLOCK.finditer(EXAMPLE)} >= FRONTEND


def test_no_setting_of_ours_has_a_name_that_reaches_browsers() -> None:
    none(name for name, _ in all_settings() if re.match(r"VITE_|\w*PUBLIC_|REACT_APP_", name))


@pytest.mark.parametrize("name", ["VITE_SUPABASE_SECRET_KEY", "NEXT_PUBLIC_SERVICE_ROLE"])
def test_a_secret_with_a_public_name_stops_the_start(name: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        refuse_public_secrets({name: "anything"})


def test_the_key_of_an_ai_service_is_never_public() -> None:
    texts = [(PROJECT / path).read_text() for path in python_files("lib", "workers", "scripts")]
    assert not [text for text in (*texts, EXAMPLE) if "VITE_AI" in text]


def all_settings() -> Iterator[tuple[str, FieldInfo]]:
    """Environment variables of every settings class there is, wherever it stands."""
    for path in python_files("lib", "workers", "scripts"):
        for node in syntax_tree(path).body:
            if isinstance(node, ast.ClassDef) and "BaseSettings" in map(ast.unparse, node.bases):
                settings = getattr(importlib.import_module(module_name(path)), node.name)
                yield from variables_of(settings)


def variables_of(settings: type[BaseSettings]) -> Iterator[tuple[str, FieldInfo]]:
    prefix = settings.model_config.get("env_prefix", "")
    for name, field in settings.model_fields.items():
        alias = field.validation_alias
        plain = f"{prefix}{name}".upper()
        yield str(alias.choices[0]) if isinstance(alias, AliasChoices) else plain, field


def default_of(field: FieldInfo) -> str:
    is_plain = not field.is_required() and field.default_factory is None
    return str(field.default) if is_plain else ""
