-- Jobs: one row for each event and worker that wants it, leased in batches, gone when finished.
--
--   pending   leased_by null, ready_at past     running   lease_until future
--   delayed   leased_by null, ready_at future   expired   lease_until past: free again, no rescuer
--
-- What keeps it fast, each point measured (scripts/bench):
-- * claim, extension and release touch no indexed column: HOT updates; finished rows are deleted
-- * the functions pin their plans: a plan cached while the table was empty must not meet a backlog.
--   An empty table makes all indexes look alike, so each condition fits one index only: no id in
--   the others as such, conditions that need no index written as `(...) is true`, no joins to
--   private.jobs but lateral ones that lock
-- * claims start where the previous one saw the first live row (see private.next_cursor)
--
-- Rights: the functions are invokers and service_role holds exactly the table privileges they
-- need; a definer would cost as much and hide more.

-- Tables -------------------------------------------------------------------------------------

create table private.subscriptions (
    event_kind text not null,
    worker text collate "ucs_basic" not null,
    priority smallint not null default 0,
    collapses boolean not null default false,
    max_attempts smallint not null default 10,
    primary key (event_kind, worker),
    constraint subscriptions_worker_is_component_dot_concept
        check (worker ~ '^[a-z][a-z_]{0,39}\.[a-z][a-z_]{0,39}$'),
    constraint subscriptions_head_start_never_starves check (priority between 0 and 15),
    constraint subscriptions_attempts_are_bounded check (max_attempts between 1 and 100)
);

comment on table private.subscriptions is
    'Which worker wants which kind of event. Migrations of each concept add their own rows.';
comment on column private.subscriptions.priority is
    'Head start in seconds over jobs that became ready at the same time.';
comment on column private.subscriptions.collapses is
    'Only the present state matters: of several waiting jobs of one subject the newest runs.';

create index subscriptions_worker_idx on private.subscriptions (worker);
comment on index private.subscriptions_worker_idx is
    'Serves: the largest head start of a worker, asked at each claim.';

create table private.jobs (
    id bigint generated always as identity primary key,
    event_id bigint not null,
    worker text collate "ucs_basic" not null,
    kind text not null,
    subject_id uuid,
    lane uuid generated always as (
        case
            when subject_id is not null or collapses
                then md5(worker || ' ' || coalesce(subject_id::text, ''))::uuid
        end
    ) stored,
    payload jsonb not null default '{}',
    depth smallint not null default 0,
    occurred_at timestamptz not null default now(),
    collapses boolean not null default false,
    ready_at timestamptz not null default clock_timestamp(),
    lease_until timestamptz,
    leased_by text,
    fence integer not null default 0,
    attempts smallint not null default 0,
    max_attempts smallint not null default 10,
    last_error text,
    constraint jobs_lease_only_while_running
        check ((lease_until is null) = (leased_by is null)),
    constraint jobs_running_means_attempted
        check (lease_until is null or (attempts > 0 and fence > 0)),
    constraint jobs_attempts_within_limit
        check (attempts between 0 and max_attempts),
    constraint jobs_error_is_short
        check (char_length(last_error) <= 2000)
) with (
    -- Every job gets one more version, at its claim: leave room for it on the page.
    fillfactor = 50,
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 2000,
    autovacuum_vacuum_cost_delay = 0,
    autovacuum_vacuum_insert_threshold = -1,
    autovacuum_analyze_scale_factor = 0,
    autovacuum_analyze_threshold = 20000,
    -- Giving pages back takes an exclusive lock; the table is about to grow again anyway.
    vacuum_truncate = false
);

comment on table private.jobs is
    'Pending and running jobs only. Finished ones are deleted, hopeless ones are in dead_jobs.';
comment on column private.jobs.lane is
    'Worker and subject in one value: jobs of one lane run one at a time, in the order of ids. '
    'What collapses without a subject shares a lane, what does not has none and no order.';
comment on column private.jobs.ready_at is
    'Place in the queue: the time of the event less the head start, or when to try again.';
comment on column private.jobs.fence is
    'Grows with each lease. Whoever settles a job shows the fence it was given.';
comment on column private.jobs.attempts is
    'Counted at the claim, so that a job that kills its worker runs out of them too.';

create unique index jobs_event_id_worker_idx
    on private.jobs (event_id, worker collate "default");
comment on index private.jobs_event_id_worker_idx is
    'Promises one job for each event and worker. The other collation keeps claims off it.';
create index jobs_worker_ready_at_idx on private.jobs (worker, ready_at);
comment on index private.jobs_worker_ready_at_idx is
    'Serves: the next jobs of a worker, at each claim.';
create index jobs_lane_idx on private.jobs (lane, (id + 0)) where lane is not null;
comment on index private.jobs_lane_idx is
    'Serves: the jobs of a lane in order, at each claim. The + 0 keeps look-ups by id off it.';

