"""A real uvicorn on a real socket, in a thread, for faults the shared stack must not have."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from scripts.stack.gateway.__main__ import SERVER_OPTIONS
from scripts.stack.gateway.answers import App
from tests.support.waiting import eventually


@contextmanager
def serving(app: App, port: int = 0, *, has_lifespan: bool = True) -> Iterator[str]:
    """Serves `app` and gives its URL."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    lifespan = {"lifespan": "on" if has_lifespan else "off"}
    own = {"log_config": None, "timeout_graceful_shutdown": 1}
    config = uvicorn.Config(app, **(SERVER_OPTIONS | lifespan | own))
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        eventually(lambda: server.started or not thread.is_alive())
        assert server.started
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()
