-- Claims: which jobs a replica gets next, in order of readiness, each subject's in event order.
-- Tables, fan-out and leases stand in foundation_jobs, reports on jobs in foundation_reports.

-- Claiming -----------------------------------------------------------------------------------

create function private.find_candidates(
    p_worker text,
    p_now timestamptz,
    p_from timestamptz,
    p_after bigint,
    p_seen uuid[],
    p_scan integer
)
returns table (id bigint, lane uuid, ready_at timestamptz, collapses boolean, is_expired boolean)
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return query
    select j.id, j.lane, j.ready_at, j.collapses, j.lease_until is not null
    from private.jobs j
    where j.worker = p_worker
        and (j.ready_at, j.id) > (p_from, p_after)
        and j.ready_at <= p_now
        and (j.lease_until is null or j.lease_until < p_now)
        -- A set, not `<> all`: hashed once, however many lanes are held up.
        and (j.lane is null or j.lane not in (select s.lane from unnest(p_seen) as s (lane)))
    order by j.ready_at, j.id
    limit p_scan;
end;
$$;

comment on function private.find_candidates(
    text, timestamptz, timestamptz, bigint, uuid[], integer
) is
    'At most p_scan jobs that are ready and not running, in their order after (p_from, p_after), '
    'outside of the lanes seen.';

-- Within a lane only its first rows may be taken, without a gap: a row that is running, delayed
-- or left out by the limit holds back all behind it. Of waiting rows that collapse, only the
-- newest counts.
create function private.line_up(
    p_lanes uuid[],
    p_wanted bigint[],
    p_collapse boolean[],
    p_now timestamptz
)
returns table (id bigint, lane uuid, turn timestamptz, is_next boolean)
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    return query
    select q.id, l.lane, max(q.ready_at) over so_far, bool_and(q.is_free) over so_far
    from unnest(p_lanes, p_wanted, p_collapse) as l (lane, wanted, is_collapsing)
    cross join lateral (
        select case when l.is_collapsing then (
            select j.id from private.jobs j
            where j.lane = l.lane and j.collapses
            order by j.id + 0 desc
            limit 1
        ) else 0 end
    ) as n (newest)
    cross join lateral (
        select j.id, j.ready_at, u.is_unleased and j.ready_at <= p_now as is_free
        from private.jobs j
        cross join lateral (
            select j.lease_until is null or j.lease_until < p_now
        ) as u (is_unleased)
        where j.lane = l.lane and not (j.collapses and u.is_unleased and j.id < n.newest)
        order by j.id + 0
        limit l.wanted
    ) q
    window so_far as (partition by l.lane order by q.id);
end;
$$;

comment on function private.line_up(uuid[], bigint[], boolean[], timestamptz) is
    'The first p_wanted jobs of each lane in order: when it is their turn, and whether they and '
    'all before them are free.';

create function private.choose_jobs(
    p_worker text,
    p_now timestamptz,
    p_from timestamptz,
    p_after bigint,
    p_seen uuid[],
    p_scan integer,
    p_limit integer
)
returns table (
    ids bigint[],
    lanes uuid[],
    seen uuid[],
    scanned bigint,
    last_at timestamptz,
    last_id bigint,
    has_collapsing boolean,
    has_expired boolean
)
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    -- A candidate stands for its lane; the lane's own order decides what is taken.
    return query
    with candidates as materialized (
        select * from private.find_candidates(p_worker, p_now, p_from, p_after, p_seen, p_scan)
    ),
    lanes as materialized (
        select c.lane, count(*) as wanted, bool_or(c.collapses) as is_collapsing
        from candidates c
        where c.lane is not null
        group by c.lane
    ),
    chosen as materialized (
        select c.id, c.lane, c.ready_at as turn from candidates c where c.lane is null
        union all
        select l.id, l.lane, l.turn
        from private.line_up(
            array(select x.lane from lanes x),
            array(select x.wanted from lanes x),
            array(select x.is_collapsing from lanes x),
            p_now
        ) l
        where l.is_next
        order by turn, id
        limit p_limit
    ),
    pass as (
        select count(*) as scanned, max(c.ready_at) as last_at,
            (array_agg(c.id order by c.ready_at desc, c.id desc))[1] as last_id,
            bool_or(c.collapses) as has_collapsing, bool_or(c.is_expired) as has_expired
        from candidates c
    )
    select array(select c.id from chosen c), array(select c.lane from chosen c),
        array(select l.lane from lanes l),
        p.scanned, p.last_at, p.last_id, p.has_collapsing, p.has_expired
    from pass p;
