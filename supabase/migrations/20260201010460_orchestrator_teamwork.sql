-- Working on a ticket together: who sees it, who follows it, who is told, what belongs to it.
-- Who sees what stands here once: the policies, and private.my_stance which says it in words.
-- Followers read and write notes, nothing else. Whoever follows or has a ticket is told of what
-- others do with it, from the timeline: so it is told whoever did it, and once.

-- -------------------------------------------------------------------------------------------------
-- Followers
-- -------------------------------------------------------------------------------------------------
create table public.ticket_followers (
    ticket_id uuid not null references public.support_tickets (id) on delete cascade,
    staff_id uuid not null references public.staff_members (id) on delete cascade,
    added_by uuid not null,
    created_at timestamptz not null default now(),
    primary key (ticket_id, staff_id)
);
comment on table public.ticket_followers is
    'Colleagues who look on: they may read the ticket and write notes, and are told what happens.';
comment on column public.ticket_followers.added_by is
    'Themselves, or whoever asked them in. No foreign key: it outlives people.';
create index ticket_followers_staff_id_idx on public.ticket_followers (staff_id, ticket_id);
comment on index public.ticket_followers_staff_id_idx is
    'Serves private.my_followed_ticket_ids and the foreign key.';

-- Definer: read by the policy of tickets, must not depend on it. Whoever left the desk sees nothing
-- of it with their next statement, whatever they followed.
create function private.my_followed_ticket_ids()
returns setof uuid
language plpgsql
stable
security definer
rows 20
set search_path = ''
as $$
declare
    v_staff_id uuid := private.my_staff_id();
begin
    if v_staff_id is not null then
        return query
        select follower.ticket_id
        from public.ticket_followers follower
        join public.support_tickets ticket on ticket.id = follower.ticket_id
        where follower.staff_id = v_staff_id
            and ticket.desk_id = any (array(select private.my_desk_ids()));
    end if;
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Who sees what
-- -------------------------------------------------------------------------------------------------

-- The policy of support_tickets in words, null where it shows nothing. The first that holds:
-- 'client', 'manager' may direct, 'assignee', 'queue' may take, 'overseer' may read, 'follower'
-- may read and write notes.
create or replace function private.my_stance(p_ticket public.support_tickets)
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
    return case
        when p_ticket.client_id = private.my_client_id() then 'client'
        when p_ticket.desk_id = any (array(select private.my_managed_desk_ids())) then 'manager'
        when p_ticket.assignee_id = private.my_staff_id() then 'assignee'
        when p_ticket.queue_desk_id = any (array(select private.my_queue_desk_ids())) then 'queue'
        when p_ticket.desk_id = any (array(select private.my_overseen_desk_ids())) then 'overseer'
        when p_ticket.id = any (array(select private.my_followed_ticket_ids())) then 'follower'
    end;
end
$$;

alter policy support_tickets_select_involved on public.support_tickets
using (
    client_id = (select private.my_client_id())
    or assignee_id = (select private.my_staff_id())
    or queue_desk_id = any (array(select private.my_queue_desk_ids()))
    or desk_id = any (array(select private.my_overseen_desk_ids()))
    or id = any (array(select private.my_followed_ticket_ids()))
);

alter policy ticket_messages_select_involved on public.ticket_messages
using (
    exists (
        select from public.support_tickets ticket
        where ticket.id = ticket_messages.ticket_id
            and (
                not ticket_messages.is_internal
                or ticket.client_id <> (select private.my_client_id())
            )
    )
);

alter policy ticket_events_select_involved on public.ticket_events
using (
    exists (
        select from public.support_tickets ticket
        where ticket.id = ticket_events.ticket_id
            and (
                not ticket_events.is_internal
                or ticket.client_id <> (select private.my_client_id())
            )
    )
);

alter policy routing_decisions_select_staff on public.routing_decisions
using (
    (select private.is_staff())
    and exists (
        select from public.support_tickets ticket
        where ticket.id = routing_decisions.ticket_id
            and ticket.client_id <> (select private.my_client_id())
    )
);

alter policy routing_requests_select_staff on public.routing_requests
using (
    (select private.is_staff())
    and exists (
        select from public.support_tickets ticket
        where ticket.id = routing_requests.ticket_id
            and ticket.client_id <> (select private.my_client_id())
    )
);

