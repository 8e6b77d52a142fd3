-- Routing with every rule: the chain of people a client is offered to, skills that relax, live work
-- that takes the place of e-mail, and a sentence for the client about it.
--
--   ticket.wait_elapsed (a timer: the next stage opens, a skill relaxes, a pause ends)
--       -> orchestrator.routing (lib/orchestrator/routing.py)
--
-- Stages: dedicated -> deputy -> relationship_manager -> vip_pool -> desk -> overflow. One opens
-- when the budgets of the earlier ones have passed since the cycle began; a stage not worth waiting
-- for (nobody there who may take it) costs no time. Which are, lib/orchestrator/chain.py decides.

insert into private.subscriptions (event_kind, worker, priority, collapses)
values ('ticket.wait_elapsed', 'orchestrator.routing', 5, true);

insert into public.presence_settings (setting, value, lowest, highest, label)
values
    ('ramp_tickets', 3, 1, 100, 'So many tickets the house gives a returner while they settle'),
    ('offer_again_seconds', 600, 1, 86400, 'Who let an offer lapse is not asked again this long');

-- -------------------------------------------------------------------------------------------------
-- How long each stage is given
-- -------------------------------------------------------------------------------------------------
create table public.wait_budgets (
    tier text not null references public.service_levels (tier),
    is_live boolean not null,
    stage text not null,
    wait_seconds integer not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (tier, is_live, stage),
    constraint wait_budgets_stage_is_followed_by_another
        check (stage in ('dedicated', 'deputy', 'relationship_manager', 'vip_pool', 'desk')),
    constraint wait_budgets_wait_is_at_most_a_day check (wait_seconds between 0 and 86400)
);
comment on table public.wait_budgets is
    'How long a ticket waits for the people of a stage before the next opens. Without a row a '
    'stage is not waited for, and without one for vip_pool a tier has no pool.';

insert into public.wait_budgets (tier, is_live, stage, wait_seconds)
select made.tier, made.is_live, budget.stage, made.seconds[budget.place]
from (
    values
        ('vip_platinum', true, array[6, 4, 4, 4, 6]),
        ('vip_platinum', false, array[900, 600, 300, 600, 600]),
        ('vip_gold', true, array[10, 8, 6, 8, 12]),
        ('vip_gold', false, array[1800, 900, 600, 900, 1800]),
        ('premium', true, array[null, null, null, null, 120]),
        ('premium', false, array[null, null, null, null, 7200]),
        ('standard', true, array[null, null, null, null, 300]),
        ('standard', false, array[null, null, null, null, 14400])
) made (tier, is_live, seconds)
cross join unnest(
    array['dedicated', 'deputy', 'relationship_manager', 'vip_pool', 'desk']
) with ordinality budget (stage, place)
where made.seconds[budget.place] is not null
    and exists (select from public.service_levels level where level.tier = made.tier);

create trigger wait_budgets_touch
before update on public.wait_budgets
for each row execute function private.tg_touch_row();
create trigger wait_budgets_record
after insert or update or delete on public.wait_budgets
for each row execute function private.tg_record_configuration('tier');

