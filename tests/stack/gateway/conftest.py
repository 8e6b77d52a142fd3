"""The running gateway and clients of it."""

from tests.stack.auth.people import a_person, admin_db, person, server, visitor
from tests.stack.gateway.site import own_auth, site

__all__ = ["a_person", "admin_db", "own_auth", "person", "server", "site", "visitor"]
