"""Accounts and roles: students, staff, champions, institutions."""
