"""Counts and readiness, never names."""
