"""The autoscaler of deploy/kubernetes/autoscaling.yaml as a model: two recommendations, the larger counts, windows and
limits as the manifest says. What Kubernetes does with them is after its documentation; nothing of Kubernetes runs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil, floor
from typing import Any

TOLERANCE = 0.1  # Kubernetes leaves alone what is off by less
START_S = 30.0  # from being wanted to asking for partitions, where a node has room; assumed
BASE_LAG_S = 5.0  # what a stage that keeps up shows: a state each 5 s


@dataclass
class Scaler:
    """Wants a number of workers. each: calls of one, as the floor has it; by_lag, by_calls: which of the two count."""

    spec: dict[str, Any]
    partitions: int
    each: float
    by_lag: bool = True
    by_calls: bool = True
    wanted: list[tuple[float, int]] = field(default_factory=list)
    had: list[tuple[float, int]] = field(default_factory=list)

    def ask(self, now_s: float, workers: int, calls: float, lag_s: float) -> int:
        """The number of workers there shall be. workers: there are, or are on their way."""
        behavior = self.spec["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
        up, down = behavior["scaleUp"], behavior["scaleDown"]
        least, most = self.spec["minReplicaCount"], self.partitions
        found = [least]
        if self.by_lag:
            ratio = (lag_s + BASE_LAG_S) / float(_trigger(self.spec, "lag")["threshold"])
            found.append(ceil(workers * ratio) if abs(ratio - 1) > TOLERANCE else workers)
        if self.by_calls and calls:
            found.append(
                ceil(self.partitions / min(max(floor(self.partitions * self.each / calls), 1), self.partitions))
            )
        self.wanted.append((now_s, min(most, max(found))))
        self.had.append((now_s, workers))
        up_to = min(w for at, w in self.wanted if at > now_s - up["stabilizationWindowSeconds"])
        down_to = max(w for at, w in self.wanted if at > now_s - down["stabilizationWindowSeconds"])
        aim = min(max(workers, up_to), down_to)
        if aim > workers:
            (grow,) = up["policies"]
            before = min(w for at, w in self.had if at >= now_s - grow["periodSeconds"])
            return max(workers, min(aim, most, ceil(before * (1 + grow["value"] / 100))))
        (shrink,) = down["policies"]
        before = max(w for at, w in self.had if at >= now_s - shrink["periodSeconds"])
        return min(workers, max(aim, least, ceil(before * (1 - shrink["value"] / 100))))


def _trigger(spec: dict[str, Any], name: str) -> dict[str, Any]:
    return next(t["metadata"] for t in spec["triggers"] if t["name"] == name)
