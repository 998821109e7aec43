"""Rules of what is kept: topics, keys, the store, the index, the audit log, and that all of it goes in time."""

from __future__ import annotations

from pipeline.core.answer import Answer, bad, good, none_of, unseen
from pipeline.core.facts import Facts, Unseen
from pipeline.core.retention import DAY_MS

KEY_DAYS_MAX = 366  # PCI DSS 3.7.4 wants an end of each key's life; a year is what most set
COPIES_MIN = 2
SWEPT_DAYS_MAX = 8  # a sweep runs daily, or weekly


def topics(facts: Facts) -> Answer:
    """Topics are as the table has them: retention, copies, cleanup."""
    if isinstance(facts.topics, Unseen):
        return unseen(facts.topics)
    return none_of(facts.topics, "topics are as they should be")


def copies(facts: Facts) -> Answer:
    """A broker may be lost."""
    if facts.replicas >= COPIES_MIN:
        return good(f"{facts.replicas} copies of each topic")
    return bad("topics have one copy: what a lost broker held is lost")


def retention_rules(facts: Facts) -> Answer:
    """It is said how long calls are kept."""
    if facts.retention is None:
        return bad("without rules everything is kept for good")
    return good(f"rules {facts.retention.name}, version {facts.retention.version}")


def topic_terms(facts: Facts) -> Answer:
    """No topic keeps longer than the rules let its purpose."""
    if isinstance(facts.terms, Unseen):
        return unseen(facts.terms)
    over = [
        f"{one.topic}: " + ("no rule names it" if one.max_ms is None else "keeps longer than the rules let it")
        for one in facts.terms
        if not one.ok
    ]
    return none_of(over, f"{len(facts.terms)} topics keep to the rules")


def sweep(facts: Facts) -> Answer:
    """What is over goes."""
    if isinstance(facts.index, Unseen):
        return unseen(facts.index)
    if not facts.index.calls:
        return good("nothing is kept")
    if facts.index.swept_ms is None:
        return bad(f"{facts.index.calls} calls are kept, and no sweep was ever finished")
    days = (facts.now_ms - facts.index.swept_ms) // DAY_MS
    return (good if days <= SWEPT_DAYS_MAX else bad)(f"the last sweep ended {max(0, days)} days ago")


def requests(facts: Facts) -> Answer:
    """Requests of customers are answered in time."""
    if isinstance(facts.index, Unseen):
        return unseen(facts.index)
    if facts.index.overdue:
        return bad(f"{facts.index.overdue} requests of customers are overdue")
    return good("no request is overdue")


def key_age(facts: Facts) -> Answer:
    """Keys in use are not too old."""
    if isinstance(facts.keys, Unseen):
        return unseen(facts.keys)
    old = [f"{k.name} is {k.age_days} days old" for k in facts.keys if (k.age_days or 0) > KEY_DAYS_MAX]
    silent = [k.name for k in facts.keys if k.age_days is None]
    if not old and silent:
        return unseen(Unseen(f"{silent[0]} does not say when it was made"))
    return none_of(old, f"{len(facts.keys)} keys in use, none older than {KEY_DAYS_MAX} days")


def rewrapped(facts: Facts) -> Answer:
    """Keys of stored calls are under the current key-encryption key."""
    if isinstance(facts.register, Unseen):
        return unseen(facts.register)
    if facts.register.old:
        return bad(f"{facts.register.old} of {facts.register.keys} data keys are under an older key-encryption key")
    return good(f"{facts.register.keys} data keys, all under the current key-encryption key")


def register(facts: Facts) -> Answer:
    """Keys of stored calls can be had."""
    if isinstance(facts.register, Unseen):
        return unseen(facts.register)
    return good(f"the register and the key provider answer; {facts.register.keys} data keys")


def tombstones(facts: Facts) -> Answer:
    """What was destroyed stays destroyed."""
    if isinstance(facts.tombstones, Unseen):
        return unseen(facts.tombstones)
    return good(f"{facts.tombstones} destroyed keys, each known to the register")


def store(facts: Facts) -> Answer:
    """The store answers."""
    return unseen(facts.store) if isinstance(facts.store, Unseen) else good("the store answers")


def index(facts: Facts) -> Answer:
    """The index answers."""
    if isinstance(facts.index, Unseen):
        return unseen(facts.index)
    return good(f"the index answers; {facts.index.calls} calls are kept")


def walls(facts: Facts) -> Answer:
    """What protects and what is protected fail apart."""
    return none_of(facts.walls, "keys, data, index and tombstones are in places of their own")


def audit(facts: Facts) -> Answer:
    """The audit log is what was written."""
    if isinstance(facts.audit, Unseen):
        return unseen(facts.audit)
    if facts.audit.problems:
        return bad(f"{facts.audit.problems} problems in {facts.audit.entries} entries")
    return good(f"{facts.audit.entries} entries, nothing wrong")


def audit_anchor(facts: Facts) -> Answer:
    """Signed heads are out of reach of who can write the log."""
    if isinstance(facts.audit, Unseen):
        return unseen(facts.audit)
    if not facts.audit.apart:
        return bad("signed heads lie beside the log: who can write there can make both anew")
    return good("signed heads lie elsewhere")
