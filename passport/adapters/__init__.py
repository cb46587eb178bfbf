"""Adapters to files, mail, pictures, printing and QR libraries."""
