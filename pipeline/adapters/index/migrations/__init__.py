"""Alembic's migrations of the index, run by database.py within its own transaction."""
