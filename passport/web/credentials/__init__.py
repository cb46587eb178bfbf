"""Credentials ("entries"): issuing, status positions, editions, holds, withdrawals."""
