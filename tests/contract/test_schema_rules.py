"""The rules of the schema: queries over the catalogue that must find nothing.

Each rule stands in schema_rules/ with a piece of SQL that breaks it, so that no rule is asleep.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.contract.project import none

FOLDER = Path(__file__).with_name("schema_rules")
RULE = re.compile(r"^-- rule: (.+?)\n(.*?)^-- broken by\n(.*?)(?=^-- rule: |\Z)", re.DOTALL | re.M)


@dataclass(frozen=True)
class Rule:
    """A sentence, the query for its offenders, and SQL that offends."""

    sentence: str
    query: str
    offence: str


def rules() -> list[Rule]:
    texts = [path.read_text() for path in sorted(FOLDER.glob("*.sql"))]
    return [Rule(*parts) for text in texts for parts in RULE.findall(text)]


@pytest.fixture
def catalogue(db: psycopg.Connection) -> psycopg.Connection:
    """A connection on which the rules' views exist until the end of the test."""
    db.execute((FOLDER / "objects.sql").read_bytes())
    return db


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.sentence.replace(" ", "_"))
def test_schema(rule: Rule, catalogue: psycopg.Connection) -> None:
    offenders = set(catalogue.execute(rule.query.encode()).fetchall())
    catalogue.execute(rule.offence.encode())
    assert set(catalogue.execute(rule.query.encode())) - offenders, "the rule sees no offence"
    none(offender for (offender,) in offenders)
