"""What an answer of the API means: retry, give up, be silent, or look at a setting."""

import pytest

from lib.errors import (
    ConfigurationError,
    LeaseLostError,
    LuxuryError,
    OutageError,
    PermanentError,
    TransientError,
)
from lib.store.rpc import error_of


def answer(code: str, details: str = "null") -> bytes:
    return f'{{"code":"{code}","message":"refused","details":{details},"hint":null}}'.encode()


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (503, b"", OutageError),
        (502, b"<html>Bad Gateway</html>", OutageError),
        (503, answer("PGRST001"), OutageError),
        (503, answer("PGRST002"), OutageError),
        (504, answer("PGRST003"), OutageError),
        (500, answer("57P01"), OutageError),
        (500, answer("57014"), TransientError),
        (500, answer("40P01"), TransientError),
        (503, answer("53300"), OutageError),
        (409, answer("23505"), TransientError),
        (409, answer("PT409"), TransientError),
        (423, answer("PT423"), TransientError),
        (429, answer("PT429"), TransientError),
        (400, answer("P0001"), TransientError),
        (400, answer("PT400"), PermanentError),
        (404, answer("PT404"), PermanentError),
        (400, answer("22P02"), PermanentError),
        (400, answer("23514"), PermanentError),
        (404, answer("42883"), PermanentError),
        (400, answer("PGRST102"), PermanentError),
        (400, answer("LS001"), LeaseLostError),
        (400, answer("LS002"), PermanentError),
        (400, answer("LS003"), PermanentError),
        (406, answer("PGRST106"), ConfigurationError),
        (404, answer("PGRST202"), ConfigurationError),
        (401, answer("PGRST301"), ConfigurationError),
        (401, b'{"message":"Invalid API key"}', ConfigurationError),
        (403, answer("42501"), ConfigurationError),
    ],
)
def test_every_answer_has_its_place_in_the_tree(
    status: int, body: bytes, kind: type[LuxuryError]
) -> None:
    error = error_of("record_routing", status, body)
    assert type(error) is kind
    assert "record_routing" in str(error) or kind is ConfigurationError


def test_a_lost_lease_names_its_jobs() -> None:
    error = error_of("record_routing", 400, answer("LS001", '"[7, 9]"'))
    assert isinstance(error, LeaseLostError)
    assert error.job_ids == (7, 9)


@pytest.mark.parametrize("details", ["null", '"not json"', "{}", '"7"'])
def test_a_lost_lease_that_names_none_is_still_one(details: str) -> None:
    error = error_of("record_routing", 400, answer("LS001", details))
    assert isinstance(error, LeaseLostError)
    assert error.job_ids == ()


@pytest.mark.parametrize(
    ("code", "variable"),
    [("PGRST106", "SUPABASE_URL"), ("42501", "SUPABASE_SECRET_KEY")],
)
def test_a_wrong_configuration_names_the_setting(code: str, variable: str) -> None:
    error = error_of("claim_jobs", 403, answer(code))
    assert isinstance(error, ConfigurationError)
    assert error.variable == variable
