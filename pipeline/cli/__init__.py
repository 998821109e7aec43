"""The entry point: the only place where stages and adapters are wired together."""

import logging

# Libraries log too, and one of them turns that on when it is imported. Nothing may speak but our own log, which
# knows what it may say: with a handler in place, though it does nothing, theirs is not set up.
logging.getLogger().addHandler(logging.NullHandler())
