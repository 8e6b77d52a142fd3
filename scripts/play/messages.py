"""The messages the demo plays: real ones from public sets, and a few of our own."""

import json
import random
from dataclasses import asdict, dataclass
from pathlib import Path

DATA = Path(__file__).with_name("data")


@dataclass(frozen=True, slots=True)
class Message:
    """What a client writes. Channel and category are derived; see `data/SOURCE.md`."""

    text: str
    language: str
    channel: str
    category: str
    source: str
    source_id: str

    def as_line(self) -> str:
        """One line of a `.jsonl` file."""
        return json.dumps(asdict(self), ensure_ascii=False)


def load_messages() -> list[Message]:
    """Every message of the sample, in the order of the files' names."""
    return [
        Message(**json.loads(line))
        for path in sorted(DATA.glob("*.jsonl"))
        for line in path.read_text().splitlines()
    ]


def a_days_messages(count: int, draw: random.Random) -> list[Message]:
    """`count` messages in mixed order; the sample starts again where it is too short."""
    messages = load_messages()
    rounds = -(-count // len(messages))
    return [m for _ in range(rounds) for m in draw.sample(messages, len(messages))][:count]
