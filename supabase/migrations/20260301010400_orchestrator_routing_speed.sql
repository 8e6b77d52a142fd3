-- Routing at the price it had before its rules grew: the same decisions, told in fewer words and
-- found by fewer looks. Events and decisions are those of orchestrator_chain.
--
-- What it cost, measured for 200 tickets with 40 agents:
-- * two thirds of a decision were ids of colleagues passed over, parsed three times and stored:
--   they are short numbers now, public.routing_explanations gives them their names
-- * the tickets of a batch were found among all that wait, or all there are, whenever the tables
--   had grown since they were analyzed: now always by id
-- * plans were made anew in each of a connection's first calls: now once

-- -------------------------------------------------------------------------------------------------
-- Colleagues in few words
-- -------------------------------------------------------------------------------------------------
alter table public.staff_members
    add column number integer not null generated always as identity,
    add constraint staff_members_number_is_unique unique (number);
comment on column public.staff_members.number is
    'Short name of a person in long lists: see routing_decisions.skipped. Never given again.';
revoke all on sequence public.staff_members_number_seq from anon, authenticated, service_role;

update public.routing_decisions decision
set skipped = (
    select coalesce(jsonb_object_agg(reason.key, (
        select coalesce(string_agg(staff.number::text, ' ' order by staff.number), '')
        from jsonb_array_elements_text(reason.value) agent (id)
        join public.staff_members staff on staff.id = agent.id::uuid
    )), '{}')
    from jsonb_each(decision.skipped) reason
)
where decision.skipped <> '{}';

alter table public.routing_decisions
    drop constraint routing_decisions_skipped_is_an_object_of_bounded_size,
    add constraint routing_decisions_skipped_is_an_object_of_bounded_size
        check (jsonb_typeof(skipped) = 'object' and pg_column_size(skipped) <= 65536);
comment on column public.routing_decisions.skipped is
    '{reason: "3 14 27"}: everybody else considered, each under one reason, by '
    'staff_members.number in ascending order. Text and not a list: a number in jsonb takes as long '
    'to read as all of them. routing_explanations reads it.';

create view public.routing_explanations
with (security_invoker = true)
as
select
    decision.id as decision_id, decision.ticket_id, decision.cycle, decision.decided_at,
    told.agent_id, person.display_name as agent_name, told.standing, told.score, told.parts
from public.routing_decisions decision
cross join lateral (
    select
        (candidate.value ->> 'agent_id')::uuid as agent_id,
        case
            when candidate.place = 1 and decision.agent_id is not null then 'chosen'
            else 'candidate'
        end as standing,
        (candidate.value ->> 'score')::integer as score, candidate.value -> 'parts' as parts
    from jsonb_array_elements(decision.candidates) with ordinality candidate (value, place)
    union all
    select staff.id, reason.name, null, null
    from jsonb_each_text(decision.skipped) reason (name, numbers)
    join public.staff_members staff
        on staff.number = any (string_to_array(reason.numbers, ' ')::integer[])
) told
left join public.profiles person on person.id = told.agent_id;
comment on view public.routing_explanations is
    'Why each colleague did or did not get a ticket, one row each: chosen, candidate (with score '
    'and parts), or the reason why not. Ask for one ticket or decision. Staff.';
revoke all on public.routing_explanations from anon, authenticated, service_role;
grant select on public.routing_explanations to authenticated, service_role;

-- -------------------------------------------------------------------------------------------------
-- Read
-- -------------------------------------------------------------------------------------------------

-- The status is no condition here: with one, a plan made while few tickets were known walks through
-- all that wait for each batch. Whoever has ids compares it in words that no index answers.
create view private.described_tickets
with (security_invoker = true)
as
select
    ticket.id, ticket.number, ticket.cycle, ticket.version, ticket.client_id, ticket.desk_id,
    desk.overflow_desk_id, ticket.language, ticket.required_skills, ticket.tier, channel.is_live,
    channel.load_units, level.boost as queue_boost,
    level.is_preemptive and channel.is_live as is_preemptive,
    ticket.first_response_due_at as due_at,
    coalesce(ticket.reopened_at, ticket.opened_at) as waiting_since,
    client.dedicated_agent_id, client.deputy_agent_id, client.relationship_manager_id,
    ticket.status
from public.support_tickets ticket
join public.desks desk on desk.id = ticket.desk_id
join public.channels channel on channel.channel = ticket.channel
join public.service_levels level on level.tier = ticket.tier
left join public.vip_client_profiles client on client.client_id = ticket.client_id;
comment on view private.described_tickets is
    'Tickets with all that routing wants to know of them; ask for them by id.';
