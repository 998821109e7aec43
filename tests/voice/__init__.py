"""Makes the sample calls under tests/samples. `python -m tests.voice --help`."""
