"""Keys, signatures and the canonical form they stand on. The only room that knows cryptography."""
