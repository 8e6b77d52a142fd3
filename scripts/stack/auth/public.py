"""What needs no user: health, settings, keys, and the doors that stay closed here."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from scripts.stack.auth.bodies import RecoverBody, read_body
from scripts.stack.auth.context import Context, Handler, administrator
from scripts.stack.auth.errors import AuthError, answer

PROVIDERS: tuple[str, ...] = ("apple", "azure", "bitbucket", "discord", "facebook", "figma", "fly")
PROVIDERS += ("github", "gitlab", "google", "kakao", "keycloak", "linkedin", "linkedin_oidc")
PROVIDERS += ("notion", "slack", "slack_oidc", "snapchat", "spotify", "twitch", "twitter")
PROVIDERS += ("workos", "x", "zoom")


async def health(_context: Context, _request: Request) -> Response:
    """Says who answers."""
    description = "GoTrue is a user registration and authentication API"
    return answer({"version": "v2", "name": "GoTrue", "description": description})


async def settings(context: Context, _request: Request) -> Response:
    """Which ways to sign in exist."""
    return answer(
        {
            "external": {
                "anonymous_users": False,
                **dict.fromkeys(PROVIDERS, False),
                "email": True,
                "phone": False,
            },
            "disable_signup": False,
            "mailer_autoconfirm": context.settings.is_autoconfirmed,
            "phone_autoconfirm": False,
            "sms_provider": "",
            "mfa_enabled": False,
            "saml_enabled": False,
        }
    )


async def jwks(_context: Context, _request: Request) -> Response:
    """No public keys: tokens are signed with the shared secret (HS256)."""
    return answer({"keys": []}, headers={"cache-control": "public, max-age=600"})


async def accept_silently(_context: Context, request: Request) -> Response:
    """The same answer for every address: no mail is sent here, and nobody learns who is known."""
    await read_body(request, RecoverBody)
    return answer({})


def absent(status: int, code: str, message: str, *, is_for_servers: bool = False) -> Handler:
    """A way in that hosted Supabase offers and this server refuses, in GoTrue's words."""

    async def refuse(context: Context, request: Request) -> Response:
        if is_for_servers:
            administrator(context, request)
        raise AuthError(status, code, message)

    return refuse


NO_MAIL = (422, "email_provider_disabled", "No mail is sent by this server")
ABSENT: Sequence[tuple[str, Sequence[str], Handler]] = (
    ("/otp", ["POST"], absent(422, "otp_disabled", "Signups not allowed for otp")),
    ("/magiclink", ["POST"], absent(422, "otp_disabled", "Signups not allowed for otp")),
    ("/verify", ["GET", "POST"], absent(403, "otp_expired", "Token has expired or is invalid")),
    (
        "/authorize",
        ["GET"],
        absent(400, "validation_failed", "Unsupported provider: provider is not enabled"),
    ),
    (
        "/callback",
        ["GET", "POST"],
        absent(400, "bad_oauth_callback", "OAuth state parameter missing"),
    ),
    ("/sso", ["POST"], absent(404, "saml_provider_disabled", "SAML 2.0 is disabled")),
    ("/reauthenticate", ["GET"], absent(*NO_MAIL)),
    ("/invite", ["POST"], absent(*NO_MAIL, is_for_servers=True)),
    ("/admin/generate_link", ["POST"], absent(*NO_MAIL, is_for_servers=True)),
    (
        "/factors",
        ["POST"],
        absent(422, "mfa_totp_enroll_not_enabled", "MFA enroll is disabled for TOTP"),
    ),
    (
        "/user/identities/authorize",
        ["GET"],
        absent(404, "manual_linking_disabled", "Manual linking is disabled"),
    ),
    (
        "/user/identities/{identity_id}",
        ["DELETE"],
        absent(404, "manual_linking_disabled", "Manual linking is disabled"),
    ),
)
