"""Entries: issuing, status positions, editions, holds, withdrawals."""
