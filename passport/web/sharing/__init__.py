"""Shares, codes, prints, downloads."""
