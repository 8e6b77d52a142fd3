"""Which workers a process runs."""

from collections.abc import Mapping, Sequence

import pytest

from lib.errors import ConfigurationError
from lib.events import Job, JobResult
from workers.app import select_workers
from workers.runtime.worker import Worker


async def nothing(_jobs: Sequence[Job]) -> Mapping[int, JobResult]:
    return {}


ALL = [
    Worker(name=name, handle=nothing)
    for name in ("orchestrator.routing", "orchestrator.backlog", "vip.profiles")
]


@pytest.mark.parametrize(
    ("only", "names"),
    [
        ([], ["orchestrator.routing", "orchestrator.backlog", "vip.profiles"]),
        (["orchestrator"], ["orchestrator.routing", "orchestrator.backlog"]),
        (["orchestrator.backlog", "vip"], ["orchestrator.backlog", "vip.profiles"]),
    ],
)
def test_only_names_components_or_workers(only: list[str], names: list[str]) -> None:
    assert [worker.name for worker in select_workers(ALL, only)] == names


def test_an_unknown_name_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(ConfigurationError, match=r"no worker spa.*orchestrator, .*vip\.profiles"):
        select_workers(ALL, ["vip", "spa"])


@pytest.mark.parametrize("name", ["routing", "Orchestrator.routing", "a.b.c", "a.", ""])
def test_a_workers_name_is_component_dot_concept(name: str) -> None:
    with pytest.raises(ValueError, match=r"component\.concept"):
        Worker(name=name, handle=nothing)


def test_a_worker_handles_at_least_one_job_at_a_time() -> None:
    with pytest.raises(ValueError, match="start at 1"):
        Worker(name="test.work", handle=nothing, batch_size=0)
