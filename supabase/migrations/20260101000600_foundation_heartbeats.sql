-- Heartbeats, and everything an operator may ask the queue.

create table private.worker_heartbeats (
    replica text primary key,
    started_at timestamptz not null default clock_timestamp(),
    beat_at timestamptz not null default clock_timestamp(),
    report jsonb not null default '{}',
    constraint worker_heartbeats_replica_is_clean_text check (private.is_clean_text(replica, 200)),
    constraint worker_heartbeats_report_is_a_small_object
        check (jsonb_typeof(report) = 'object' and length(report::text) <= 20000),
    constraint worker_heartbeats_beat_after_start check (beat_at >= started_at)
) with (fillfactor = 50);

comment on table private.worker_heartbeats is
    'One row per worker process: when it was first and last heard of, and its own report.';

revoke all on private.worker_heartbeats from anon, authenticated, service_role;
grant select, insert, update on private.worker_heartbeats to service_role;
alter table private.worker_heartbeats enable row level security;

create function worker.beat(p_replica text, p_report jsonb default '{}')
returns jsonb
language plpgsql
security invoker
set search_path = ''
as $$
declare
    v_beat_at timestamptz;
begin
    if private.is_clean_text(p_replica, 200) is not true
        or jsonb_typeof(p_report) is distinct from 'object' or length(p_report::text) > 20000
    then
        perform private.refuse(
            'PT400', 'beat_invalid', 'Name the replica in 200 characters; the report is an object.'
        );
    end if;
    insert into private.worker_heartbeats as h (replica, report) values (p_replica, p_report)
    on conflict (replica) do update
    set beat_at = greatest(excluded.beat_at, h.beat_at), report = excluded.report
    returning h.beat_at into v_beat_at;
    perform realtime.send(jsonb_build_object('replica', p_replica), 'beat', 'jobs', true);
    return jsonb_build_object('replica', p_replica, 'beat_at', v_beat_at, 'replicas', (
        select count(*) from private.worker_heartbeats h
        where h.beat_at > v_beat_at - interval '30 seconds'
    ));
end;
$$;

comment on function worker.beat(text, jsonb) is
    'Says that the replica lives, with its report, and answers {"replica", "beat_at", "replicas": '
    'how many were heard of within 30 seconds}. The same '
    'beat goes over Realtime (private topic jobs, event beat): who hears it knows that the way '
    'from the database to its socket is open.';

create function worker.contract()
returns jsonb
language sql
stable
security invoker
set search_path = ''
return jsonb_build_object(
    'version', 1,
    'workers', (
        select coalesce(jsonb_agg(distinct s.worker), '[]') from private.subscriptions s
    ),
    'events', (
        select coalesce(jsonb_agg(distinct s.event_kind), '[]') from private.subscriptions s
    )
);

comment on function worker.contract() is
    'What this schema offers: {"version", "workers", "events"}. A process of another version '
    'refuses to start.';

-- Asking the queue ---------------------------------------------------------------------------

create function private.find_state(p_ready_at timestamptz, p_lease_until timestamptz)
returns text
language sql
stable
security invoker
set search_path = ''
return case
    when p_lease_until >= statement_timestamp() then 'running'
    when p_lease_until is not null then 'expired'
    when p_ready_at > statement_timestamp() then 'delayed'
    else 'pending'
end;

comment on function private.find_state(timestamptz, timestamptz) is
    'The state of a job: pending, delayed, running or expired.';

-- Definer: only a member of pg_monitor sees the transactions of other roles. It tells one number
-- and is executable by service_role alone.
create function private.measure_oldest_snapshot()
returns double precision
language sql
stable
security definer
set search_path = ''
return (
    select coalesce(max(extract(epoch from clock_timestamp() - a.xact_start)), 0)
    from pg_stat_activity a
    where a.backend_xmin is not null and a.pid <> pg_backend_pid()
);

comment on function private.measure_oldest_snapshot() is
    'Seconds that the oldest open transaction has kept vacuum from cleaning up.';

create function private.count_dead_tuples()
returns bigint
language sql
stable
security invoker
set search_path = ''
return (
    select t.n_dead_tup from pg_stat_all_tables t
    where t.schemaname = 'private' and t.relname = 'jobs'
);

comment on function private.count_dead_tuples() is
    'Row versions of private.jobs that wait for vacuum.';

create function private.count_jobs(p_worker text)
returns jsonb
language sql
stable
security invoker
set search_path = ''
return (
    select jsonb_build_object(
        'pending', count(*) filter (where j.state = 'pending'),
        'delayed', count(*) filter (where j.state = 'delayed'),
        'running', count(*) filter (where j.state = 'running'),
        'expired', count(*) filter (where j.state = 'expired'),
        'oldest_ready_seconds', coalesce(extract(epoch from
            statement_timestamp() - min(j.ready_at) filter (where j.state in ('pending', 'expired'))
        ), 0)::double precision,
        'dead', (select count(*) from private.dead_jobs d where d.worker = p_worker)
    )
    from (
        select w.ready_at, private.find_state(w.ready_at, w.lease_until) as state
        from private.jobs w
        where w.worker = p_worker
    ) j
);

