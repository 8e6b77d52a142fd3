"""Databases of their own for the contestants, in the same cluster."""

from urllib.parse import urlsplit, urlunsplit

import asyncpg


def url_of(admin_url: str, database: str) -> str:
    """The same server and account, another database."""
    return urlunsplit(urlsplit(admin_url)._replace(path=f"/{database}"))


async def create_database(admin_url: str, database: str) -> str:
    """Makes an empty database, replacing an older one; returns its URL."""
    connection = await asyncpg.connect(admin_url)
    try:
        await connection.execute(f'drop database if exists "{database}" with (force)')
        await connection.execute(f'create database "{database}"')
    finally:
        await connection.close()
    return url_of(admin_url, database)


async def drop_database(admin_url: str, database: str) -> None:
    """Removes a database, whoever is connected."""
    connection = await asyncpg.connect(admin_url)
    try:
        await connection.execute(f'drop database if exists "{database}" with (force)')
    finally:
        await connection.close()
