"""Who may have which messages of a conversation: decided as accept does it for calls, with sequences for samples.

Everything is decided in the order of the log: a message when its turn has come (`ChatTalk.admit`), what was told when
it comes. So a purpose that a no ends still gets what was admitted before, then its end, and nothing ever again.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.core.consent import Gate
from pipeline.core.messages import ChatRaw
from pipeline.ports.lane import Out
from pipeline.stages.chat_out import withdrawn_outs
from pipeline.stages.chat_talk import ChatTalk


def tell(talk: ChatTalk, message: ChatRaw, purposes: Sequence[str], offset: int, at_ms: int) -> list[Out]:
    """What was told of consent: a yes counts from the message on that it names, a no at once. purposes: who had all of
    the conversation so far, where nobody had to ask. What is read again was heard: an old no must not end a new yes.
    """
    assert message.told is not None
    if offset <= talk.heard:
        return []
    talk.heard = offset
    talk.admit(purposes)
    last = max((line.sequence for line in talk.ready), default=(talk.next or 0) - 1)
    gate = talk.gate = talk.gate or Gate.without_rules(purposes, begun=last >= 0)
    gate.tell(message.told, message.sequence)
    talk.leaving += [purpose for purpose in gate.end(last + 1) if purpose in purposes]
    talk.at_ms = max(talk.at_ms, at_ms)
    return leave(talk)


def leave(talk: ChatTalk) -> list[Out]:
    """The ends of those whose consent was taken back, once all has left that they still get."""
    if not talk.leaving or talk.busy or talk.ready:
        return []
    ended, talk.leaving = talk.leaving, []
    return list(withdrawn_outs(talk.head, ended, talk.at_ms))


def follow(gate: Gate | None, purposes: Sequence[str]) -> list[str]:
    """Who has had messages, and must know that there will be no more."""
    return [purpose for purpose in purposes if gate is None or purpose in gate.following]
