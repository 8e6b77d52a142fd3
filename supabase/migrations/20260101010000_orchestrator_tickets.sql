-- Tickets, their messages and their timeline: what is true, who may see it, and what is announced.
-- Whoever changes a ticket (a function, a worker, the SQL console), the same triggers tell of it.
-- Events out: ticket.opened, ticket.assigned, ticket.unassigned, ticket.resolved, ticket.reopened,
-- ticket.closed, message.posted. Subject: the ticket.

-- -------------------------------------------------------------------------------------------------
-- Tables
-- -------------------------------------------------------------------------------------------------
create table public.ticket_categories (
    category text primary key,
    label text not null,
    required_skills text[] not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint ticket_categories_category_is_a_word check (category ~ '^[a-z][a-z0-9_]{0,47}$'),
    constraint ticket_categories_label_is_short_text check (private.is_clean_text(label, 80)),
    constraint ticket_categories_skills_are_few check (cardinality(required_skills) <= 8)
);
comment on table public.ticket_categories is 'What a ticket can be about.';
comment on column public.ticket_categories.required_skills is
    'Skills its agent must have, beside the client''s language.';

insert into public.ticket_categories (category, label, required_skills)
values
    ('general', 'Anything else', '{}'),
    ('billing', 'Billing and memberships', '{category.billing}'),
    ('booking', 'Bookings and visits', '{category.booking}'),
    ('complaint', 'Complaints', '{category.complaint}'),
    ('fitness', 'Training and fitness', '{category.fitness}'),
    ('product', 'Products and orders', '{category.product}'),
    ('aesthetic_medicine', 'Treatments of aesthetic medicine', '{certificate.aesthetic_medicine}');

create table public.support_tickets (
    id uuid primary key default gen_random_uuid(),
    number bigint not null generated always as identity (start with 1001),
    client_id uuid not null references public.profiles (id),
    desk_id uuid not null default private.default_desk_id() references public.desks (id),
    channel text not null references public.channels (channel),
    subject text not null,
    category text not null default 'general' references public.ticket_categories (category),
    language text not null default 'pl',
    tier text not null references public.service_levels (tier),
    priority text not null default 'normal',
    status text not null default 'open',
    assignee_id uuid references public.staff_members (id),
    required_skills text[] not null default '{}',
    resolution text,
    version integer not null default 1,
    cycle integer not null default 1,
    opened_at timestamptz not null default now(),
    assigned_at timestamptz,
    first_response_due_at timestamptz not null,
    first_responded_at timestamptz,
    last_message_at timestamptz not null default now(),
    resolved_at timestamptz,
    closed_at timestamptz,
    reopened_at timestamptz,
    updated_at timestamptz not null default now(),
    queue_desk_id uuid generated always as (case when status = 'open' then desk_id end) stored,
    constraint support_tickets_number_is_unique unique (number),
    constraint support_tickets_subject_is_short_text check (private.is_clean_text(subject, 200)),
    constraint support_tickets_resolution_is_text check (private.is_clean_text(resolution, 2000)),
    constraint support_tickets_language_is_a_code check (language ~ '^[a-z]{2}$'),
    constraint support_tickets_skills_are_few check (cardinality(required_skills) <= 16),
    constraint support_tickets_priority_is_known
        check (priority in ('low', 'normal', 'high', 'urgent')),
    constraint support_tickets_status_is_known
        check (status in ('open', 'assigned', 'pending', 'on_hold', 'resolved', 'closed')),
    constraint support_tickets_open_have_no_assignee
        check (status <> 'open' or assignee_id is null),
    constraint support_tickets_worked_on_have_an_assignee
        check (status not in ('assigned', 'pending', 'on_hold') or assignee_id is not null),
    constraint support_tickets_assignee_has_a_time
        check ((assignee_id is null) = (assigned_at is null)),
    constraint support_tickets_resolved_have_a_time
        check ((status in ('resolved', 'closed')) = (resolved_at is not null)),
    constraint support_tickets_closed_have_a_time
        check ((status = 'closed') = (closed_at is not null)),
    constraint support_tickets_later_cycles_were_reopened
        check (cycle >= 1 and (cycle = 1) = (reopened_at is null)),
    constraint support_tickets_due_after_the_cycle_began
        check (first_response_due_at > coalesce(reopened_at, opened_at)),
    constraint support_tickets_times_follow_the_opening
        check (
            assigned_at >= opened_at and first_responded_at >= opened_at
            and resolved_at >= opened_at and closed_at >= resolved_at
            and reopened_at >= opened_at and last_message_at >= opened_at
        ),
    constraint support_tickets_version_counts_from_one check (version >= 1)
);
comment on table public.support_tickets is 'One request of one client, from opening to closing.';
comment on column public.support_tickets.number is 'For people to say on the phone.';
comment on column public.support_tickets.tier is 'The client''s tier when the ticket was opened.';
comment on column public.support_tickets.version is
    'Counts changes; writers name the one they saw.';
