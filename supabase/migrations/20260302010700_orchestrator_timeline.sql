-- The lifelong timeline of a client: everything that happened, newest first, in pages. Nothing is
-- copied: each source is read along an index of its own (client, moment), a page of each at most,
-- under its own policies, and the pages are merged. All it costs to write is one index entry a
-- message; a broken promise is marked with its client when it breaks.

-- -------------------------------------------------------------------------------------------------
-- Whose message, whose broken promise: the two sources that knew their ticket alone
-- -------------------------------------------------------------------------------------------------
alter table public.ticket_messages add column client_id uuid;
comment on column public.ticket_messages.client_id is
    'The ticket''s client, kept by triggers: a client''s messages are read without their tickets. '
    'No foreign key: the ticket''s own is checked already.';
update public.ticket_messages message
set client_id = ticket.client_id
from public.support_tickets ticket where ticket.id = message.ticket_id;
alter table public.ticket_messages alter column client_id set not null;
create index ticket_messages_client_id_created_at_idx
    on public.ticket_messages (client_id, is_internal, created_at, id);
comment on index public.ticket_messages_client_id_created_at_idx is
    'Serves the client''s timeline, notes apart from what was said.';

-- Definer: whoever writes the message may not be one who reads the ticket.
create function private.tg_ticket_messages_know_client()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    select ticket.client_id into new.client_id
    from public.support_tickets ticket where ticket.id = new.ticket_id;
    return new;
end
$$;

create trigger ticket_messages_know_client
before insert or update of ticket_id on public.ticket_messages
for each row execute function private.tg_ticket_messages_know_client();

alter table public.ticket_promises add column broken_to_id uuid;
comment on column public.ticket_promises.broken_to_id is
    'The client, once it was broken; null before. Kept by triggers, for the client''s timeline. No '
    'foreign key: the ticket''s own is checked already.';
update public.ticket_promises promise
set broken_to_id = ticket.client_id
from public.support_tickets ticket
where ticket.id = promise.ticket_id and promise.breached_at is not null;
create index ticket_promises_broken_to_id_idx
    on public.ticket_promises (broken_to_id, breached_at, id)
where broken_to_id is not null;
comment on index public.ticket_promises_broken_to_id_idx is 'Serves the client''s timeline.';

-- Definer: whoever lets a promise break may not be one who reads the ticket.
create function private.tg_ticket_promises_know_client()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    select ticket.client_id into new.broken_to_id
    from public.support_tickets ticket where ticket.id = new.ticket_id;
    return new;
end
$$;

create trigger ticket_promises_know_client_at_birth
before insert on public.ticket_promises
for each row when (new.breached_at is not null)
execute function private.tg_ticket_promises_know_client();
create trigger ticket_promises_know_client
before update on public.ticket_promises
for each row when (
    new.breached_at is not null
    and (old.breached_at is null or new.ticket_id <> old.ticket_id)
)
execute function private.tg_ticket_promises_know_client();

-- Definer: whoever merges clients holds no right to write messages or promises.
create function private.tg_support_tickets_move_history()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    update public.ticket_messages message
    set client_id = new.client_id
    where message.ticket_id = new.id;
    update public.ticket_promises promise
    set broken_to_id = new.client_id
    where promise.ticket_id = new.id and promise.breached_at is not null;
    return null;
end
$$;

create trigger support_tickets_move_history
after update of client_id on public.support_tickets
for each row when (old.client_id <> new.client_id)
execute function private.tg_support_tickets_move_history();

create index outreach_client_id_sent_at_idx on public.outreach (client_id, sent_at, id)
where sent_at is not null;
comment on index public.outreach_client_id_sent_at_idx is 'Serves the client''s timeline.';

-- -------------------------------------------------------------------------------------------------
-- One page at most of each kind, before a mark. Invokers: read under the policies of each source.
-- -------------------------------------------------------------------------------------------------
create type private.timeline_entry as (
    happened_at timestamptz, kind text, id text, ticket_id uuid, details jsonb
);
comment on type private.timeline_entry is
    'Something that happened with a client. Marks have no ticket_id and no details.';

