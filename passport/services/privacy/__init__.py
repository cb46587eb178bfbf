"""Removal and retention."""
