"""The settings as documentation: what `.env.example` and the README say about each."""

from dataclasses import dataclass

from pydantic import SecretStr

from lib.settings import Settings


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as documentation: what .env.example and the README say about it."""

    name: str
    description: str
    default: str | None
    is_required: bool
    is_secret: bool


def all_settings() -> tuple[Setting, ...]:
    """List every setting in the order of declaration."""
    return tuple(_described(name) for name in Settings.model_fields)


def env_example() -> str:
    """Return the text of `.env.example`."""
    blocks = []
    for setting in all_settings():
        value = setting.default or ""
        line = f"{setting.name}={value}"
        blocks.append(f"# {setting.description}\n{line if setting.is_required else f'# {line}'}\n")
    return "\n".join(blocks)


def _described(name: str) -> Setting:
    field = Settings.model_fields[name]
    is_plain = not field.is_required() and field.default_factory is None
    return Setting(
        name=name.upper(),
        description=field.description or "",
        default=f"{field.default}" if is_plain else None,
        is_required=field.is_required(),
        is_secret=field.annotation is SecretStr,
    )
