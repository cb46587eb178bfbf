"""What can go wrong between us and the database."""


class DatabaseUnavailable(Exception):
    """The database could not be reached, or refused for want of room, rights or time."""
