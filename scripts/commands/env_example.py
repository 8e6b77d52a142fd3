"""`.env.example`: every setting there is, written from the settings themselves."""

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from lib.settings_example import env_example as worker_settings
from scripts.stack.remote import RemoteSettings
from scripts.stack.settings import PROJECT, StackSettings

ENV_EXAMPLE = PROJECT / ".env.example"

HEAD = """\
# Settings, read from the environment or from a file `.env` beside this one. `luxury up --detach`
# prints the lines for the embedded stack. A line behind `#` shows a default.
"""
FRONTEND = """\
# The React frontend. Build tools copy every VITE_ variable into the JavaScript that browsers
# download: only these two may have that prefix, never a secret key or the key of an AI service.

# The same address as SUPABASE_URL
VITE_SUPABASE_URL=

# The publishable key; row level security decides what it opens
VITE_SUPABASE_ANON_KEY=
"""


def env_example() -> str:
    """Return the text of `.env.example`."""
    sections = (
        HEAD,
        f"{_rule('The workers')}\n{worker_settings()}",
        f"{_rule('The command line against a Supabase that already runs')}\n"
        f"{_lines(RemoteSettings, known=worker_settings())}",
        f"{_rule('The embedded stack')}\n{_lines(StackSettings)}",
        f"{_rule('The frontend')}\n{FRONTEND}",
    )
    return "\n".join(section.strip() + "\n" for section in sections)


def _rule(title: str) -> str:
    return f"# {f' {title} ':-^78}"


def _lines(settings: type[BaseSettings], known: str = "") -> str:
    prefix = settings.model_config.get("env_prefix", "")
    fields = {f"{prefix}{name}".upper(): field for name, field in settings.model_fields.items()}
    return "\n".join(_line(name, field) for name, field in fields.items() if name not in known)


def _line(name: str, field: FieldInfo) -> str:
    return f"# {field.description}\n# {name}={field.default}\n"
