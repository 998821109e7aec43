"""Who holds key-encryption keys: one module a provider, all of the protocol ports/key_provider.py."""
