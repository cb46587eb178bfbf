"""Checking: from submitted codes and files to a verdict."""
