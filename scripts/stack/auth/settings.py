"""What the auth server is told by the stack."""

from dataclasses import dataclass

MAX_PASSWORD_BYTES = 72  # bcrypt reads no further
MIN_SECRET_BYTES = 32  # RFC 7518, section 3.2


@dataclass(frozen=True, kw_only=True)
class AuthSettings:
    """Settings of one auth server.

    database_url: login role supabase_auth_admin, which owns the tables of schema auth.
    url: the gateway's public URL; tokens are issued by `{url}/auth/v1`.
    access_token_seconds: lifetime of an access token.
    refresh_reuse_seconds: how long a refreshed token may be presented again (lost answers).
    sign_in_failures, sign_in_window_seconds: wrong passwords allowed per address and e-mail.
    is_autoconfirmed: no mail is sent here, so an address counts as confirmed at once.
    bcrypt_cost: work factor of new password hashes.
    """

    database_url: str
    jwt_secret: str
    url: str
    access_token_seconds: int = 3600
    refresh_reuse_seconds: float = 10
    password_min_bytes: int = 6
    sign_in_failures: int = 10
    sign_in_window_seconds: float = 300
    is_autoconfirmed: bool = True
    bcrypt_cost: int = 10

    def __post_init__(self) -> None:
        if len(self.jwt_secret.encode()) < MIN_SECRET_BYTES:
            raise ValueError(f"jwt_secret needs at least {MIN_SECRET_BYTES} bytes")
        if not 6 <= self.password_min_bytes <= MAX_PASSWORD_BYTES:
            raise ValueError(f"password_min_bytes must be 6 to {MAX_PASSWORD_BYTES}")

    @property
    def issuer(self) -> str:
        """The `iss` claim."""
        return f"{self.url}/auth/v1"
