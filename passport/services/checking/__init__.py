"""From what is handed in to a verdict."""
