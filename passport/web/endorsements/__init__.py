"""Endorsements: who decides about evidence, and how."""
