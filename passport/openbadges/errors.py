"""What can be wrong with a document of this package."""


class OpenBadgesError(Exception):
    """The base class of every exception of this package."""


class MalformedCredential(OpenBadgesError):
    """The document is not one that we issue: it says less, more or something else; the message says where."""


class MalformedStatusList(OpenBadgesError):
    """The document is not a status list that we can read."""


class MalformedRegistry(OpenBadgesError):
    """The registry, or the bundle around it, cannot be read."""


class BadCode(OpenBadgesError):
    """The typed text cannot be a share code."""


class BadAddress(OpenBadgesError):
    """No did:web can be made of this address."""


class BadText(OpenBadgesError):
    """A text that could not be signed or shown as it is; the message says what to do about it."""


class BadPicture(OpenBadgesError):
    """The picture carries no credential, or cannot carry one."""


class WrappedTooOften(OpenBadgesError):
    """More is wrapped around credentials, or in one wrapper, than is opened."""


class NoCredential(BadPicture):
    """The picture is whole and carries no credential."""


class OlderBadge(BadPicture):
    """The picture carries a badge of Open Badges 1 or 2, which is not checked here."""