-- The id below which entries of this kind at the moment of the mark are still to come: of one
-- moment kinds go by their names (a message before its ticket), ids downwards.
create function private.find_timeline_bound(p_mark private.timeline_entry, p_kind text)
returns text
language sql
immutable
set search_path = ''
as $$
    select case
        when p_kind = p_mark.kind then p_mark.id
        when p_kind collate "C" > p_mark.kind then 'ffffffff-ffff-ffff-ffff-ffffffffffff'
        else '00000000-0000-0000-0000-000000000000'
    end
$$;

create function private.list_timeline_tickets(
    p_client_id uuid, p_mark private.timeline_entry, p_limit integer
)
returns setof private.timeline_entry
language plpgsql
stable
set search_path = ''
as $$
declare
    v_bound uuid := private.find_timeline_bound(p_mark, 'ticket');
begin
    return query
    select
        ticket.opened_at, 'ticket', ticket.id::text, ticket.id,
        jsonb_build_object(
            'number', ticket.number, 'subject', ticket.subject, 'channel', ticket.channel,
            'category', ticket.category, 'status', ticket.status, 'cycle', ticket.cycle,
            'assignee_id', ticket.assignee_id, 'resolved_at', ticket.resolved_at
        )
    from public.support_tickets ticket
    where ticket.client_id = p_client_id
        and ticket.opened_at <= p_mark.happened_at
        and (ticket.opened_at, ticket.id) < (p_mark.happened_at, v_bound)
    order by ticket.opened_at desc, ticket.id desc
    limit p_limit;
end
$$;

create function private.list_timeline_messages(
    p_client_id uuid, p_mark private.timeline_entry, p_limit integer
)
returns setof private.timeline_entry
language plpgsql
stable
set search_path = ''
as $$
declare
    v_bound uuid := private.find_timeline_bound(p_mark, 'message');
begin
    return query
    select
        message.created_at, 'message', message.id::text, message.ticket_id,
        jsonb_build_object(
            'author_kind', message.author_kind, 'author_id', message.author_id,
            'body', left(message.body, 2000), 'is_cut', char_length(message.body) > 2000
        )
    from public.ticket_messages message
    where message.client_id = p_client_id
        and message.created_at <= p_mark.happened_at
        and (message.created_at, message.id) < (p_mark.happened_at, v_bound)
        and not message.is_internal
    order by message.created_at desc, message.id desc
    limit p_limit;
end
$$;

create function private.list_timeline_notes(
    p_client_id uuid, p_mark private.timeline_entry, p_limit integer
)
returns setof private.timeline_entry
language plpgsql
stable
set search_path = ''
as $$
declare
    v_bound uuid := private.find_timeline_bound(p_mark, 'note');
begin
    return query
    select
        note.created_at, 'note', note.id::text, note.ticket_id,
        jsonb_build_object(
            'author_kind', note.author_kind, 'author_id', note.author_id,
            'body', left(note.body, 2000), 'is_cut', char_length(note.body) > 2000
        )
    from public.ticket_messages note
    where note.client_id = p_client_id
        and note.created_at <= p_mark.happened_at
        and (note.created_at, note.id) < (p_mark.happened_at, v_bound)
        and note.is_internal
    order by note.created_at desc, note.id desc
    limit p_limit;
end
$$;

create function private.list_timeline_visits(
    p_client_id uuid, p_mark private.timeline_entry, p_limit integer
)
returns setof private.timeline_entry
language plpgsql
stable
set search_path = ''
as $$
declare
    v_bound uuid := private.find_timeline_bound(p_mark, 'visit');
