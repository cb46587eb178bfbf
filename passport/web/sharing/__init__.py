"""Sharing: shares, codes, prints, downloads."""
