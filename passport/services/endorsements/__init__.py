"""Decisions about evidence: the queue, endorsements, confirmations and exclusions."""
