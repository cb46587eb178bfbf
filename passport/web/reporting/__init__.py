"""Reporting: counts, never names."""