end;
$$;

comment on function private.choose_jobs(
    text, timestamptz, timestamptz, bigint, uuid[], integer, integer
) is
    'One pass over at most p_scan ready jobs after (p_from, p_after), outside of the lanes seen: '
    'the ids to take in the order of their turn with their lanes, the lanes looked at, and where '
    'the pass ended.';

-- Nobody but a claim touches a job that has no lease. One whose lease expired may be locked by its
-- late owner, who is about to settle it: it is passed over, with all behind it in its lane.
create function private.lock_chosen(p_ids bigint[], p_lanes uuid[], p_now timestamptz)
returns bigint[]
language plpgsql
security invoker
set search_path = ''
as $$
declare
    v_locked bigint[] := array(
        select j.id
        from private.jobs j
        where j.id = any (p_ids)
            and (j.ready_at <= p_now) is true
            and (j.lease_until is null or j.lease_until < p_now)
        for update skip locked
    );
begin
    if cardinality(v_locked) = cardinality(p_ids) then
        return p_ids;
    end if;
    return array(
        select c.id
        from (
            select u.id, u.turn, bool_and(u.id = any (v_locked)) over (
                partition by coalesce(u.lane::text, u.id::text) order by u.id
            ) as is_unbroken
            from unnest(p_ids, p_lanes) with ordinality as u (id, lane, turn)
        ) c
        where c.is_unbroken
        order by c.turn
    );
end;
$$;

comment on function private.lock_chosen(bigint[], uuid[], timestamptz) is
    'Locks those of the chosen jobs that are still free, without a gap in any lane.';

create function private.absorb_older_jobs(p_ids bigint[], p_now timestamptz)
returns void
language plpgsql
security invoker
set search_path = ''
as $$
declare
    v_older bigint[];
    v_attempts jsonb;
begin
    select array_agg(o.id), jsonb_object_agg(n.id, o.attempts order by o.attempts)
    into v_older, v_attempts
    from unnest(p_ids) as n (id)
    cross join lateral (
        select j.lane from private.jobs j where j.id = n.id and j.collapses offset 0
    ) l
    cross join lateral (
        select j.id, j.attempts
        from private.jobs j
        where j.lane = l.lane and j.collapses and (j.id < n.id) is true
            and (j.lease_until is null or j.lease_until < p_now)
        for update skip locked
    ) o;
    if v_older is not null then
        perform private.finish_jobs(v_older);
        -- Attempts carry over, one is always left: a job that never works dies, however often
        -- a newer one takes its place.
        update private.jobs j
        set attempts = least((v_attempts ->> j.id::text)::integer, j.max_attempts - 1)
        where j.id = any (p_ids) and (v_attempts ->> j.id::text)::integer > j.attempts;
    end if;
end;
$$;

comment on function private.absorb_older_jobs(bigint[], timestamptz) is
    'Deletes the waiting jobs that the newest of their lane, among those given, stands for.';

create function private.lease_jobs(
    p_ids bigint[],
    p_replica text,
    p_now timestamptz,
    p_lease interval
)
returns jsonb
language plpgsql
security invoker
set search_path = ''
as $$
declare
    v_spent bigint[] := array(
        select j.id from private.jobs j where j.id = any (p_ids) and j.attempts >= j.max_attempts
    );
    v_turns jsonb := (
        select jsonb_object_agg(t.id, t.turn) from unnest(p_ids) with ordinality as t (id, turn)
    );
    v_leased jsonb;
