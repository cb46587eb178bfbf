"""Benchmarks of the service, run by the command `bench`."""
