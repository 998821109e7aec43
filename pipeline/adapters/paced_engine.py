"""The same recogniser at another pace: a second hearing that errs elsewhere, with the weights that are there.

A recogniser that believes its input is of another rate than it is hears the same speech a little slower and deeper,
or faster and higher. Cuts, frames and beams then fall elsewhere. Positions need no thought: they are samples of what
it was given.
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.ports.engine import Engine, ModelIdentity, Recogniser

PACE = 1.06  # slower by this: measured, see docs/measurements/proof.md


class PacedEngine:
    """An `Engine` around another one. pace: above 1 it hears everything slower, below 1 faster."""

    def __init__(self, engine: Engine, pace: float = PACE) -> None:
        self._engine = engine
        self._rate = round(engine.rate * pace / 50) * 50  # whole frames of 20 ms
        self._pace = self._rate / engine.rate

    @property
    def rate(self) -> int:
        """What it wants to be given, in Hz."""
        return self._rate

    @property
    def identity(self) -> ModelIdentity:
        """The weights of the engine within; the name says it is not heard as it is."""
        within = self._engine.identity
        return replace(within, engine=f"{within.engine}-pace-{self._pace:g}")

    @property
    def side_by_side(self) -> int:
        """Of the engine within."""
        return self._engine.side_by_side

    @property
    def waiting(self) -> int:
        """Of the engine within."""
        return self._engine.waiting

    def open(self) -> Recogniser:
        """A fresh recogniser of the engine within."""
        return self._engine.open()
