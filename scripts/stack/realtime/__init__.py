"""Supabase Realtime for development: broadcast, presence and postgres_changes over WebSocket.

Speaks the Phoenix protocol in versions 1.0.0 and 2.0.0 as the hosted server does, so that the
official clients work unchanged.
"""

from scripts.stack.realtime.server import Realtime
from scripts.stack.realtime.settings import RealtimeSettings
from scripts.stack.realtime.websocket_protocol import UVICORN_OPTIONS, websocket_protocol

__all__ = ["UVICORN_OPTIONS", "Realtime", "RealtimeSettings", "websocket_protocol"]
