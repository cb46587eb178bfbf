"""What can go wrong between us and the database."""


class DatabaseUnavailable(Exception):
    """The database could not be reached, or refused for want of room, rights or time."""


class DatabaseUnfit(DatabaseUnavailable):
    """The database answers, but this version of the service cannot work with what is in it.

    The message is one line for the operator, with what to do.
    """


class RowLockWhileReading(Exception):
    """A statement that locks rows was sent in a transaction that only reads: a fault of the calling code.

    Call the finder with ``lock=False``, or open a transaction that may write.
    """
