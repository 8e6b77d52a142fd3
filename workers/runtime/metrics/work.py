"""What one process does, as metrics: what it did since its start, has in hand, and hears."""

from collections.abc import Iterator, Mapping

from prometheus_client.metrics_core import Metric

from workers.runtime.listener import EVENTS, Listener
from workers.runtime.meters import Meters
from workers.runtime.metrics.families import Labelled, counter, counters, gauge, gauges, histograms
from workers.runtime.verdict import STATES

Load = Mapping[str, tuple[int, int]]
"""Running batches, and jobs held, of each worker of the process."""


def work_families(meters: Meters, load: Load) -> Iterator[Metric]:
    """Tell what this process did since its start, and what it has in hand."""
    process = meters.process
    lost = process["lost"] + sum(ended["lost"] for ended in meters.ended.values())
    yield counter("luxury_worker_claims", "Claims the database answered.", process["claims"])
    yield counter("luxury_worker_timers_fired", "Timers made events.", process["timers"])
    yield counter("luxury_worker_leases_lost", "Jobs that were no longer ours at the end.", lost)
    yield counters(
        "luxury_worker_jobs_claimed",
        "Jobs leased to this process.",
        ["worker"],
        {(name,): meters.claimed[name] for name in load},
    )
    yield counters(
        "luxury_worker_jobs_ended",
        "Jobs no longer held: done (recorded), not needed (gone), to be read afresh (stale), to be "
        "tried again (failed), given up (dead), given back (released), taken over (lost).",
        ["worker", "result"],
        {(name, state): meters.ended[name][state] for name in load for state in STATES},
    )
    running: Labelled = {(name,): float(batches) for name, (batches, _) in load.items()}
    held: Labelled = {(name,): float(jobs) for name, (_, jobs) in load.items()}
    yield gauges("luxury_worker_batches_running", "Batches at work.", ["worker"], running)
    yield gauges("luxury_worker_jobs_held", "Jobs held, waiting or at work.", ["worker"], held)


def time_families(meters: Meters) -> Iterator[Metric]:
    """Tell how long jobs waited for this process, and it worked on them; of workers that did."""
    yield histograms(
        "luxury_worker_batch_duration_seconds",
        "From the start of a batch to its last answer, repeats of its jobs one by one included.",
        meters.batch_seconds,
    )
    yield histograms(
        "luxury_worker_queue_age_seconds",
        "Age of a job's event when the job was claimed; waiting that was asked for is in it.",
        meters.age_seconds,
    )


def sense_families(listener: Listener) -> Iterator[Metric]:
    """Tell how this process hears the database."""
    is_subscribed = float(listener.state == "subscribed")
    yield gauge("luxury_worker_realtime_subscribed", "1 while it is subscribed.", is_subscribed)
    yield counters(
        "luxury_worker_realtime_heard",
        "Broadcasts heard.",
        ["event"],
        {(event,): listener.heard[event] for event in EVENTS},
    )
    yield counters(
        "luxury_worker_realtime_ended",
        "Subscriptions that ended, by reason; deaf: our own beat was not heard.",
        ["reason"],
        {(reason,): n for reason, n in listener.ends.items()},
    )
