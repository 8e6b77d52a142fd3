-- Offers: each time somebody gets a ticket is a row, from the offer to its end.
-- Events out: ticket.offer_expired (a timer; subject: the ticket).
--
--   the house or a colleague gives it -> offered --first action--> accepted -> completed (resolved)
--                                           |                         |
--                                           +-> declined, expired, withdrawn (somebody else has it)
--
-- Whoever changes the assignee (a function, a worker, the SQL console), the same triggers keep it.
-- Order of locks: a ticket's rows here are written only by whoever holds the ticket's lock.

-- -------------------------------------------------------------------------------------------------
-- What a tier is promised, by kind of channel
-- -------------------------------------------------------------------------------------------------
alter table public.service_levels
    add column async_response_seconds integer not null default 86400,
    add column offer_seconds integer not null default 1,
    add column silence_share numeric(3, 2) not null default 0.5,
    add column is_preemptive boolean not null default false;

update public.service_levels level
set async_response_seconds = made.async_response_seconds,
    offer_seconds = least(made.offer_seconds, level.response_seconds),
    silence_share = made.silence_share,
    is_preemptive = made.is_preemptive
from (
    values
        ('vip_platinum', 3600, 10, 0.25, true),
        ('vip_gold', 7200, 20, 0.25, false),
        ('premium', 28800, 60, 0.5, false),
        ('standard', 86400, 120, 0.5, false)
) made (tier, async_response_seconds, offer_seconds, silence_share, is_preemptive)
where made.tier = level.tier;

alter table public.service_levels
    alter column async_response_seconds drop default,
    alter column offer_seconds drop default,
    alter column silence_share drop default,
    alter column is_preemptive drop default,
    add constraint service_levels_async_response_is_positive
        check (async_response_seconds between 1 and 30 * 86400),
    add constraint service_levels_offers_end_within_the_promise
        check (offer_seconds between 1 and response_seconds),
    add constraint service_levels_silence_is_a_share
        check (silence_share > 0 and silence_share < 1);

comment on column public.service_levels.response_seconds is
    'Live channels: seconds from opening to the first answer of a person.';
comment on column public.service_levels.async_response_seconds is
    'Other channels: seconds from opening to the first answer of a person.';
comment on column public.service_levels.offer_seconds is
    'How long an offer of a live ticket stands before it goes to the next.';
comment on column public.service_levels.silence_share is
    'Share of async_response_seconds that an assignee may stay silent on other tickets.';
comment on column public.service_levels.is_preemptive is
    'Its live tickets may send asynchronous work of other tiers back to the queue.';

create function private.find_response_due_at(p_tier text, p_channel text, p_from timestamptz)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select p_from + make_interval(secs => case
            when channel.is_live then level.response_seconds else level.async_response_seconds
        end)
        from public.service_levels level
        cross join public.channels channel
        where level.tier = p_tier and channel.channel = p_channel
    );
end
$$;
comment on function private.find_response_due_at(text, text, timestamptz) is
    'When the first answer is due: by tier, and by whether the client waits on the line.';

drop function public.set_service_level(
    text, integer, integer, boolean, boolean, boolean, text
);
drop function private.set_service_level(
    text, integer, integer, boolean, boolean, boolean, text
);

-- What is out of range is told before the checks of the table would, and in one sentence.
create function private.require_sound_level(p_level public.service_levels)
returns void
language plpgsql
immutable
set search_path = ''
as $$
begin
    if p_level.tier is null then
        perform private.refuse('PT404', 'tier_not_found', 'There is no such tier.');
    elsif p_level.response_seconds not between 1 and 30 * 86400
        or p_level.async_response_seconds not between 1 and 30 * 86400
        or p_level.boost not between 0 and 100
    then
        perform private.refuse(
            'PT422', 'service_level_out_of_range', 'From 1 second to 30 days; boost 0 to 100.'
        );
    elsif p_level.offer_seconds not between 1 and p_level.response_seconds
        or p_level.silence_share <= 0 or p_level.silence_share >= 1
    then
        perform private.refuse(
            'PT422', 'offer_out_of_range', 'Offers and silence are parts of a promise, not more.'
        );
    end if;
end
$$;