comment on column public.support_tickets.cycle is
    'Grows with each reopening: a new service cycle with clocks of its own.';
comment on column public.support_tickets.first_responded_at is
    'First public answer of a person in this cycle.';
comment on column public.support_tickets.queue_desk_id is
    'The desk in whose queue it waits; null once somebody has it.';

create index support_tickets_client_id_opened_at_idx
    on public.support_tickets (client_id, opened_at desc);
comment on index public.support_tickets_client_id_opened_at_idx is
    'Serves a client''s own list (my_tickets) and the policy.';
create index support_tickets_assignee_id_idx on public.support_tickets (assignee_id);
comment on index public.support_tickets_assignee_id_idx is
    'Serves an agent''s own list, the policy and the foreign key.';
create index support_tickets_load_idx on public.support_tickets (assignee_id) include (channel)
where status in ('assigned', 'pending');
comment on index public.support_tickets_load_idx is
    'Serves private.agent_loads: the work somebody has now, without their history.';
create index support_tickets_queue_desk_id_idx
    on public.support_tickets (queue_desk_id, first_response_due_at)
where queue_desk_id is not null;
comment on index public.support_tickets_queue_desk_id_idx is
    'Serves a desk''s queue, the backlog, and the policy.';
create index support_tickets_desk_id_opened_at_idx
    on public.support_tickets (desk_id, opened_at desc);
comment on index public.support_tickets_desk_id_opened_at_idx is
    'Serves a manager''s list of the desk and the policy.';
create index idx_support_tickets_status on public.support_tickets (status);
comment on index public.idx_support_tickets_status is 'Serves lists and counts by status.';

create table public.ticket_messages (
    id uuid primary key default gen_random_uuid(),
    ticket_id uuid not null references public.support_tickets (id) on delete cascade,
    author_id uuid references public.profiles (id),
    author_kind text not null,
    is_internal boolean not null default false,
    body text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint ticket_messages_author_kind_is_known
        check (author_kind in ('client', 'agent', 'assistant', 'system')),
    constraint ticket_messages_people_have_an_author
        check ((author_kind in ('client', 'agent')) = (author_id is not null)),
    constraint ticket_messages_clients_write_no_notes
        check (not (is_internal and author_kind = 'client')),
    constraint ticket_messages_body_is_text check (private.is_clean_text(body, 10000))
);
comment on table public.ticket_messages is 'What was said on a ticket, and notes among colleagues.';
comment on column public.ticket_messages.author_id is
    'Who typed it: for a call, the agent who noted the client''s words.';
comment on column public.ticket_messages.author_kind is 'Whose words they are.';
comment on column public.ticket_messages.is_internal is 'A note among colleagues, not for clients.';
create index ticket_messages_ticket_id_created_at_idx
    on public.ticket_messages (ticket_id, created_at);
comment on index public.ticket_messages_ticket_id_created_at_idx is
    'Serves the conversation in order.';
