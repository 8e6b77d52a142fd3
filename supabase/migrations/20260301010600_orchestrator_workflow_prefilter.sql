-- Workflows: no job arises where no active workflow can match.
--
--   an event that some active workflow may match, by what is known of it at once
--       -> orchestrator.workflows (lib/orchestrator/workflows.py judges all conditions)
--
-- Conditions are judged in Python and nowhere else. What SQL looks at is one part that must be true
-- for them to hold at all: words of facts that stand when the event happens (tier, category, who
-- wrote, ...). It is derived from the conditions with each version, so an edited workflow counts
-- from its commit on. Anything it does not understand lets the event through: it may make a job too
-- many, never one too few (a property test compares it with the judge).
-- A fact that changes afterwards is told by an event of its own (ticket.details_changed,
-- client.tier_changed), to which a workflow can be attached.

-- -------------------------------------------------------------------------------------------------
-- What a workflow waits for
-- -------------------------------------------------------------------------------------------------

-- Facts that stand when the event happens. A text, a deadline or a first message do not: they are
-- judged later.
create function private.is_settled_field(p_field text)
returns boolean
language sql
immutable
parallel safe
set search_path = ''
as $$
    select p_field in (
        'ticket.tier', 'ticket.channel', 'ticket.is_live', 'ticket.language', 'ticket.category',
        'client.tier', 'message.author_kind', 'message.is_internal', 'event.previous_tier'
    )
$$;

-- {"<field>": [values]}: unless each of these facts has one of its values, the conditions do not
-- hold. Of several demands on one fact any one may stay: each of them must be met.
create function private.list_demands(p_conditions jsonb)
returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
begin
    if p_conditions ->> 'op' in ('eq', 'in') then
        return case
            when private.is_settled_field(p_conditions ->> 'field') is not true then '{}'
            when p_conditions ->> 'op' = 'eq' then jsonb_build_object(
                p_conditions ->> 'field', jsonb_build_array(p_conditions -> 'value')
            )
            else jsonb_build_object(p_conditions ->> 'field', p_conditions -> 'value')
        end;
    elsif jsonb_typeof(p_conditions -> 'all') = 'array' then
        return (
            select coalesce(jsonb_object_agg(demand.key, demand.value order by part.place), '{}')
            from jsonb_array_elements(p_conditions -> 'all') with ordinality part (node, place)
            cross join jsonb_each(private.list_demands(part.node)) demand
        );
    elsif jsonb_typeof(p_conditions -> 'any') = 'array' then
        return private.list_common_demands(p_conditions -> 'any');
    end if;
    return '{}';
end
$$;
comment on function private.list_demands(jsonb) is
    'What the facts of an event must be for these conditions to hold: {field: [values]}, of '
    'settled fields; nothing of what they do not imply.';

-- Of several alternatives: what all of them demand, with the values of any.
create function private.list_common_demands(p_nodes jsonb)
returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
begin
    return (
        select coalesce(jsonb_object_agg(common.field, common.words), '{}')
        from (
            select demand.key, jsonb_agg(distinct word.value)
            from jsonb_array_elements(p_nodes) with ordinality part (node, place)
            cross join jsonb_each(private.list_demands(part.node)) demand
            cross join jsonb_array_elements(demand.value) word
            group by demand.key
            having count(distinct part.place) = jsonb_array_length(p_nodes)
        ) common (field, words)
    );
end
$$;

alter table public.workflows
    add column demands jsonb not null generated always as (private.list_demands(conditions)) stored;
comment on column public.workflows.demands is
    '{field: [values]}: an event whose facts are others makes no job. Derived from the conditions.';

-- -------------------------------------------------------------------------------------------------
-- Which events make a job
-- -------------------------------------------------------------------------------------------------
alter table private.subscriptions add column is_sifted boolean not null default false;
comment on column private.subscriptions.is_sifted is
    'Only those events make a job that private.sift_events lets through.';

