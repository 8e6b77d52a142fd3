"""What can be set about the Realtime server."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class RealtimeSettings:
    """Limits and delays, in seconds and bytes; `None` switches a limit off.

    `database_url` is a superuser's: the server reads the write-ahead log and acts as any role.
    """

    database_url: str
    jwt_secret: str
    is_private_only: bool = False
    is_presence_forced: bool = False
    connect_error_backoff_seconds: float = 0.1
    join_error_backoff_seconds: float = 0.2
    token_refresh_seconds: tuple[float, float] = (1.0, 3.0)
    token_check_seconds: float = 300.0
    lost_table_seconds: float = 5.0
    database_wait_seconds: float = 5.0
    no_channel_seconds: float = 600.0
    max_channels_per_socket: int | None = 100
    max_sockets: int | None = None
    max_joins_per_second: int | None = None
    max_messages_per_second: int | None = None
    max_presence_messages_per_second: int | None = None
    max_presence_calls: int | None = 5
    presence_window_seconds: float = 30.0
    max_payload_bytes: int = 3_000_500
    max_change_bytes: int = 1_048_576
    max_queued_frames: int = 20_000
    max_queued_bytes: int = 64_000_000
