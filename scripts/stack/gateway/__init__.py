"""One URL for REST, Auth and Realtime, with the keys of a hosted project."""

from scripts.stack.gateway.app import gateway_app
from scripts.stack.gateway.settings import GatewaySettings

__all__ = ["GatewaySettings", "gateway_app"]