-- Missing: not known yet, or not about such a thing. Whoever has just signed up gets a tier later.
create function private.describe_settled_facts(
    p_event_kind text, p_payload jsonb, p_ticket public.support_tickets, p_client_tier text
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_strip_nulls(jsonb_build_object(
        'ticket.tier', p_ticket.tier,
        'ticket.channel', p_ticket.channel,
        'ticket.is_live', (
            select known.is_live from public.channels known where known.channel = p_ticket.channel
        ),
        'ticket.language', p_ticket.language,
        'ticket.category', p_ticket.category,
        'client.tier', case when p_event_kind <> 'client.registered' then p_client_tier end,
        'message.author_kind', p_payload -> 'author_kind',
        'message.is_internal', p_payload -> 'is_internal',
        'event.previous_tier', p_payload -> 'previous_tier'
    ))
$$;

create function private.is_met(p_demands jsonb, p_facts jsonb)
returns boolean
language sql
immutable
set search_path = ''
as $$
    select not exists (
        select from jsonb_each(p_demands) demand
        where not demand.value @> coalesce(p_facts -> demand.key, demand.value -> 0)
    )
$$;
comment on function private.is_met(jsonb, jsonb) is
    'Each demanded fact has one of its values or is not known.';

-- Two kinds of subjects in one go: a ticket (also by a promise), otherwise a client.
create function private.sift_events(p_events public.events[])
returns setof bigint
language plpgsql
stable
rows 10
set search_path = ''
as $$
begin
    return query
    select event.id
    from unnest(p_events) event
    join public.workflow_events known on known.event_kind = event.kind
    left join public.ticket_promises promise
        on known.subject = 'promise' and promise.id = event.subject_id
    left join public.support_tickets ticket
        on ticket.id = case known.subject
            when 'ticket' then event.subject_id else promise.ticket_id
        end
    join public.profiles client
        on client.id = case known.subject
            when 'client' then event.subject_id else ticket.client_id
        end
    where exists (
        select from public.workflows active
        where active.event_kind = event.kind and active.is_active
            and (active.desk_id is null
                or active.desk_id = coalesce(ticket.desk_id, client.desk_id))
            and private.is_met(active.demands, private.describe_settled_facts(
                event.kind, event.payload, ticket, client.tier
            ))
    );
end
$$;
comment on function private.sift_events(public.events[]) is
    'Ids of those events whose subject is there and that some active workflow may match.';

-- Runs as the owner: only private.emit_events and the owner may insert events.
create or replace function private.tg_events_fan_out()
returns trigger
language plpgsql
security invoker
set search_path = ''
as $$
declare
    v_sifted public.events[];
    v_kept bigint[];
    v_workers text[];
begin
    select array_agg(e) into v_sifted
    from inserted e
    join private.subscriptions s on s.event_kind = e.kind and s.is_sifted;
    if v_sifted is not null then
        v_kept := array(select private.sift_events(v_sifted));
    end if;
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
        where not s.is_sifted or e.id in (select unnest(v_kept))
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
    'Turns new events into jobs, one statement for all of them, and wakes the workers. Sifted '
    'subscriptions make a job only where it can come to something.';

-- Definer: nobody holds a right to write subscriptions; who may write workflows was checked.
-- One at a time: two that each saw the other's workflow still active would leave a kind behind.
create or replace function private.tg_workflows_subscribe()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('subscriptions of workflows', 0));
    delete from private.subscriptions known
    where known.worker = 'orchestrator.workflows'
        and known.event_kind in (select event.event_kind from public.workflow_events event)
        and not exists (
            select from public.workflows active
            where active.event_kind = known.event_kind and active.is_active
        );
    insert into private.subscriptions (event_kind, worker, is_sifted)
    select distinct active.event_kind, 'orchestrator.workflows', true
    from public.workflows active
    where active.is_active
    on conflict do nothing;
    return null;
end
$$;

update private.subscriptions known
set is_sifted = true
where known.worker = 'orchestrator.workflows'
    and known.event_kind in (select event.event_kind from public.workflow_events event);

-- -------------------------------------------------------------------------------------------------
-- Whoever only writes down that nothing is to be done holds nobody up
-- -------------------------------------------------------------------------------------------------

-- The workflows as they are, the tickets they act on, and whoever may be given one.
create or replace function private.lock_workflow_rows(p_items jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_acting uuid[];
    v_event_ids bigint[];
    v_ticket_ids uuid[];
begin
    select
        array_agg((run.value #>> '{workflow,0}')::uuid),
        array_agg((item.value ->> 'event_id')::bigint)
    into v_acting, v_event_ids
    from jsonb_array_elements(p_items) item (value)
    cross join jsonb_array_elements(item.value -> 'runs') run (value)
    where run.value ->> 'status' = 'done';
    v_ticket_ids := array(
        select private.find_event_ticket(event.kind, event.subject_id)
        from public.events event where event.id = any (v_event_ids)
    );
    perform from public.workflows kept
    where kept.id = any (v_acting) order by kept.id for share;
    perform from public.support_tickets ticket
    where ticket.id = any (v_ticket_ids) order by ticket.id for no key update;
    perform from public.staff_members staff
    where staff.id in (
        select private.list_named_agents(kept.actions) from public.workflows kept
        where kept.id = any (v_acting)
        union
        select vip.dedicated_agent_id
        from public.support_tickets ticket
        join public.vip_client_profiles vip on vip.client_id = ticket.client_id
        where ticket.id = any (v_ticket_ids)
    )
    order by staff.id
    for no key update;
end
$$;

revoke all on function
    private.is_settled_field(text), private.list_demands(jsonb),
    private.list_common_demands(jsonb),
    private.describe_settled_facts(text, jsonb, public.support_tickets, text),
    private.is_met(jsonb, jsonb), private.sift_events(public.events[])
from public, anon, authenticated, service_role;