begin
    if cardinality(v_spent) > 0 then
        perform private.bury_jobs(v_spent, null);
    end if;
    with leased as (
        update private.jobs j
        set lease_until = p_now + p_lease,
            leased_by = p_replica,
            fence = j.fence + 1,
            attempts = j.attempts + 1
        where j.id = any (p_ids)
        returning j.id, jsonb_build_array(
            j.id, j.fence, j.attempts, j.event_id, j.kind, j.subject_id, j.payload, j.occurred_at
        ) as job
    )
    select coalesce(jsonb_agg(l.job order by (v_turns ->> l.id::text)::integer), '[]')
    into v_leased
    from leased l;
    return v_leased;
end;
$$;

comment on function private.lease_jobs(bigint[], text, timestamptz, interval) is
    'Grants locked jobs to the replica, in the order given; those out of attempts die instead.';

create function private.claim_batch(
    p_worker text,
    p_replica text,
    p_limit integer,
    p_lease interval,
    p_from timestamptz
)
returns jsonb
language plpgsql
security invoker
set search_path = ''
as $$
declare
    v_now timestamptz := clock_timestamp();
    v_pass record;
    v_ids bigint[];
    v_jobs jsonb := '[]';
    v_from timestamptz := p_from;
    v_after bigint := 0;
    v_seen uuid[] := '{}';
    v_scan integer := p_limit;
begin
    loop
        select * into v_pass
        from private.choose_jobs(
            p_worker, v_now, v_from, v_after, v_seen, v_scan, p_limit - jsonb_array_length(v_jobs)
        );
        if v_pass.ids <> '{}' then
            v_ids := v_pass.ids;
            if v_pass.has_expired then
                v_ids := private.lock_chosen(v_ids, v_pass.lanes, v_now);
            end if;
            if v_pass.has_collapsing then
                perform private.absorb_older_jobs(v_ids, v_now);
            end if;
            v_jobs := v_jobs || private.lease_jobs(v_ids, p_replica, v_now, p_lease);
        end if;
        -- Held-up lanes may fill a whole pass: look further, in growing steps, past those seen.
        exit when v_pass.scanned < v_scan or jsonb_array_length(v_jobs) >= p_limit;
        v_from := v_pass.last_at;
        v_after := v_pass.last_id;
        v_seen := v_seen || v_pass.seen;
        v_scan := v_scan * 4;
    end loop;
    return v_jobs;
end;
$$;

comment on function private.claim_batch(text, text, integer, interval, timestamptz) is
    'Up to p_limit jobs of one worker in the order of readiness. The caller holds the worker''s '
    'claim lock, so that lanes are looked at by one claim at a time.';

-- Where to start -----------------------------------------------------------------------------
--
-- A finished job leaves a dead index entry behind. Vacuum clears it, but not while an older
-- transaction is open anywhere; every claim would walk over all of them. A cursor says from which
-- ready_at on live jobs can be, and it is exact:
-- * transactions that had not begun to write at the horizon make jobs ready after it (fan-out and
--   retries take the clock once they write), less the largest head start of the worker;
-- * once all that were writing at the horizon have ended, their jobs are visible.
-- So the first live job, or the horizon if that is earlier, bounds all that is or will be there.
-- Only a clock set back could break this: now and then a claim looks at everything.

create function private.find_start(p_since jsonb, p_worker text, p_now timestamptz)
returns timestamptz
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
    return case
        when (p_since ->> 'sweep_at')::timestamptz > p_now
            then coalesce((p_since -> 'start_at' ->> p_worker)::timestamptz, '-infinity')
        else '-infinity'
    end;
end;
$$;

comment on function private.find_start(jsonb, text, timestamptz) is
    'The ready_at from which on a claim must look, by the cursor of the claim before.';

create function private.advance_start(p_worker text, p_start timestamptz, p_horizon timestamptz)
returns timestamptz
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
    v_first_at timestamptz := (
        select j.ready_at from private.jobs j
        where j.worker = p_worker and j.ready_at >= p_start
        order by j.ready_at
        limit 1
    );
    v_head_start interval := (
        select make_interval(secs => coalesce(max(s.priority), 0))
        from private.subscriptions s
        where s.worker = p_worker
    );
begin
    return greatest(p_start, least(v_first_at, p_horizon - v_head_start));
end;
$$;

comment on function private.advance_start(text, timestamptz, timestamptz) is
    'From where the next claim of a worker must look, once all is visible that was being written '
    'at the horizon.';