begin
    return query
    select
        visit.starts_at, 'visit', visit.id::text, null::uuid,
        jsonb_build_object(
            'treatment_id', visit.treatment_id, 'provider', visit.provider, 'status', visit.status,
            'ended_at', visit.ended_at, 'price_minor', visit.price_minor,
            'currency', visit.currency
        )
    from public.visits visit
    where visit.client_id = p_client_id
        and visit.starts_at <= p_mark.happened_at
        and (visit.starts_at, visit.id) < (p_mark.happened_at, v_bound)
    order by visit.starts_at desc, visit.id desc
    limit p_limit;
end
$$;

create function private.list_timeline_purchases(
    p_client_id uuid, p_mark private.timeline_entry, p_limit integer
)
returns setof private.timeline_entry
language plpgsql
stable
set search_path = ''
as $$
declare
    v_bound uuid := private.find_timeline_bound(p_mark, 'purchase');
begin
    return query
    select
        purchase.purchased_at, 'purchase', purchase.id::text, purchase.ticket_id,
        jsonb_build_object(
            'kind', purchase.kind, 'product_id', purchase.product_id,
            'quantity', purchase.quantity, 'amount_minor', purchase.amount_minor,
            'refunded_minor', purchase.refunded_minor, 'currency', purchase.currency,
            'visit_id', purchase.visit_id, 'membership_id', purchase.membership_id
        )
    from public.purchases purchase
    where purchase.client_id = p_client_id
        and purchase.purchased_at <= p_mark.happened_at
        and (purchase.purchased_at, purchase.id) < (p_mark.happened_at, v_bound)
    order by purchase.purchased_at desc, purchase.id desc
    limit p_limit;
end
$$;

create function private.list_timeline_memberships(
    p_client_id uuid, p_mark private.timeline_entry, p_limit integer
)
returns setof private.timeline_entry
language plpgsql
stable
set search_path = ''
as $$
declare
    v_bound uuid := private.find_timeline_bound(p_mark, 'membership');
begin
    return query
    select
        start.at, 'membership', membership.id::text, null::uuid,
        jsonb_build_object(
            'plan_id', membership.plan_id, 'status', membership.status,
            'starts_on', membership.starts_on, 'ends_on', membership.ends_on
        )
    from public.memberships membership
    cross join lateral (
        select membership.starts_on::timestamp at time zone 'Europe/Warsaw' as at
    ) start
    where membership.client_id = p_client_id
        and start.at <= p_mark.happened_at
        and (start.at, membership.id) < (p_mark.happened_at, v_bound)
    order by start.at desc, membership.id desc
    limit p_limit;
end
$$;

create function private.list_timeline_services(
    p_client_id uuid, p_mark private.timeline_entry, p_limit integer
)
returns setof private.timeline_entry
language plpgsql
stable
set search_path = ''
as $$
declare
    v_bound uuid := private.find_timeline_bound(p_mark, 'service');
begin
    return query
    select
        service.created_at, 'service', service.id::text, null::uuid,
        jsonb_build_object(
            'service_type', service.service_type, 'status', service.status,
            'scheduled_at', service.scheduled_at, 'closed_at', service.closed_at
        )
    from public.white_glove_services service
    where service.client_id = p_client_id
        and service.created_at <= p_mark.happened_at
        and (service.created_at, service.id) < (p_mark.happened_at, v_bound)
    order by service.created_at desc, service.id desc
    limit p_limit;
end
$$;

create function private.list_timeline_steps(
    p_client_id uuid, p_mark private.timeline_entry, p_limit integer
)
returns setof private.timeline_entry
language plpgsql
stable
set search_path = ''
as $$
declare
    v_bound uuid := private.find_timeline_bound(p_mark, 'service_step');
begin
    return query
    select
        step.executed_at, 'service_step', step.id::text, null::uuid,
        jsonb_build_object(
            'service_id', service.id, 'service_type', service.service_type,
            'step_key', step.step_key, 'state', step.state
        )
    from public.white_glove_services service
    join public.white_glove_steps step on step.service_id = service.id
    where service.client_id = p_client_id
        and step.executed_at <= p_mark.happened_at
        and (step.executed_at, step.id) < (p_mark.happened_at, v_bound)
    order by step.executed_at desc, step.id desc
    limit p_limit;
