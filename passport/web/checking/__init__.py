"""Checking: from what is handed in to a verdict."""
