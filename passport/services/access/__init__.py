"""Sign-in: links, class codes, passwords, passkeys, the second factor."""
