"""Keys, signatures and the canonical form they cover. The only package that knows cryptography."""
