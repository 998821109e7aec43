"""Where the originals of a call lie, in the place of the call (core/shelf_names.py).

While it runs: vault/parts/FROM-UPTO-TAG, in samples. Once it is complete: a segment for each stretch,
vault/CHANNEL-FROM-UPTO-ENTITY, and vault/contents, put last, which names them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.core.shelf_names import VAULT
from pipeline.core.span import Span

PARTS, CONTENTS = f"{VAULT}parts/", f"{VAULT}contents"
_SEGMENT = re.compile(r"(\d{2,})-(\d{15})-(\d{15})-([A-Z][A-Z0-9_]*)")


@dataclass(frozen=True, slots=True, order=True)
class Segment:
    """One stretch of originals: all of one channel, in samples of the call, that was hidden as one entity."""

    channel: int
    span: Span
    entity: str

    @property
    def name(self) -> str:
        """What it is called by people."""
        return f"{self.channel:02d}-{self.span.start:015d}-{self.span.end:015d}-{self.entity}"

    @property
    def object(self) -> str:
        """The name of its object within the call."""
        return VAULT + self.name

    @classmethod
    def read(cls, name: str) -> Segment | None:
        """The segment of that name; None: it is the name of something else."""
        found = _SEGMENT.fullmatch(name)
        if found is None or int(found[2]) >= int(found[3]):
            return None
        return cls(int(found[1]), Span(int(found[2]), int(found[3])), found[4])


def part_name(start: int, end: int, tag: str) -> str:
    """Of a part. tag: 16 hex digits that tell contents apart."""
    return f"{PARTS}{start:015d}-{end:015d}-{tag}"
