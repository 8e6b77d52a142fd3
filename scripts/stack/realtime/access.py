"""Who a channel acts as, and what the policies of a private topic let it do."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from scripts.stack.realtime.database import Database, DatabaseUnavailableError
from scripts.stack.realtime.policies import (
    Asker,
    Extension,
    MissingPartitionError,
    PolicyError,
    is_writable,
    readable,
)
from scripts.stack.realtime.tokens import Token

# No answer counts as no, until the next time it is asked for.
_UNDECIDED = (PolicyError, MissingPartitionError, DatabaseUnavailableError)


class DeniedError(Exception):
    """The policies do not let the client hear the topic; the text goes to the client."""


@dataclass(slots=True)
class Access:
    """A channel's token and rights; a right not in the mapping has not been asked for yet."""

    topic: str
    token: Token
    headers: Mapping[str, str]
    reads: dict[Extension, bool] = field(default_factory=dict)
    _writes: dict[Extension, bool] = field(default_factory=dict)

    @property
    def asker(self) -> Asker:
        """Who policies are asked about, and for which topic."""
        return Asker(self.topic, self.token.role, self.token.claims, dict(self.headers))

    async def ask_reads(self, database: Database, *, with_presence: bool) -> None:
        """Ask what may be heard; DeniedError if that is nothing at all."""
        wanted: list[Extension] = ["broadcast", "presence"] if with_presence else ["broadcast"]
        try:
            self.reads = await readable(database, self.asker, wanted)
        except PolicyError:
            self.reads = {}
        if not any(self.reads.values()):
            raise DeniedError(
                f"You do not have permissions to read from this Channel topic: {self.topic}"
            )

    async def may_write(self, database: Database, extension: Extension) -> bool:
        """Whether the channel may send; asked once per token."""
        if extension not in self._writes:
            try:
                self._writes[extension] = await is_writable(database, self.asker, extension)
            except _UNDECIDED:
                return False
        return self._writes[extension]

    async def ask_presence(self, database: Database) -> None:
        """Ask for the right to hear presence, if it was of no interest at the join."""
        if "presence" not in self.reads:
            try:
                self.reads |= await readable(database, self.asker, ["presence"])
            except _UNDECIDED:
                return

    async def renewed(
        self, database: Database, token: Token, *, is_private: bool, with_presence: bool
    ) -> "Access":
        """The access another token gives; DeniedError if it takes a right away."""
        access = Access(self.topic, token, self.headers)
        if not is_private:
            return access
        await access.ask_reads(database, with_presence=with_presence)
        if any(may and access.reads.get(what) is False for what, may in self.reads.items()):
            raise DeniedError(
                "You no longer have permission to read from this Channel topic: " + self.topic
            )
        return access
