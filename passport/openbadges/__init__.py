"""Open Badges 3.0 documents, and the plain values in them. Pure: no web, no database, no network."""
