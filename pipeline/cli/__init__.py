"""The entry point: the only place where stages and adapters are wired together."""
