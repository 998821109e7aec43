"""A test bed: calls composed from grammars, with a seed. See __main__.py for how to make them."""