end
$$;

create function private.list_timeline_promises(
    p_client_id uuid, p_mark private.timeline_entry, p_limit integer
)
returns setof private.timeline_entry
language plpgsql
stable
set search_path = ''
as $$
declare
    v_bound uuid := private.find_timeline_bound(p_mark, 'promise_broken');
begin
    return query
    select
        promise.breached_at, 'promise_broken', promise.id::text, promise.ticket_id,
        jsonb_build_object(
            'kind', promise.kind, 'cycle', promise.cycle, 'started_at', promise.started_at,
            'target_seconds', promise.target_seconds, 'met_at', promise.met_at
        )
    from public.ticket_promises promise
    where promise.broken_to_id = p_client_id
        and promise.breached_at <= p_mark.happened_at
        and (promise.breached_at, promise.id) < (p_mark.happened_at, v_bound)
    order by promise.breached_at desc, promise.id desc
    limit p_limit;
end
$$;

create function private.list_timeline_surveys(
    p_client_id uuid, p_mark private.timeline_entry, p_limit integer
)
returns setof private.timeline_entry
language plpgsql
stable
set search_path = ''
as $$
declare
    v_bound uuid := private.find_timeline_bound(p_mark, 'survey');
begin
    return query
    select
        survey.asked_at, 'survey', survey.id::text, survey.ticket_id,
        jsonb_build_object(
            'kind', survey.kind, 'state', survey.state, 'answered_at', survey.answered_at,
            'csat', survey.csat, 'nps', survey.nps, 'effort', survey.effort
        )
    from public.surveys survey
    where survey.client_id = p_client_id
        and survey.asked_at <= p_mark.happened_at
        and (survey.asked_at, survey.id) < (p_mark.happened_at, v_bound)
    order by survey.asked_at desc, survey.id desc
    limit p_limit;
end
$$;

create function private.list_timeline_recoveries(
    p_client_id uuid, p_mark private.timeline_entry, p_limit integer
)
returns setof private.timeline_entry
language plpgsql
stable
set search_path = ''
as $$
declare
    v_bound uuid := private.find_timeline_bound(p_mark, 'recovery_case');
begin
    return query
    select
        recovery.opened_at, 'recovery_case', recovery.id::text, recovery.ticket_id,
        jsonb_build_object(
            'trigger', recovery.trigger, 'state', recovery.state, 'cause', recovery.cause,
            'resolved_at', recovery.resolved_at, 'is_recovered', recovery.is_recovered
        )
    from public.recovery_cases recovery
    where recovery.client_id = p_client_id
        and recovery.opened_at <= p_mark.happened_at
        and (recovery.opened_at, recovery.id) < (p_mark.happened_at, v_bound)
    order by recovery.opened_at desc, recovery.id desc
    limit p_limit;
end
$$;

create function private.list_timeline_outreach(
    p_client_id uuid, p_mark private.timeline_entry, p_limit integer
)
returns setof private.timeline_entry
language plpgsql
stable
set search_path = ''
as $$
declare
    v_bound uuid := private.find_timeline_bound(p_mark, 'outreach');
begin
    return query
    select
        contact.sent_at, 'outreach', contact.id::text, null::uuid,
        jsonb_build_object(
            'purpose', contact.purpose, 'kind', contact.kind, 'channel', contact.channel,
            'state', contact.state
        )
    from public.outreach contact
    where contact.client_id = p_client_id
        and contact.sent_at <= p_mark.happened_at
        and (contact.sent_at, contact.id) < (p_mark.happened_at, v_bound)
    order by contact.sent_at desc, contact.id desc
    limit p_limit;
end
$$;

create function private.list_timeline_tiers(
    p_client_id uuid, p_mark private.timeline_entry, p_limit integer
)
returns setof private.timeline_entry
language plpgsql
stable
set search_path = ''
as $$
declare
    v_bound text := private.find_timeline_bound(p_mark, 'tier_change');