create table private.dead_jobs (
    id bigint primary key,
    event_id bigint not null,
    worker text collate "ucs_basic" not null,
    kind text not null,
    subject_id uuid,
    payload jsonb not null,
    depth smallint not null,
    occurred_at timestamptz not null,
    collapses boolean not null,
    fence integer not null,
    attempts smallint not null,
    max_attempts smallint not null,
    reason text not null,
    died_at timestamptz not null default clock_timestamp(),
    constraint dead_jobs_one_per_event_and_worker unique (event_id, worker),
    constraint dead_jobs_reason_is_short check (char_length(reason) <= 2000)
);

comment on table private.dead_jobs is
    'Jobs that ran out of attempts or failed for good, kept with the reason until retried.';

create index dead_jobs_worker_died_at_idx on private.dead_jobs (worker, died_at, id);
comment on index private.dead_jobs_worker_died_at_idx is
    'Serves: the dead jobs of a worker, newest first, and their count.';

revoke all on private.subscriptions, private.jobs, private.dead_jobs
    from anon, authenticated, service_role;
revoke all on sequence private.jobs_id_seq from anon, authenticated, service_role;
grant select on private.subscriptions to service_role;
grant select, insert, update, delete on private.jobs to service_role;
grant select, insert, delete on private.dead_jobs to service_role;
alter table private.subscriptions enable row level security;
alter table private.jobs enable row level security;
alter table private.dead_jobs enable row level security;

-- Fan-out ------------------------------------------------------------------------------------

create function private.wake_workers(p_workers text[])
returns void
language plpgsql
security invoker
set search_path = ''
as $$
declare
    -- One open transaction carries the hint for a worker; the others need not queue behind it.
    -- A wake-up lost that way is found by the poll.
    v_workers text[] := array(
        select w.worker from unnest(p_workers) as w (worker)
        where pg_try_advisory_xact_lock(hashtextextended('wake ' || w.worker, 0))
    );
begin
    if cardinality(v_workers) > 0 then
        perform realtime.send(jsonb_build_object('workers', v_workers), 'wake', 'jobs', true);
    end if;
end;
$$;

comment on function private.wake_workers(text[]) is
    'Hints over Realtime (private topic jobs, event wake) that these workers have something to do.';

-- Runs as the owner: only private.emit_events and the owner may insert events.
create function private.tg_events_fan_out()
returns trigger
language plpgsql
security invoker
set search_path = ''
as $$
declare
    v_workers text[];
begin
    -- clock_timestamp, not now: a job is never ready before its transaction began to write, which
    -- private.next_cursor relies on.
    with made as (
        insert into private.jobs (
            event_id, worker, kind, subject_id, payload, depth, occurred_at, collapses, ready_at,
            max_attempts
        )
        select
            e.id, s.worker, e.kind, e.subject_id, e.payload, e.depth, e.occurred_at, s.collapses,
            clock_timestamp() - make_interval(secs => s.priority),
            s.max_attempts
        from inserted e
        join private.subscriptions s on s.event_kind = e.kind
        order by e.id
        returning worker
    )
    select array_agg(distinct made.worker) into v_workers from made;
    if v_workers is not null then
        perform private.wake_workers(v_workers);
    end if;
    return null;
end;
$$;

comment on function private.tg_events_fan_out() is
    'Turns new events into jobs, one statement for all of them, and wakes the workers.';

create trigger events_fan_out
after insert on public.events
referencing new table as inserted
for each statement execute function private.tg_events_fan_out();

-- Settling: whoever got a job shows its fence --------------------------------------------------

create function private.read_fences(p_items jsonb)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    if jsonb_typeof(p_items) is distinct from 'array' or jsonb_array_length(p_items) > 10000 then
        perform private.refuse(
            'PT400', 'items_invalid', 'Send at most 10000 objects with job_id and fence.'
        );
    end if;
    return (
        select coalesce(jsonb_object_agg(i.job_id, i.fence), '{}')
        from jsonb_to_recordset(p_items) as i (job_id bigint, fence integer)
    );
end;
$$;

comment on function private.read_fences(jsonb) is
    '{"job_id": fence} of the items.';

create function private.lock_held(p_items jsonb)
returns bigint[]
language plpgsql
security invoker
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
set jit = off
as $$
declare
    v_fences jsonb := private.read_fences(p_items);
begin
    -- By id: whoever locks several jobs locks them in this order.
    return array(
        select j.id
        from private.jobs j
        where j.id = any (array(select k.id::bigint from jsonb_object_keys(v_fences) as k (id)))
            and (v_fences ->> j.id::text)::integer = j.fence
            and j.lease_until is not null
        order by j.id
        for update
    );
end;
$$;

comment on function private.lock_held(jsonb) is
    'Locks the jobs whose fence still matches and returns their ids, ascending. A lease that '
    'expired but was not granted to anybody else still counts as held.';

create function private.split_items(p_items jsonb, p_held bigint[])
returns jsonb
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
    return jsonb_build_object('held', p_held, 'lost', array(
        select (i.item ->> 'job_id')::bigint from jsonb_array_elements(p_items) as i (item)
        except
        select h.id from unnest(p_held) as h (id)
        order by 1
    ));
