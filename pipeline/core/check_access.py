"""Rules of who gets in: lines, logins, rights, files and secrets."""

from __future__ import annotations

from itertools import pairwise

from pipeline.core.answer import Answer, bad, good, none_of, some, unseen
from pipeline.core.facts import Facts, Unseen

WELL_KNOWN = frozenset(
    "admin callshield changeit changeme default demo guest kafka letmein minioadmin pass password postgres qwerty root "
    "s3cret secret test testing token user welcome".split()
)
SECRET_CHARS_MIN = 12
BYTES_APART_MIN = 16  # of 32 random bytes about 30 differ


def weak_secret(secret: str, user: str = "") -> bool:
    """Whether a password is empty, short, well known, or the name of who has it."""
    plain = secret.casefold().rstrip("0123456789!")
    return len(secret) < SECRET_CHARS_MIN or plain in WELL_KNOWN or (bool(user) and plain == user.casefold())


def weak_key(key: bytes) -> bool:
    """Whether bytes are no random key: zeroes, a counter, a word over and over."""
    steps = {(b - a) % 256 for a, b in pairwise(key)}
    return len(set(key)) < BYTES_APART_MIN or len(steps) == 1


def tls(facts: Facts) -> Answer:
    """Whatever leaves this machine is encrypted."""
    clear = [f"{line.name} is in clear" for line in facts.lines if not (line.local or line.encrypted)]
    return none_of(clear, "no line leaves this machine in clear")


def kafka_login(facts: Facts) -> Answer:
    """Kafka knows who asks. A broker on this machine, too: others run programs on it."""
    if facts.kafka_login:
        return good("workers log in to Kafka")
    return bad("Kafka takes anybody who reaches it for a worker")


def acls(facts: Facts) -> Answer:
    """Kafka gives each stage its topics, and nobody else."""
    if isinstance(facts.acls, Unseen):
        return unseen(facts.acls)
    return none_of(
        [*(f"missing: {line}" for line in facts.acls.missing), *(f"beyond: {line}" for line in facts.acls.beyond)],
        "topics are for those the table names, and nobody else",
    )


def operators(facts: Facts) -> Answer:
    """Who opens, erases or holds calls is proven."""
    if facts.operators:
        return good("operators are known by tokens")
    return bad("nobody can act on stored calls, and erasing keys of the file takes no token")


def issuer_apart(facts: Facts) -> Answer:
    """Who can use tokens here cannot also issue them."""
    if facts.issuer_here:
        return bad("the key that operator tokens are issued with lies on this machine")
    return good("tokens are issued elsewhere")


def secret_files(facts: Facts) -> Answer:
    """Keys, tokens and passwords are for their owner."""
    wide = [f"{f.name} has mode {f.mode:03o}" for f in facts.files if f.secret and f.mode & 0o077]
    count = sum(f.secret for f in facts.files)
    return none_of(wide, f"{count} files of keys and tokens, for their owner only")


def trusted_files(facts: Facts) -> Answer:
    """Nobody else can change what is believed: policies, rules, certificates, registers."""
    wide = [f"{f.name} has mode {f.mode:03o}" for f in facts.files if not f.secret and f.mode & 0o022]
    count = sum(not f.secret for f in facts.files)
    return none_of(wide, f"{count} files that are believed, to be changed by their owner only")


def default_secrets(facts: Facts) -> Answer:
    """No secret is one that everybody knows."""
    return bad(f"well known, short or no secret: {some(facts.weak)}") if facts.weak else good("none was found")


def metrics_address(facts: Facts) -> Answer:
    """Metrics are open to whoever reaches them."""
    if facts.metrics_local:
        return good("metrics are open to this machine only")
    return bad("metrics are open to the network, without a login")


def tenants(facts: Facts) -> Answer:
    """It is said who may send calls."""
    return good(f"{facts.tenants} tenants may send") if facts.tenants else bad("any tenant name is taken")