begin
    return query
    select
        change.changed_at, 'tier_change', change.id::text, null::uuid,
        jsonb_build_object(
            'from', change.old_value, 'to', change.new_value, 'reason', change.reason,
            'changed_by', change.changed_by
        )
    from public.vip_profile_changes change
    where change.client_id = p_client_id
        and change.changed_at <= p_mark.happened_at
        and (change.changed_at, change.id::text collate "C") < (p_mark.happened_at, v_bound)
        and change.field = 'tier'
    order by change.changed_at desc, change.id::text collate "C" desc
    limit p_limit;
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Pages
-- -------------------------------------------------------------------------------------------------

-- Definer: who may know the client does not depend on what of them one may read.
create function private.find_known_client(p_client_id uuid)
returns uuid
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_client public.profiles;
begin
    if not private.is_service() then
        perform private.require_signed_in();
    end if;
    select kept.* into v_client
    from public.profiles named
    join public.profiles kept on kept.id = coalesce(named.merged_into_id, named.id)
    where named.id = p_client_id;
    if v_client.id is null or not coalesce(
        private.is_service() or v_client.id = private.my_client_id()
            or v_client.id = any (array(select private.my_dedicated_client_ids()))
            or v_client.desk_id = any (array(select private.my_overseen_desk_ids()))
            or v_client.id = any (array(select private.my_live_client_ids())),
        false
    ) then
        perform private.refuse('PT404', 'client_not_found', 'There is no such client for you.');
    end if;
    return v_client.id;
end
$$;
comment on function private.find_known_client(uuid) is
    'The client, or the one they were merged into. Refuses whoever neither is them, looks after '
    'them, has a ticket of theirs at this moment nor oversees their desk.';

-- Of what a client never sees of their own nothing is read for them either.
create function private.choose_timeline_kinds(p_client_id uuid, p_kinds text[])
returns text[]
language plpgsql
stable
set search_path = ''
as $$
declare
    v_for_all text[] := array[
        'ticket', 'message', 'visit', 'purchase', 'membership', 'service', 'service_step',
        'survey', 'outreach'
    ];
    v_for_staff text[] := array['note', 'promise_broken', 'recovery_case', 'tier_change'];
begin
    if cardinality(p_kinds) > 50 or not coalesce(p_kinds, '{}') <@ (v_for_all || v_for_staff) then
        perform private.refuse(
            'PT422', 'unknown_kind', array_to_string(v_for_all || v_for_staff, ', ')
        );
    end if;
    return array(
        select kind.name
        from unnest(
            v_for_all || case
                when p_client_id = private.my_client_id() then '{}' else v_for_staff
            end
        ) kind (name)
        where p_kinds is null or kind.name = any (p_kinds)
    );
end
$$;

create function private.read_timeline_cursor(p_cursor text)
returns private.timeline_entry
language plpgsql
immutable
set search_path = ''
as $$
declare
    v_parts text[] := string_to_array(p_cursor, '/');
    v_uuid text := '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';
    v_known text := '(tier_change/[0-9]{1,18}|[a-z_]{1,20}/' || v_uuid || ')';
    v_mark private.timeline_entry;
begin
    v_mark.happened_at := 'infinity';
    if p_cursor is not null then
        if p_cursor !~ ('^[0-9]{1,11}\.[0-9]{6}/' || v_known || '$') then
            perform private.refuse(
                'PT422', 'cursor_malformed', 'Pass on "next" of the last answer.'
            );
        end if;
        v_mark.happened_at :=
            timestamptz '1970-01-01 00:00:00+00' + v_parts[1]::numeric * interval '1 second';
        v_mark.kind := v_parts[2];
        v_mark.id := v_parts[3];
    end if;
    return v_mark;
end
$$;

