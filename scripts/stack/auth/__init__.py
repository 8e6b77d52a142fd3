"""Sign-up, sign-in, sessions and admin users in GoTrue's wire format (development equipment)."""

from scripts.stack.auth.server import Auth
from scripts.stack.auth.settings import AuthSettings

__all__ = ["Auth", "AuthSettings"]
