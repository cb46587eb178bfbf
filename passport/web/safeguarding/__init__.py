"""Worries and suspensions."""