-- What clients and the house said and sold to each other.
create function private.list_timeline_talk(
    p_client_id uuid, p_kinds text[], p_mark private.timeline_entry, p_limit integer
)
returns setof private.timeline_entry
language plpgsql
stable
set search_path = ''
as $$
begin
    return query
    select page.* from (
        select entry.* from private.list_timeline_tickets(p_client_id, p_mark, p_limit) entry
        where 'ticket' = any (p_kinds)
        union all
        select entry.* from private.list_timeline_messages(p_client_id, p_mark, p_limit) entry
        where 'message' = any (p_kinds)
        union all
        select entry.* from private.list_timeline_notes(p_client_id, p_mark, p_limit) entry
        where 'note' = any (p_kinds)
        union all
        select entry.* from private.list_timeline_visits(p_client_id, p_mark, p_limit) entry
        where 'visit' = any (p_kinds)
        union all
        select entry.* from private.list_timeline_purchases(p_client_id, p_mark, p_limit) entry
        where 'purchase' = any (p_kinds)
        union all
        select entry.* from private.list_timeline_memberships(p_client_id, p_mark, p_limit) entry
        where 'membership' = any (p_kinds)
    ) page
    order by page.happened_at desc, page.kind collate "C", page.id collate "C" desc
    limit p_limit;
end
$$;

-- What the house did and decided beside.
create function private.list_timeline_care(
    p_client_id uuid, p_kinds text[], p_mark private.timeline_entry, p_limit integer
)
returns setof private.timeline_entry
language plpgsql
stable
set search_path = ''
as $$
begin
    return query
    select page.* from (
        select entry.* from private.list_timeline_services(p_client_id, p_mark, p_limit) entry
        where 'service' = any (p_kinds)
        union all
        select entry.* from private.list_timeline_steps(p_client_id, p_mark, p_limit) entry
        where 'service_step' = any (p_kinds)
        union all
        select entry.* from private.list_timeline_promises(p_client_id, p_mark, p_limit) entry
        where 'promise_broken' = any (p_kinds)
        union all
        select entry.* from private.list_timeline_surveys(p_client_id, p_mark, p_limit) entry
        where 'survey' = any (p_kinds)
        union all
        select entry.* from private.list_timeline_recoveries(p_client_id, p_mark, p_limit) entry
        where 'recovery_case' = any (p_kinds)
        union all
        select entry.* from private.list_timeline_outreach(p_client_id, p_mark, p_limit) entry
        where 'outreach' = any (p_kinds)
        union all
        select entry.* from private.list_timeline_tiers(p_client_id, p_mark, p_limit) entry
        where 'tier_change' = any (p_kinds)
    ) page
    order by page.happened_at desc, page.kind collate "C", page.id collate "C" desc
    limit p_limit;
end
$$;

create function private.get_client_timeline(
    p_client_id uuid, p_before text, p_limit integer, p_kinds text[]
)
returns jsonb
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
set jit = off
as $$
declare
    v_client_id uuid := private.find_known_client(p_client_id);
    v_kinds text[] := private.choose_timeline_kinds(v_client_id, p_kinds);
    v_mark private.timeline_entry := private.read_timeline_cursor(p_before);
    v_limit integer := least(greatest(coalesce(p_limit, 50), 1), 200);
begin
    return (
        with page as (
            select entry.*, row_number() over (
                order by entry.happened_at desc, entry.kind collate "C",
                    entry.id collate "C" desc
            ) as place
            from (
                select talk.*
                from private.list_timeline_talk(v_client_id, v_kinds, v_mark, v_limit + 1) talk
                union all
                select care.*
                from private.list_timeline_care(v_client_id, v_kinds, v_mark, v_limit + 1) care
            ) entry
        )
        select jsonb_build_object(
            'client_id', v_client_id,
            'entries', coalesce(
                jsonb_agg(to_jsonb(page) - 'place' order by page.place)
                    filter (where page.place <= v_limit),
                '[]'
            ),
            'next', case when max(page.place) > v_limit then max(
                round(extract(epoch from page.happened_at), 6) || '/' || page.kind || '/' || page.id
            ) filter (where page.place = v_limit) end
        )
        from page
    );
end
$$;

