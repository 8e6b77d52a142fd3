"""Errors as a tree by what to do about them.

    LuxuryError
      TransientError      retry later: the same input may succeed
        OutageError       nobody answers: no job is to blame, wait and repeat the same call
      PermanentError      never succeeds: dead at once, with the reason
      LeaseLostError      somebody else has the job now: silence, nothing was written
      ConfigurationError  the process is set up wrongly: refuse to start, name the setting

Only workers.runtime.dispatcher turns an error into a job's state.
"""


class LuxuryError(Exception):
    """Root of the tree. `code` is the SQLSTATE, PostgREST code or HTTP status behind it, if any."""

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code


class TransientError(LuxuryError):
    """The network, the database or a conflict stood in the way: the same call may succeed later."""


class OutageError(TransientError):
    """The network, the API or the database is down; it has nothing to do with the input."""


class PermanentError(LuxuryError):
    """The input itself is refused: a second attempt would end the same way."""


class LeaseLostError(LuxuryError):
    """A lease ran out and was granted again; the effect was not written.

    `job_ids` are the jobs no longer ours; empty when the store could not name them.
    """

    def __init__(self, message: str, *, job_ids: tuple[int, ...] = (), code: str = "LS001") -> None:
        super().__init__(message, code=code)
        self.job_ids = job_ids


class ConfigurationError(LuxuryError):
    """A setting is missing or wrong, or the project behind the URL is not ready for us.

    `variable` names the setting to look at. The message is one sentence for a person.
    """

    def __init__(self, variable: str, message: str, *, code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.variable = variable
