"""Modules that every subject uses: requests, sessions, forms, limits, errors and headers."""