create or replace view public.my_tickets
with (security_invoker = true)
as
select
    ticket.id, ticket.number, ticket.subject, ticket.channel, ticket.category, ticket.language,
    ticket.status, ticket.priority, ticket.cycle, ticket.version, ticket.resolution,
    ticket.opened_at, ticket.first_response_due_at, ticket.first_responded_at,
    ticket.last_message_at, ticket.resolved_at, ticket.closed_at, ticket.updated_at
from public.support_tickets ticket
where ticket.client_id = (select private.my_client_id());

-- Clients of live work of mine, of my queues, and of what I follow.
create or replace function private.my_live_client_ids()
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
    where ticket.queue_desk_id = any (array(select private.my_queue_desk_ids()))
    union
    select ticket.client_id from public.support_tickets ticket
    where ticket.id = any (array(select private.my_followed_ticket_ids()))
        and ticket.status in ('open', 'assigned', 'pending', 'on_hold');
end
$$;

-- Refuses unless the caller stands to the ticket in one of these ways.
create function private.require_stance(p_ticket public.support_tickets, p_stances text[])
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
    v_stance text := private.my_stance(p_ticket);
begin
    if v_stance is null then
        perform private.refuse('PT404', 'ticket_not_found', 'There is no such ticket for you.');
    elsif v_stance <> all (p_stances) then
        perform private.refuse('PT403', 'not_yours_to_change', 'You may see this ticket only.');
    end if;
end
$$;

create or replace function private.lock_ticket_as(p_ticket_id uuid, p_stances text[])
returns public.support_tickets
language plpgsql
set search_path = ''
as $$
declare
    v_ticket public.support_tickets;
begin
    select ticket.* into v_ticket
    from public.support_tickets ticket where ticket.id = p_ticket_id
    for update;
    perform private.require_stance(v_ticket, p_stances);
    return v_ticket;
end
$$;
comment on function private.lock_ticket_as(uuid, text[]) is
    'Locks the ticket and answers it; refuses unless the caller stands to it in one of these ways.';

-- For what does not change the ticket itself.
create function private.find_ticket_as_staff(p_ticket_id uuid)
returns public.support_tickets
language plpgsql
stable
set search_path = ''
as $$
declare
    v_ticket public.support_tickets;
begin
    select ticket.* into v_ticket
    from public.support_tickets ticket where ticket.id = p_ticket_id;
    perform private.require_stance(
        v_ticket, array['manager', 'assignee', 'queue', 'overseer', 'follower']
    );
    return v_ticket;
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Follow
-- -------------------------------------------------------------------------------------------------

-- Whoever may be told of a ticket: its desk, and admins; never its client, who may work here too.
create function private.require_tellable(p_ticket public.support_tickets, p_staff_ids uuid[])
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if cardinality(p_staff_ids) > 20 then
        perform private.refuse('PT413', 'too_many_people', 'At most 20 colleagues at once.');
    elsif exists (
        select from unnest(p_staff_ids) named (id)
        where not exists (
            select from public.staff_members staff
            where staff.id = named.id and staff.is_active and staff.id <> p_ticket.client_id
                and (staff.desk_id = p_ticket.desk_id or staff.role = 'admin')
        )
    ) then
        perform private.refuse(
            'PT404', 'staff_not_found', 'Nobody who may be told of this ticket has this id.'
        );
    end if;
end
$$;

create function private.insert_followers(p_ticket_id uuid, p_staff_ids uuid[])
returns void
language sql
set search_path = ''
as $$
    insert into public.ticket_followers (ticket_id, staff_id, added_by)
    select p_ticket_id, named.id, auth.uid()
    from unnest(p_staff_ids) named (id)
    on conflict do nothing
$$;

