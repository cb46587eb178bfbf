"""Skills frameworks: drafts, versions, and what they are imported from."""
