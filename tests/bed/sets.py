"""What a set of calls is, and the calls of `train`: the scripts of tests/voice. Sets of shapes: practice.py."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, cycle, zip_longest
from random import Random

from ..voice.compose import Call, compose
from ..voice.script import Script
from ..voice.shapes import SAMPLES
from ..voice.shapes_blind_harmless import BLIND_HARMLESS
from ..voice.shapes_blind_life import BLIND_LIFE
from ..voice.shapes_blind_pay import BLIND_PAY
from ..voice.shapes_blind_people import BLIND_PEOPLE
from ..voice.shapes_dev_life import LIFE
from ..voice.shapes_dev_pay import PAY
from ..voice.shapes_dev_people import PEOPLE
from .cast import CAST, ordinary_pair, pair
from .mouth import Mouth
from .shape import Shape, ShapeError, fill
from .sound import Way, draw, draw_good

ROUGH_EVERY = 4  # in a mostly ordinary set, one call of so many has an accent or a bad line
TRAIN = SAMPLES + PAY + PEOPLE + LIFE + BLIND_PAY + BLIND_PEOPLE + BLIND_LIFE + BLIND_HARMLESS


@dataclass(frozen=True, slots=True)
class Plan:
    """A call to be made. way: its line; None for the scripts of tests/voice, which are made as they are there."""

    script: Script
    way: Way | None = None
    shape: str = ""

    def make(self, mouth: Mouth | None) -> Call:
        """Return its sound and truth; mouth says the calls of shapes. Raises ScriptError."""
        if self.way is None:
            return compose(self.script)
        return compose(self.script, mouth, self.way, CAST)


def train() -> tuple[Plan, ...]:
    """The calls rules were written on or changed after: tests/voice, all its sets."""
    return tuple(Plan(replace(script, audio="call.flac")) for script in TRAIN)


@dataclass(frozen=True, slots=True)
class Group:
    """A set of shapes, how many calls of it there are, and the seed of its calls.

    ordinary: three of four calls have an ordinary voice and a good line, instead of all kinds of both.
    """

    secret: tuple[Shape, ...]
    harmless: tuple[Shape, ...]
    secret_calls: int
    harmless_calls: int
    seed: int
    ordinary: bool = False

    def plans(self, seed: int | None = None, *, harmless_calls: int | None = None) -> tuple[Plan, ...]:
        """Return the calls, secret and harmless by turns, so that the first few show both. Raises ShapeError."""
        seed = self.seed if seed is None else seed
        with_secrets = self._planned(self.secret, seed, self.secret_calls)
        without = self._planned(self.harmless, seed, self.harmless_calls if harmless_calls is None else harmless_calls)
        return tuple(plan for plan in chain.from_iterable(zip_longest(with_secrets, without)) if plan)

    def _planned(self, shapes: Sequence[Shape], seed: int, count: int) -> list[Plan]:
        """`count` calls of these shapes: first one of each, then another of each, and so on."""
        return [
            plan(shape, number, seed, ordinary=self.ordinary and not rough(shape, number))
            for shape, number in turns_of(shapes, count)
        ]


def rough(shape: Shape, number: int) -> bool:
    """Whether call `number` of a shape has an accent and any line in a mostly ordinary set."""
    return (zlib.crc32(shape.name.encode()) + number) % ROUGH_EVERY == 0


def plan(shape: Shape, number: int, seed: int, *, ordinary: bool = False) -> Plan:
    """Call `number` of a shape: its words, people and line all follow from shape, number and seed.

    ordinary: people speak in the voice's own accent over a good line, whatever the land of the shape.
    """
    rng = Random(f"{seed}/{shape.name}/{number}")
    turns = fill(shape, rng)
    agent, customer = ordinary_pair(rng) if ordinary else pair(shape.land, rng)
    way = draw_good(rng) if ordinary else draw(rng, wide=shape.wide, mono=shape.mono, hold=shape.hold)
    script = Script(
        f"{shape.name}_{number:02d}",
        turns,
        agent=agent,
        customer=customer,
        rate_hz=16000 if shape.wide else 8000,
        audio="call.flac",
        subtype="PCM_16",
        mono=shape.mono,
    )
    return Plan(script, way, shape.name)


def turns_of(shapes: Sequence[Shape], count: int) -> Iterator[tuple[Shape, int]]:
    """Shapes in turn with the number of each one's call, until there are `count`."""
    if count and all(shape.calls is not None for shape in shapes):
        raise ShapeError("every shape has a bound on its calls; leave one without")
    made = dict.fromkeys((shape.name for shape in shapes), 0)
    for shape in cycle(shapes):
        if sum(made.values()) == count:
            return
        if shape.calls is None or made[shape.name] < shape.calls:
            made[shape.name] += 1
            yield shape, made[shape.name]
