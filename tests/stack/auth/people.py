"""Clients of the API at the level of HTTP, and people who can sign in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import bcrypt
import httpx
import psycopg
import pytest

from scripts.stack.state import StackState

PASSWORD = "Bursztyn-i-len-4"
PASSWORD_HASH = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()


@dataclass(frozen=True)
class Someone:
    """A user who exists and knows PASSWORD."""

    id: str
    email: str


People = Callable[..., Someone]


def an_email() -> str:
    """An address nobody has used."""
    return f"{uuid4().hex}@example.test"


def bearer(session: dict[str, Any]) -> dict[str, str]:
    """The header of somebody signed in."""
    return {"authorization": f"Bearer {session['access_token']}"}


def sign_in(client: httpx.Client, email: str, password: str = PASSWORD) -> httpx.Response:
    """POST /token?grant_type=password."""
    body = {"email": email, "password": password}
    return client.post("/auth/v1/token?grant_type=password", json=body)


def refresh(client: httpx.Client, refresh_token: str) -> httpx.Response:
    """POST /token?grant_type=refresh_token."""
    body = {"refresh_token": refresh_token}
    return client.post("/auth/v1/token?grant_type=refresh_token", json=body)


def a_client(url: str, key: str) -> httpx.Client:
    """Whoever holds `key`."""
    return httpx.Client(base_url=url, headers={"apikey": key}, timeout=30)


@pytest.fixture(scope="session")
def visitor(site: StackState) -> Iterator[httpx.Client]:
    """A browser with the publishable key."""
    with a_client(site.url, site.publishable_key) as client:
        yield client


@pytest.fixture(scope="session")
def server(site: StackState) -> Iterator[httpx.Client]:
    """A server with the secret key."""
    with a_client(site.url, site.secret_key) as client:
        yield client


@pytest.fixture(scope="session")
def a_person(server: httpx.Client) -> People:
    """Makes users whose cheap password hash keeps the tests quick."""

    def make(**attributes: Any) -> Someone:
        email = attributes.pop("email", an_email())
        body = {"email": email, "password_hash": PASSWORD_HASH, "email_confirm": True}
        answer = server.post("/auth/v1/admin/users", json=body | attributes)
        assert answer.status_code == 200, answer.text
        return Someone(answer.json()["id"], email)

    return make


@pytest.fixture
def person(a_person: People) -> Someone:
    """A confirmed user."""
    return a_person()


@pytest.fixture
def admin_db(site: StackState) -> Iterator[psycopg.Connection]:
    """The platform's superuser; every statement is committed."""
    with psycopg.connect(site.admin_db_url, autocommit=True) as connection:
        yield connection