-- Definer: nobody holds a right to write followers; the stance is checked first.
create function private.add_follower(p_ticket_id uuid, p_staff_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_actor_id uuid := private.require_staff();
    v_ticket public.support_tickets := private.find_ticket_as_staff(p_ticket_id);
begin
    perform private.require_tellable(v_ticket, array[p_staff_id]);
    perform private.insert_followers(p_ticket_id, array[p_staff_id]);
    if p_staff_id <> v_actor_id then
        perform private.notify(array[p_staff_id], 'follower_added', p_ticket_id, '{}');
    end if;
    return (
        select to_jsonb(follower) from public.ticket_followers follower
        where follower.ticket_id = p_ticket_id and follower.staff_id = p_staff_id
    );
end
$$;

create function public.follow_ticket(p_ticket_id uuid)
returns jsonb
language sql
set search_path = ''
as $$
    select private.add_follower(p_ticket_id, auth.uid())
$$;
comment on function public.follow_ticket(uuid) is
    'Staff who see the ticket: keep seeing it and be told what happens. Answers the row.';

create function public.add_follower(p_ticket_id uuid, p_staff_id uuid)
returns jsonb
language sql
set search_path = ''
as $$
    select private.add_follower(p_ticket_id, p_staff_id)
$$;
comment on function public.add_follower(uuid, uuid) is
    'Staff who see the ticket: let a colleague of its desk, or an admin, follow it. Answers the '
    'row.';

-- Definer: nobody holds a right to write followers; the stance is checked first.
create function private.unfollow_ticket(p_ticket_id uuid, p_staff_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_actor_id uuid := private.require_staff();
    v_staff_id uuid := coalesce(p_staff_id, v_actor_id);
    v_ticket public.support_tickets := private.find_ticket_as_staff(p_ticket_id);
begin
    if v_staff_id <> v_actor_id then
        perform private.require_stance(v_ticket, array['assignee', 'manager']);
    end if;
    delete from public.ticket_followers follower
    where follower.ticket_id = p_ticket_id and follower.staff_id = v_staff_id;
    return jsonb_build_object(
        'ticket_id', p_ticket_id, 'staff_id', v_staff_id, 'was_following', found
    );
end
$$;

create function public.unfollow_ticket(p_ticket_id uuid, p_staff_id uuid default null)
returns jsonb
language sql
set search_path = ''
as $$
    select private.unfollow_ticket(p_ticket_id, p_staff_id)
$$;
comment on function public.unfollow_ticket(uuid, uuid) is
    'Staff: follow it no longer; assignee and manager may also name a colleague. Answers '
    '{"ticket_id", "staff_id", "was_following"}.';

-- -------------------------------------------------------------------------------------------------
-- Notes that name colleagues
-- -------------------------------------------------------------------------------------------------
alter table public.ticket_messages
    add column mentions uuid[] not null default '{}',
    add constraint ticket_messages_only_notes_mention_colleagues
        check (is_internal or mentions = '{}'),
    add constraint ticket_messages_mentions_are_few check (cardinality(mentions) <= 20);
comment on column public.ticket_messages.mentions is
    'Staff named in a note: they follow the ticket from then on.';

drop function private.insert_message(uuid, uuid, text, boolean, text);

-- The clock, not the beginning of the transaction: the ticket is locked, so messages have the order
-- in which they were written, also when one had to wait for the other.
create function private.insert_message(
    p_ticket_id uuid,
    p_author_id uuid,
    p_author_kind text,
    p_is_internal boolean,
    p_body text,
    p_mentions uuid[] default '{}'
)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_message public.ticket_messages;
begin
    insert into public.ticket_messages (
        ticket_id, author_id, author_kind, is_internal, body, mentions, created_at
    )
    values (
        p_ticket_id, p_author_id, p_author_kind, p_is_internal, p_body, p_mentions,
        clock_timestamp()
    )
    returning * into v_message;
    return to_jsonb(v_message);
end
$$;

drop function public.add_ticket_note(uuid, text);
drop function private.add_ticket_note(uuid, text);

-- Definer: nobody holds a right to write messages; the stance is checked first.
create function private.add_ticket_note(p_ticket_id uuid, p_body text, p_mentions uuid[])
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_actor_id uuid := private.require_signed_in();
    v_body text := private.require_text('body', p_body, 10000);
    v_mentions uuid[] := array(
        select distinct named.id from unnest(p_mentions) named (id) where named.id is not null
    );
    v_ticket public.support_tickets;
begin
    v_ticket := private.lock_ticket_as(
        p_ticket_id, array['assignee', 'manager', 'queue', 'overseer', 'follower']
    );
    perform private.require_tellable(v_ticket, v_mentions);
    perform private.insert_followers(p_ticket_id, v_mentions);
    return private.read_ticket(p_ticket_id) || jsonb_build_object(
        'message',
        private.insert_message(p_ticket_id, v_actor_id, 'agent', true, v_body, v_mentions)
    );
end
$$;

create function public.add_ticket_note(
    p_ticket_id uuid, p_body text, p_mentions uuid[] default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.add_ticket_note(p_ticket_id, p_body, p_mentions)
$$;
comment on function public.add_ticket_note(uuid, text, uuid[]) is
    'Staff who see the ticket: a note the client never sees. p_mentions: colleagues of its desk, '
    'or admins, who are told and follow it from then on. Answers the ticket with "message".';

-- -------------------------------------------------------------------------------------------------
-- Who is told
-- -------------------------------------------------------------------------------------------------

-- What a step of the timeline is to those who follow; null: nothing to tell. An assignment by the
-- house itself is none: the offer in ticket_assignments tells of it.
create function private.name_notice(p_kind text, p_actor_id uuid, p_author_kind text)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
    select case
        when p_kind = 'message_posted' and p_author_kind = 'client' then 'client_replied'
        when p_kind = 'message_posted' and p_author_kind <> 'system' then 'answer_posted'
        when p_kind = 'assigned' and p_actor_id is not null then 'ticket_assigned'
        when p_kind = 'note_added' then 'note_added'
        when p_kind in ('resolved', 'reopened', 'merged') then 'ticket_' || p_kind
    end
$$;

-- Definer: notifications can be written by nobody else, whoever caused the step.
create function private.tg_ticket_events_notify()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.insert_notifications(
        array_agg(notice.staff_id order by notice.event_id),
        array_agg(notice.kind order by notice.event_id),
        array_agg(notice.ticket_id order by notice.event_id),
        array_agg(jsonb_build_object('event_id', notice.event_id) order by notice.event_id)
    )
    from (
        select
            told.staff_id, told.ticket_id, told.event_id,
            case when told.is_mentioned then 'mentioned' else told.kind end as kind
        from steps step
        cross join lateral private.list_told(
            step.id, step.ticket_id,
            private.name_notice(step.kind, step.actor_id, step.details ->> 'author_kind'),
            step.details
        ) told
        where step.kind in (
            'message_posted', 'note_added', 'assigned', 'resolved', 'reopened', 'merged'
        ) and (step.kind <> 'assigned' or step.actor_id is not null)
    ) notice
    having count(*) > 0;
    return null;
end
$$;

-- Whoever gets it is told of an assignment; of all else whoever has it, had it, or follows it.
create function private.list_told(
    p_event_id bigint, p_ticket_id uuid, p_kind text, p_details jsonb
)
returns table (
    staff_id uuid, ticket_id uuid, event_id bigint, kind text, is_mentioned boolean
)
language plpgsql
stable
rows 5
set search_path = ''
as $$
begin
    return query
    with concerned as (
        select (p_details ->> 'assignee_id')::uuid as id
        union
        select named.id
        from public.support_tickets ticket
        cross join lateral (
            select ticket.assignee_id
            union all
            select (p_details ->> 'previous_assignee_id')::uuid
            union all
            select follower.staff_id from public.ticket_followers follower
            where follower.ticket_id = ticket.id
        ) named (id)
        where ticket.id = p_ticket_id and p_kind <> 'ticket_assigned'
    )
    select staff.id, ticket.id, p_event_id, p_kind, coalesce(staff.id = any (said.mentions), false)
    from concerned
    join public.staff_members staff on staff.id = concerned.id
    join public.support_tickets ticket on ticket.id = p_ticket_id
    left join public.ticket_messages said
        on p_kind = 'note_added' and said.id = (p_details ->> 'message_id')::uuid
    where p_kind is not null and staff.is_active and staff.id <> ticket.client_id
        and (
            staff.desk_id = ticket.desk_id or staff.role = 'admin' or staff.id = ticket.assignee_id
        );
end
$$;

create trigger ticket_events_notify
after insert on public.ticket_events
referencing new table as steps
for each statement execute function private.tg_ticket_events_notify();

-- -------------------------------------------------------------------------------------------------
-- What belongs together
-- -------------------------------------------------------------------------------------------------
create table public.ticket_links (
    ticket_id uuid not null references public.support_tickets (id) on delete cascade,
    linked_ticket_id uuid not null references public.support_tickets (id) on delete cascade,
    kind text not null,
    created_by uuid not null,
    created_at timestamptz not null default now(),
    primary key (ticket_id, linked_ticket_id),
    constraint ticket_links_kind_is_known check (kind in ('related', 'duplicate', 'follow_up')),
    constraint ticket_links_join_two_tickets check (ticket_id <> linked_ticket_id)
);
comment on table public.ticket_links is
    'What colleagues found to belong together. Read as: ticket_id is related to, a duplicate of, '
    'or a follow-up of linked_ticket_id. One link for each two tickets.';
comment on column public.ticket_links.created_by is 'No foreign key: it outlives people.';
create unique index ticket_links_one_for_two on public.ticket_links (
    least(ticket_id, linked_ticket_id), greatest(ticket_id, linked_ticket_id)
);
comment on index public.ticket_links_one_for_two is
    'Serves link_tickets and unlink_tickets, which name the two in either order.';
create index ticket_links_linked_ticket_id_idx on public.ticket_links (linked_ticket_id);
comment on index public.ticket_links_linked_ticket_id_idx is
    'Serves the foreign key and what points to a ticket.';

-- Definer: nobody holds a right to write links; both stances are checked first.
create function private.link_tickets(p_ticket_id uuid, p_other_ticket_id uuid, p_kind text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_actor_id uuid := private.require_staff();
    v_link public.ticket_links;
begin
    if p_kind is null or p_kind not in ('related', 'duplicate', 'follow_up') then
        perform private.refuse(
            'PT422', 'unknown_link_kind', 'One of related, duplicate, follow_up.'
        );
    end if;
    perform private.find_ticket_as_staff(p_ticket_id);
    perform private.find_ticket_as_staff(p_other_ticket_id);
    if p_ticket_id = p_other_ticket_id then
        perform private.refuse('PT422', 'same_ticket', 'Name two different tickets.');
    end if;
    insert into public.ticket_links as known (ticket_id, linked_ticket_id, kind, created_by)
    values (p_ticket_id, p_other_ticket_id, p_kind, v_actor_id)
    on conflict (least(ticket_id, linked_ticket_id), greatest(ticket_id, linked_ticket_id))
    do update
    set ticket_id = excluded.ticket_id, linked_ticket_id = excluded.linked_ticket_id,
        kind = excluded.kind, created_by = excluded.created_by, created_at = now()
    where (known.ticket_id, known.kind) is distinct from (excluded.ticket_id, excluded.kind);
    select link.* into strict v_link from public.ticket_links link
    where link.ticket_id = p_ticket_id and link.linked_ticket_id = p_other_ticket_id;
    return to_jsonb(v_link);
end
$$;

create function public.link_tickets(
    p_ticket_id uuid, p_other_ticket_id uuid, p_kind text default 'related'
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.link_tickets(p_ticket_id, p_other_ticket_id, p_kind)
$$;
comment on function public.link_tickets(uuid, uuid, text) is
    'Staff who see both: the first is related to, a duplicate of or a follow_up of the second. '
    'A later call about the same two replaces the link. Answers the row.';

-- Definer: nobody holds a right to write links; both stances are checked first.
create function private.unlink_tickets(p_ticket_id uuid, p_other_ticket_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.require_staff();
    perform private.find_ticket_as_staff(p_ticket_id);
    perform private.find_ticket_as_staff(p_other_ticket_id);
    delete from public.ticket_links link
    where least(link.ticket_id, link.linked_ticket_id) = least(p_ticket_id, p_other_ticket_id)
        and greatest(link.ticket_id, link.linked_ticket_id)
            = greatest(p_ticket_id, p_other_ticket_id);
    return jsonb_build_object(
        'ticket_id', p_ticket_id, 'linked_ticket_id', p_other_ticket_id, 'was_linked', found
    );
end
$$;

create function public.unlink_tickets(p_ticket_id uuid, p_other_ticket_id uuid)
returns jsonb
language sql
set search_path = ''
as $$
    select private.unlink_tickets(p_ticket_id, p_other_ticket_id)
$$;
comment on function public.unlink_tickets(uuid, uuid) is
    'Staff who see both: they do not belong together. Answers {"ticket_id", "linked_ticket_id", '
    '"was_linked"}.';

-- -------------------------------------------------------------------------------------------------
-- What it is about
-- -------------------------------------------------------------------------------------------------
create function private.require_known_details(p_category text, p_priority text, p_language text)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if p_category is not null and not exists (
        select from public.ticket_categories known where known.category = p_category
    ) then
        perform private.refuse('PT422', 'unknown_category', 'Not a category of this house.');
    elsif p_priority not in ('low', 'normal', 'high', 'urgent') then
        perform private.refuse('PT422', 'unknown_priority', 'One of low, normal, high, urgent.');
    elsif p_language is not null and not exists (
        select from public.skills spoken where spoken.skill = 'language.' || p_language
    ) then
        perform private.refuse('PT422', 'unknown_language', 'Not a language of this house.');
    end if;
end
$$;

-- What the old category asked for goes, what the new one asks for comes, the rest stays.
create function private.change_required_skills(p_skills text[], p_from text, p_to text)
returns text[]
language sql
stable
set search_path = ''
as $$
    select array(
        select unnest(p_skills)
        except
        select unnest(past.required_skills) from public.ticket_categories past
        where past.category = p_from
        union
        select unnest(present.required_skills) from public.ticket_categories present
        where present.category = p_to
        order by 1
    )
$$;

-- Definer: nobody holds a right to write tickets; the stance is checked first.
create function private.set_ticket_details(
    p_ticket_id uuid, p_version integer, p_subject text, p_category text, p_priority text,
    p_language text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
    v_subject text := p_subject;
    v_ticket public.support_tickets;
    v_new public.support_tickets;
begin
    if p_subject is not null then
        v_subject := private.require_text('subject', p_subject, 200);
    end if;
    perform private.require_known_details(p_category, p_priority, p_language);
    v_ticket := private.lock_ticket_as(p_ticket_id, array['assignee', 'manager', 'queue']);
    perform private.require_version(v_ticket, p_version);
    perform private.require_status(v_ticket, array['open', 'assigned', 'pending', 'on_hold']);
    v_new := v_ticket;
    v_new.subject := coalesce(v_subject, v_ticket.subject);
    v_new.category := coalesce(p_category, v_ticket.category);
    v_new.priority := coalesce(p_priority, v_ticket.priority);
    v_new.language := coalesce(p_language, v_ticket.language);
    if v_new is distinct from v_ticket then
        update public.support_tickets ticket
        set subject = v_new.subject, category = v_new.category, priority = v_new.priority,
            language = v_new.language,
            required_skills = case
                when v_new.category = ticket.category then ticket.required_skills
                else private.change_required_skills(
                    ticket.required_skills, ticket.category, v_new.category
                )
            end
        where ticket.id = p_ticket_id;
        perform private.request_routing_anew(v_ticket, v_new, v_staff_id);
    end if;
    return private.read_ticket(p_ticket_id);
end
$$;

-- A waiting ticket that asks for somebody else now is looked at again at once.
create function private.request_routing_anew(
    p_ticket public.support_tickets, p_new public.support_tickets, p_staff_id uuid
)
returns void
language sql
set search_path = ''
as $$
    insert into public.routing_requests (ticket_id, requested_by, reason)
    select p_ticket.id, p_staff_id, 'asked_by_staff'
    where p_ticket.status = 'open'
        and (p_ticket.category, p_ticket.language) <> (p_new.category, p_new.language)
$$;

create function public.set_ticket_details(
    p_ticket_id uuid,
    p_version integer,
    p_subject text default null,
    p_category text default null,
    p_priority text default null,
    p_language text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_ticket_details(
        p_ticket_id, p_version, p_subject, p_category, p_priority, p_language
    )
$$;
comment on function public.set_ticket_details(uuid, integer, text, text, text, text) is
    'Assignee, manager, or an agent of the queue: correct what it is about; null keeps. Another '
    'category asks for other skills; a waiting ticket is routed anew. Answers the ticket.';

-- Definer: the timeline can be written by nobody else, whoever changed the ticket.
create function private.tg_support_tickets_tell_details()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    insert into public.ticket_events (ticket_id, cycle, kind, actor_id, details)
    select
        new.id, new.cycle, 'details_changed', auth.uid(),
        jsonb_object_agg(field.name, case
            -- Texts stay out of the timeline: that it changed is all it tells.
            when field.name = 'subject' then '{}'
            else jsonb_build_object('from', field.past, 'to', field.present)
        end)
    from (
        values
            ('subject', old.subject, new.subject),
            ('category', old.category, new.category),
            ('priority', old.priority, new.priority),
            ('language', old.language, new.language)
    ) field (name, past, present)
    where field.past <> field.present;
    return null;
end
$$;

-- Fires only where a statement names one of these columns: routing never does.
create trigger support_tickets_tell_details
after update of subject, category, priority, language on public.support_tickets
for each row when (
    (old.subject, old.category, old.priority, old.language)
        is distinct from (new.subject, new.category, new.priority, new.language)
)
execute function private.tg_support_tickets_tell_details();

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.ticket_followers, public.ticket_links from anon, authenticated, service_role;
grant select on public.ticket_followers, public.ticket_links to authenticated, service_role;
alter table public.ticket_followers enable row level security;
alter table public.ticket_links enable row level security;

-- Who looks on, and what the house thinks belongs together, is not for the client, also when they
-- work here.
create policy ticket_followers_select_staff on public.ticket_followers
for select to authenticated
using (
    (select private.is_staff())
    and exists (
        select from public.support_tickets ticket
        where ticket.id = ticket_followers.ticket_id
            and ticket.client_id <> (select private.my_client_id())
    )
);

create policy ticket_links_select_staff on public.ticket_links
for select to authenticated
using (
    (select private.is_staff())
    and exists (
        select from public.support_tickets ticket
        where ticket.id = ticket_links.ticket_id
            and ticket.client_id <> (select private.my_client_id())
    )
    and exists (
        select from public.support_tickets ticket
        where ticket.id = ticket_links.linked_ticket_id
            and ticket.client_id <> (select private.my_client_id())
    )
);

revoke all on function
    private.my_followed_ticket_ids(), private.require_stance(public.support_tickets, text[]),
    private.find_ticket_as_staff(uuid), private.require_tellable(public.support_tickets, uuid[]),
    private.insert_followers(uuid, uuid[]), private.add_follower(uuid, uuid),
    private.unfollow_ticket(uuid, uuid),
    private.insert_message(uuid, uuid, text, boolean, text, uuid[]),
    private.add_ticket_note(uuid, text, uuid[]), private.name_notice(text, uuid, text),
    private.tg_ticket_events_notify(), private.list_told(bigint, uuid, text, jsonb),
    private.link_tickets(uuid, uuid, text), private.unlink_tickets(uuid, uuid),
    private.require_known_details(text, text, text),
    private.change_required_skills(text[], text, text),
    private.set_ticket_details(uuid, integer, text, text, text, text),
    private.request_routing_anew(public.support_tickets, public.support_tickets, uuid),
    private.tg_support_tickets_tell_details(),
    public.follow_ticket(uuid), public.add_follower(uuid, uuid),
    public.unfollow_ticket(uuid, uuid), public.add_ticket_note(uuid, text, uuid[]),
    public.link_tickets(uuid, uuid, text), public.unlink_tickets(uuid, uuid),
    public.set_ticket_details(uuid, integer, text, text, text, text)
from public, anon, authenticated, service_role;

grant execute on function
    private.my_followed_ticket_ids(), private.add_follower(uuid, uuid),
    private.unfollow_ticket(uuid, uuid), private.add_ticket_note(uuid, text, uuid[]),
    private.link_tickets(uuid, uuid, text), private.unlink_tickets(uuid, uuid),
    private.set_ticket_details(uuid, integer, text, text, text, text),
    public.follow_ticket(uuid), public.add_follower(uuid, uuid),
    public.unfollow_ticket(uuid, uuid), public.add_ticket_note(uuid, text, uuid[]),
    public.link_tickets(uuid, uuid, text), public.unlink_tickets(uuid, uuid),
    public.set_ticket_details(uuid, integer, text, text, text, text)
to authenticated;
