-- Housekeeping takes in everything that would otherwise be kept forever: besides events, ticks and
-- heartbeats also answered routing requests, dead jobs, and the memory of repeated calls. Fired
-- timers leave nothing behind.

create index routing_requests_completed_at_idx on public.routing_requests (completed_at)
where status = 'done';
comment on index public.routing_requests_completed_at_idx is
    'Serves: pruning by age.';

create function private.delete_settled_rows(p_before timestamptz, p_limit integer)
returns jsonb
language plpgsql
security invoker
set search_path = ''
as $$
declare
    v_counts jsonb;
begin
    with requests as (
        delete from public.routing_requests r where r.id in (
            select o.id from public.routing_requests o
            where o.status = 'done' and o.completed_at < p_before limit p_limit
        ) returning 1
    ), dead as (
        delete from private.dead_jobs d where d.id in (
            select o.id from private.dead_jobs o
            where o.died_at < least(p_before, now() - interval '90 days') limit p_limit
        ) returning 1
    ), keys as (
        delete from private.idempotency_keys k where (k.actor_id, k.key) in (
            select o.actor_id, o.key from private.idempotency_keys o
            where o.created_at < now() - interval '3 days' limit p_limit for update skip locked
        ) returning 1
    )
    select jsonb_build_object(
        'routing_requests', (select count(*) from requests),
        'dead_jobs', (select count(*) from dead),
        'idempotency_keys', (select count(*) from keys)
    ) into v_counts;
    return v_counts;
end;
$$;

comment on function private.delete_settled_rows(timestamptz, integer) is
    'Deletes routing requests answered before that moment, dead jobs that are 90 days old too, '
    'and idempotency keys after their three days.';

-- Definer: events and dead jobs are nobody's to delete; age is the only reason to, and this the
-- only place. Executable by service_role alone; a week is the least that is kept.
create or replace function private.delete_old_rows(p_keep interval, p_limit integer)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_before timestamptz := now() - greatest(p_keep, '7 days');
    v_counts jsonb := private.delete_settled_rows(v_before, p_limit);
begin
    -- Ids of events follow time closely enough: the oldest are found without an index on the time.
    with events as (
        delete from public.events e
        using (select o.id from public.events o order by o.id limit p_limit) o
        where e.id = o.id and e.occurred_at < v_before returning 1
    ), ticks as (
        delete from private.ticks t
        using (select o.kind, o.due_at from private.ticks o order by o.emitted_at limit p_limit) o
        where t.kind = o.kind and t.due_at = o.due_at and t.emitted_at < v_before returning 1
    ), heartbeats as (
        delete from private.worker_heartbeats h where h.beat_at < v_before returning 1
    )
    select v_counts || jsonb_build_object(
        'events', (select count(*) from events),
        'ticks', (select count(*) from ticks),
        'heartbeats', (select count(*) from heartbeats)
    ) into v_counts;
    return v_counts || (
        select jsonb_build_object('pruned', sum(c.value::bigint)) from jsonb_each_text(v_counts) c
    );
end;
$$;

comment on function private.delete_old_rows(interval, integer) is
    'Deletes events, ticks and heartbeats older than p_keep, and what private.delete_settled_rows '
    'names; at most p_limit of each kind.';

comment on function worker.prune_events(interval, integer) is
    'Deletes events, ticks, heartbeats and answered routing requests older than p_keep (7 days at '
    'least), dead jobs as old as that and 90 days, and idempotency keys after three days, at most '
    'p_limit of each: {"pruned": n, "events": n, "ticks": n, "heartbeats": n, "routing_requests": '
    'n, "dead_jobs": n, "idempotency_keys": n}. Call again until fewer than p_limit were pruned.';

revoke all on function private.delete_settled_rows(timestamptz, integer)
from public, anon, authenticated, service_role;
