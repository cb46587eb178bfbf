"""Keys, the registry, publishing, external issuers, closing."""
