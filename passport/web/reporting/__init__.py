"""Counts, never names."""
