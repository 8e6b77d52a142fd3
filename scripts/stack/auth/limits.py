"""How often a password may be wrong."""

from collections import OrderedDict, deque

from scripts.stack.auth.errors import AuthError

MAX_KEYS = 10_000


class FailureLimit:
    """At most `allowed` failures per key within `window` seconds; memory is bounded.

    An attempt counts as a failure until it succeeds, so that parallel guesses cannot slip through.
    """

    def __init__(self, allowed: int, window: float) -> None:
        self._allowed = allowed
        self._window = window
        self._attempts: OrderedDict[str, deque[float]] = OrderedDict()

    def begin(self, key: str, now: float) -> None:
        """Counts an attempt; raises over_request_rate_limit (429) when there were too many."""
        attempts = self._attempts.setdefault(key, deque())
        self._attempts.move_to_end(key)
        while attempts and attempts[0] <= now - self._window:
            attempts.popleft()
        if len(attempts) >= self._allowed:
            raise _too_many(attempts[0] + self._window - now)
        attempts.append(now)
        if len(self._attempts) > MAX_KEYS:
            self._attempts.popitem(last=False)

    def succeed(self, key: str) -> None:
        """Forgets the failures of a key whose owner has shown up."""
        self._attempts.pop(key, None)


def _too_many(seconds: float) -> AuthError:
    headers = {"retry-after": str(max(1, round(seconds)))}
    message = "Request rate limit reached"
    return AuthError(429, "over_request_rate_limit", message, headers=headers)
