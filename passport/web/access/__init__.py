"""Access: sign-in by links, class codes, passwords and passkeys, and the second factor."""
