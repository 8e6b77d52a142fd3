"""Files that are written from something else are as that would write them now."""

import asyncio

from scripts.commands.catalogue import difference
from scripts.commands.env_example import ENV_EXAMPLE, env_example
from scripts.stack.catalogue import GOLDEN, describe
from scripts.stack.supabase_cli import TYPES, advise, generate_types


def test_the_golden_catalogue_is_the_schema(database_url: str) -> None:
    changes = difference(GOLDEN, describe(database_url))
    assert not changes, f"`luxury catalogue --write`, and read what changed:\n{changes}"


def test_the_frontends_types_are_the_schema(database_url: str) -> None:
    changes = difference(TYPES, asyncio.run(generate_types(database_url)))
    assert not changes, f"`luxury types --write` renews them:\n{changes}"


def test_the_example_of_the_environment_is_the_settings() -> None:
    changes = difference(ENV_EXAMPLE, env_example())
    assert not changes, f"`luxury env --write` renews it:\n{changes}"


def test_the_advisors_of_supabase_have_nothing_to_say(database_url: str) -> None:
    assert asyncio.run(advise(database_url, "warn")) == []