comment on function private.count_jobs(text) is
    'The jobs of one worker by state, and how long the oldest has been waiting.';

create function worker.queue_stats()
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
    '"dead"}}, "dead_tuples", "oldest_snapshot_seconds", "replicas": heartbeats of the last five '
    'minutes}.';

create view private.all_jobs
with (security_invoker = true)
as
select
    j.id, private.find_state(j.ready_at, j.lease_until) as state, j.worker, j.kind, j.subject_id,
    j.event_id, j.payload, j.depth, j.occurred_at, j.ready_at, j.lease_until, j.leased_by, j.fence,
    j.attempts, j.max_attempts, j.last_error as error, null::timestamptz as died_at
from private.jobs j
union all
select
    d.id, 'dead', d.worker, d.kind, d.subject_id,
    d.event_id, d.payload, d.depth, d.occurred_at, null, null, null, d.fence,
    d.attempts, d.max_attempts, d.reason, d.died_at
from private.dead_jobs d;

comment on view private.all_jobs is
    'Every job there is, dead ones included, with its state in one word.';

revoke all on private.all_jobs from anon, authenticated, service_role;
grant select on private.all_jobs to service_role;

create function worker.list_jobs(
    p_state text default null,
    p_worker text default null,
    p_limit integer default 100
)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    if p_state <> all ('{pending,delayed,running,expired,dead}'::text[])
        or (p_limit between 1 and 1000) is not true
    then
        perform private.refuse(
            'PT400', 'list_invalid',
            'States are pending, delayed, running, expired, dead; list 1 to 1000 jobs.'
        );
    end if;
    return (
        select coalesce(jsonb_agg(to_jsonb(l) order by l.id), '[]')
        from (
            select a.* from private.all_jobs a
            where (p_state is null or a.state = p_state)
                and (p_worker is null or a.worker = p_worker)
            order by a.id
            limit p_limit
        ) l
    );
end;
$$;

comment on function worker.list_jobs(text, text, integer) is
    'The oldest jobs in that state (null: any) of that worker (null: any): array of objects.';

create function worker.show_job(p_job_id bigint)
returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
    v_job jsonb := (select to_jsonb(a) from private.all_jobs a where a.id = p_job_id);
begin
    if v_job is null then
        perform private.refuse(
            'PT404', 'job_not_found', 'Finished, or there never was such a job.'
        );
    end if;
    return v_job || jsonb_build_object('causes', (
        with recursive chain as (
            select e.* from public.events e where e.id = (v_job ->> 'event_id')::bigint
            union all
            select e.* from public.events e join chain c on e.id = c.cause_id
        )
        select coalesce(jsonb_agg(to_jsonb(c) order by c.depth desc), '[]') from chain c
    ));
end;
$$;

comment on function worker.show_job(bigint) is
    'One job with its "causes": the chain of events that led to it, its own event first. PT404 '
    'when there is no such job.';

create function worker.retry_dead_jobs(p_job_ids bigint[])
returns jsonb
language plpgsql
security invoker
set search_path = ''
as $$
declare
    v_ids bigint[];
    v_workers text[];
begin
    with alive as (
        delete from private.dead_jobs d where d.id = any (p_job_ids) returning d.*
    ),
    made as (
        insert into private.jobs (
            event_id, worker, kind, subject_id, payload, depth, occurred_at, collapses, fence,
            max_attempts, last_error
        )
        select
            a.event_id, a.worker, a.kind, a.subject_id, a.payload, a.depth, a.occurred_at,
            a.collapses, a.fence, a.max_attempts, a.reason
        from alive a
        order by a.id
        returning worker
    )
    select
        (select coalesce(array_agg(a.id order by a.id), '{}') from alive a),
        (select array_agg(distinct m.worker) from made m)
    into v_ids, v_workers;
    perform private.wake_workers(v_workers);
    return jsonb_build_object('retried', to_jsonb(v_ids), 'missing', (
        select coalesce(jsonb_agg(distinct i.id), '[]') from unnest(p_job_ids) as i (id)
        where i.id <> all (v_ids)
    ));
end;
$$;

comment on function worker.retry_dead_jobs(bigint[]) is
    'Gives dead jobs all their attempts again, as new jobs of the same event: {"retried": [old '
    'ids], "missing": [ids]}.';

-- Grants -------------------------------------------------------------------------------------

revoke all on function
    private.find_state(timestamptz, timestamptz),
    private.measure_oldest_snapshot(),
    private.count_dead_tuples(),
    private.count_jobs(text),
    worker.beat(text, jsonb),
    worker.contract(),
    worker.queue_stats(),
    worker.list_jobs(text, text, integer),
    worker.show_job(bigint),
    worker.retry_dead_jobs(bigint[])
from public, anon, authenticated, service_role;

grant execute on function
    private.find_state(timestamptz, timestamptz),
    private.measure_oldest_snapshot(),
    private.count_dead_tuples(),
    private.count_jobs(text),
    worker.beat(text, jsonb),
    worker.contract(),
    worker.queue_stats(),
    worker.list_jobs(text, text, integer),
    worker.show_job(bigint),
    worker.retry_dead_jobs(bigint[])
to service_role;
