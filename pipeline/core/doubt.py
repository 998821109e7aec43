"""Which doubts hide: stretches that only may be a secret, and cost harmless speech when they are none."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from pipeline.core.finding import Finding, Reason

DOUBTS = MappingProxyType(
    {
        Reason.DOUBT_WORDS: "words",
        Reason.DOUBT_NO_WORDS: "no_words",
        Reason.ALTERNATIVE: "alternatives",
    }
)
"""The reasons that are doubts, and what a policy calls them."""
NEVER_HEARD = frozenset({"PIN", "SECURITY_CODE", "PASSWORD", "KEYPAD", "UNJUDGED"})
"""What no policy may keep: it cannot keep the doubt of it either."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """words: of low confidence where a secret was expected. no_words: voice without words there. alternatives: what
    only a less likely reading says. True hides.
    """

    words: bool = True
    no_words: bool = True
    alternatives: bool = True

    def keeps(self, finding: Finding) -> bool:
        """Whether it is a doubt that stays audible."""
        name = DOUBTS.get(finding.reason)
        return name is not None and finding.entity not in NEVER_HEARD and not getattr(self, name)


ALL_DOUBTS = Doubt()