-- Definer: nobody holds a right to write service_levels; admins write through here.
create function private.set_service_level(p_tier text, p_wishes jsonb, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_level public.service_levels;
begin
    perform private.require_admin();
    select level.* into v_level
    from public.service_levels level where level.tier = p_tier
    for update;
    v_level := jsonb_populate_record(v_level, jsonb_strip_nulls(p_wishes));
    perform private.require_sound_level(v_level);
    perform private.note_reason(p_reason);
    update public.service_levels level
    set response_seconds = v_level.response_seconds,
        boost = v_level.boost,
        has_dedicated_agent = v_level.has_dedicated_agent,
        has_white_glove = v_level.has_white_glove,
        is_priority = v_level.is_priority,
        async_response_seconds = v_level.async_response_seconds,
        offer_seconds = v_level.offer_seconds,
        silence_share = v_level.silence_share,
        is_preemptive = v_level.is_preemptive
    where level.tier = p_tier
    returning level.* into v_level;
    return to_jsonb(v_level);
end
$$;

create function public.set_service_level(
    p_tier text,
    p_response_seconds integer default null,
    p_boost integer default null,
    p_has_dedicated_agent boolean default null,
    p_has_white_glove boolean default null,
    p_is_priority boolean default null,
    p_reason text default null,
    p_async_response_seconds integer default null,
    p_offer_seconds integer default null,
    p_silence_share numeric default null,
    p_is_preemptive boolean default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_service_level(
        p_tier,
        jsonb_build_object(
            'response_seconds', p_response_seconds,
            -- Whatever does not fit the column is simply out of range.
            'boost', case when p_boost between 0 and 100 then p_boost else p_boost * 0 - 1 end,
            'has_dedicated_agent', p_has_dedicated_agent,
            'has_white_glove', p_has_white_glove,
            'is_priority', p_is_priority,
            'async_response_seconds', p_async_response_seconds,
            'offer_seconds', p_offer_seconds,
            'silence_share',
            case when p_silence_share between 0 and 1 then p_silence_share
                else p_silence_share * 0 end,
            'is_preemptive', p_is_preemptive
        ),
        p_reason
    )
$$;
comment on function public.set_service_level(
    text, integer, integer, boolean, boolean, boolean, text, integer, integer, numeric, boolean
) is 'Admins: what a tier is promised. Null keeps what is there; running tickets keep theirs.';

alter table public.desks
    add column overflow_desk_id uuid references public.desks (id),
    add constraint desks_overflow_goes_elsewhere check (overflow_desk_id <> id);
comment on column public.desks.overflow_desk_id is
    'Whose agents help out when this desk has not found anybody in time; null: nobody does.';
create index desks_overflow_desk_id_idx on public.desks (overflow_desk_id);
comment on index public.desks_overflow_desk_id_idx is 'Serves the foreign key.';

-- -------------------------------------------------------------------------------------------------
-- Table
-- -------------------------------------------------------------------------------------------------
create table public.ticket_assignments (
    id bigint not null generated always as identity,
    ticket_id uuid not null references public.support_tickets (id) on delete cascade,
    cycle integer not null,
    agent_id uuid not null references public.staff_members (id),
    assigned_by uuid,
    stage text,
    state text not null,
    load_units smallint not null,
    tier text not null,
    is_live boolean not null,
    wait_seconds integer not null,
    offered_at timestamptz not null default now(),
    expires_at timestamptz,
    answered_at timestamptz,
    ended_at timestamptz,
    end_reason text,
    -- The ticket first: everything but an agent's own list is asked by ticket.
    primary key (ticket_id, id),
    constraint ticket_assignments_stage_is_known
        check (stage in (
            'dedicated', 'deputy', 'relationship_manager', 'vip_pool', 'desk', 'overflow'
        )),
    constraint ticket_assignments_state_is_known
        check (state in (
            'offered', 'accepted', 'declined', 'expired', 'withdrawn', 'completed'
        )),
    constraint ticket_assignments_open_have_not_ended
        check ((state in ('offered', 'accepted')) = (ended_at is null)),
    constraint ticket_assignments_answers_have_a_time
        check (
            case
                when state in ('accepted', 'declined') then answered_at is not null
                when state = 'offered' then answered_at is null
                else true
            end
        ),
    constraint ticket_assignments_offers_expire
        check (state <> 'offered' or expires_at is not null),
    constraint ticket_assignments_tier_is_a_word check (tier ~ '^[a-z][a-z0-9_]{0,30}$'),
    constraint ticket_assignments_end_reason_is_short_text
        check (private.is_clean_text(end_reason, 500)),
    constraint ticket_assignments_only_the_ended_say_why
        check (end_reason is null or ended_at is not null),
    constraint ticket_assignments_wait_is_not_negative check (wait_seconds >= 0)
);
comment on table public.ticket_assignments is
    'Each time somebody got a ticket: offered by whom, answered how, ended why. Written by '
    'triggers.';
comment on column public.ticket_assignments.assigned_by is
    'Null: the house. The agent themselves: taken, not offered. No foreign key: history outlives '
    'people.';
comment on column public.ticket_assignments.stage is
    'The step of the client''s chain that chose the agent; null when a person did.';
comment on column public.ticket_assignments.load_units is
    'What the ticket took of the agent''s capacity when it was given.';
comment on column public.ticket_assignments.tier is 'The ticket''s tier when it was given.';
comment on column public.ticket_assignments.wait_seconds is
    'Seconds the client had waited since the cycle began.';
comment on column public.ticket_assignments.expires_at is
    'Until when the offer waits for a first action; null when nothing was offered.';
comment on column public.ticket_assignments.end_reason is
    'A word (silent, absent, preempted, handed_back, reassigned), or what a decliner said.';

create unique index ticket_assignments_one_open_per_ticket
    on public.ticket_assignments (ticket_id) where ended_at is null;
comment on index public.ticket_assignments_one_open_per_ticket is
    'Serves the triggers, which look for the open one, and lets no second in.';
create index ticket_assignments_agent_id_offered_at_idx
    on public.ticket_assignments (agent_id, offered_at);
comment on index public.ticket_assignments_agent_id_offered_at_idx is
    'Serves an agent''s own list, the policy, the foreign key, and what somebody got in a period.';

-- -------------------------------------------------------------------------------------------------
-- Begin, accept, end
-- -------------------------------------------------------------------------------------------------
create function private.is_worked_on(p_status text)
returns boolean
language sql
immutable
parallel safe
set search_path = ''
as $$
    select p_status in ('assigned', 'pending', 'on_hold')
$$;

-- The stages of the tickets this transaction gives stand in the setting luxury.stages:
-- {"<ticket id>": "<stage>"}.
create function private.begin_assignments(p_ticket_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_by uuid := (select auth.uid());
    v_stages jsonb := nullif(current_setting('luxury.stages', true), '')::jsonb;
    v_ticket_ids uuid[];
    v_expire_at timestamptz[];
begin
    if p_ticket_ids is null then
        return;
    end if;
    with begun as (
        insert into public.ticket_assignments as given (
            ticket_id, cycle, agent_id, assigned_by, stage, state, load_units, tier, is_live,
            wait_seconds, answered_at, expires_at
        )
        select
            ticket.id, ticket.cycle, ticket.assignee_id, v_by, v_stages ->> ticket.id::text,
            case when ticket.assignee_id = v_by then 'accepted' else 'offered' end,
            channel.load_units, ticket.tier, channel.is_live,
            greatest(0, extract(epoch from now() - coalesce(ticket.reopened_at, ticket.opened_at))),
            case when ticket.assignee_id = v_by then now() end,
            case when ticket.assignee_id is distinct from v_by then now() + make_interval(
                secs => case
                    when channel.is_live then level.offer_seconds
                    else level.silence_share * level.async_response_seconds
                end
            ) end
        from public.support_tickets ticket
        join public.channels channel on channel.channel = ticket.channel
        join public.service_levels level on level.tier = ticket.tier
        where ticket.id = any (p_ticket_ids)
        returning given.ticket_id, given.expires_at
    )
    select array_agg(begun.ticket_id), array_agg(begun.expires_at)
    into v_ticket_ids, v_expire_at
    from begun where begun.expires_at is not null;
    if v_ticket_ids is not null then
        perform private.set_timers('ticket.offer_expired', v_ticket_ids, v_expire_at);
    end if;
end
$$;
comment on function private.begin_assignments(uuid[]) is
    'A row for whoever has each ticket now: accepted if they took it, otherwise offered.';

create function private.accept_offers(p_ticket_ids uuid[], p_agent_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_accepted uuid[];
begin
    with accepted as (
        update public.ticket_assignments held
        set state = 'accepted', answered_at = now()
        from unnest(p_ticket_ids, p_agent_ids) as acted (ticket_id, agent_id)
        where held.ticket_id = acted.ticket_id and held.ended_at is null
            and held.state = 'offered' and held.agent_id = acted.agent_id
        returning held.ticket_id
    )
    select array_agg(accepted.ticket_id) into v_accepted from accepted;
    if v_accepted is not null then
        perform private.cancel_timers('ticket.offer_expired', v_accepted);
    end if;
end
$$;
comment on function private.accept_offers(uuid[], uuid[]) is
    'Accepts what is offered of these tickets to the agents at the same places.';

create function private.end_assignments(p_ticket_ids uuid[], p_state text, p_reason text)
returns void
language plpgsql
set search_path = ''
as $$
begin
    if p_ticket_ids is null then
        return;
    end if;
    update public.ticket_assignments held
    set state = p_state,
        ended_at = now(),
        end_reason = p_reason,
        answered_at = case
            when p_state = 'declined' then coalesce(held.answered_at, now())
            else held.answered_at
        end
    where held.ticket_id = any (p_ticket_ids) and held.ended_at is null;
    if found then
        perform private.cancel_timers('ticket.offer_expired', p_ticket_ids);
    end if;
end
$$;
comment on function private.end_assignments(uuid[], text, text) is
    'Says how the open assignments of these tickets ended (declined, expired, withdrawn, '
    'completed) and why. Call it before the ticket is taken away, under its lock; what nobody '
    'called it for ends as completed when the ticket is done, otherwise as withdrawn.';

-- -------------------------------------------------------------------------------------------------
-- Kept by triggers
-- -------------------------------------------------------------------------------------------------

-- Definer: assignments can be written by nobody else, whoever opened the ticket.
create function private.tg_support_tickets_begin_assignments()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.begin_assignments(array_agg(born.id))
    from born
    where private.is_worked_on(born.status)
    having count(*) > 0;
    return null;
end
$$;

create trigger support_tickets_begin_assignments
after insert on public.support_tickets
referencing new table as born
for each statement execute function private.tg_support_tickets_begin_assignments();

-- Definer: assignments can be written by nobody else, whoever changed the ticket.
-- Most changes change nobody's hands: they cost one look at the rows they touched.
create function private.tg_support_tickets_keep_assignments()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    -- private.is_worked_on in other words: a call for each row would be the dearest part of it.
    v_worked_on text[] := array['assigned', 'pending', 'on_hold'];
    v_actor_id uuid := (select auth.uid());
    v_done uuid[];
    v_returned uuid[];
    v_moved uuid[];
    v_given uuid[];
begin
    select
        array_agg(id) filter (where after.status in ('resolved', 'closed')),
        array_agg(id) filter (where after.status = 'open'),
        array_agg(id) filter (where after.status = any (v_worked_on) and before.is_held),
        array_agg(id) filter (where after.status = any (v_worked_on))
    into v_done, v_returned, v_moved, v_given
    from present after
    join (
        select past.*, past.status = any (v_worked_on) as is_held from past
    ) before using (id)
    where (before.is_held or after.status = any (v_worked_on))
        and not (
            before.is_held and after.status = any (v_worked_on)
            and before.assignee_id = after.assignee_id and before.cycle = after.cycle
        );
    perform private.end_assignments(v_done, 'completed', null);
    perform private.end_assignments(v_returned, 'withdrawn', 'returned');
    perform private.end_assignments(v_moved, 'withdrawn', 'reassigned');
    perform private.begin_assignments(v_given);
    if v_actor_id is not null then
        perform private.accept_offers(
            array_agg(changed.id), array_agg(changed.assignee_id)
        )
        from present changed where changed.assignee_id = v_actor_id
        having count(*) > 0;
    end if;
    return null;
end
$$;

create trigger support_tickets_keep_assignments
after update on public.support_tickets
referencing old table as past new table as present
for each statement execute function private.tg_support_tickets_keep_assignments();

-- Definer: assignments can be written by nobody else, whoever wrote the message.
create function private.tg_ticket_messages_accept_offers()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.accept_offers(array_agg(said.ticket_id), array_agg(said.author_id))
    from said
    where said.author_kind = 'agent'
    having count(*) > 0;
    return null;
end
$$;

create trigger ticket_messages_accept_offers
after insert on public.ticket_messages
referencing new table as said
for each statement execute function private.tg_ticket_messages_accept_offers();

-- Whoever works on something now has accepted it.
insert into public.ticket_assignments (
    ticket_id, cycle, agent_id, state, load_units, tier, is_live, wait_seconds, offered_at,
    answered_at
)
select
    ticket.id, ticket.cycle, ticket.assignee_id, 'accepted', channel.load_units, ticket.tier,
    channel.is_live,
    greatest(extract(epoch from
        ticket.assigned_at - coalesce(ticket.reopened_at, ticket.opened_at)
    ), 0),
    ticket.assigned_at, ticket.assigned_at
from public.support_tickets ticket
join public.channels channel on channel.channel = ticket.channel
where private.is_worked_on(ticket.status);

-- -------------------------------------------------------------------------------------------------
-- What agents do with offers
-- -------------------------------------------------------------------------------------------------

-- Locks the ticket and answers it; refuses unless the caller is the one who has it.
create function private.lock_ticket_as_assignee(p_ticket_id uuid)
returns public.support_tickets
language plpgsql
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
    v_ticket public.support_tickets;
begin
    -- A manager may be one whose role changed while they had tickets.
    v_ticket := private.lock_ticket_as(p_ticket_id, array['assignee', 'manager']);
    if v_ticket.assignee_id is distinct from v_staff_id then
        perform private.refuse('PT403', 'not_your_ticket', 'Somebody else has this ticket.');
    end if;
    perform private.require_status(v_ticket, array['assigned', 'pending', 'on_hold']);
    return v_ticket;
end
$$;

-- Definer: nobody holds a right to write assignments; the assignee is checked first.
create function private.accept_ticket(p_ticket_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_ticket public.support_tickets := private.lock_ticket_as_assignee(p_ticket_id);
begin
    perform private.accept_offers(array[v_ticket.id], array[v_ticket.assignee_id]);
    return private.read_ticket(p_ticket_id);
end
$$;

create function public.accept_ticket(p_ticket_id uuid)
returns jsonb
language sql
set search_path = ''
as $$
    select private.accept_ticket(p_ticket_id)
$$;
comment on function public.accept_ticket(uuid) is
    'Assignee: yes, I have it; any other first action says the same. Answers the ticket.';

-- Definer: nobody holds a right to write tickets; the assignee is checked first.
create function private.decline_ticket(p_ticket_id uuid, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_ticket public.support_tickets := private.lock_ticket_as_assignee(p_ticket_id);
begin
    perform private.end_assignments(
        array[v_ticket.id], 'declined',
        case when p_reason is not null then private.require_text('reason', p_reason, 500) end
    );
    update public.support_tickets ticket
    set status = 'open', assignee_id = null, assigned_at = null
    where ticket.id = p_ticket_id;
    return jsonb_build_object('ticket_id', p_ticket_id, 'status', 'open');
end
$$;

create function public.decline_ticket(p_ticket_id uuid, p_reason text default null)
returns jsonb
language sql
set search_path = ''
as $$
    select private.decline_ticket(p_ticket_id, p_reason)
$$;
comment on function public.decline_ticket(uuid, text) is
    'Assignee: not for me; it goes to somebody else, and in this cycle the house does not offer it '
    'to me again. Answers {"ticket_id", "status"}.';

-- Whoever has the ticket already may keep it, wherever they work: an overflow desk helps out.
create or replace function private.require_agent_for(
    p_ticket public.support_tickets, p_agent_id uuid, p_is_forced boolean
)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_agent public.staff_members;
    v_load integer;
begin
    select staff.* into v_agent
    from public.staff_members staff where staff.id = p_agent_id
    for no key update;
    if v_agent.id is null or not v_agent.is_active or not private.is_agent_role(v_agent.role)
        or (
            v_agent.desk_id <> p_ticket.desk_id
            and p_ticket.assignee_id is distinct from p_agent_id
        )
    then
        perform private.refuse('PT404', 'agent_not_found', 'No agent of this desk has this id.');
    elsif v_agent.id = p_ticket.client_id then
        perform private.refuse('PT422', 'own_ticket', 'Nobody serves themselves.');
    elsif p_is_forced or p_ticket.status in ('assigned', 'pending')
        and p_ticket.assignee_id = p_agent_id
    then
        return;
    end if;
    select load.load_units + channel.load_units into v_load
    from private.agent_loads(array[p_agent_id]) load
    join public.channels channel on channel.channel = p_ticket.channel;
    if v_load > v_agent.capacity_units then
        perform private.refuse(
            'PT409', 'agent_at_capacity', 'No room for this ticket; a manager may insist.'
        );
    end if;
end
$$;

-- Definer: nobody holds a right to write tickets; the stance is checked first.
create or replace function private.unassign_ticket(
    p_ticket_id uuid, p_version integer, p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
    v_ticket public.support_tickets;
begin
    v_ticket := private.lock_ticket_as(p_ticket_id, array['assignee', 'manager']);
    perform private.require_version(v_ticket, p_version);
    perform private.require_status(v_ticket, array['assigned', 'pending', 'on_hold']);
    -- Ended first: the note about it is no first action.
    if v_ticket.assignee_id = v_staff_id then
        perform private.end_assignments(array[v_ticket.id], 'withdrawn', 'handed_back');
    end if;
    if p_reason is not null then
        perform private.insert_message(
            p_ticket_id, v_staff_id, 'agent', true, private.require_text('reason', p_reason, 2000)
        );
    end if;
    update public.support_tickets ticket
    set status = 'open', assignee_id = null, assigned_at = null
    where ticket.id = p_ticket_id;
    return private.read_ticket(p_ticket_id);
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.ticket_assignments from anon, authenticated, service_role;
revoke all on sequence public.ticket_assignments_id_seq from anon, authenticated, service_role;
grant select on public.ticket_assignments to authenticated, service_role;

alter table public.ticket_assignments enable row level security;

-- What an agent was given is theirs to see; how colleagues answered is for those who oversee the
-- desk. Not for clients, also not for one who works here.
create policy ticket_assignments_select_staff on public.ticket_assignments
for select to authenticated
using (
    agent_id = (select private.my_staff_id())
    or exists (
        select from public.support_tickets ticket
        where ticket.id = ticket_assignments.ticket_id
            and ticket.desk_id = any (array(select private.my_overseen_desk_ids()))
            and ticket.client_id <> (select auth.uid())
    )
);

revoke all on function
    private.find_response_due_at(text, text, timestamptz),
    private.require_sound_level(public.service_levels),
    private.set_service_level(text, jsonb, text),
    public.set_service_level(
        text, integer, integer, boolean, boolean, boolean, text, integer, integer, numeric, boolean
    ),
    private.is_worked_on(text), private.begin_assignments(uuid[]),
    private.accept_offers(uuid[], uuid[]), private.end_assignments(uuid[], text, text),
    private.tg_support_tickets_begin_assignments(), private.tg_support_tickets_keep_assignments(),
    private.tg_ticket_messages_accept_offers(), private.lock_ticket_as_assignee(uuid),
    private.accept_ticket(uuid), public.accept_ticket(uuid),
    private.decline_ticket(uuid, text), public.decline_ticket(uuid, text)
from public, anon, authenticated, service_role;
grant execute on function
    private.set_service_level(text, jsonb, text),
    public.set_service_level(
        text, integer, integer, boolean, boolean, boolean, text, integer, integer, numeric, boolean
    )
to authenticated, service_role;
grant execute on function
    private.accept_ticket(uuid), public.accept_ticket(uuid),
    private.decline_ticket(uuid, text), public.decline_ticket(uuid, text)
to authenticated;

do $$
begin
    if not exists (
        select from pg_catalog.pg_publication_tables published
        where published.pubname = 'supabase_realtime'
            and published.schemaname = 'public' and published.tablename = 'ticket_assignments'
    ) then
        alter publication supabase_realtime add table public.ticket_assignments;
    end if;
end
$$;