end;
$$;

comment on function private.split_items(jsonb, bigint[]) is
    '{"held": [ids], "lost": [ids]}: what became of the items asked about.';

create function private.finish_jobs(p_job_ids bigint[])
returns bigint
language plpgsql
security invoker
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
set jit = off
as $$
declare
    v_count bigint;
begin
    delete from private.jobs j where j.id = any (p_job_ids);
    get diagnostics v_count = row_count;
    return v_count;
end;
$$;

comment on function private.finish_jobs(bigint[]) is
    'Removes jobs the caller holds (private.hold_jobs) and returns how many.';

create function private.finish_held(p_items jsonb)
returns bigint[]
language plpgsql
security invoker
set search_path = ''
as $$
declare
    v_fences jsonb := private.read_fences(p_items);
    v_held bigint[];
begin
    with gone as (
        delete from private.jobs j
        where j.id = any (array(select k.id::bigint from jsonb_object_keys(v_fences) as k (id)))
            and (v_fences ->> j.id::text)::integer = j.fence
            and j.lease_until is not null
        returning j.id
    )
    select coalesce(array_agg(g.id), '{}') into v_held from gone g;
    return v_held;
end;
$$;

comment on function private.finish_held(jsonb) is
    'Removes the jobs whose fence still matches and returns their ids.';

create function private.remember_causes(p_job_ids bigint[])
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
    v_causes jsonb := coalesce(nullif(current_setting('luxury.causes', true), ''), '{}');
begin
    -- Of several jobs of one subject the deepest counts, and of those the latest.
    select
        v_causes
        || coalesce(
            jsonb_object_agg(
                j.subject_id, jsonb_build_array(j.event_id, j.depth) order by j.depth, j.id
            ) filter (where j.subject_id is not null),
            '{}'
        )
        || jsonb_build_object('deepest', (array_agg(
            jsonb_build_array(j.event_id, j.depth) order by j.depth desc, j.id desc
        ))[1])
    into v_causes
    from private.jobs j
    where j.id = any (p_job_ids);
    perform set_config('luxury.causes', v_causes::text, true);
end;
$$;

comment on function private.remember_causes(bigint[]) is
    'Until the end of the transaction, events are put down to the events of these jobs.';

create function private.hold_jobs(p_items jsonb)
returns void
language plpgsql
security invoker
set search_path = ''
as $$
declare
    v_held bigint[] := private.lock_held(p_items);
    v_lost jsonb := private.split_items(p_items, v_held) -> 'lost';
begin
    if v_lost <> '[]' then
        raise exception using
            errcode = 'LS001',
            message = 'lease_lost',
            detail = v_lost::text,
            hint = 'Another worker has these jobs now; nothing was written.';
    end if;
    if cardinality(v_held) > 0 then
        perform private.remember_causes(v_held);
    end if;
end;
$$;

comment on function private.hold_jobs(jsonb) is
    'First statement of every record function: locks the jobs of the items (job_id, fence) until '
    'the end of the transaction, or raises LS001 with the ids of those that are lost.';

create function private.bury_jobs(p_job_ids bigint[], p_reasons text[])
returns void
language plpgsql
security invoker
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
as $$
begin
    with gone as (
        delete from private.jobs j
        where j.id = any (p_job_ids)
        returning j.*, p_reasons[array_position(p_job_ids, j.id)] as reason
    )
    insert into private.dead_jobs (
        id, event_id, worker, kind, subject_id, payload, depth, occurred_at, collapses, fence,
        attempts, max_attempts, reason
    )
    select
        g.id, g.event_id, g.worker, g.kind, g.subject_id, g.payload, g.depth, g.occurred_at,
        g.collapses, g.fence, g.attempts, g.max_attempts,
        left(coalesce(g.reason, g.last_error, 'lease expired: worker gone or too slow'), 2000)
    from gone g;
end;
$$;

comment on function private.bury_jobs(bigint[], text[]) is
    'Moves jobs to the dead letters, with the reason or the last error known.';

-- Grants -------------------------------------------------------------------------------------

revoke all on function
    private.wake_workers(text[]),
    private.tg_events_fan_out(),
    private.read_fences(jsonb),
    private.lock_held(jsonb),
    private.split_items(jsonb, bigint[]),
    private.finish_jobs(bigint[]),
    private.finish_held(jsonb),
    private.remember_causes(bigint[]),
    private.hold_jobs(jsonb),
    private.bury_jobs(bigint[], text[])
from public, anon, authenticated, service_role;

grant execute on function
    private.wake_workers(text[]),
    private.read_fences(jsonb),
    private.lock_held(jsonb),
    private.split_items(jsonb, bigint[]),
    private.finish_jobs(bigint[]),
    private.finish_held(jsonb),
    private.remember_causes(bigint[]),
    private.hold_jobs(jsonb),
    private.bury_jobs(bigint[], text[])
to service_role;