create index ticket_messages_author_id_idx on public.ticket_messages (author_id);
comment on index public.ticket_messages_author_id_idx is
    'Serves the foreign key and "what did I write".';

create table public.ticket_events (
    id bigint generated always as identity primary key,
    ticket_id uuid not null references public.support_tickets (id) on delete cascade,
    cycle integer not null,
    kind text not null,
    is_internal boolean not null default false,
    actor_id uuid,
    details jsonb not null default '{}',
    occurred_at timestamptz not null default now(),
    constraint ticket_events_kind_is_a_word check (kind ~ '^[a-z][a-z_]{0,39}$'),
    constraint ticket_events_details_are_a_small_object
        check (jsonb_typeof(details) = 'object' and octet_length(details::text) <= 2000)
);
comment on table public.ticket_events is
    'The timeline of each ticket. Append only, written by triggers; ids and words, no texts.';
comment on column public.ticket_events.actor_id is
    'Null: the house itself. No foreign key: the timeline outlives people.';
create index ticket_events_ticket_id_idx on public.ticket_events (ticket_id, id);
comment on index public.ticket_events_ticket_id_idx is 'Serves the timeline in order.';

create function private.agent_loads(p_agent_ids uuid[])
returns table (agent_id uuid, load_units integer)
language sql
stable
set search_path = ''
as $$
    select agent.id, coalesce(sum(channel.load_units), 0)::integer
    from unnest(p_agent_ids) agent (id)
    left join public.support_tickets ticket
        on ticket.assignee_id = agent.id and ticket.status in ('assigned', 'pending')
    left join public.channels channel on channel.channel = ticket.channel
    group by agent.id
$$;
comment on function private.agent_loads(uuid[]) is
    'Units of work each agent has now. Derived: a stored sum could drift.';

-- -------------------------------------------------------------------------------------------------
-- Timeline and events
-- -------------------------------------------------------------------------------------------------
create trigger ticket_categories_touch
before update on public.ticket_categories
for each row execute function private.tg_touch_row();
create trigger ticket_categories_record
after insert or update or delete on public.ticket_categories
for each row execute function private.tg_record_configuration('category');
create trigger ticket_messages_touch
before update on public.ticket_messages
for each row execute function private.tg_touch_row();
create trigger support_tickets_bump_version
before update on public.support_tickets
for each row execute function private.tg_bump_version();

-- What happened between two states of tickets, in the order people would tell it. Whole batches:
-- called once a row it would cost more than the change itself.
create function private.list_ticket_changes(
    p_past public.support_tickets[], p_present public.support_tickets[]
)
returns table (ticket_id uuid, cycle integer, kind text, details jsonb)
language plpgsql
stable
rows 100
set search_path = ''
as $$
begin
    return query
    select new.id, new.cycle, change.kind, change.details
    from unnest(p_present) new
    join unnest(p_past) old on old.id = new.id
    cross join lateral (
        values
            (
                'first_responded',
                old.first_responded_at is null and new.first_responded_at is not null, '{}'::jsonb
            ),
            (
                'reopened', new.cycle > old.cycle,
                jsonb_build_object('previous_assignee_id', old.assignee_id)
            ),
            (
                'assigned', new.assignee_id is distinct from old.assignee_id
                    and new.assignee_id is not null,
                jsonb_build_object(
                    'assignee_id', new.assignee_id, 'previous_assignee_id', old.assignee_id
                )
            ),
            (
                'unassigned', new.assignee_id is null and old.assignee_id is not null
                    and new.cycle = old.cycle,
                jsonb_build_object('previous_assignee_id', old.assignee_id)
            ),
            ('resolved', new.status = 'resolved' and old.status <> 'resolved', '{}'),
            ('closed', new.status = 'closed' and old.status <> 'closed', '{}'),
            (
                'status_changed', new.status in ('assigned', 'pending', 'on_hold')
                    and new.status <> old.status and new.assignee_id = old.assignee_id,
                jsonb_build_object('from', old.status, 'to', new.status)
            )
    ) change (kind, has_happened, details)
    where change.has_happened
    order by new.number;
