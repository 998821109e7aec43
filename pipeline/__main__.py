"""python -m pipeline: the same as the command callshield."""

from pipeline.cli.main import run

run()
