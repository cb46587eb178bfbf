"""Removal and retention of personal data."""