end
$$;

-- Definer: the timeline can be written by nobody else, whoever opened the ticket.
create function private.tg_support_tickets_announce_opening()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    insert into public.ticket_events (ticket_id, cycle, kind, actor_id, details, occurred_at)
    select
        born.id, born.cycle, 'opened', (select auth.uid()),
        jsonb_build_object('channel', born.channel, 'tier', born.tier), born.opened_at
    from born
    order by born.number;
    perform private.emit_events(
        'ticket.opened',
        array_agg(born.id order by born.number),
        array_agg(jsonb_build_object('cycle', born.cycle) order by born.number)
    )
    from born
    having count(*) > 0;
    return null;
end
$$;

create trigger support_tickets_announce_opening
after insert on public.support_tickets
referencing new table as born
for each statement execute function private.tg_support_tickets_announce_opening();

-- Definer: the timeline can be written by nobody else, whoever changed the ticket.
create function private.tg_support_tickets_announce_changes()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_kind text;
    v_ticket_ids uuid[];
    v_payloads jsonb[];
begin
    for v_kind, v_ticket_ids, v_payloads in
        with written as (
            insert into public.ticket_events (ticket_id, cycle, kind, actor_id, details)
            select change.ticket_id, change.cycle, change.kind, (select auth.uid()), change.details
            from private.list_ticket_changes(
                array(select past::public.support_tickets from past),
                array(select present::public.support_tickets from present)
            ) change
            returning ticket_id, kind, details || jsonb_build_object('cycle', cycle) as payload, id
        )
        select
            written.kind,
            array_agg(written.ticket_id order by written.id),
            array_agg(written.payload order by written.id)
        from written
        where written.kind in ('assigned', 'unassigned', 'resolved', 'reopened', 'closed')
        group by written.kind
    loop
        perform private.emit_events('ticket.' || v_kind, v_ticket_ids, v_payloads);
    end loop;
    return null;
end
$$;

create trigger support_tickets_announce_changes
after update on public.support_tickets
referencing old table as past new table as present
for each statement execute function private.tg_support_tickets_announce_changes();

-- Definer: the timeline can be written by nobody else, whoever wrote the message.
create function private.tg_ticket_messages_announce()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    insert into public.ticket_events (
        ticket_id, cycle, kind, is_internal, actor_id, details, occurred_at
    )
    select
        said.ticket_id, ticket.cycle,
        case when said.is_internal then 'note_added' else 'message_posted' end,
        said.is_internal, said.author_id,
        jsonb_build_object('message_id', said.id, 'author_kind', said.author_kind), said.created_at
    from said
    join public.support_tickets ticket on ticket.id = said.ticket_id
    order by said.created_at;
    perform private.emit_events(
        'message.posted',
        array_agg(said.ticket_id order by said.created_at),
        array_agg(jsonb_build_object(
            'message_id', said.id, 'author_kind', said.author_kind, 'is_internal', said.is_internal
        ) order by said.created_at)
    )
    from said
    having count(*) > 0;
    return null;
end
$$;

create trigger ticket_messages_announce
after insert on public.ticket_messages
referencing new table as said
for each statement execute function private.tg_ticket_messages_announce();

-- -------------------------------------------------------------------------------------------------
-- Who sees what
-- -------------------------------------------------------------------------------------------------

-- Definer: read by the policy of profiles, must not depend on that of tickets.
-- Bounded by live work, so it stays cheap whatever the history.
create function private.my_live_client_ids()
returns setof uuid
language plpgsql
stable
security definer
rows 100
set search_path = ''
as $$
begin
    return query
    select ticket.client_id from public.support_tickets ticket
    where ticket.assignee_id = (select private.my_staff_id())
        and ticket.status in ('assigned', 'pending', 'on_hold')
    union
    select ticket.client_id from public.support_tickets ticket
    where ticket.queue_desk_id = any (array(select private.my_queue_desk_ids()));