revoke all on private.described_tickets from anon, authenticated, service_role;
grant select on private.described_tickets to service_role;

create or replace view private.waiting_tickets
with (security_invoker = true)
as
select
    ticket.id, ticket.number, ticket.cycle, ticket.version, ticket.client_id, ticket.desk_id,
    ticket.overflow_desk_id, ticket.language, ticket.required_skills, ticket.tier, ticket.is_live,
    ticket.load_units, ticket.queue_boost, ticket.is_preemptive, ticket.due_at,
    ticket.waiting_since, ticket.dedicated_agent_id, ticket.deputy_agent_id,
    ticket.relationship_manager_id
from private.described_tickets ticket
where ticket.status = 'open';

-- Agent by agent: a look at the work of each, not at everybody's.
create or replace function private.agent_loads(p_agent_ids uuid[])
returns table (agent_id uuid, load_units integer)
language sql
stable
rows 40
set search_path = ''
as $$
    select agent.id, coalesce(work.load_units, 0)::integer
    from unnest(p_agent_ids) agent (id)
    cross join lateral (
        select sum(kind.count * channel.load_units) as load_units
        from (
            select ticket.channel, count(*)
            from public.support_tickets ticket
            where ticket.assignee_id = agent.id and ticket.status in ('assigned', 'pending')
                and ticket.snoozed_until is null
            group by ticket.channel
        ) kind
        join public.channels channel on channel.channel = kind.channel
    ) work
$$;

create or replace function private.list_agents(p_desk_ids uuid[], p_named_ids uuid[])
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
    v_ramp interval := make_interval(secs => private.read_presence_setting('ramp_seconds'));
begin
    return (
        with asked as materialized (
            select staff.* from public.staff_members staff
            where private.is_agent_role(staff.role)
                and ((staff.desk_id = any (p_desk_ids) and staff.is_active)
                    or staff.id = any (p_named_ids))
        )
        select coalesce(jsonb_agg(jsonb_build_object(
            'id', asked.id,
            'number', asked.number,
            'desk_id', asked.desk_id,
            'is_active', asked.is_active,
            'is_on_leave', exists (
                select from public.staff_absences absence
                where absence.staff_id = asked.id
                    and tstzrange(absence.starts_at, absence.ends_at) @> now()
            ),
            'state', asked.state,
            'steady_at', asked.steady_at,
            'ramp_left', private.find_ramp_left(asked.id, asked.returned_at),
            'ramp_ends_at', asked.returned_at + v_ramp,
            'capacity_units', asked.capacity_units,
            'load_units', load.load_units,
            'last_assigned_at', asked.last_assigned_at,
            'skills', (
                select coalesce(jsonb_object_agg(held.skill, held.level), '{}')
                from public.staff_skills held
                where held.staff_id = asked.id
            )
        ) order by asked.number), '[]')
        from asked
        join private.agent_loads(array(select asked.id from asked)) load
            on load.agent_id = asked.id
    );
end
$$;

-- Only a live ticket of a preemptive tier asks what it could take the place of.
create function private.describe_interruptible(p_desk_ids uuid[], p_is_asked boolean)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    if p_is_asked is not true then
        return '[]';
    end if;
    return (
        select coalesce(jsonb_agg(to_jsonb(work)), '[]')
        from private.list_interruptible(array(
            select staff.id from public.staff_members staff
            where staff.state = 'online' and staff.desk_id = any (p_desk_ids)
        )) work
    );
end
$$;