create function private.next_cursor(p_wants jsonb, p_since jsonb, p_started timestamptz)
returns jsonb
language plpgsql
security invoker
set search_path = ''
as $$
declare
    -- In this order: the clock before the snapshot, the snapshot before the look.
    v_clock timestamptz := clock_timestamp();
    v_snapshot pg_snapshot := pg_current_snapshot();
    v_since jsonb := p_since;
begin
    if ((v_since ->> 'sweep_at')::timestamptz > p_started) is not true then
        -- This claim looked at everything; the next such is due when it costs no more than 1 %.
        v_since := jsonb_build_object(
            'horizon', coalesce(p_since -> 'horizon', 'null'),
            'sweep_at', v_clock + greatest('10 s', 100 * (v_clock - p_started))
        );
    end if;
    if (v_since -> 'horizon' ->> 1)::bigint > pg_snapshot_xmin(v_snapshot)::text::bigint then
        return v_since;
    end if;
    return v_since || jsonb_build_object(
        'horizon', jsonb_build_array(v_clock, pg_snapshot_xmax(v_snapshot)::text::bigint),
        -- A worker that this claim did not ask for keeps its place: it only ever is a lower bound.
        'start_at', coalesce(v_since -> 'start_at', '{}') || (
            select coalesce(jsonb_object_agg(w.worker, private.advance_start(
                w.worker,
                private.find_start(v_since, w.worker, p_started),
                coalesce((v_since -> 'horizon' ->> 0)::timestamptz, '-infinity')
            )), '{}')
            from jsonb_object_keys(p_wants) as w (worker)
        )
    );
end;
$$;

comment on function private.next_cursor(jsonb, jsonb, timestamptz) is
    'The cursor for the next claim of these workers.';

-- The call of the runtime ---------------------------------------------------------------------

create function private.check_claim(p_replica text, p_wants jsonb, p_lease_seconds double precision)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    if private.is_clean_text(p_replica, 200) is not true then
        perform private.refuse('PT400', 'replica_invalid', 'Name the replica, in 200 characters.');
    end if;
    if jsonb_typeof(p_wants) is distinct from 'object' or exists (
        select from jsonb_each(p_wants) as w (worker, free)
        where jsonb_typeof(w.free) <> 'number' or (w.free)::numeric not between 0 and 10000
    ) then
        perform private.refuse(
            'PT400', 'wants_invalid', 'Send {"worker": free slots}, 0 to 10000 each.'
        );
    end if;
    perform private.check_lease(p_lease_seconds);
end;
$$;

create function private.check_lease(p_lease_seconds double precision)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    if (p_lease_seconds between 0.1 and 3600) is not true then
        perform private.refuse(
            'PT400', 'lease_invalid', 'A lease lasts from a tenth of a second to an hour.'
        );
    end if;
end;
$$;

comment on function private.check_claim(text, jsonb, double precision) is
    'Refuses (PT400) a claim that makes no sense.';
comment on function private.check_lease(double precision) is
    'Refuses (PT400) a lease of no sensible length.';

create function private.claim_wanted(
    p_replica text,
    p_wants jsonb,
    p_lease interval,
    p_since jsonb,
    p_started timestamptz
)
returns jsonb
language plpgsql
security invoker
set search_path = ''
as $$
declare
    v_want record;
    v_batch jsonb;
    v_jobs jsonb := '{}';
begin
    for v_want in
        select w.worker, w.free::integer as free, s.start_at
        from jsonb_each_text(p_wants) as w (worker, free)
        cross join lateral private.find_start(p_since, w.worker, p_started) as s (start_at)
        -- With a limit, so that it stays a look-up for each worker.
        where w.free::integer > 0 and (
            select true from private.jobs j
            where j.worker = w.worker and j.ready_at >= s.start_at and j.ready_at <= p_started
                and (j.lease_until is null or j.lease_until < p_started)
            limit 1
        )
        order by w.worker
    loop
        -- One claim of a worker at a time; always in the order of names.
        perform pg_advisory_xact_lock(hashtextextended('claim ' || v_want.worker, 0));
        v_batch := private.claim_batch(
            v_want.worker, p_replica, v_want.free, p_lease, v_want.start_at
        );
        if v_batch <> '[]' then
            v_jobs := v_jobs || jsonb_build_object(v_want.worker, v_batch);
        end if;
    end loop;
    return v_jobs;
