"""Addresses of the servers that tests speak to."""

from urllib.parse import urlsplit, urlunsplit


def at(url: str, *, user: str | None = None, path: str | None = None) -> str:
    """The same server, as somebody else or in another database."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")
    credentials = place[0].replace("postgres", user, 1) if user else place[0]
    return urlunsplit(parts._replace(netloc=f"{credentials}@{place[2]}", path=path or parts.path))
