"""`restore-access EMAIL --by A --by B`: after every second factor is lost, or a lock. Two people decide."""

from __future__ import annotations

from argparse import Namespace

from passport.cli import complain, refusals, say
from passport.cli.instance import CannotStart, prepare, settings
from passport.services.access import second_factor
from passport.services.access.attempts import Attempts
from passport.services.core.errors import NotFound, Refused
from passport.services.core.runtime import read_secrets, utc_now


def run(options: Namespace) -> int:
    """Remove the second factors: the next sign-in sets up a new one. All open sign-ins and links end."""
    try:
        chosen = settings()
        with prepare(chosen).transaction() as session:
            attempts = Attempts(read_secrets(chosen.secret_file)[-1])
            second_factor.reset(session, attempts, options.email, options.by, utc_now())
    except CannotStart as error:
        return complain(str(error))
    except (OSError, ValueError) as error:
        return complain(f"The file of the instance's secret cannot be read: {error}")
    except NotFound:
        return complain(f"Nobody here has the address {options.email}")
    except Refused as error:
        return complain(refusals.words(error))
    say(f"{options.email} sets up a new second step at the next sign-in, and is signed out everywhere.")
    return 0
