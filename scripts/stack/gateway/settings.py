"""What the gateway is told by the stack."""

from dataclasses import dataclass

from scripts.stack.auth import AuthSettings
from scripts.stack.realtime import RealtimeSettings


@dataclass(frozen=True, kw_only=True)
class GatewaySettings:
    """Settings of the one URL.

    rest_port, rest_admin_port: PostgREST's, on this machine.
    publishable_key, secret_key: opaque keys, exchanged for the JWTs anon_key, service_role_key.
    auth: its `jwt_secret` signs every token of the project.
    rest_timeout_seconds: how long PostgREST may be silent before the answer is 504.
    """

    rest_port: int
    rest_admin_port: int
    publishable_key: str
    secret_key: str
    anon_key: str
    service_role_key: str
    auth: AuthSettings
    realtime: RealtimeSettings
    rest_timeout_seconds: float = 60
