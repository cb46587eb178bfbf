"""Open Badges 3.0 documents, and the plain values that they say. Pure: no web, no database, no network."""
