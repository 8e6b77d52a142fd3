"""Contexts as frames: one row a client, or a client and moment; one column a feature."""

from collections.abc import Sequence

import polars as pl

from lib.intelligence.models.predictions import ScoringContexts, TrainingCases, TrainingRows


def frame_of_now(pages: Sequence[ScoringContexts]) -> pl.DataFrame:
    """Everybody as they are: one row a client, the columns the pages name."""
    rows = [client.features for page in pages for client in page.clients]
    return pl.DataFrame(rows, schema=_columns(pages[0].names), orient="row")


def frame_of_past(pages: Sequence[TrainingRows]) -> pl.DataFrame:
    """Everybody as they were, and what they did then.

    The columns: client_id, as_of, outcome, language and tier (for the audit alone), the features.
    """
    rows = [
        (str(client), moment, outcome, language, tier, *features)
        for page in pages
        for client, moment, outcome, features, language, tier in page.rows
    ]
    head = {
        "client_id": pl.String(),
        "as_of": pl.Datetime(time_zone="UTC"),
        "outcome": pl.Int8(),
        "language": pl.String(),
        "tier": pl.String(),
    }
    return pl.DataFrame(rows, schema={**head, **_columns(pages[0].names)}, orient="row")


def frame_of_cases(pages: Sequence[TrainingCases]) -> pl.DataFrame:
    """Cases as they were, and what came of them; the columns of `frame_of_past` and known_at."""
    rows = [
        (str(client), moment, known, outcome, language, tier, *features)
        for page in pages
        for client, moment, known, outcome, features, language, tier in page.rows
    ]
    head = {
        "client_id": pl.String(),
        "as_of": pl.Datetime(time_zone="UTC"),
        "known_at": pl.Datetime(time_zone="UTC"),
        "outcome": pl.Int8(),
        "language": pl.String(),
        "tier": pl.String(),
    }
    return pl.DataFrame(rows, schema={**head, **_columns(pages[0].names)}, orient="row")


def _columns(names: Sequence[str]) -> dict[str, pl.DataType]:
    return {name: pl.Float64() for name in names}