-- Definer: nobody holds a right to write wait_budgets; admins write through here.
create function private.set_wait_budget(
    p_tier text, p_is_live boolean, p_stage text, p_wait_seconds integer, p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.require_admin();
    if not exists (select from public.service_levels level where level.tier = p_tier) then
        perform private.refuse('PT404', 'tier_not_found', 'There is no such tier.');
    elsif p_is_live is null or p_stage is null or p_stage not in (
        'dedicated', 'deputy', 'relationship_manager', 'vip_pool', 'desk'
    ) then
        perform private.refuse('PT422', 'unknown_stage', 'Name a stage that another one follows.');
    elsif p_wait_seconds not between 0 and 86400 then
        perform private.refuse('PT422', 'wait_out_of_range', 'From 0 seconds to a day.');
    end if;
    perform private.note_reason(p_reason);
    delete from public.wait_budgets budget
    where p_wait_seconds is null
        and (budget.tier, budget.is_live, budget.stage) = (p_tier, p_is_live, p_stage);
    insert into public.wait_budgets (tier, is_live, stage, wait_seconds)
    select p_tier, p_is_live, p_stage, p_wait_seconds where p_wait_seconds is not null
    on conflict (tier, is_live, stage) do update set wait_seconds = excluded.wait_seconds;
    return jsonb_build_object(
        'tier', p_tier, 'is_live', p_is_live, 'stage', p_stage, 'wait_seconds', p_wait_seconds
    );
end
$$;

create function public.set_wait_budget(
    p_tier text, p_is_live boolean, p_stage text, p_wait_seconds integer,
    p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_wait_budget(p_tier, p_is_live, p_stage, p_wait_seconds, p_reason)
$$;
comment on function public.set_wait_budget(text, boolean, text, integer, text) is
    'Admins: how long tickets of a tier wait for a stage, live or not. Null: not at all.';

-- -------------------------------------------------------------------------------------------------
-- Skills that relax, and those that never do
-- -------------------------------------------------------------------------------------------------
insert into public.skills (skill, label)
values ('certificate.vip_service', 'Service of VIP clients');

alter table public.skills
    add column relax_after_live_seconds integer,
    add column relax_after_async_seconds integer,
    -- A client is not helped by somebody they cannot speak to, nor by somebody not allowed to.
    add constraint skills_only_categories_relax
        check (
            kind = 'category'
            or (relax_after_live_seconds is null and relax_after_async_seconds is null)
        ),
    add constraint skills_relax_within_a_week
        check (
            relax_after_live_seconds between 0 and 604800
            and relax_after_async_seconds between 0 and 604800
        );
comment on column public.skills.relax_after_live_seconds is
    'From then on somebody without it may take a waiting live ticket; null: never.';
comment on column public.skills.relax_after_async_seconds is 'The same for other channels.';

update public.skills skill
set relax_after_live_seconds = made.live_seconds, relax_after_async_seconds = made.async_seconds
from (
    values
        ('category.product', 15, 1800),
        ('category.fitness', 20, 2700),
        ('category.booking', 30, 3600),
        ('category.billing', 45, 5400),
        ('category.complaint', 60, 7200)
) made (skill, live_seconds, async_seconds)
where made.skill = skill.skill;

create trigger skills_record
after insert or update or delete on public.skills
for each row execute function private.tg_record_configuration('skill');

-- Definer: nobody holds a right to write skills; admins write through here.
create function private.set_skill_relaxation(
    p_skill text, p_live_seconds integer, p_async_seconds integer, p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_skill public.skills;
begin
    perform private.require_admin();
    select known.* into v_skill from public.skills known where known.skill = p_skill;
    if v_skill.skill is null then
        perform private.refuse('PT404', 'skill_not_found', 'There is no such skill.');
    elsif v_skill.kind <> 'category' and num_nonnulls(p_live_seconds, p_async_seconds) > 0 then
        perform private.refuse(
            'PT422', 'skill_never_relaxes', 'Languages and certificates are always needed.'
        );
    elsif p_live_seconds not between 0 and 604800 or p_async_seconds not between 0 and 604800 then
        perform private.refuse('PT422', 'relaxation_out_of_range', 'From 0 seconds to a week.');
    end if;
    perform private.note_reason(p_reason);
    update public.skills known
    set relax_after_live_seconds = p_live_seconds, relax_after_async_seconds = p_async_seconds
    where known.skill = p_skill
    returning known.* into v_skill;
    return to_jsonb(v_skill);
end
$$;

create function public.set_skill_relaxation(
    p_skill text, p_live_seconds integer, p_async_seconds integer, p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_skill_relaxation(p_skill, p_live_seconds, p_async_seconds, p_reason)
$$;
comment on function public.set_skill_relaxation(text, integer, integer, text) is
    'Admins: after how long a waiting ticket may go to somebody without this skill. Null: never.';

create function private.list_needs(p_needs text[], p_is_live boolean, p_since timestamptz)
returns text[]
language plpgsql
stable
set search_path = ''
as $$
begin
    return array(
        select need.skill
        from unnest(p_needs) need (skill)
        left join public.skills known on known.skill = need.skill
        where p_since + make_interval(secs => case
            when p_is_live then known.relax_after_live_seconds
            else known.relax_after_async_seconds
        end) <= now() is not true
    );
end
$$;
comment on function private.list_needs(text[], boolean, timestamptz) is
    'Those of the skills that have not relaxed, for a ticket that waits since then.';

-- -------------------------------------------------------------------------------------------------
-- Desks and their overflow
-- -------------------------------------------------------------------------------------------------

-- Definer: nobody holds a right to write desks; admins write through here.
create function private.set_desk(
    p_desk_id uuid, p_name text, p_overflow_desk_id uuid, p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_name text;
    v_desk public.desks;
begin
    perform private.require_admin();
    v_name := private.require_text('name', p_name, 80);
    if p_overflow_desk_id is not null
        and not exists (select from public.desks desk where desk.id = p_overflow_desk_id)
    then
        perform private.refuse('PT404', 'desk_not_found', 'There is no such desk.');
    elsif p_overflow_desk_id = p_desk_id then
        perform private.refuse('PT422', 'own_overflow', 'A desk cannot help itself out.');
    elsif exists (
        select from public.desks desk
        where desk.name = v_name and desk.id is distinct from p_desk_id
    ) then
        perform private.refuse('PT409', 'desk_name_taken', 'Another desk has this name.');
    end if;
    perform private.note_reason(p_reason);
    if p_desk_id is null then
        insert into public.desks (name, overflow_desk_id)
        values (v_name, p_overflow_desk_id) returning * into v_desk;
    else
        update public.desks desk
        set name = v_name, overflow_desk_id = p_overflow_desk_id
        where desk.id = p_desk_id returning * into v_desk;
    end if;
    return to_jsonb(v_desk);
end
$$;

create function public.create_desk(
    p_name text, p_overflow_desk_id uuid default null, p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_desk(null, p_name, p_overflow_desk_id, p_reason)
$$;
comment on function public.create_desk(text, uuid, text) is
    'Admins: a new desk, and which desk helps it out. Answers the desk.';

-- The desk is looked up first: without one this would create another.
create function private.change_desk(
    p_desk_id uuid, p_name text, p_overflow_desk_id uuid, p_reason text
)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_answer jsonb;
begin
    if p_desk_id is not null then
        v_answer := private.set_desk(p_desk_id, p_name, p_overflow_desk_id, p_reason);
    end if;
    if v_answer ->> 'id' is null then
        perform private.refuse('PT404', 'desk_not_found', 'There is no such desk.');
    end if;
    return v_answer;
end
$$;

create function public.set_desk(
    p_desk_id uuid, p_name text, p_overflow_desk_id uuid default null, p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.change_desk(p_desk_id, p_name, p_overflow_desk_id, p_reason)
$$;
comment on function public.set_desk(uuid, text, uuid, text) is
    'Admins: a desk''s name, and which desk helps it out (null: none). Answers the desk.';

-- -------------------------------------------------------------------------------------------------
-- The people of a client
-- -------------------------------------------------------------------------------------------------
alter table public.vip_client_profiles
    add column deputy_agent_id uuid references public.staff_members (id),
    drop constraint vip_client_profiles_nobody_serves_themselves,
    add constraint vip_client_profiles_nobody_serves_themselves
        check (
            client_id not in (dedicated_agent_id, deputy_agent_id, relationship_manager_id)
        );
create index vip_client_profiles_deputy_agent_id_idx
    on public.vip_client_profiles (deputy_agent_id);
comment on index public.vip_client_profiles_deputy_agent_id_idx is
    'Serves "my clients", the policy and the foreign key.';
alter table public.vip_profile_changes
    drop constraint vip_profile_changes_field_is_known,
    add constraint vip_profile_changes_field_is_known
        check (
            field in ('tier', 'dedicated_agent_id', 'deputy_agent_id', 'relationship_manager_id')
        );

-- Definer: the history can be written by nobody else, whoever changed the profile.
create or replace function private.tg_vip_client_profiles_record()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.record_vip_change(
        new.client_id, change.field, change.old_value::text, change.new_value::text
    )
    from (
        values
            ('dedicated_agent_id', old.dedicated_agent_id, new.dedicated_agent_id),
            ('deputy_agent_id', old.deputy_agent_id, new.deputy_agent_id),
            ('relationship_manager_id', old.relationship_manager_id, new.relationship_manager_id)
    ) change (field, old_value, new_value);
    return null;
end
$$;

drop trigger vip_client_profiles_record on public.vip_client_profiles;
create trigger vip_client_profiles_record
after insert or update of dedicated_agent_id, deputy_agent_id, relationship_manager_id
on public.vip_client_profiles
for each row execute function private.tg_vip_client_profiles_record();

-- Definer: read by the policy of profiles, must not depend on that of vip_client_profiles.
create or replace function private.my_dedicated_client_ids()
returns setof uuid
language plpgsql
stable
security definer
rows 50
set search_path = ''
as $$
begin
    return query
    select client.client_id from public.vip_client_profiles client
    where client.dedicated_agent_id = (select private.my_staff_id())
        or client.deputy_agent_id = (select private.my_staff_id())
        or client.relationship_manager_id = (select private.my_staff_id());
end
$$;

-- Definer: nobody holds a right to write vip_client_profiles; managers write through here.
create function private.set_client_team(
    p_client_id uuid, p_dedicated_agent_id uuid, p_deputy_agent_id uuid,
    p_relationship_manager_id uuid, p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_client public.profiles := private.lock_client_as_manager(p_client_id);
    v_team uuid[] := array_remove(
        array[p_dedicated_agent_id, p_deputy_agent_id, p_relationship_manager_id], null
    );
    v_profile public.vip_client_profiles;
begin
    perform private.note_reason(private.require_text('reason', p_reason, 500));
    if v_client.id = any (v_team) then
        perform private.refuse('PT422', 'own_client', 'Nobody serves themselves.');
    elsif p_dedicated_agent_id = p_deputy_agent_id then
        perform private.refuse('PT422', 'deputy_is_dedicated', 'Nobody stands in for themselves.');
    elsif (
        select count(*) < cardinality(array(select distinct unnest(v_team)))
        from public.staff_members staff
        where staff.id = any (v_team) and staff.is_active and staff.desk_id = v_client.desk_id
            and private.is_agent_role(staff.role)
    ) then
        perform private.refuse('PT404', 'agent_not_found', 'No agent of this desk has this id.');
    end if;
    insert into public.vip_client_profiles as known (
        client_id, tier, dedicated_agent_id, deputy_agent_id, relationship_manager_id
    )
    values (
        v_client.id, v_client.tier, p_dedicated_agent_id, p_deputy_agent_id,
        p_relationship_manager_id
    )
    on conflict (client_id) do update
    set dedicated_agent_id = excluded.dedicated_agent_id,
        deputy_agent_id = excluded.deputy_agent_id,
        relationship_manager_id = excluded.relationship_manager_id
    returning * into v_profile;
    return to_jsonb(v_profile);
end
$$;

create function public.set_client_team(
    p_client_id uuid, p_dedicated_agent_id uuid, p_deputy_agent_id uuid,
    p_relationship_manager_id uuid, p_reason text
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_client_team(
        p_client_id, p_dedicated_agent_id, p_deputy_agent_id, p_relationship_manager_id, p_reason
    )
$$;
comment on function public.set_client_team(uuid, uuid, uuid, uuid, text) is
    'Managers of the client''s desk: who looks after this client, who stands in, and whose '
    'relationship it is (null: nobody), with the reason.';

-- -------------------------------------------------------------------------------------------------
-- Decisions say more
-- -------------------------------------------------------------------------------------------------
alter table public.routing_decisions
    add column stage text,
    add column relaxed text[] not null default '{}',
    add column preempted uuid[] not null default '{}',
    add column look_again_at timestamptz,
    add constraint routing_decisions_stage_is_known
        check (stage in (
            'dedicated', 'deputy', 'relationship_manager', 'vip_pool', 'desk', 'overflow'
        )),
    add constraint routing_decisions_only_the_assigned_have_a_stage
        check (stage is null or outcome = 'assigned'),
    add constraint routing_decisions_relaxed_are_few check (cardinality(relaxed) <= 16),
    add constraint routing_decisions_only_the_waiting_look_again
        check (look_again_at is null or outcome = 'waiting');
comment on column public.routing_decisions.stage is
    'The step of the client''s chain the chosen agent stands on.';
comment on column public.routing_decisions.relaxed is
    'Skills the ticket asks for and the chosen agent lacks.';
comment on column public.routing_decisions.preempted is
    'Tickets that went back to the queue to make room for this one.';
comment on column public.routing_decisions.look_again_at is
    'When it could find somebody even if nobody comes or gets free.';

-- -------------------------------------------------------------------------------------------------
-- Read
-- -------------------------------------------------------------------------------------------------
create function private.list_refusals(p_ticket_ids uuid[])
returns table (ticket_id uuid, agent_id uuid, reason text, refused_until timestamptz)
language plpgsql
stable
rows 10
set search_path = ''
as $$
declare
    v_pause interval := make_interval(secs => private.read_presence_setting('offer_again_seconds'));
begin
    return query
    select distinct on (held.ticket_id, held.agent_id)
        held.ticket_id, held.agent_id,
        case
            when held.state = 'declined' then 'declined'
            when held.state = 'expired' then 'timed_out'
            else 'handed_back'
        end,
        case when held.state <> 'declined' then held.ended_at + v_pause end
    from public.ticket_assignments held
    join public.support_tickets ticket
        on ticket.id = held.ticket_id and ticket.cycle = held.cycle
    where held.ticket_id = any (p_ticket_ids)
        and (
            held.state = 'declined'
            or (
                (held.state = 'expired' or held.end_reason = 'handed_back')
                and held.ended_at > now() - v_pause
            )
        )
    order by held.ticket_id, held.agent_id, held.state = 'declined' desc, held.ended_at desc;
end
$$;
comment on function private.list_refusals(uuid[]) is
    'Who is not asked about these tickets: decliners for the rest of the cycle, whoever let an '
    'offer lapse or handed it back for a while.';

-- Whoever had it last without refusing it or being relieved of it by a colleague.
create function private.list_previous_agents(p_ticket_ids uuid[])
returns table (ticket_id uuid, agent_id uuid)
language plpgsql
stable
rows 10
set search_path = ''
as $$
begin
    return query
    select distinct on (held.ticket_id) held.ticket_id, held.agent_id
    from public.ticket_assignments held
    where held.ticket_id = any (p_ticket_ids)
        and (
            held.state = 'completed'
            or (held.state = 'withdrawn' and held.end_reason not in ('handed_back', 'reassigned'))
        )
    order by held.ticket_id, held.id desc;
end
$$;

-- Tickets on which it is the client's turn stay: nobody else would have anything to do with them.
create function private.list_interruptible(p_agent_ids uuid[])
returns table (
    agent_id uuid, ticket_id uuid, number bigint, load_units integer, boost integer,
    due_at timestamptz
)
language plpgsql
stable
rows 50
set search_path = ''
as $$
begin
    return query
    select
        ticket.assignee_id, ticket.id, ticket.number, channel.load_units::integer,
        level.boost::integer, ticket.first_response_due_at
    from public.support_tickets ticket
    join public.channels channel on channel.channel = ticket.channel and not channel.is_live
    join public.service_levels level on level.tier = ticket.tier and not level.is_preemptive
    where ticket.assignee_id = any (p_agent_ids) and ticket.status = 'assigned';
end
$$;
comment on function private.list_interruptible(uuid[]) is
    'Asynchronous work of these agents that may go back to the queue for a live ticket of a '
    'preemptive tier.';

create function private.find_ramp_left(p_staff_id uuid, p_returned_at timestamptz)
returns integer
language plpgsql
stable
set search_path = ''
as $$
begin
    if p_returned_at is null or p_returned_at
        + make_interval(secs => private.read_presence_setting('ramp_seconds')) <= now()
    then
        return null;
    end if;
    return (
        select greatest(private.read_presence_setting('ramp_tickets') - count(*), 0)
        from public.ticket_assignments given
        where given.agent_id = p_staff_id and given.offered_at >= p_returned_at
            and given.assigned_by is null
    );
end
$$;
comment on function private.find_ramp_left(uuid, timestamptz) is
    'How many more tickets the house gives somebody who has just come back; null: no limit.';

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
        ) order by asked.id), '[]')
        from asked
        join private.agent_loads(array(select asked.id from asked)) load
            on load.agent_id = asked.id
    );
end
$$;

create view private.waiting_tickets
with (security_invoker = true)
as
select
    ticket.id, ticket.number, ticket.cycle, ticket.version, ticket.client_id, ticket.desk_id,
    desk.overflow_desk_id, ticket.language, ticket.required_skills, ticket.tier, channel.is_live,
    channel.load_units, level.boost as queue_boost,
    level.is_preemptive and channel.is_live as is_preemptive,
    ticket.first_response_due_at as due_at,
    coalesce(ticket.reopened_at, ticket.opened_at) as waiting_since,
    client.dedicated_agent_id, client.deputy_agent_id, client.relationship_manager_id
from public.support_tickets ticket
join public.desks desk on desk.id = ticket.desk_id
join public.channels channel on channel.channel = ticket.channel
join public.service_levels level on level.tier = ticket.tier
left join public.vip_client_profiles client on client.client_id = ticket.client_id
where ticket.status = 'open';
comment on view private.waiting_tickets is
    'Tickets nobody has, with all that routing wants to know of them.';

create function private.read_routing_rules()
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return jsonb_build_object(
        'budgets', (
            select coalesce(jsonb_agg(jsonb_build_object(
                'tier', budget.tier, 'is_live', budget.is_live, 'stage', budget.stage,
                'wait_seconds', budget.wait_seconds
            )), '[]')
            from public.wait_budgets budget
        ),
        'relaxations', (
            select coalesce(jsonb_agg(jsonb_build_object(
                'skill', skill.skill,
                'live_seconds', skill.relax_after_live_seconds,
                'async_seconds', skill.relax_after_async_seconds
            )), '[]')
            from public.skills skill
            where skill.kind = 'category'
        )
    );
end
$$;

-- The pinned plans: one made while the tables were empty must not meet full ones.
create or replace function worker.routing_contexts(p_ticket_ids uuid[])
returns jsonb
language plpgsql
stable
set search_path = ''
set enable_seqscan = off
as $$
begin
    return private.read_routing_rules() || (
        with waiting as materialized (
            select ticket.*, previous.agent_id as previous_agent_id
            from private.waiting_tickets ticket
            left join private.list_previous_agents(p_ticket_ids) previous
                on previous.ticket_id = ticket.id
            where ticket.id = any (p_ticket_ids)
        ),
        asked as materialized (
            select
                array_agg(distinct ticket.desk_id) || array_agg(distinct ticket.overflow_desk_id)
                    as desk_ids,
                array_agg(distinct ticket.dedicated_agent_id)
                    || array_agg(distinct ticket.deputy_agent_id)
                    || array_agg(distinct ticket.relationship_manager_id) as ids
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
            'interruptible', (
                select coalesce(jsonb_agg(to_jsonb(work)), '[]')
                from private.list_interruptible(array(
                    select staff.id from public.staff_members staff
                    where staff.state = 'online' and staff.desk_id = any (asked.desk_ids)
                        and exists (select from waiting where waiting.is_preemptive)
                )) work
            ),
            'agents', private.list_agents(asked.desk_ids, asked.ids)
        )
        from asked
    );
end
$$;
comment on function worker.routing_contexts(uuid[]) is
    'Those of the tickets that wait, whoever could be asked to take them and by which rules, as of '
    'one moment.';

-- -------------------------------------------------------------------------------------------------
-- Write
-- -------------------------------------------------------------------------------------------------

-- Tickets before staff, each by id: the order of everybody who locks both. Tickets to be sent back
-- are locked with those to be given.
create or replace function private.lock_routed_rows(p_items jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_ticket_ids uuid[];
    v_preempted uuid[];
    v_agent_ids uuid[];
begin
    select
        array_agg(item.ticket_id), array_agg(distinct item.agent_id),
        array(
            select jsonb_array_elements_text(other.value -> 'preempted')::uuid
            from jsonb_array_elements(p_items) other
            where other.value ? 'preempted'
        )
    into v_ticket_ids, v_agent_ids, v_preempted
    from jsonb_to_recordset(p_items) as item (ticket_id uuid, agent_id uuid, outcome text)
    where item.outcome <> 'gone';
    perform from public.support_tickets ticket
    where ticket.id = any (v_ticket_ids || v_preempted)
    order by ticket.id
    for no key update;
    perform from public.staff_members staff
    where staff.id = any (v_agent_ids)
    order by staff.id
    for no key update;
end
$$;

drop function private.list_ready_agents();
create function private.list_ready_agents()
returns table (id uuid, desk_id uuid, spare integer, skills text[], ramp_left integer)
language plpgsql
stable
rows 50
set search_path = ''
as $$
begin
    return query
        with ready as materialized (
            select staff.* from public.staff_members staff
            where staff.is_active and staff.state = 'online' and private.is_agent_role(staff.role)
                and staff.steady_at <= now()
                and not exists (
                    select from public.staff_absences absence
                    where absence.staff_id = staff.id
                        and tstzrange(absence.starts_at, absence.ends_at) @> now()
                )
        )
        select
            ready.id,
            ready.desk_id,
            ready.capacity_units - load.load_units,
            array(select held.skill from public.staff_skills held where held.staff_id = ready.id),
            private.find_ramp_left(ready.id, ready.returned_at)
        from ready
        join private.agent_loads(array(select ready.id from ready)) load
            on load.agent_id = ready.id;
end
$$;
comment on function private.list_ready_agents() is
    'Agents who are there and may be given work, with what they have room for (units), what they '
    'can, and how many more tickets they may get (null: no limit).';

-- Units that sending these tickets back frees, or null if one of them is not to be had any more.
create function private.find_freed_units(p_agent_id uuid, p_ticket_ids uuid[])
returns integer
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select case when count(*) = cardinality(p_ticket_ids) then sum(work.load_units) end
        from private.list_interruptible(array[p_agent_id]) work
        where work.ticket_id = any (p_ticket_ids)
    );
end
$$;

-- What may be said of each item before its agent is looked at.
create function private.compare_decisions(p_items jsonb)
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
        left join private.waiting_tickets ticket on ticket.id = item.ticket_id;
end
$$;

-- recorded  the ticket still waits, unchanged since it was read, and the agent can take it,
--           counting what this batch gave them, and freed, before
-- stale     somebody was quicker or something changed: read it afresh
-- gone      it does not wait any more (whoever has it keeps it), or the batch decided it already
create or replace function private.judge_decisions(p_items jsonb)
returns table (job_id bigint, ticket_id uuid, outcome text, agent_id uuid, status text)
language plpgsql
stable
rows 200
set search_path = ''
as $$
begin
    return query
        with counted as materialized (
            select
                compared.*,
                count(*) filter (where compared.verdict = 'recorded') over upto as given_count,
                sum(compared.load_units - coalesce(compared.freed_units, 0))
                    filter (where compared.verdict = 'recorded') over upto as given_units
            from private.compare_decisions(p_items) compared
            window upto as (partition by compared.agent_id order by compared.place)
        )
        select
            counted.job_id, counted.ticket_id, counted.outcome, counted.agent_id,
            case
                when counted.verdict <> 'recorded' or counted.outcome = 'waiting'
                    then counted.verdict
                when agent.id <> counted.client_id
                    and agent.desk_id = case
                        when counted.is_overflow then counted.overflow_desk_id else counted.desk_id
                    end
                    and (agent.skills @> counted.needs or agent.skills @> private.list_needs(
                        counted.needs, counted.is_live, counted.waiting_since
                    ))
                    and agent.spare >= counted.given_units
                    -- Nothing is sent back for room that is there anyway.
                    and (counted.freed_units = 0
                        or agent.spare < counted.given_units + counted.freed_units)
                    and (agent.ramp_left is null or agent.ramp_left >= counted.given_count)
                    then 'recorded'
                else 'stale'
            end
        from counted
        left join private.list_ready_agents() agent on agent.id = counted.agent_id;
end
$$;

create or replace function private.store_decisions(p_decisions jsonb, p_job_ids bigint[])
returns void
language plpgsql
set search_path = ''
as $$
begin
    insert into public.routing_decisions (
        ticket_id, cycle, event_id, outcome, agent_id, score, candidates, skipped, policy_version,
        stage, relaxed, preempted, look_again_at
    )
    select
        made.ticket_id, made.cycle, made.event_id, made.outcome, made.agent_id, made.score,
        made.candidates, made.skipped, made.policy_version,
        made.stage, coalesce(made.relaxed, '{}'), coalesce(made.preempted, '{}'),
        made.look_again_at
    from jsonb_to_recordset(p_decisions) as made (
        job_id bigint, ticket_id uuid, cycle integer, event_id bigint, outcome text,
        agent_id uuid, score integer, candidates jsonb, skipped jsonb, policy_version text,
        stage text, relaxed text[], preempted uuid[], look_again_at timestamptz
    )
    where made.job_id = any (p_job_ids)
        and not (made.outcome = 'waiting' and private.is_known_wait(
            made.ticket_id, made.cycle, made.skipped, made.policy_version
        ));
end
$$;

-- What was made room for goes back first: nobody is above their capacity in between.
create function private.give_routed(p_items jsonb, p_job_ids bigint[])
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_ticket_ids uuid[];
    v_agent_ids uuid[];
    v_stages jsonb;
    v_preempted uuid[];
begin
    select
        array_agg(item.ticket_id), array_agg(item.agent_id),
        jsonb_object_agg(item.ticket_id, item.stage),
        array(
            select jsonb_array_elements_text(other.value -> 'preempted')::uuid
            from jsonb_array_elements(p_items) other
            where other.value ? 'preempted'
                and (other.value ->> 'job_id')::bigint = any (p_job_ids)
        )
    into v_ticket_ids, v_agent_ids, v_stages, v_preempted
    from jsonb_to_recordset(p_items) as item (
        job_id bigint, ticket_id uuid, agent_id uuid, stage text
    )
    where item.job_id = any (p_job_ids);
    perform private.return_tickets(v_preempted, 'withdrawn', 'preempted');
    perform set_config('luxury.stages', v_stages::text, true);
    perform private.give_tickets(v_ticket_ids, v_agent_ids);
    perform set_config('luxury.stages', '', true);
end
$$;
comment on function private.give_routed(jsonb, bigint[]) is
    'The effect of these jobs'' decisions: tickets sent back, tickets given; call it under lock.';

create function private.set_wait_timers(p_items jsonb, p_job_ids bigint[])
returns void
language plpgsql
set search_path = ''
as $$
begin
    perform private.set_timers(
        'ticket.wait_elapsed', array_agg(item.ticket_id), array_agg(item.look_again_at)
    )
    from jsonb_to_recordset(p_items) as item (
        job_id bigint, ticket_id uuid, look_again_at timestamptz
    )
    where item.job_id = any (p_job_ids) and item.look_again_at is not null
    having count(*) > 0;
end
$$;
comment on function private.set_wait_timers(jsonb, bigint[]) is
    'Those of these jobs'' tickets that wait for a moment, and not only for somebody, get a timer.';

-- Definer: not even the service key may give tickets or write decisions but through here; only
-- service_role may execute it. Each step is a statement of its own: what is judged must include
-- what others committed while we waited for the locks.
create or replace function private.apply_decisions(p_decisions jsonb, p_items jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
    v_results jsonb;
    v_recorded bigint[];
    v_given bigint[];
    v_settled uuid[];
begin
    perform private.lock_routed_rows(p_items);
    select
        coalesce(jsonb_agg(jsonb_build_object(
            'job_id', judged.job_id, 'status', judged.status
        )), '[]'),
        array_agg(judged.job_id) filter (where judged.status = 'recorded'),
        array_agg(judged.job_id) filter (where judged.is_given),
        array_agg(judged.ticket_id) filter (where judged.status <> 'stale')
    into v_results, v_recorded, v_given, v_settled
    from private.judge_batch(p_items) judged;
    perform private.store_decisions(p_decisions, v_recorded);
    if v_given is not null then
        perform private.give_routed(p_items, v_given);
    end if;
    perform private.set_wait_timers(p_items, v_recorded);
    update public.routing_requests request
    set status = 'done', completed_at = now()
    where request.ticket_id = any (v_settled) and request.status = 'pending';
    return v_results;
end
$$;
comment on function worker.record_routing(jsonb) is
    'Effect and end of routing jobs, in one transaction. Items: job_id, fence, event_id, '
    'ticket_id, version, cycle, outcome (assigned, waiting, gone), agent_id, score, candidates, '
    'skipped, policy_version; where they say something stage, relaxed, preempted, look_again_at. '
    'Answers [{"job_id", "status"}]: recorded, stale (still held), gone.';

-- -------------------------------------------------------------------------------------------------
-- Backlog: whoever could be taken by somebody, the most urgent first
-- -------------------------------------------------------------------------------------------------

-- Whether somebody of the desk itself may still take such a ticket: live, whoever is there;
-- otherwise also whoever comes back.
create function private.is_desk_hopeful(p_desk_id uuid, p_needs text[], p_is_live boolean)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return exists (
        select from public.staff_members staff
        where staff.desk_id = p_desk_id and staff.is_active and private.is_agent_role(staff.role)
            and (staff.state = 'online' or not p_is_live)
            and not exists (
                select from public.staff_absences absence
                where absence.staff_id = staff.id
                    and tstzrange(absence.starts_at, absence.ends_at) @> now()
            )
            and array(
                select held.skill from public.staff_skills held where held.staff_id = staff.id
            ) @> p_needs
    );
end
$$;

-- A ticket that not everybody may have (somebody declined it, it is a colleague's own, its chain is
-- still opening, it may take the place of e-mail) is special: others do not queue behind it.
create function private.list_waiting_needs()
returns table (
    id uuid, number bigint, boost integer, due_at timestamptz, desk_id uuid, overflow_desk_id uuid,
    needs text[], load_units integer, is_preemptive boolean, is_special boolean
)
language plpgsql
stable
rows 500
set search_path = ''
as $$
begin
    return query
        with budget as materialized (
            select known.tier, known.is_live, bool_or(known.stage <> 'desk') as has_chain,
                make_interval(secs => sum(known.wait_seconds)) as total
            from public.wait_budgets known
            group by known.tier, known.is_live
        )
        select
            ticket.id, ticket.number, ticket.queue_boost::integer, ticket.due_at, ticket.desk_id,
            case
                when ticket.overflow_desk_id is null then null
                when budget.total is null or ticket.waiting_since + budget.total <= now()
                    or not private.is_desk_hopeful(ticket.desk_id, need.skills, ticket.is_live)
                    then ticket.overflow_desk_id
            end,
            need.skills, ticket.load_units::integer, ticket.is_preemptive,
            ticket.is_preemptive
                or (budget.has_chain and ticket.waiting_since + budget.total > now()) is true
                or exists (select from public.staff_members me where me.id = ticket.client_id)
        from private.waiting_tickets ticket
        left join budget on budget.tier = ticket.tier and budget.is_live = ticket.is_live
        cross join lateral (select case
            when ticket.required_skills = '{}' then array['language.' || ticket.language]
            else private.list_needs(
                array['language.' || ticket.language] || ticket.required_skills, ticket.is_live,
                ticket.waiting_since
            )
        end as skills) need;
end
$$;

-- Tickets alike in desk, needs and load form one line; a line moves up by as many places as those
-- able to serve it have room for. A special ticket is a line of its own: it is asked for once too
-- often rather than in the way of those behind it. So a line nobody can serve never stops another.
create function private.list_waiting_lines()
returns table (
    line bigint, place bigint, id uuid, number bigint, boost integer, due_at timestamptz,
    desk_id uuid, overflow_desk_id uuid, needs text[], load_units integer, is_preemptive boolean
)
language plpgsql
stable
rows 500
set search_path = ''
as $$
begin
    return query
        with lined as (
            select
                waiting.*,
                dense_rank() over (order by
                    waiting.desk_id, waiting.overflow_desk_id, waiting.needs, waiting.load_units,
                    case when waiting.is_special or refused.id is not null then waiting.id end
                ) as line
            from private.list_waiting_needs() waiting
            left join (
                select distinct refusal.ticket_id as id
                from private.list_refusals(
                    array(select known.id from private.waiting_tickets known)
                ) refusal
            ) refused on refused.id = waiting.id
        )
        select
            lined.line,
            row_number() over (
                partition by lined.line order by lined.boost desc, lined.due_at, lined.number
            ),
            lined.id, lined.number, lined.boost, lined.due_at, lined.desk_id,
            lined.overflow_desk_id, lined.needs, lined.load_units, lined.is_preemptive
        from lined;
end
$$;

-- No ticket is read while nobody has room.
create or replace function private.find_servable_tickets(p_limit integer)
returns setof uuid
language sql
stable
rows 200
set search_path = ''
as $$
    with ready as materialized (
        select agent.*, coalesce(work.units, 0) as interruptible_units
        from private.list_ready_agents() agent
        left join (
            select found.agent_id, sum(found.load_units) as units
            from private.list_interruptible(
                array(select staff.id from public.staff_members staff where staff.state = 'online')
            ) found
            where exists (select from private.waiting_tickets known where known.is_preemptive)
            group by found.agent_id
        ) work on work.agent_id = agent.id
        where (agent.spare > 0 or work.units > 0) and agent.ramp_left is distinct from 0
    ),
    waiting as materialized (
        select lined.* from private.list_waiting_lines() lined where exists (select from ready)
    ),
    refused as materialized (
        select * from private.list_refusals(
            array(select waiting.id from waiting where waiting.place = 1)
        )
    ),
    room as (
        select first.line, sum(greatest(1, least(
            agent.spare / first.load_units, coalesce(agent.ramp_left, 1000)
        ))) as places
        from waiting first
        join ready agent on agent.desk_id in (first.desk_id, first.overflow_desk_id)
            and agent.skills @> first.needs
            and first.load_units <= agent.spare
                + case when first.is_preemptive then agent.interruptible_units else 0 end
        where first.place = 1 and not exists (
            select from refused
            where refused.ticket_id = first.id and refused.agent_id = agent.id
        )
        group by first.line
    )
    select waiting.id
    from waiting join room on room.line = waiting.line and waiting.place <= room.places
    order by waiting.boost desc, waiting.due_at, waiting.number
    limit p_limit
$$;

create or replace function worker.record_backlog(p_items jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
begin
    perform private.hold_jobs(p_items);
    -- A request follows from the room that was found, not from what led to looking: chains of
    -- unrelated tickets are no rings, and each request moves a line up.
    perform set_config('luxury.causes', '', true);
    perform private.request_servable_tickets();
    perform private.finish_jobs(array(
        select item.job_id from jsonb_to_recordset(p_items) as item (job_id bigint)
    ));
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'job_id', item.job_id, 'status', 'recorded'
        )), '[]')
        from jsonb_to_recordset(p_items) as item (job_id bigint)
    );
end
$$;

-- -------------------------------------------------------------------------------------------------
-- What the client may know of it
-- -------------------------------------------------------------------------------------------------
create table public.routing_phrases (
    code text not null,
    language text not null,
    text text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (code, language),
    constraint routing_phrases_code_is_a_word check (code ~ '^[a-z][a-z_]{0,47}$'),
    constraint routing_phrases_language_is_a_code check (language ~ '^[a-z]{2}$'),
    constraint routing_phrases_text_is_short_text check (private.is_clean_text(text, 500))
);
comment on table public.routing_phrases is
    'What a client is told about who has their ticket. {agent} is the agent''s name. Nothing here '
    'speaks of other clients, of anybody''s load or of who is away.';

insert into public.routing_phrases (code, language, text)
values
    (
        'waiting_live', 'pl',
        'Dziękujemy za cierpliwość. Za chwilę odezwie się osoba, która najlepiej Państwu pomoże.'
    ),
    (
        'waiting_live', 'en',
        'Thank you for your patience. The person best placed to help you will be here in a moment.'
    ),
    (
        'waiting', 'pl',
        'Dziękujemy za wiadomość. Wybieramy osobę, która najlepiej zajmie się Państwa sprawą.'
    ),
    (
        'waiting', 'en',
        'Thank you for your message. We are choosing the person best placed to look after it.'
    ),
    ('dedicated', 'pl', 'Państwa sprawą zajmuje się {agent} – Państwa stały opiekun.'),
    ('dedicated', 'en', '{agent}, who looks after you personally, has your request in hand.'),
    ('deputy', 'pl', 'Państwa sprawą zajmuje się {agent} z Państwa stałego zespołu.'),
    ('deputy', 'en', '{agent}, from the team that looks after you, has your request in hand.'),
    (
        'relationship_manager', 'pl',
        'Państwa sprawą zajmuje się osobiście {agent} – opiekun Państwa relacji z naszym domem.'
    ),
    (
        'relationship_manager', 'en',
        '{agent}, your relationship manager, is looking after your request personally.'
    ),
    ('vip_pool', 'pl', 'Państwa sprawą zajmuje się {agent} z zespołu obsługi VIP.'),
    ('vip_pool', 'en', '{agent}, from our VIP team, has your request in hand.'),
    ('desk', 'pl', 'Państwa sprawą zajmuje się {agent}.'),
    ('desk', 'en', '{agent} has your request in hand.'),
    ('overflow', 'pl', 'Państwa sprawą zajmuje się {agent} z naszego zaprzyjaźnionego zespołu.'),
    ('overflow', 'en', '{agent}, from one of our partner teams, has your request in hand.'),
    ('done', 'pl', 'Sprawa została zakończona. Dziękujemy za zaufanie.'),
    ('done', 'en', 'Your request has been completed. Thank you for your trust.');

create trigger routing_phrases_touch
before update on public.routing_phrases
for each row execute function private.tg_touch_row();
create trigger routing_phrases_record
after insert or update or delete on public.routing_phrases
for each row execute function private.tg_record_configuration('code');

-- Definer: nobody holds a right to write routing_phrases; admins write through here.
create function private.set_routing_phrase(
    p_code text, p_language text, p_text text, p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_text text;
    v_phrase public.routing_phrases;
begin
    perform private.require_admin();
    v_text := private.require_text('text', p_text, 500);
    if not exists (select from public.routing_phrases known where known.code = p_code) then
        perform private.refuse('PT404', 'phrase_not_found', 'There is no phrase of this code.');
    elsif p_language is null or p_language !~ '^[a-z]{2}$' then
        perform private.refuse('PT422', 'unknown_language', 'A code of two letters, as pl.');
    end if;
    perform private.note_reason(p_reason);
    insert into public.routing_phrases as known (code, language, text)
    values (p_code, p_language, v_text)
    on conflict (code, language) do update set text = excluded.text
    returning known.* into v_phrase;
    return to_jsonb(v_phrase);
end
$$;

create function public.set_routing_phrase(
    p_code text, p_language text, p_text text, p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_routing_phrase(p_code, p_language, p_text, p_reason)
$$;
comment on function public.set_routing_phrase(text, text, text, text) is
    'Admins: what a client is told, in one language; {agent} becomes the agent''s name.';

-- Definer: a client may know who has their ticket, but neither decisions nor the list of people.
-- Null for whoever does not see the ticket.
create function private.describe_routing(p_ticket_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_ticket public.support_tickets;
    v_code text;
    v_agent_name text;
begin
    select ticket.* into v_ticket
    from public.support_tickets ticket where ticket.id = p_ticket_id;
    if v_ticket.id is null or private.my_stance(v_ticket) is null then
        return null;
    end if;
    v_code := case
        when v_ticket.status in ('resolved', 'closed') then 'done'
        when v_ticket.status <> 'open' then coalesce((
            select held.stage from public.ticket_assignments held
            where held.ticket_id = v_ticket.id and held.ended_at is null
        ), 'desk')
        when exists (
            select from public.channels known
            where known.channel = v_ticket.channel and known.is_live
        ) then 'waiting_live'
        else 'waiting'
    end;
    select person.display_name into v_agent_name
    from public.profiles person
    where person.id = v_ticket.assignee_id and private.is_worked_on(v_ticket.status);
    return (
        select jsonb_build_object(
            'code', v_code, 'agent_name', v_agent_name,
            'text', replace(phrase.text, '{agent}', coalesce(v_agent_name, ''))
        )
        from public.routing_phrases phrase
        where phrase.code = v_code and phrase.language in (v_ticket.language, 'en')
        order by phrase.language <> v_ticket.language
        limit 1
    );
end
$$;
comment on function private.describe_routing(uuid) is
    '{"code", "text", "agent_name"} in the ticket''s language, else in English: who has it, or '
    'that somebody is being chosen.';

create function public.get_routing_summary(p_ticket_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
    v_summary jsonb;
begin
    perform private.require_signed_in();
    v_summary := private.describe_routing(p_ticket_id);
    if v_summary is null then
        perform private.refuse('PT404', 'ticket_not_found', 'There is no such ticket for you.');
    end if;
    return v_summary;
end
$$;
comment on function public.get_routing_summary(uuid) is
    'Whoever sees the ticket: {"code", "text", "agent_name"}, in words made for the client.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.wait_budgets, public.routing_phrases, private.waiting_tickets
from anon, authenticated, service_role;
grant select on public.wait_budgets, public.routing_phrases to authenticated, service_role;
grant select on private.waiting_tickets to service_role;

alter table public.wait_budgets enable row level security;
alter table public.routing_phrases enable row level security;

create policy wait_budgets_select_staff on public.wait_budgets
for select to authenticated
using ((select private.is_staff()));

create policy routing_phrases_select_staff on public.routing_phrases
for select to authenticated
using ((select private.is_staff()));

revoke all on function
    private.set_wait_budget(text, boolean, text, integer, text),
    public.set_wait_budget(text, boolean, text, integer, text),
    private.set_skill_relaxation(text, integer, integer, text),
    public.set_skill_relaxation(text, integer, integer, text),
    private.list_needs(text[], boolean, timestamptz),
    private.set_desk(uuid, text, uuid, text), private.change_desk(uuid, text, uuid, text),
    public.create_desk(text, uuid, text), public.set_desk(uuid, text, uuid, text),
    private.set_client_team(uuid, uuid, uuid, uuid, text),
    public.set_client_team(uuid, uuid, uuid, uuid, text),
    private.list_refusals(uuid[]), private.list_previous_agents(uuid[]),
    private.list_interruptible(uuid[]), private.find_ramp_left(uuid, timestamptz),
    private.read_routing_rules(), private.list_ready_agents(),
    private.find_freed_units(uuid, uuid[]), private.compare_decisions(jsonb),
    private.give_routed(jsonb, bigint[]), private.set_wait_timers(jsonb, bigint[]),
    private.is_desk_hopeful(uuid, text[], boolean), private.list_waiting_needs(),
    private.list_waiting_lines(), private.set_routing_phrase(text, text, text, text),
    public.set_routing_phrase(text, text, text, text), private.describe_routing(uuid),
    public.get_routing_summary(uuid)
from public, anon, authenticated, service_role;

-- What worker.routing_contexts asks with the caller's rights.
grant execute on function
    private.list_refusals(uuid[]), private.list_previous_agents(uuid[]),
    private.list_interruptible(uuid[]), private.find_ramp_left(uuid, timestamptz),
    private.read_routing_rules(), private.read_presence_setting(text)
to service_role;
grant execute on function
    private.set_wait_budget(text, boolean, text, integer, text),
    public.set_wait_budget(text, boolean, text, integer, text),
    private.set_skill_relaxation(text, integer, integer, text),
    public.set_skill_relaxation(text, integer, integer, text),
    private.set_desk(uuid, text, uuid, text), private.change_desk(uuid, text, uuid, text),
    public.create_desk(text, uuid, text), public.set_desk(uuid, text, uuid, text),
    private.set_client_team(uuid, uuid, uuid, uuid, text),
    public.set_client_team(uuid, uuid, uuid, uuid, text),
    private.set_routing_phrase(text, text, text, text),
    public.set_routing_phrase(text, text, text, text)
to authenticated, service_role;
grant execute on function private.describe_routing(uuid), public.get_routing_summary(uuid)
to authenticated;