-- The pinned plans: one made while the tables were empty must not meet full ones.
create or replace function worker.routing_contexts(p_ticket_ids uuid[])
returns jsonb
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $$
begin
    return private.read_routing_rules() || (
        with waiting as materialized (
            select
                ticket.id, ticket.number, ticket.cycle, ticket.version, ticket.client_id,
                ticket.desk_id, ticket.overflow_desk_id, ticket.language, ticket.required_skills,
                ticket.tier, ticket.is_live, ticket.load_units, ticket.queue_boost,
                ticket.is_preemptive, ticket.due_at, ticket.waiting_since,
                ticket.dedicated_agent_id, ticket.deputy_agent_id,
                ticket.relationship_manager_id, previous.agent_id as previous_agent_id
            from private.described_tickets ticket
            left join private.list_previous_agents(p_ticket_ids) previous
                on previous.ticket_id = ticket.id
            where ticket.id = any (p_ticket_ids) and (ticket.status = 'open') is true
        ),
        asked as materialized (
            select
                array_agg(distinct ticket.desk_id) || array_agg(distinct ticket.overflow_desk_id)
                    as desk_ids,
                array_agg(distinct ticket.dedicated_agent_id)
                    || array_agg(distinct ticket.deputy_agent_id)
                    || array_agg(distinct ticket.relationship_manager_id) as ids,
                bool_or(ticket.is_preemptive) as may_push
            from waiting ticket
        )
        select jsonb_build_object(
            'read_at', now(),
            'tickets', (
                select coalesce(jsonb_agg(jsonb_strip_nulls(to_jsonb(waiting))), '[]') from waiting
            ),
            'refusals', (
                select coalesce(jsonb_agg(to_jsonb(refusal)), '[]')
                from private.list_refusals(p_ticket_ids) refusal
            ),
            'interruptible', private.describe_interruptible(asked.desk_ids, asked.may_push),
            'agents', private.list_agents(asked.desk_ids, asked.ids)
        )
        from asked
    );
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Write
-- -------------------------------------------------------------------------------------------------
create or replace function private.give_tickets(p_ticket_ids uuid[], p_agent_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
begin
    -- By ids twice: joined only, all tickets there are may be read.
    update public.support_tickets ticket
    set status = 'assigned', assignee_id = given.agent_id, assigned_at = now()
    from unnest(p_ticket_ids, p_agent_ids) as given (ticket_id, agent_id)
    where ticket.id = given.ticket_id and ticket.id = any (p_ticket_ids);
    update public.staff_members staff
    set last_assigned_at = now()
    where staff.id = any (p_agent_ids);
end
$$;

create or replace function private.compare_decisions(p_items jsonb)
returns table (
    place bigint, job_id bigint, ticket_id uuid, outcome text, agent_id uuid, is_overflow boolean,
    verdict text, client_id uuid, desk_id uuid, overflow_desk_id uuid, load_units integer,
    freed_units integer, needs text[], is_live boolean, waiting_since timestamptz
)
language plpgsql
stable
rows 200
set search_path = ''
as $$
begin
    return query
        select
            item.place, item.job_id, item.ticket_id, item.outcome, item.agent_id,
            item.stage = 'overflow',
            case
                when item.outcome = 'gone' or ticket.id is null
                    or row_number() over (partition by item.ticket_id order by item.place) > 1
                    then 'gone'
                when ticket.version <> item.version
                    or (item.preempted is not null and not ticket.is_preemptive)
                    then 'stale'
                else 'recorded'
            end,
            ticket.client_id, ticket.desk_id, ticket.overflow_desk_id,
            ticket.load_units::integer,
            case
                when item.preempted is null then 0
                else private.find_freed_units(item.agent_id, item.preempted)
            end,
            array['language.' || ticket.language] || ticket.required_skills,
            ticket.is_live, ticket.waiting_since
        from rows from (jsonb_to_recordset(p_items) as (
            job_id bigint, ticket_id uuid, version integer, outcome text, agent_id uuid,
            stage text, preempted uuid[]
        )) with ordinality as item (
            job_id, ticket_id, version, outcome, agent_id, stage, preempted, place
        )
        left join lateral (
            select known.* from private.described_tickets known
            where known.id = item.ticket_id and (known.status = 'open') is true
            offset 0
        ) ticket on true;
end
$$;

create or replace function worker.record_routing(p_decisions jsonb)
returns jsonb
language plpgsql
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
    v_items jsonb := private.strip_decisions(p_decisions);
begin
    perform private.hold_jobs(v_items);
    return private.finish_decided(private.apply_decisions(p_decisions, v_items));
end
$$;
comment on function worker.record_routing(jsonb) is
    'Effect and end of routing jobs, in one transaction. Items: job_id, fence, event_id, '
    'ticket_id, version, cycle, outcome (assigned, waiting, gone), agent_id, score, candidates, '
    'skipped ({reason: "numbers of staff"}), policy_version; where they say something stage, '
    'relaxed, preempted, look_again_at. Answers [{"job_id", "status"}]: recorded, stale (still '
    'held), gone.';

revoke all on function private.describe_interruptible(uuid[], boolean)
from public, anon, authenticated, service_role;
grant execute on function private.describe_interruptible(uuid[], boolean) to service_role;
