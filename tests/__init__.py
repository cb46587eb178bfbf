"""The tests of the Skills Passport: python3 -m tests runs all of them."""