end
$$;

alter policy profiles_select_people on public.profiles
using (
    id = (select auth.uid())
    or id = any (array(select private.my_colleague_ids()))
    or id = any (array(select private.my_live_client_ids()))
    or desk_id = any (array(select private.my_overseen_desk_ids()))
);

-- Each side of the "or" has an index.
create policy support_tickets_select_involved on public.support_tickets
for select to authenticated
using (
    client_id = (select auth.uid())
    or assignee_id = (select private.my_staff_id())
    or queue_desk_id = any (array(select private.my_queue_desk_ids()))
    or desk_id = any (array(select private.my_overseen_desk_ids()))
);
-- One plan serves clients and managers, made before it is known who asks. With the true statistics
-- (few desks, few agents) it would read the whole table for everybody; told that these columns
-- vary, the planner takes the four indexes, and a client's costs nothing but their own rows.
alter table public.support_tickets alter column assignee_id set (n_distinct = -0.001);
alter table public.support_tickets alter column desk_id set (n_distinct = -0.001);

-- Notes are hidden from the client even when the client works here.
create policy ticket_messages_select_involved on public.ticket_messages
for select to authenticated
using (
    exists (
        select from public.support_tickets ticket
        where ticket.id = ticket_messages.ticket_id
            and (not ticket_messages.is_internal or ticket.client_id <> (select auth.uid()))
    )
);

create policy ticket_events_select_involved on public.ticket_events
for select to authenticated
using (
    exists (
        select from public.support_tickets ticket
        where ticket.id = ticket_events.ticket_id
            and (not ticket_events.is_internal or ticket.client_id <> (select auth.uid()))
    )
);

create policy ticket_categories_select_everybody on public.ticket_categories
for select to authenticated
using (true);

create view public.my_tickets
with (security_invoker = true)
as
select
    ticket.id, ticket.number, ticket.subject, ticket.channel, ticket.category, ticket.language,
    ticket.status, ticket.priority, ticket.cycle, ticket.version, ticket.resolution,
    ticket.opened_at, ticket.first_response_due_at, ticket.first_responded_at,
    ticket.last_message_at, ticket.resolved_at, ticket.closed_at, ticket.updated_at
from public.support_tickets ticket
where ticket.client_id = (select auth.uid());
comment on view public.my_tickets is
    'A client''s own tickets. Fast at any size: the owner is in the query, not only in the policy.';

-- -------------------------------------------------------------------------------------------------
-- Same call twice, and too many calls
-- -------------------------------------------------------------------------------------------------
create table private.idempotency_keys (
    actor_id uuid not null,
    key text not null,
    function_name text not null,
    request_hash bytea not null,
    response jsonb,
    created_at timestamptz not null default now(),
    primary key (actor_id, key),
    constraint idempotency_keys_key_is_short_text check (private.is_clean_text(key, 200))
);
comment on table private.idempotency_keys is
    'Answers already given, so that a repeated call changes nothing. Kept for three days.';
create index idempotency_keys_created_at_idx on private.idempotency_keys (created_at);
comment on index private.idempotency_keys_created_at_idx is 'Serves forgetting the oldest.';

-- Unlogged: after a crash everybody starts with a full bucket.
create unlogged table private.rate_buckets (
    actor_id uuid not null,
    action text not null,
    tokens double precision not null,
    refilled_at timestamptz not null,
    primary key (actor_id, action)
);
comment on table private.rate_buckets is
    'Token buckets: how often somebody may still do something.';

-- Null for the first call with this key; the first call's answer for a repetition. A call that
-- runs at the same time waits for the first to end.
create function private.begin_once(
    p_actor_id uuid, p_key text, p_function_name text, p_request jsonb
)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_hash bytea := sha256(convert_to(p_request::text, 'UTF8'));
    v_known private.idempotency_keys;
