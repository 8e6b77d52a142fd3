-- The house in numbers, for those who watch it: what worker processes show to Prometheus beside
-- their own counts. Read with the pace of heartbeats, never by a scrape. Names and numbers alone.

create function private.list_health_numbers()
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'health', jsonb_agg(jsonb_build_object(
            'component', part.component, 'unit', scale.unit,
            'value', part.value, 'score', part.score
        ) order by part.component),
        'health_score', round(min(100 - scale.weight * (100 - part.score)), 2)
    )
    from private.measure_system_health() part
    join private.health_scales scale on scale.component = part.component
$$;
comment on function private.list_health_numbers() is
    '{"health": [{"component", "unit", "value", "score"}], "health_score"}: the same as '
    'get_system_health, without words.';

create function worker.house_numbers()
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.list_health_numbers() || jsonb_build_object(
        'measured_at', extract(epoch from statement_timestamp()),
        'workers', queue.stats -> 'workers',
        'timers_set', queue.stats -> 'timers' -> 'set',
        'timers_late_seconds', queue.stats -> 'timers' -> 'late_seconds',
        'dead_tuples', coalesce(queue.stats -> 'dead_tuples', '0'),
        'oldest_snapshot_seconds', queue.stats -> 'oldest_snapshot_seconds',
        'replicas', (
            select count(*) from private.worker_heartbeats heard
            where heard.beat_at > statement_timestamp() - interval '30 seconds'
        )
    )
    from (select worker.queue_stats() as stats) queue
$$;
comment on function worker.house_numbers() is
    'How the queue and the house are: {"workers": counts of jobs as in worker.queue_stats, '
    '"timers_set", "timers_late_seconds", "dead_tuples", "oldest_snapshot_seconds", "replicas": '
    'heard of within 30 seconds, "health": [{"component", "unit", "value", "score"}], '
    '"health_score", "measured_at": seconds since 1970}.';

revoke all on function private.list_health_numbers(), worker.house_numbers()
from public, anon, authenticated, service_role;
grant execute on function private.list_health_numbers(), worker.house_numbers() to service_role;
