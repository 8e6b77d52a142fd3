"""/auth/v1 and /realtime/v1: services in this process, behind the same keys."""

from urllib.parse import parse_qsl, urlencode

from scripts.stack.gateway.answers import App, Message, Receive, Scope, Send, send_refusal
from scripts.stack.gateway.keyring import Headers, KeyRefusedError, Keyring, present

OPEN_AUTH_PATHS = ("/.well-known/", "/verify", "/callback", "/authorize")
KEY_HEADERS = (b"apikey", b"x-api-key")
BEARER = b"Bearer "


def auth_door(app: App, keyring: Keyring) -> App:
    """Lets requests with a key of the project pass, with its JWT as their authorization."""

    async def run(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not _is_open(scope):
            headers = scope["headers"]
            try:
                authorization = keyring.authorization(present(headers, scope["query_string"]))
            except KeyRefusedError as refusal:
                await send_refusal(send, refusal)
                return
            scope = {**scope, "headers": with_authorization(headers, authorization)}
        await app(scope, receive, send)

    return run


def realtime_door(app: App, keyring: Keyring) -> App:
    """Exchanges opaque keys wherever Realtime may find one; it judges the tokens itself."""

    async def run(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            keyring.refuse_in_browser(present(scope["headers"], scope["query_string"]))
        except KeyRefusedError as refusal:
            await _refuse(scope, send, refusal)
            return
        path, root = _path_below(scope), "" if _is_api(scope) else "/socket"
        below = scope["raw_path"].removeprefix(scope.get("root_path", "").encode())
        scope = {
            **scope,
            "path": root + path,
            # As it was sent: Realtime's topics may hold encoded slashes and percent signs.
            "raw_path": root.encode() + below,
            "root_path": "",
            "headers": _swap_headers(scope["headers"], keyring),
            "query_string": _swap_query(scope["query_string"], keyring),
        }
        await app(scope, receive, send)

    return run


def with_authorization(headers: Headers, value: bytes) -> Headers:
    """The headers with another Authorization, and without the key it came from."""
    kept = [pair for pair in headers if pair[0] not in (b"authorization", b"apikey")]
    return [*kept, (b"authorization", value)]


def _is_open(scope: Scope) -> bool:
    return _path_below(scope).startswith(OPEN_AUTH_PATHS)


def _is_api(scope: Scope) -> bool:
    return _path_below(scope).startswith("/api/")


def _path_below(scope: Scope) -> str:
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


def _swap_headers(headers: Headers, keyring: Keyring) -> Headers:
    swapped: Headers = []
    for name, value in headers:
        if name in KEY_HEADERS:
            swapped.append((name, keyring.swap(value)))
        elif name == b"authorization" and value.startswith(BEARER):
            swapped.append((name, BEARER + keyring.swap(value[len(BEARER) :])))
        else:
            swapped.append((name, value))
    return swapped


def _swap_query(query: bytes, keyring: Keyring) -> bytes:
    if b"apikey=sb_" not in query:
        return query
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    return urlencode(
        [
            (name, keyring.swap(value.encode()).decode() if name == "apikey" else value)
            for name, value in pairs
        ]
    ).encode()


async def _refuse(scope: Scope, send: Send, refusal: KeyRefusedError) -> None:
    if scope["type"] == "http":
        await send_refusal(send, refusal)
    elif "websocket.http.response" in scope.get("extensions", {}):

        async def send_handshake(message: Message) -> None:
            await send({**message, "type": message["type"].replace("http", "websocket.http")})

        await send_refusal(send_handshake, refusal)
    else:
        await send({"type": "websocket.close", "code": 1008})
