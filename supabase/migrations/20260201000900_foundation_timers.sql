-- Timers: something is to happen at a moment of its own, to one subject. One row for each kind and
-- subject until the moment comes; then the row becomes an event, and subscriptions do the rest.
--
-- events out: whatever kinds the concepts set. Only the database's clock counts.
-- Replicas sleep until the next moment (worker.fire_timers tells how long), a broadcast wakes them
-- when an earlier one is set, and a slow sweep finds what a lost broadcast would have told.

create table private.timers (
    kind text not null,
    subject_id uuid not null,
    due_at timestamptz not null,
    payload jsonb not null default '{}',
    -- The subject first: by kind alone nothing is looked up, so no plan can walk all of a kind.
    primary key (subject_id, kind),
    -- As events promise it; the bounds stand apart because counting costs a regex seven times more.
    constraint timers_kind_is_noun_dot_word check (
        kind ~ '^[a-z][a-z_]*\.[a-z][a-z_]*$'
        and length(split_part(kind, '.', 1)) <= 40 and length(split_part(kind, '.', 2)) <= 40
    ),
    constraint timers_due_at_is_a_moment check (isfinite(due_at)),
    -- Smaller than an event's: due_at is added when it fires.
    constraint timers_payload_is_a_small_object
        check (jsonb_typeof(payload) = 'object' and length(payload::text) <= 7800)
) with (
    -- Rows come and go like jobs, and the next one due is looked up past the dead ones.
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 2000,
    autovacuum_vacuum_cost_delay = 0,
    autovacuum_vacuum_insert_threshold = -1,
    autovacuum_analyze_scale_factor = 0,
    autovacuum_analyze_threshold = 20000,
    vacuum_truncate = false
);

comment on table private.timers is
    'What is still to happen, and when. Fired timers are gone from here and stand in events.';
comment on column private.timers.kind is
    'The kind of the event it becomes.';
comment on column private.timers.due_at is
    'Not before this moment of the database''s clock; a past one is due at once.';

create index timers_due_at_idx on private.timers (due_at);
comment on index private.timers_due_at_idx is
    'Serves: what is due and what is next, asked by every replica.';

revoke all on private.timers from anon, authenticated, service_role;
grant select on private.timers to service_role;
alter table private.timers enable row level security;

-- Setting and cancelling ---------------------------------------------------------------------

-- The gate is per quarter of a second of due time, not one for all: a replica woken for a later
-- moment would sleep past an earlier one whose own hint was held back. Within the quarter, whoever
-- fires the first timer finds the second.
create function private.wake_timers(p_due_at timestamptz)
returns void
language plpgsql
security invoker
set search_path = ''
as $$
declare
    v_slot bigint := floor(4 * extract(epoch from greatest(p_due_at, clock_timestamp())));
begin
    if pg_try_advisory_xact_lock(hashtextextended('timer ' || v_slot, 0)) then
        perform realtime.send('{}', 'timer', 'jobs', true);
    end if;
end;
$$;

comment on function private.wake_timers(timestamptz) is
    'Hints over Realtime (private topic jobs, event timer) that a timer is due earlier than any '
    'before. One open transaction at most carries the hint for a moment.';

create function private.set_timers(
    p_kind text,
    p_subject_ids uuid[],
    p_due_at timestamptz[],
    p_payloads jsonb[] default null
)
returns void
language plpgsql
security invoker
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
set jit = off
as $$
declare
    v_first timestamptz := (select min(d.due_at) from unnest(p_due_at) as d (due_at));
    v_next timestamptz := (select t.due_at from private.timers t order by t.due_at limit 1);
begin
    -- In the order of subjects: two callers never wait for each other crosswise.
    insert into private.timers as t (kind, subject_id, due_at, payload)
    select distinct on (s.subject_id) p_kind, s.subject_id, s.due_at, coalesce(s.payload, '{}')
    from unnest(p_subject_ids, p_due_at, p_payloads)
        with ordinality as s (subject_id, due_at, payload, position)
    order by s.subject_id, s.position desc
    on conflict (subject_id, kind) do update
    set due_at = excluded.due_at, payload = excluded.payload
    where (t.due_at, t.payload) is distinct from (excluded.due_at, excluded.payload);
    if v_first < coalesce(v_next, 'infinity') then
        perform private.wake_timers(v_first);
    end if;
end;
$$;

comment on function private.set_timers(text, uuid[], timestamptz[], jsonb[]) is
    'One timer for each subject, moments and payloads by position; a timer of that kind and '
    'subject that is set already is moved. When due, it becomes an event of that kind with the '
    'payload and "due_at". For functions with the owner''s rights: one call per statement.';

create function private.cancel_timers(p_kind text, p_subject_ids uuid[])
returns void
language plpgsql
security invoker
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
set jit = off
as $$
begin
    -- The index hands the subjects out in order, which is the order set_timers locks them in.
    delete from private.timers t
    where t.subject_id = any (p_subject_ids) and t.kind = p_kind;
end;
$$;

comment on function private.cancel_timers(text, uuid[]) is
    'Forgets the timers of that kind and these subjects; those not set do not matter. For '
    'functions with the owner''s rights.';

-- Firing -------------------------------------------------------------------------------------