begin
    if not private.is_clean_text(p_key, 200) then
        perform private.refuse('PT400', 'idempotency_key_malformed', 'At most 200 characters.');
    end if;
    delete from private.idempotency_keys old
    where (old.actor_id, old.key) in (
        select stale.actor_id, stale.key from private.idempotency_keys stale
        where stale.created_at < now() - interval '3 days'
        limit 3
        for update skip locked
    );
    insert into private.idempotency_keys (actor_id, key, function_name, request_hash)
    values (p_actor_id, p_key, p_function_name, v_hash)
    on conflict do nothing;
    if found then
        return null;
    end if;
    select known.* into v_known from private.idempotency_keys known
    where known.actor_id = p_actor_id and known.key = p_key;
    if v_known.function_name <> p_function_name or v_known.request_hash <> v_hash then
        perform private.refuse(
            'PT422', 'idempotency_key_reused', 'This key belongs to a different request.'
        );
    end if;
    return v_known.response;
end
$$;

create function private.finish_once(p_actor_id uuid, p_key text, p_response jsonb)
returns jsonb
language sql
set search_path = ''
as $$
    update private.idempotency_keys known
    set response = p_response
    where known.actor_id = p_actor_id and known.key = p_key;
    select p_response;
$$;

create function private.take_token(
    p_actor_id uuid, p_action text, p_capacity integer, p_period interval
)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_per_second double precision := p_capacity / extract(epoch from p_period);
    v_now timestamptz := clock_timestamp();
    v_tokens double precision;
begin
    insert into private.rate_buckets as bucket (actor_id, action, tokens, refilled_at)
    values (p_actor_id, p_action, p_capacity - 1, v_now)
    on conflict (actor_id, action) do update
    set tokens = least(
            p_capacity,
            bucket.tokens
                + greatest(extract(epoch from v_now - bucket.refilled_at), 0) * v_per_second
        ) - 1,
        refilled_at = v_now
    returning bucket.tokens into v_tokens;
    if v_tokens < 0 then
        perform private.refuse('PT429', 'too_many_requests', 'Please slow down a little.');
    end if;
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.ticket_categories, public.support_tickets, public.ticket_messages,
    public.ticket_events, public.my_tickets, private.idempotency_keys, private.rate_buckets
from anon, authenticated, service_role;
revoke all on sequence public.support_tickets_number_seq, public.ticket_events_id_seq
from anon, authenticated, service_role;
grant select on public.ticket_categories, public.support_tickets, public.ticket_messages,
    public.ticket_events to authenticated, service_role;
grant select on public.my_tickets to authenticated;

alter table public.ticket_categories enable row level security;
alter table public.support_tickets enable row level security;
alter table public.ticket_messages enable row level security;
alter table public.ticket_events enable row level security;
alter table private.idempotency_keys enable row level security;
alter table private.rate_buckets enable row level security;

revoke all on function
    private.agent_loads(uuid[]),
    private.list_ticket_changes(public.support_tickets[], public.support_tickets[]),
    private.tg_support_tickets_announce_opening(), private.tg_support_tickets_announce_changes(),
    private.tg_ticket_messages_announce(), private.my_live_client_ids(),
    private.begin_once(uuid, text, text, jsonb), private.finish_once(uuid, text, jsonb),
    private.take_token(uuid, text, integer, interval)
from public, anon, authenticated, service_role;
grant execute on function private.my_live_client_ids() to authenticated;
grant execute on function private.agent_loads(uuid[]) to service_role;

-- -------------------------------------------------------------------------------------------------
-- Realtime: changes of what one may see. A deletion tells its primary key and no more.
-- -------------------------------------------------------------------------------------------------
do $$
declare
    v_table text;
begin
    foreach v_table in array array['support_tickets', 'ticket_messages', 'staff_members'] loop
        if not exists (
            select from pg_catalog.pg_publication_tables published
            where published.pubname = 'supabase_realtime'
                and published.schemaname = 'public' and published.tablename = v_table
        ) then
            execute format('alter publication supabase_realtime add table public.%I', v_table);
        end if;
    end loop;
end
$$;
