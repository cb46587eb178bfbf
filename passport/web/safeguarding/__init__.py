"""Safeguarding: worries, suspensions and transfers."""