end;
$$;

comment on function private.claim_wanted(text, jsonb, interval, jsonb, timestamptz) is
    'Leases up to the wanted number of jobs of each worker: {"worker": [jobs]}.';

create function worker.claim_jobs(
    p_replica text,
    p_wants jsonb,
    p_lease_seconds double precision default 30,
    p_finished jsonb default '[]',
    p_since jsonb default null
)
returns jsonb
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
declare
    v_started timestamptz := clock_timestamp();
    v_finished bigint[] := '{}';
    v_jobs jsonb;
begin
    perform private.check_claim(p_replica, p_wants, p_lease_seconds);
    if p_finished <> '[]' then
        v_finished := private.finish_held(p_finished);
    elsif pg_current_xact_id_if_assigned() is null then
        -- A claim lost in a crash only makes the jobs free again; nothing else is written here.
        set local synchronous_commit = off;
    end if;
    v_jobs := private.claim_wanted(
        p_replica, p_wants, make_interval(secs => p_lease_seconds), p_since, v_started
    );
    return jsonb_build_object(
        'jobs', v_jobs,
        'finished', cardinality(v_finished),
        'lost', private.split_items(p_finished, v_finished) -> 'lost',
        'since', private.next_cursor(p_wants, p_since, v_started)
    );
end;
$$;

comment on function worker.claim_jobs(text, jsonb, double precision, jsonb, jsonb) is
    'Finishes p_finished ([{"job_id", "fence"}]; lost ones are ignored and listed) and leases up '
    'to the wanted number of jobs of each worker ({"worker": free slots}): {"jobs": {"worker": '
    '[[job_id, fence, attempt, event_id, kind, subject_id, payload, occurred_at]]}, "finished", '
    '"lost", "since"}. Send the last answer''s "since" back as p_since; it only saves time.';

-- Grants -------------------------------------------------------------------------------------

revoke all on function
    private.find_candidates(text, timestamptz, timestamptz, bigint, uuid[], integer),
    private.line_up(uuid[], bigint[], boolean[], timestamptz),
    private.choose_jobs(text, timestamptz, timestamptz, bigint, uuid[], integer, integer),
    private.lock_chosen(bigint[], uuid[], timestamptz),
    private.absorb_older_jobs(bigint[], timestamptz),
    private.lease_jobs(bigint[], text, timestamptz, interval),
    private.claim_batch(text, text, integer, interval, timestamptz),
    private.find_start(jsonb, text, timestamptz),
    private.advance_start(text, timestamptz, timestamptz),
    private.next_cursor(jsonb, jsonb, timestamptz),
    private.claim_wanted(text, jsonb, interval, jsonb, timestamptz),
    private.check_claim(text, jsonb, double precision),
    private.check_lease(double precision),
    worker.claim_jobs(text, jsonb, double precision, jsonb, jsonb)
from public, anon, authenticated, service_role;

grant execute on function
    private.find_candidates(text, timestamptz, timestamptz, bigint, uuid[], integer),
    private.line_up(uuid[], bigint[], boolean[], timestamptz),
    private.choose_jobs(text, timestamptz, timestamptz, bigint, uuid[], integer, integer),
    private.lock_chosen(bigint[], uuid[], timestamptz),
    private.absorb_older_jobs(bigint[], timestamptz),
    private.lease_jobs(bigint[], text, timestamptz, interval),
    private.claim_batch(text, text, integer, interval, timestamptz),
    private.find_start(jsonb, text, timestamptz),
    private.advance_start(text, timestamptz, timestamptz),
    private.next_cursor(jsonb, jsonb, timestamptz),
    private.claim_wanted(text, jsonb, interval, jsonb, timestamptz),
    private.check_claim(text, jsonb, double precision),
    private.check_lease(double precision),
    worker.claim_jobs(text, jsonb, double precision, jsonb, jsonb)
to service_role;
