"""What one call is judged by beside the rules that every call is judged by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.core.custom import NOTHING, Custom, custom_of
from pipeline.core.detect import EVERYTHING, Detect, widest
from pipeline.core.policy import Policy
from pipeline.core.profile import Profile


@dataclass(frozen=True, slots=True)
class Brief:
    """detect: the parts of the detector that are on. custom: what its policies look for and leave alone. profile: the
    customer's. early: plain talk may leave before its utterance has ended.
    """

    detect: Detect = EVERYTHING
    custom: Custom = NOTHING
    profile: Profile | None = None
    early: bool = False


PLAIN = Brief()


def brief_of(
    policies: Sequence[Policy], tenant: str | None, profile: Profile | None = None, *, early: bool = False
) -> Brief:
    """Of a call whose audio leaves by all of `policies`: what any of them looks for, what all leave alone.

    tenant: whose call it is; None: nobody knows, see custom_of. early: of a live call, see Pin.early.
    """
    terms = tuple(policy.terms for policy in policies)
    return Brief(widest(policy.detect for policy in policies), custom_of(terms, tenant), profile, early)
