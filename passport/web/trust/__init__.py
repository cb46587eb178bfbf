"""Trust: keys, the registry, publishing, external issuers, closing."""
