-- Reports: what a replica tells of the jobs it leased: still at it, given back, later, failed.

create function worker.extend_leases(p_items jsonb, p_lease_seconds double precision default 30)
returns jsonb
language plpgsql
security invoker
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
set jit = off
as $$
declare
    v_held bigint[] := private.lock_held(p_items);
begin
    perform private.check_lease(p_lease_seconds);
    update private.jobs j
    set lease_until = clock_timestamp() + make_interval(secs => p_lease_seconds)
    where j.id = any (v_held);
    return private.split_items(p_items, v_held);
end;
$$;

comment on function worker.extend_leases(jsonb, double precision) is
    'Renews the leases of [{"job_id", "fence"}]: {"held": [ids], "lost": [ids]}.';

create function worker.release_jobs(p_items jsonb)
returns jsonb
language plpgsql
security invoker
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
set jit = off
as $$
declare
    v_held bigint[] := private.lock_held(p_items);
begin
    update private.jobs j
    set lease_until = null, leased_by = null, attempts = j.attempts - 1
    where j.id = any (v_held);
    return private.split_items(p_items, v_held);
end;
$$;

comment on function worker.release_jobs(jsonb) is
    'Gives jobs [{"job_id", "fence"}] back unstarted, no attempt burnt: {"held", "lost"}.';

create function worker.snooze_jobs(p_items jsonb)
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
    v_held bigint[] := private.lock_held(p_items);
begin
    update private.jobs j
    set lease_until = null,
        leased_by = null,
        attempts = j.attempts - 1,
        ready_at = clock_timestamp()
            + make_interval(secs => least(greatest(coalesce(i.seconds, 0), 0), 86400))
    from jsonb_to_recordset(p_items) as i (job_id bigint, seconds double precision)
    where j.id = i.job_id and j.id = any (v_held);
    return private.split_items(p_items, v_held);
end;
$$;

comment on function worker.snooze_jobs(jsonb) is
    'Gives jobs [{"job_id", "fence", "seconds"}] back until later, at most a day, no attempt '
    'burnt: {"held", "lost"}.';

create function worker.fail_jobs(p_items jsonb)
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
    v_held bigint[] := private.lock_held(p_items);
    v_dead bigint[];
    v_reasons text[];
begin
    select array_agg(j.id), array_agg(i.error) into v_dead, v_reasons
    from jsonb_to_recordset(p_items) as i (job_id bigint, error text, is_permanent boolean)
    join private.jobs j on j.id = i.job_id
    where j.id = any (v_held) and (i.is_permanent or j.attempts >= j.max_attempts);
    perform private.bury_jobs(v_dead, v_reasons);
    update private.jobs j
    set lease_until = null,
        leased_by = null,
        -- Full jitter: anywhere within 2^attempts seconds, at most an hour.
        ready_at = clock_timestamp()
            + make_interval(secs => random() * least(3600, 2 ^ least(j.attempts, 30))),
        last_error = left(i.error, 2000)
    from jsonb_to_recordset(p_items) as i (job_id bigint, error text)
    where j.id = i.job_id and j.id = any (v_held);
    return private.split_items(p_items, v_held)
        || jsonb_build_object('dead', coalesce(to_jsonb(v_dead), '[]'));
end;
$$;

comment on function worker.fail_jobs(jsonb) is
    'Reports failure of jobs [{"job_id", "fence", "error", "is_permanent"}]: tried again later '
    '(full jitter, 2^attempts seconds, at most an hour) or, when permanent or out of attempts, '
    'dead with the error as reason: {"held", "lost", "dead"}.';

-- Grants -------------------------------------------------------------------------------------

revoke all on function
    worker.extend_leases(jsonb, double precision),
    worker.release_jobs(jsonb),
    worker.snooze_jobs(jsonb),
    worker.fail_jobs(jsonb)
from public, anon, authenticated, service_role;

grant execute on function
    worker.extend_leases(jsonb, double precision),
    worker.release_jobs(jsonb),
    worker.snooze_jobs(jsonb),
    worker.fail_jobs(jsonb)
to service_role;
