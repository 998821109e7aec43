"""Thin shells around the core, one per step of the way: accept, hear, identify, mask, store."""
