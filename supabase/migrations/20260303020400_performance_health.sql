-- Health: one number from 0 to 100 for the whole house, and the parts it is made of.
--
-- The parts are measured by private.measure_system_health, which alerts have judged from the first
-- day; here it learns of the database, Realtime, REST and the AI service. How much of the house a
-- part may take with it is data (private.health_scales.weight). The number that people read, the
-- alert metric system_health and the metric system_health are one: private.find_health_score.

alter table private.health_scales
    add column label text not null default '',
    add column unit text not null default 'seconds',
    add column weight numeric(3, 2) not null default 1,
    add column advice text not null default '',
    add constraint health_scales_weight_is_a_share check (weight > 0 and weight <= 1),
    add constraint health_scales_unit_is_known
        check (unit in ('seconds', 'percent', 'count', 'megabytes')),
    add constraint health_scales_words_are_short
        check (char_length(label) <= 80 and char_length(advice) <= 200);
comment on column private.health_scales.weight is
    'What of the house goes with it: with 1 a part that is down leaves 0 of 100, with 0.2 it '
    'leaves 80.';
comment on column private.health_scales.advice is 'What it means when it is not well.';

insert into private.health_scales (component, good_value, bad_value, unit, weight)
values
    ('database_connections', 70, 95, 'percent', 1),
    ('replication_lag', 64, 1024, 'megabytes', 0.5),
    ('realtime_deaf_replicas', 0, 100, 'percent', 0.3),
    ('rest_unanswered', 0, 1, 'count', 1),
    ('ai_fallbacks', 20, 100, 'percent', 0.2);

update private.health_scales scale
set label = told.label, advice = told.advice, unit = coalesce(told.unit, scale.unit)
from (
    values
        ('worker_silence_seconds', null, 'Workers', 'A worker has fallen silent: is it running?'),
        ('oldest_job_seconds', null, 'Queue lag', 'Work waits although it is ready.'),
        ('queued_jobs', 'count', 'Queue length', 'More work comes in than gets done.'),
        ('dead_jobs_last_hour', 'count', 'Dead jobs', 'Jobs were given up: look at their reasons.'),
        ('late_timer_seconds', null, 'Timers', 'What is due has not been set off.'),
        ('database_connections', null, 'Database connections', 'Few connections are left.'),
        ('replication_lag', null, 'Replication', 'A slot holds back much of the log.'),
        ('realtime_deaf_replicas', null, 'Realtime',
            'Processes do not hear the database: they look by themselves, more slowly.'),
        ('rest_unanswered', null, 'REST', 'No answer comes through the API.'),
        ('ai_fallbacks', null, 'AI service', 'Drafts come from the house''s own templates.')
) told (component, unit, label, advice)
where scale.component = told.component;

-- -------------------------------------------------------------------------------------------------
-- Parts
-- -------------------------------------------------------------------------------------------------
create function private.measure_database_connections()
returns numeric
language sql
stable
set search_path = ''
as $$
    select 100.0 * sum(counted.numbackends) / (
        current_setting('max_connections')::integer
        - current_setting('superuser_reserved_connections')::integer
    )
    from pg_catalog.pg_stat_database counted
$$;
comment on function private.measure_database_connections() is
    'Percent of the connections there may be that are taken.';

create function private.measure_replication_lag()
returns numeric
language sql
stable
set search_path = ''
as $$
    select coalesce(max(pg_wal_lsn_diff(
        pg_current_wal_lsn(), coalesce(slot.confirmed_flush_lsn, slot.restart_lsn)
    )), 0) / 1048576
    from pg_catalog.pg_replication_slots slot
$$;
comment on function private.measure_replication_lag() is
    'Megabytes of the log that the slowest replication slot has not taken yet; 0 without slots.';

-- Each beat goes out through Realtime; a process that hears none of its own reports so.
create function private.measure_deaf_replicas()
returns numeric
language sql
stable
set search_path = ''
as $$
    select 100.0 * count(*) filter (where heard.report ->> 'realtime' <> 'subscribed') / count(*)
    from private.worker_heartbeats heard
    where heard.beat_at > statement_timestamp() - interval '1 minute'
        -- A process that has only begun is still joining.
        and heard.beat_at > heard.started_at + interval '30 seconds'
        and heard.report ->> 'state' = 'running' and heard.report ? 'realtime'
    having count(*) > 0
$$;
comment on function private.measure_deaf_replicas() is
    'Percent of the processes at work that hear nothing from Realtime; null '
    'when there is none.';

-- Definer: drafts belong to who asked for them; one number about all of them leaves here.
create function private.measure_ai_fallbacks()
returns numeric
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
    return (
        select 100.0 * count(*) filter (where not made.is_service_used) / nullif(count(*), 0)
        from public.reply_drafts made
        where made.completed_at > statement_timestamp() - interval '1 hour'
            and made.draft is not null
            and (made.is_service_used or made.fallback_reason is not null)
    );
end
$$;
comment on function private.measure_ai_fallbacks() is
    'Percent of the last hour''s drafts asked of the outside service that it did not word; null '
    'when it was not asked: it is not configured, or nobody needed it.';

