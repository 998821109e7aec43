"""Protocols between the pure core and the libraries that carry it."""