create function public.get_client_timeline(
    p_client_id uuid,
    p_before text default null,
    p_limit integer default 50,
    p_kinds text[] default null
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.get_client_timeline(p_client_id, p_before, p_limit, p_kinds)
$$;
comment on function public.get_client_timeline(uuid, text, integer, text[]) is
    'The client; staff who look after them, have a ticket of theirs or oversee their desk; the '
    'server: everything that happened, newest first, under the rights of each table. Kinds: '
    'ticket, message, note, visit, purchase, membership, service, service_step, promise_broken, '
    'survey, recovery_case, outreach, tier_change. Answers {"client_id", "entries": [{"kind", '
    '"id", "happened_at", "ticket_id", "details"}], "next"}: pass "next" on as p_before for the '
    'page before it; null at the beginning of it all. At most 200 a page.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on function
    private.tg_ticket_messages_know_client(), private.tg_ticket_promises_know_client(),
    private.tg_support_tickets_move_history(),
    private.find_timeline_bound(private.timeline_entry, text),
    private.list_timeline_tickets(uuid, private.timeline_entry, integer),
    private.list_timeline_messages(uuid, private.timeline_entry, integer),
    private.list_timeline_notes(uuid, private.timeline_entry, integer),
    private.list_timeline_visits(uuid, private.timeline_entry, integer),
    private.list_timeline_purchases(uuid, private.timeline_entry, integer),
    private.list_timeline_memberships(uuid, private.timeline_entry, integer),
    private.list_timeline_services(uuid, private.timeline_entry, integer),
    private.list_timeline_steps(uuid, private.timeline_entry, integer),
    private.list_timeline_promises(uuid, private.timeline_entry, integer),
    private.list_timeline_surveys(uuid, private.timeline_entry, integer),
    private.list_timeline_recoveries(uuid, private.timeline_entry, integer),
    private.list_timeline_outreach(uuid, private.timeline_entry, integer),
    private.list_timeline_tiers(uuid, private.timeline_entry, integer),
    private.list_timeline_talk(uuid, text[], private.timeline_entry, integer),
    private.list_timeline_care(uuid, text[], private.timeline_entry, integer),
    private.find_known_client(uuid),
    private.choose_timeline_kinds(uuid, text[]),
    private.read_timeline_cursor(text),
    private.get_client_timeline(uuid, text, integer, text[]),
    public.get_client_timeline(uuid, text, integer, text[])
from public, anon, authenticated, service_role;
grant execute on function
    private.find_timeline_bound(private.timeline_entry, text),
    private.list_timeline_tickets(uuid, private.timeline_entry, integer),
    private.list_timeline_messages(uuid, private.timeline_entry, integer),
    private.list_timeline_notes(uuid, private.timeline_entry, integer),
    private.list_timeline_visits(uuid, private.timeline_entry, integer),
    private.list_timeline_purchases(uuid, private.timeline_entry, integer),
    private.list_timeline_memberships(uuid, private.timeline_entry, integer),
    private.list_timeline_services(uuid, private.timeline_entry, integer),
    private.list_timeline_steps(uuid, private.timeline_entry, integer),
    private.list_timeline_promises(uuid, private.timeline_entry, integer),
    private.list_timeline_surveys(uuid, private.timeline_entry, integer),
    private.list_timeline_recoveries(uuid, private.timeline_entry, integer),
    private.list_timeline_outreach(uuid, private.timeline_entry, integer),
    private.list_timeline_tiers(uuid, private.timeline_entry, integer),
    private.list_timeline_talk(uuid, text[], private.timeline_entry, integer),
    private.list_timeline_care(uuid, text[], private.timeline_entry, integer),
    private.find_known_client(uuid),
    private.choose_timeline_kinds(uuid, text[]),
    private.read_timeline_cursor(text),
    private.get_client_timeline(uuid, text, integer, text[]),
    public.get_client_timeline(uuid, text, integer, text[])
to authenticated, service_role;
-- What is one's own is told from the rest for the server too, which is nobody.
grant execute on function private.my_client_id() to service_role;
