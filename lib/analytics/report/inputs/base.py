"""What the parts of a report's document have in common."""

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

# JSON's numbers arrive as floats: their shortest text is what was written.
Exact = Annotated[Decimal, BeforeValidator(lambda v: str(v) if isinstance(v, float) else v)]


class Part(BaseModel):
    """Frozen; what a newer document has besides is passed over."""

    model_config = ConfigDict(frozen=True)


class Measure(Part):
    """A value with its 95 % interval; of nothing there is none."""

    count: int
    value: Exact | None
    low: Exact | None
    high: Exact | None