-- The event begins a chain of its own (no cause, depth 0), whatever chain set the timer: each
-- round of a recurring timer would otherwise be one step deeper, until LS003 ends it.
--
-- Definer: nobody may write events by hand, and emit_events takes one kind a call while these are
-- mixed and must stand in the order they were due. It turns rows that only functions with the
-- owner's rights could set into their events, nothing else; executable by service_role alone.
create function private.fire_due_timers(p_limit integer)
returns jsonb
language plpgsql
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
set jit = off
as $$
declare
    v_now timestamptz := clock_timestamp();
    v_fired bigint;
    v_next timestamptz;
begin
    -- By the place of the rows just locked, as a join has plans that compare each with each. A row
    -- that changed a moment ago is not where the snapshot looks: it waits for the next call.
    with gone as (
        delete from private.timers t
        where t.ctid = any (array(
            select d.ctid
            from private.timers d
            where d.due_at <= v_now
            order by d.due_at
            limit p_limit
            for update skip locked
        ))
        returning t.*
    )
    insert into public.events (kind, subject_id, payload, occurred_at)
    select g.kind, g.subject_id, g.payload || jsonb_build_object('due_at', g.due_at), v_now
    from gone g
    order by g.due_at, g.kind, g.subject_id;
    get diagnostics v_fired = row_count;
    v_next := (select t.due_at from private.timers t order by t.due_at limit 1);
    return jsonb_build_object('fired', v_fired, 'next_in_seconds', case
        when v_next > v_now then greatest(0, extract(epoch from v_next - clock_timestamp()))
        when v_fired >= p_limit then 0
        -- Due, but somebody else's transaction fires, moves or cancels it and may yet fail.
        when v_next is not null then 0.25
    end);
end;
$$;

comment on function private.fire_due_timers(integer) is
    'Turns what is due into events, the longest due first, and tells what is next.';

create function worker.fire_timers(p_limit integer default 1000)
returns jsonb
language plpgsql
security invoker
set search_path = ''
as $$
begin
    if (p_limit between 1 and 10000) is not true then
        perform private.refuse('PT400', 'limit_invalid', 'Fire 1 to 10000 timers at a time.');
    end if;
    return private.fire_due_timers(p_limit);
end;
$$;

comment on function worker.fire_timers(integer) is
    'Turns at most p_limit timers that are due into events, each once however many replicas call: '
    '{"fired": n, "next_in_seconds": until the next one is due by the database''s clock, 0 when '
    'more are due now, null when none is set}.';

-- What the schema offers, and what an operator may ask -----------------------------------------

create or replace function worker.contract()
returns jsonb
language sql
stable
security invoker
set search_path = ''
return jsonb_build_object(
    'version', 2,
    'workers', (
        select coalesce(jsonb_agg(distinct s.worker), '[]') from private.subscriptions s
    ),
    'events', (
        select coalesce(jsonb_agg(distinct s.event_kind), '[]') from private.subscriptions s
    )
);

comment on function worker.contract() is
    'What this schema offers: {"version", "workers", "events"}. Version 2 fires timers. A process '
    'that needs a later version refuses to start.';

create function private.count_timers()
returns jsonb
language sql
stable
security invoker
set search_path = ''
return (
    select jsonb_build_object(
        'set', count(*),
        'late_seconds', greatest(
            0, coalesce(extract(epoch from statement_timestamp() - min(t.due_at)), 0)
        )::double precision
    )
    from private.timers t
);

comment on function private.count_timers() is
    'How many timers are set, and how long the first of them should have fired by now.';

create or replace function worker.queue_stats()
returns jsonb
language sql
stable
security invoker
set search_path = ''
return jsonb_build_object(
    'workers', (
        select coalesce(jsonb_object_agg(w.worker, private.count_jobs(w.worker)), '{}')
        from (
            select s.worker from private.subscriptions s
            union select j.worker from private.jobs j
            union select d.worker from private.dead_jobs d
        ) w
    ),
    'timers', private.count_timers(),
    'dead_tuples', private.count_dead_tuples(),
    'oldest_snapshot_seconds', private.measure_oldest_snapshot(),
    'replicas', (
        select coalesce(jsonb_agg(to_jsonb(h) order by h.beat_at desc), '[]')
        from private.worker_heartbeats h
        where h.beat_at > statement_timestamp() - interval '5 minutes'
    )
);

comment on function worker.queue_stats() is
    '{"workers": {"worker": {"pending", "delayed", "running", "expired", "oldest_ready_seconds", '
    '"dead"}}, "timers": {"set", "late_seconds"}, "dead_tuples", "oldest_snapshot_seconds", '
    '"replicas": heartbeats of the last five minutes}.';

-- Grants -------------------------------------------------------------------------------------

-- Nobody sets or cancels timers but functions with the owner's rights.
revoke all on function
    private.wake_timers(timestamptz),
    private.set_timers(text, uuid[], timestamptz[], jsonb[]),
    private.cancel_timers(text, uuid[]),
    private.fire_due_timers(integer),
    private.count_timers(),
    worker.fire_timers(integer)
from public, anon, authenticated, service_role;

grant execute on function
    private.fire_due_timers(integer),
    private.count_timers(),
    worker.fire_timers(integer)
to service_role;
