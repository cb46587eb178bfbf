"""Signing in with an external account: DfE Sign-in, Google, Microsoft, or any OpenID Connect provider.

One client for all of them: OpenID Connect Core 1.0, code flow with PKCE, state and nonce. Whatever a provider
answers, an adult must show a second factor here as well.
"""

from __future__ import annotations

from typing import Any

import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from joserfc.errors import JoseError
from requests import RequestException

from passport.config import Provider
from passport.jobs import queue as job_queue
from passport.services.access import identities
from passport.services.access.identities import Claims
from passport.services.access.sign_ins import Way
from passport.services.core.errors import Refused, Suspended
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action
from passport.web.access.reauthentication import fresh
from passport.web.access.signing_in import asked_for, begin_session, own_path, why_not
from passport.web.core import cookies, refusals
from passport.web.core import route_access as who
from passport.web.core.identity import current
from passport.web.core.runtime import runtime
from passport.web.core.work import changing, changing_own

blueprint = Blueprint("providers", __name__)
log = structlog.get_logger()
EXTENSION = "passport.providers"
PATIENCE_SECONDS = 8
# asymmetric algorithms only: a provider's own list could name others
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
ONWARDS, CONNECTING = "provider_onwards", "provider_connecting"


def use(app: Flask, providers: tuple[Provider, ...]) -> None:
    """Make a client for each provider. No provider is contacted before a person signs in with it."""
    oauth = OAuth(app)
    for one in providers:
        oauth.register(
            one.key,
            client_id=one.client_id,
            client_secret=one.secret,
            server_metadata_url=f"{one.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid email",
                "code_challenge_method": "S256",
                "timeout": PATIENCE_SECONDS,
                "default_timeout": PATIENCE_SECONDS,
            },
        )
    app.extensions[EXTENSION] = oauth


def _client(key: str) -> Any:
    if key not in {one.key for one in runtime().settings.providers}:
        abort(404)
    return current_app.extensions[EXTENSION].create_client(key)


def _name(key: str) -> str:
    return next(one.name for one in runtime().settings.providers if one.key == key)


@blueprint.get("/sign-in/with/<key>")
@who.public
def begin(key: str) -> ResponseReturnValue:
    """Redirect to the provider. This is a link, since our forms may not lead to another site."""
    return _begin(key, asked_for(), "")


@blueprint.get("/account/providers/<key>")
@who.may(Action.OWN_ACCOUNT)
@fresh
def connect(key: str) -> ResponseReturnValue:
    """Redirect to the provider to connect an external account with this one."""
    user = current()
    return _begin(key, url_for("account.show"), user.reference if user else "")


def _begin(key: str, onwards: str, connecting: str) -> ResponseReturnValue:
    here = cookies.here()
    here[ONWARDS], here[CONNECTING] = onwards, connecting
    back = runtime().settings.public_url + url_for("providers.back", key=key)
    try:
        answer: ResponseReturnValue = _client(key).authorize_redirect(back)
    except (RequestException, AuthlibBaseError, RuntimeError, ValueError, KeyError) as error:
        return _not_now(key, error)
    return answer


@blueprint.get("/sign-in/with/<key>/back")
@who.public
def back(key: str) -> ResponseReturnValue:
    """Handle the return from the provider."""
    client = _client(key)
    here = cookies.here()
    onwards, connecting = own_path(here.get(ONWARDS, "")), here.get(CONNECTING, "")
    try:
        claims = _claims(client)
    except (RequestException, OSError) as error:
        return _not_now(key, error)
    except (AuthlibBaseError, JoseError, RuntimeError, ValueError, KeyError, TypeError) as error:
        log.warning("provider refused", provider=key, why=type(error).__name__, reason=str(error)[:200])
        return _problem(key, _no_answer(key))
    try:
        return _connected(claims) if connecting else _in(claims, onwards)
    except Refused as refusal:
        log.warning("provider's person refused", provider=key, reason=refusal.reason)
        return _problem(key, refusals.words(refusal, name=_name(key)))
    except Suspended as error:
        return render_template("access/links/gone.html", words=why_not(error), again=""), 403


def _claims(client: Any) -> Claims:
    """Check state, code, signature, issuer, audience, nonce and time; return the provider's claims."""
    client.load_server_metadata()["id_token_signing_alg_values_supported"] = ALGORITHMS
    token = client.authorize_access_token()
    said = token.get("userinfo")
    if not said or not said.get("sub"):
        raise ValueError("no identity token")
    return Claims(
        issuer=str(said["iss"]),
        subject=str(said["sub"]),
        email=str(said.get("email") or ""),
        # strictly true: some providers let people write any address into their profile
        email_verified=said.get("email_verified") is True,
    )


def _in(claims: Claims, onwards: str) -> ResponseReturnValue:
    with changing() as work:
        account = identities.find(work.session, claims, work.at)
        reference = account.reference
    job_queue.wake()
    return begin_session(reference, Way.PROVIDER, asked=onwards)


def _connected(claims: Claims) -> ResponseReturnValue:
    user = current()
    if user is None or user.reference != cookies.here().get(CONNECTING):
        raise Refused(Reason.IDENTITY_ELSEWHERE)
    with changing_own() as work:
        identities.connect(work.session, work.account, claims, work.at)
    job_queue.wake()
    flash(_("The account is connected. You can sign in with it from now on."))
    return redirect(url_for("account.show"))


@blueprint.post("/account/connected/<reference>/remove")
@who.may(Action.OWN_ACCOUNT)
@fresh
def disconnect(reference: str) -> ResponseReturnValue:
    """Disconnect an external account."""
    with changing_own() as work:
        identities.disconnect(work.session, work.account, reference, work.at)
    job_queue.wake()
    flash(_("The account is not connected any more."))
    return redirect(url_for("account.show"))


def _not_now(key: str, error: Exception) -> ResponseReturnValue:
    log.error("provider cannot be reached", provider=key, why=type(error).__name__, reason=str(error)[:200])
    words = _(
        "%(name)s does not answer just now. Try again in a few minutes, or sign in another way.",
        name=_name(key),
    )
    return _problem(key, words, 503)


def _no_answer(key: str) -> str:
    """Return why the provider's answer identifies no account."""
    if request.args.get("error") == "access_denied":
        return _("You stopped at %(name)s, so nothing was done.", name=_name(key))
    return _(
        "The answer of %(name)s did not fit what we asked. This happens when a page was open for long or was"
        " opened twice. Begin again.",
        name=_name(key),
    )


def _problem(key: str, words: str, status: int = 400) -> ResponseReturnValue:
    return render_template("access/sessions/provider.html", name=_name(key), key=key, words=words), status
