"""Thin shells around the core: what hears a channel, and the chain of one call."""
