"""Pages about privacy: a copy of one's own data."""
