"""A receiver of webhooks on this machine, as somebody at the other end would write it."""

import asyncio
import hashlib
import hmac
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web


@dataclass
class Receiver:
    """Verifies signatures, answers as told (then 200), and acts once for each id it accepted."""

    secret: str = ""
    answers: list[int | str] = field(default_factory=list)
    """Statuses in order; "hang" never answers, "redirect" sends elsewhere."""
    url: str = ""
    seen: list[str] = field(default_factory=list)
    """The id of each request, in order, however it was answered."""
    forged: int = 0
    effects: dict[str, Any] = field(default_factory=dict)
    elsewhere: int = 0

    def is_genuine(self, request: web.Request, body: bytes) -> bool:
        """Whether somebody who knows the secret sent this."""
        timestamp = request.headers["X-Luxury-Timestamp"]
        message = timestamp.encode() + b"." + body
        expected = hmac.new(self.secret.encode(), message, hashlib.sha256).hexdigest()
        offered = request.headers["X-Luxury-Signature"].split(",")
        return any(hmac.compare_digest(one, f"v1={expected}") for one in offered)

    async def receive(self, request: web.Request) -> web.Response:
        """Answer one delivery."""
        body = await request.read()
        delivery_id = request.headers["X-Luxury-Delivery"]
        self.seen.append(delivery_id)
        if not self.is_genuine(request, body):
            self.forged += 1
            return web.Response(status=401)
        answer = self.answers.pop(0) if self.answers else 200
        if answer == "hang":
            await asyncio.Event().wait()
        if answer == "redirect":
            raise web.HTTPFound("/elsewhere")
        status = int(answer)
        if status < 300:
            self.effects.setdefault(delivery_id, orjson.loads(body))
        return web.Response(status=status, text="x" * 100_000)

    async def wander(self, request: web.Request) -> web.Response:
        """Where a redirect leads."""
        self.elsewhere += 1
        return web.Response()


@asynccontextmanager
async def a_receiver(
    secret: str = "", *, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Receiver]:
    """A receiver on a free port of this machine, gone at the end."""
    receiver = Receiver(secret)
    app = web.Application()
    app.router.add_post("/hook", receiver.receive)
    app.router.add_route("*", "/elsewhere", receiver.wander)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
        await site.start()
        port = runner.addresses[0][1]
        receiver.url = f"http://127.0.0.1:{port}/hook"
        yield receiver
    finally:
        await runner.cleanup()