create or replace function private.measure_system_health()
returns table (component text, value numeric, score numeric)
language sql
stable
rows 10
set search_path = ''
as $$
    select
        scale.component, round(found.value, 3),
        case when found.value is not null then round(100 * least(1, greatest(
            0, (scale.bad_value - found.value) / (scale.bad_value - scale.good_value)
        )), 2) end
    from (
        values
            ('worker_silence_seconds', private.measure_worker_silence()),
            ('oldest_job_seconds', private.measure_oldest_job()),
            -- As the server counts along: thousands matter here, and reading them all would cost.
            ('queued_jobs', (
                select coalesce(max(counted.n_live_tup), 0)::numeric
                from pg_catalog.pg_stat_all_tables counted
                where counted.relid = 'private.jobs'::regclass
            )),
            ('dead_jobs_last_hour', (
                select count(*)::numeric from private.dead_jobs gone
                where gone.died_at > statement_timestamp() - interval '1 hour'
            )),
            ('late_timer_seconds', (private.count_timers() ->> 'late_seconds')::numeric),
            ('database_connections', private.measure_database_connections()),
            ('replication_lag', private.measure_replication_lag()),
            ('realtime_deaf_replicas', private.measure_deaf_replicas()),
            -- Whoever reads this has been answered.
            ('rest_unanswered', 0),
            ('ai_fallbacks', private.measure_ai_fallbacks())
    ) found (component, value)
    join private.health_scales scale on scale.component = found.component
    order by scale.component
$$;
comment on function private.measure_system_health() is
    'Each part of the system with its value and its own score from 0 to 100; both null where there '
    'is nothing to measure.';

create function private.find_health_score()
returns numeric
language sql
stable
set search_path = ''
as $$
    select round(min(100 - scale.weight * (100 - part.score)), 2)
    from private.measure_system_health() part
    join private.health_scales scale on scale.component = part.component
    where part.score is not null
$$;
comment on function private.find_health_score() is
    'From 0 to 100: what the part that takes most from the house leaves of it. Good parts do not '
    'make up for a bad one.';

create or replace function private.measure_house(p_metric text)
returns numeric
language plpgsql
stable
set search_path = ''
as $$
begin
    return case p_metric
        when 'system_health' then private.find_health_score()
        when 'oldest_job_seconds' then private.measure_oldest_job()
        when 'dead_jobs' then (select count(*) from private.dead_jobs)
        when 'worker_silence' then private.measure_worker_silence()
    end;
end
$$;

-- -------------------------------------------------------------------------------------------------
-- What people and servers read
-- -------------------------------------------------------------------------------------------------
create function private.name_health(p_score numeric)
returns text
language sql
immutable
set search_path = ''
as $$
    select case
        when p_score is null then 'not_configured'
        when p_score >= 95 then 'healthy'
        when p_score >= 50 then 'degraded'
        else 'unhealthy'
    end
$$;

create function private.describe_health()
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'overall', private.name_health(min(part.left_over)),
        'score', min(part.left_over),
        'measured_at', statement_timestamp(),
        'components', jsonb_agg(jsonb_build_object(
            'name', part.component, 'label', part.label, 'state', part.state,
            'score', part.score, 'value', part.value, 'unit', part.unit, 'weight', part.weight,
            'reason', case
                when part.state in ('degraded', 'unhealthy') then part.advice
                when part.state = 'not_configured' then 'There is nothing to measure.'
            end
        ) order by part.left_over, part.component)
    )
    from (
        select
            measured.*, scale.label, scale.unit, scale.weight, scale.advice,
            private.name_health(measured.score) as state,
            round(100 - scale.weight * (100 - measured.score), 2) as left_over
        from private.measure_system_health() measured
        join private.health_scales scale on scale.component = measured.component
    ) part
$$;

-- Definer: heartbeats, jobs and timers are nobody's to read; the caller is checked first.
create function private.get_system_health()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
    if not private.is_service() then
        perform private.require_staff();
    end if;
    return private.describe_health();
end
$$;

create function public.get_system_health()
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.get_system_health()
$$;
comment on function public.get_system_health() is
    'Staff and servers: {"overall": healthy (from 95), degraded (from 50) or unhealthy, "score": 0 '
    'to 100, "measured_at", "components": [{"name", "label", "state", "score", "value", "unit", '
    '"weight", "reason"}], the worst first; not_configured where there is nothing to measure}. '
    'The score is that of alerts and of the metric system_health.';

revoke all on function
    private.measure_database_connections(), private.measure_replication_lag(),
    private.measure_deaf_replicas(), private.measure_ai_fallbacks(),
    private.find_health_score(), private.name_health(numeric), private.describe_health(),
    private.get_system_health(), public.get_system_health()
from public, anon, authenticated, service_role;
grant execute on function
    private.measure_database_connections(), private.measure_replication_lag(),
    private.measure_deaf_replicas(), private.measure_ai_fallbacks(), private.find_health_score()
to service_role;
grant execute on function private.get_system_health(), public.get_system_health()
to authenticated, service_role;
