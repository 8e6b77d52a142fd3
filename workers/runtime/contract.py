"""Before the first claim: does the database offer what this code was written for?"""

from collections.abc import Collection

from lib.errors import ConfigurationError
from lib.store.jobs import Contract

REQUIRED_VERSION = 2
"""The first with timers."""

_HOW_TO_MIGRATE = "apply the migrations with `supabase db push`"


def check_contract(contract: Contract, workers: Collection[str]) -> None:
    """Raise ConfigurationError, in one sentence, when the database is older than this code."""
    if contract.version < REQUIRED_VERSION:
        raise ConfigurationError(
            "SUPABASE_URL",
            f"The database has version {contract.version} of the worker functions and this code "
            f"needs {REQUIRED_VERSION}: {_HOW_TO_MIGRATE}.",
        )
    unknown = sorted(set(workers) - contract.workers)
    if unknown:
        raise ConfigurationError(
            "SUPABASE_URL",
            f"The database has no subscription for {', '.join(unknown)}: {_HOW_TO_MIGRATE}.",
        )


def explain_refusal(error: ConfigurationError) -> str:
    """Say in one sentence for a person what an error of the first call means."""
    match error.code:
        case "PGRST106":
            return (
                "The API does not expose the schema `worker`: add it to the exposed schemas "
                "(Settings > API, or api.schemas in supabase/config.toml)."
            )
        case "PGRST202":
            return f"The database has no worker functions of this version: {_HOW_TO_MIGRATE}."
        case None:
            return str(error)
        case _:
            return "The key in SUPABASE_SECRET_KEY is not accepted: it must be a secret key."
