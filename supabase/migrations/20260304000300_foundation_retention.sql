-- Retention: how long what is over is kept, as data, and housekeeping that keeps to it. What an
-- open ticket, or an alert that still holds, refers to stays however old it is.

create table public.retention_rules (
    records text primary key,
    keep_days integer not null,
    description text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint retention_rules_records_are_known check (records in (
        'routing_decisions', 'rescue_decisions', 'alerts', 'outreach'
    )),
    constraint retention_rules_keep_a_quarter_at_least check (keep_days between 90 and 3650),
    constraint retention_rules_description_is_short
        check (private.is_clean_text(description, 200))
);
comment on table public.retention_rules is
    'For how many days records are kept after they are over; housekeeping deletes older ones.';

insert into public.retention_rules (records, keep_days, description)
values
    ('routing_decisions', 730, 'Why somebody got a ticket, once the ticket is closed'),
    ('rescue_decisions', 730, 'Why a ticket was taken back, once the ticket is closed'),
    ('alerts', 730, 'Alerts that are cleared, with their steps'),
    ('outreach', 730, 'Messages of the house that arrived, or went nowhere, with their attempts');

create trigger retention_rules_touch
before update on public.retention_rules
for each row execute function private.tg_touch_row();
create trigger retention_rules_record
after insert or update or delete on public.retention_rules
for each row execute function private.tg_record_configuration('records');

create index alerts_cleared_at_idx on public.alerts (cleared_at) where state = 'cleared';
comment on index public.alerts_cleared_at_idx is 'Serves: pruning by age.';
create index outreach_settled_at_idx on public.outreach (settled_at) where settled_at is not null;
comment on index public.outreach_settled_at_idx is 'Serves: pruning by age.';

create function private.find_retention_moment(p_records text)
returns timestamptz
language sql
stable
set search_path = ''
as $$
    select now() - make_interval(days => rule.keep_days)
    from public.retention_rules rule where rule.records = p_records
$$;
comment on function private.find_retention_moment(text) is
    'What was over before goes; null without a rule: nothing goes.';

-- Ids of decisions follow time: the oldest are found without an index on it. Those of tickets that
-- have been open ever since are few, and stay.
create function private.delete_old_decisions(p_limit integer)
returns jsonb
language sql
set search_path = ''
as $$
    with routing as (
        delete from public.routing_decisions decision
        using (select o.id from public.routing_decisions o order by o.id limit p_limit) old,
            public.support_tickets ticket
        where decision.id = old.id and ticket.id = decision.ticket_id
            and decision.decided_at < private.find_retention_moment('routing_decisions')
            and ticket.status = 'closed'
            and ticket.closed_at < private.find_retention_moment('routing_decisions')
        returning 1
    ), rescue as (
        delete from public.rescue_decisions decision
        using (select o.id from public.rescue_decisions o order by o.id limit p_limit) old,
            public.support_tickets ticket
        where decision.id = old.id and ticket.id = decision.ticket_id
            and decision.decided_at < private.find_retention_moment('rescue_decisions')
            and ticket.status = 'closed'
            and ticket.closed_at < private.find_retention_moment('rescue_decisions')
        returning 1
    )
    select jsonb_build_object(
        'routing_decisions', (select count(*) from routing),
        'rescue_decisions', (select count(*) from rescue)
    )
$$;

create function private.delete_old_records(p_limit integer)
returns jsonb
language sql
set search_path = ''
as $$
    with alerts as (
        delete from public.alerts gone where gone.id in (
            select old.id from public.alerts old
            where old.state = 'cleared'
                and old.cleared_at < private.find_retention_moment('alerts')
            order by old.cleared_at limit p_limit for update skip locked
        ) returning 1
    ), outreach as (
        delete from public.outreach gone where gone.id in (
            select old.id from public.outreach old
            where old.settled_at < private.find_retention_moment('outreach')
            order by old.settled_at limit p_limit for update skip locked
        ) returning 1
    )
    select private.delete_old_decisions(p_limit) || jsonb_build_object(
        'alerts', (select count(*) from alerts), 'outreach', (select count(*) from outreach)
    )
$$;
comment on function private.delete_old_records(integer) is
    'Deletes what public.retention_rules lets go, at most p_limit of each.';

-- Definer: events, dead jobs and records are nobody's to delete; age is the only reason to, and
-- this the only place. Executable by service_role alone; a week is the least that is kept.
create or replace function private.delete_old_rows(p_keep interval, p_limit integer)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_before timestamptz := now() - greatest(p_keep, '7 days');
    v_counts jsonb := private.delete_settled_rows(v_before, p_limit)
        || private.delete_old_records(p_limit);
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
    'Deletes events, ticks and heartbeats older than p_keep, what private.delete_settled_rows '
    'names, and what public.retention_rules lets go; at most p_limit of each kind.';
comment on function worker.prune_events(interval, integer) is
    'Deletes events, ticks, heartbeats and answered routing requests older than p_keep (7 days at '
    'least), dead jobs as old as that and 90 days, idempotency keys after three days, cached '
    'answers that are over, and records as public.retention_rules says, at most p_limit of each: '
    '{"pruned": n, "events": n, "outreach": n, ...}. Call again until fewer than p_limit were '
    'pruned.';

revoke all on public.retention_rules from anon, authenticated, service_role;
grant select on public.retention_rules to authenticated, service_role;
alter table public.retention_rules enable row level security;
create policy retention_rules_select_staff on public.retention_rules
for select to authenticated
using ((select private.is_staff()));
revoke all on function
    private.find_retention_moment(text), private.delete_old_decisions(integer),
    private.delete_old_records(integer)
from public, anon, authenticated, service_role;
