"""Who may read and write which topic, as ACLs: what the topic table asks for against what the cluster grants.

Once it has an authorizer, Apache Kafka lets nobody do what no ACL allows. Rights the table does not ask for are found
too: somebody else who may read raw audio is a leak.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from aiokafka import errors as faults
from aiokafka.protocol.admin import CreateAclsRequest, DescribeAclsRequest

from pipeline.adapters.kafka_topics import Admin
from pipeline.core.errors import BrokerError
from pipeline.core.topics import Topic

GROUPS = "callshield."  # consumer groups are named callshield.<stage>, and after a dot the fleet
KINDS = {"topic": 2, "group": 3, "cluster": 4}
PATTERNS = {"literal": 3, "prefixed": 4}
OPERATIONS = {"all": 2, "read": 3, "write": 4, "describe": 8, "idempotent_write": 12}
ALLOW = 3
ANY = 1
CLUSTER = "kafka-cluster"
EVERYWHERE = "*"
IMPLIED = {"describe": ("read", "write")}  # Kafka lets whom it lets read or write also describe


class NoAuthorizerError(BrokerError):
    """The cluster lets anybody do anything."""


@dataclass(frozen=True, order=True)
class Acl:
    """One right. kind, pattern, operation: names as in KINDS, PATTERNS, OPERATIONS. host: from where."""

    principal: str
    kind: str
    name: str
    operation: str
    pattern: str = "literal"
    allowed: bool = True
    host: str = EVERYWHERE

    @property
    def line(self) -> str:
        """For people: User:hear may read topic calls.audio."""
        star = EVERYWHERE if self.pattern == "prefixed" else ""
        return (
            f"{self.principal} {'may' if self.allowed else 'must not'} {self.operation} {self.kind} {self.name}{star}"
        )

    def covers(self, other: Acl) -> bool:
        """Does this one say something about the right `other` asks for?"""
        named = (
            other.name.startswith(self.name)
            if self.pattern == "prefixed"
            else self.name in {EVERYWHERE, other.name} and (other.pattern == "literal" or self.name == EVERYWHERE)
        )
        does = self.operation in {"all", other.operation, *(IMPLIED.get(other.operation, ()) if self.allowed else ())}
        return named and does and self.kind == other.kind and self.principal in {other.principal, f"User:{EVERYWHERE}"}


def who(table: Mapping[str, Topic]) -> list[str]:
    """Every stage and role that reads or writes, each once, in the order of the table."""
    return list(dict.fromkeys(role for topic in table.values() for role in (*topic.writers, *topic.readers)))


def rights(table: Mapping[str, Topic], principals: Mapping[str, str]) -> list[Acl]:
    """What the table asks for. principals: by stage or role, such as User:callshield-hear.

    Readers also get their consumer groups; writers the right to number their messages, so that none is stored twice.
    """
    found: dict[Acl, None] = {}
    for topic in table.values():
        for role in topic.readers:
            group = Acl(principals[role], "group", GROUPS + role, "read")
            fleets = replace(group, name=f"{group.name}.", pattern="prefixed")  # the dot: no stage whose name goes on
            found |= dict.fromkeys([*_on(topic, principals[role], "read"), group, fleets])
        for role in topic.writers:
            numbering = Acl(principals[role], "cluster", CLUSTER, "idempotent_write")
            found |= dict.fromkeys([*_on(topic, principals[role], "write"), numbering])
    return sorted(found)


def _on(topic: Topic, principal: str, operation: str) -> list[Acl]:
    return [Acl(principal, "topic", topic.name, operation), Acl(principal, "topic", topic.name, "describe")]


def missing(asked: Iterable[Acl], granted: Iterable[Acl]) -> list[Acl]:
    """Rights that nothing grants yet."""
    given = [acl for acl in granted if acl.allowed and acl.host == EVERYWHERE]
    return [acl for acl in asked if not any(have.covers(acl) for have in given)]


def beyond(asked: Iterable[Acl], granted: Iterable[Acl], table: Mapping[str, Topic]) -> list[Acl]:
    """What the cluster says about our topics but the table does not: others who may read or write, and denials."""
    ours = [Acl("", "topic", name, operation) for name in table for operation in ("read", "write")]
    return sorted(
        acl
        for acl in set(granted) - set(asked)
        if acl.operation != "describe" and any(replace(acl, principal="").covers(one) for one in ours)
    )


async def granted(admin: Admin) -> list[Acl]:
    """All ACLs of the cluster about topics, groups and the cluster itself. Raises BrokerError."""
    answer = await admin.send(DescribeAclsRequest(ANY, None, ANY, None, None, ANY, ANY))
    _check(answer.error_code)
    kinds, patterns, operations = (
        {number: name for name, number in names.items()} for names in (KINDS, PATTERNS, OPERATIONS)
    )
    found = []
    for kind, name, pattern, acls in answer.resources:
        for principal, host, operation, permission in acls:
            if kind in kinds and operation in operations:
                acl = Acl(
                    principal, kinds[kind], name, operations[operation], patterns[pattern], permission == ALLOW, host
                )
                found.append(acl)
    return found


async def grant(admin: Admin, acls: Iterable[Acl]) -> None:
    """Create ACLs. A broker learns of them from the controller a moment later. Raises BrokerError."""
    for acl in acls:
        request = CreateAclsRequest(
            KINDS[acl.kind],
            acl.name,
            PATTERNS[acl.pattern],
            acl.principal,
            EVERYWHERE,
            OPERATIONS[acl.operation],
            ALLOW,
        )
        for code, _ in (await admin.send(request)).creation_responses:
            _check(code)


def _check(code: int) -> None:
    if code == 0:
        return
    error = faults.for_code(code)
    if error is faults.SecurityDisabled:
        raise NoAuthorizerError(
            "this cluster has no authorizer, so anybody may do anything; set authorizer.class.name there"
        )
    if error is faults.ClusterAuthorizationFailedError:
        raise BrokerError("this user may not see or change ACLs; use one with the rights of an administrator")
    raise BrokerError(f"the broker answered {error.__name__} about ACLs; see its log")
