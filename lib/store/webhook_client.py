"""Posts to addresses that people typed in: never into the house's own network.

The name is resolved here and the connection goes to the address that was looked at, so that a name
cannot lead somewhere else a moment later. The certificate is still checked against the name.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Mapping

import httpx

Send = Callable[[str, Mapping[str, str], bytes], Awaitable[tuple[int | None, str | None]]]


def webhook_sender(*, timeout_seconds: float = 10.0, allows_private: bool = False) -> Send:
    """Return a function that posts once and answers (status, None) or (None, why in one word).

    Redirects are not followed; of the answer nothing is kept but its status. The time limit is for
    the whole attempt. `allows_private` is for development and tests.
    """
    trusted = httpx.create_ssl_context()

    async def send(
        url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int | None, str | None]:
        try:
            # One connection for one delivery: the next one may resolve to somebody else.
            async with (
                asyncio.timeout(timeout_seconds),
                httpx.AsyncClient(
                    verify=trusted, timeout=timeout_seconds, follow_redirects=False, trust_env=False
                ) as http,
            ):
                return await _post(http, url, headers, body, allows_private=allows_private)
        except (TimeoutError, httpx.TimeoutException):
            return None, "timeout"
        except _RefusedError as refusal:
            return None, refusal.word
        except httpx.ConnectError:
            return None, "unreachable"
        except (httpx.HTTPError, httpx.InvalidURL):
            return None, "connection_broken"

    return send


class _RefusedError(Exception):
    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


async def _post(
    http: httpx.AsyncClient,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    allows_private: bool,
) -> tuple[int | None, str | None]:
    target = httpx.URL(url)
    if target.scheme != "https" and not allows_private:
        raise _RefusedError("address_refused")
    address = await _resolve(
        target.host, target.port or _default_port(target), allows_private=allows_private
    )
    request = http.build_request(
        "POST",
        target.copy_with(host=address),
        headers={**headers, "Host": target.netloc.decode("ascii")},
        content=body,
        extensions={"sni_hostname": target.host},
    )
    # The status is the answer: whatever else the receiver says is not read at all.
    response = await http.send(request, stream=True)
    await response.aclose()
    return response.status_code, None


async def _resolve(host: str, port: int, *, allows_private: bool) -> str:
    """Return the address to connect to; every address of the name must be of the open internet."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise _RefusedError("unknown_host") from None
    addresses = [str(entry[4][0]) for entry in found]
    if not allows_private and not all(is_open(address) for address in addresses):
        raise _RefusedError("address_refused")
    return addresses[0]


def is_open(address: str) -> bool:
    """Whether an IP address belongs to the open internet and to one receiver."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        embedded = parsed.ipv4_mapped or parsed.sixtofour
        if parsed.teredo:
            return False
        # NAT64: the last four bytes are an address of IPv4.
        if parsed in ipaddress.ip_network("64:ff9b::/96"):
            embedded = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
        if embedded:
            return is_open(str(embedded))
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved


def _default_port(target: httpx.URL) -> int:
    return 443 if target.scheme == "https" else 80
