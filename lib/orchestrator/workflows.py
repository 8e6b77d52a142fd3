"""Which workflows act on an event, and why not. Pure: real runs and dry runs are judged alike."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lib.orchestrator.conditions import Judgement, judge
from lib.orchestrator.models.workflows import (
    DryRunContexts,
    DryRunMatch,
    DryRunPlan,
    DryRunResult,
    EventContext,
    EventPlan,
    Fact,
    Workflow,
    WorkflowContexts,
    WorkflowPlan,
    WorkflowRun,
)


@dataclass(frozen=True, kw_only=True)
class WorkflowPolicy:
    """How conditions are judged. Change what a condition means, change the version."""

    version: str = "workflows-1"
    findings_kept: int = 20
    """How many comparisons a run tells of, the first ones."""

    def judge(self, conditions: Mapping[str, Any], facts: Mapping[str, Fact]) -> Judgement:
        """Return whether the conditions hold, with what decided it."""
        judgement = judge(conditions, facts)
        return Judgement(judgement.holds, judgement.findings[: self.findings_kept])


def plan_workflows(contexts: WorkflowContexts, policy: WorkflowPolicy) -> WorkflowPlan:
    """Decide each event on the facts as they were read: no workflow sees what another does."""
    return WorkflowPlan(
        {
            event.event_id: EventPlan(
                event.fingerprint,
                tuple(
                    decide(workflow, event, policy)
                    for workflow in contexts.workflows
                    if concerns(workflow, event)
                ),
            )
            for event in contexts.events
        },
        policy.version,
    )


def concerns(workflow: Workflow, event: EventContext) -> bool:
    """Return whether the event is of the kind and desk that the workflow waits for."""
    return workflow.event_kind == event.event_kind and workflow.desk_id in (None, event.desk_id)


def decide(workflow: Workflow, event: EventContext, policy: WorkflowPolicy) -> WorkflowRun:
    """Return what one workflow does about one event; it acts once in a chain on each subject."""
    judgement = policy.judge(workflow.conditions, event.facts)
    identity = (workflow.id, workflow.version)
    if not judgement.holds:
        return WorkflowRun(identity, "skipped", "conditions", judgement.findings)
    if workflow.id in event.ran_ids:
        return WorkflowRun(identity, "skipped", "loop", judgement.findings)
    return WorkflowRun(identity, "done", "matched", judgement.findings)


def plan_dry_runs(trials: Iterable[DryRunContexts], policy: WorkflowPolicy) -> DryRunPlan:
    """Return what each workflow on trial would have done."""
    return DryRunPlan({trial.id: rehearse(trial, policy) for trial in trials}, policy.version)


def rehearse(trial: DryRunContexts, policy: WorkflowPolicy) -> DryRunResult:
    """Return what the workflow would have done, had it been active since the first event."""
    acted: set[tuple[object, int]] = set()
    runs: list[tuple[EventContext, WorkflowRun]] = []
    for event in filter(lambda event: concerns(trial.workflow, event), trial.events):
        chain = (event.subject_id, event.chain_id)
        ran_ids = frozenset({trial.workflow.id} if chain in acted else ())
        run = decide(trial.workflow, event.model_copy(update={"ran_ids": ran_ids}), policy)
        acted |= {chain} if run.status == "done" else set()
        runs.append((event, run))
    reasons = Counter(run.reason for _, run in runs)
    return DryRunResult(
        since=trial.since,
        looked_at_count=len(runs),
        matched_count=reasons["matched"],
        loop_count=reasons["loop"],
        is_cut=trial.is_cut,
        failed=_count_failed(run for _, run in runs if run.reason == "conditions"),
        matches=[_match(trial.workflow, event) for event, run in runs if run.status == "done"],
    )


def _count_failed(runs: Iterable[WorkflowRun]) -> Mapping[str, int]:
    return Counter(finding.place for run in runs for finding in run.findings)


def _match(workflow: Workflow, event: EventContext) -> DryRunMatch:
    return DryRunMatch(
        event_id=event.event_id,
        occurred_at=event.occurred_at,
        ticket_id=event.ticket_id,
        ticket_number=event.ticket_number,
        client_id=event.client_id,
        status="done",
        actions=workflow.actions,
    )
