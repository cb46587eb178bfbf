"""Who decides about evidence, and how."""
