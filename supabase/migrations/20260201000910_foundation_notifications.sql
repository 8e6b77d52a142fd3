-- Notifications: what somebody should know, one row a person, sent live to their own screen.
-- Written by triggers and functions through private.notify; read and ticked off by their owner.
-- They carry ids and words, no texts: whoever may no longer see a ticket learns nothing from one.

create table public.notifications (
    id bigint generated always as identity primary key,
    recipient_id uuid not null references public.profiles (id) on delete cascade,
    kind text not null,
    ticket_id uuid references public.support_tickets (id) on delete cascade,
    actor_id uuid,
    details jsonb not null default '{}',
    created_at timestamptz not null default now(),
    read_at timestamptz,
    constraint notifications_kind_is_a_word check (kind ~ '^[a-z][a-z_]{0,39}$'),
    constraint notifications_actors_are_not_told_of_themselves check (recipient_id <> actor_id),
    constraint notifications_are_read_after_they_came check (read_at >= created_at),
    constraint notifications_details_are_a_small_object
        check (jsonb_typeof(details) = 'object' and octet_length(details::text) <= 2000)
);
comment on table public.notifications is
    'What somebody should know: ids and words, no texts. Kept for 90 days, read or not: each new '
    'one takes up to two that are older with it.';
comment on column public.notifications.actor_id is
    'Who did it; null: the house itself. No foreign key: it outlives people.';
comment on column public.notifications.read_at is 'Null until its owner has ticked it off.';

create index notifications_recipient_id_idx on public.notifications (recipient_id, id);
comment on index public.notifications_recipient_id_idx is
    'Serves somebody''s list, newest first, the policy and the foreign key.';
create index notifications_recipient_id_unread_idx on public.notifications (recipient_id, id)
where read_at is null;
comment on index public.notifications_recipient_id_unread_idx is
    'Serves the number and the list of what somebody has not read yet.';
create index notifications_ticket_id_idx on public.notifications (ticket_id);
comment on index public.notifications_ticket_id_idx is 'Serves the foreign key.';

-- -------------------------------------------------------------------------------------------------
-- Write
-- -------------------------------------------------------------------------------------------------

-- One element a person and message, by position. Several at once, so that a trigger of a statement
-- that changed many tickets is one insert.
create function private.insert_notifications(
    p_recipient_ids uuid[], p_kinds text[], p_ticket_ids uuid[], p_details jsonb[]
)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_actor_id uuid := (select auth.uid());
begin
    insert into public.notifications (recipient_id, kind, ticket_id, actor_id, details)
    select notice.recipient_id, notice.kind, notice.ticket_id, v_actor_id, notice.details
    from (
        select distinct on (told.recipient_id, told.kind, told.ticket_id, told.details) told.*
        from unnest(p_recipient_ids, p_kinds, p_ticket_ids, p_details) with ordinality
            as told (recipient_id, kind, ticket_id, details, place)
        order by told.recipient_id, told.kind, told.ticket_id, told.details, told.place
    ) notice
    join public.profiles person on person.id = notice.recipient_id
    where notice.recipient_id is distinct from v_actor_id
    order by notice.place;
    -- The lowest ids are the oldest: no index on the time is needed to find them.
    delete from public.notifications old
    where old.id in (
        select stale.id from public.notifications stale
        order by stale.id
        limit 2 * cardinality(p_recipient_ids)
        for update skip locked
    ) and old.created_at < now() - interval '90 days';
end
$$;
comment on function private.insert_notifications(uuid[], text[], uuid[], jsonb[]) is
    'Tells each person (by position) of one thing. The same thing twice is told once; whoever did '
    'it and ids of nobody are left out.';

create function private.notify(
    p_recipient_ids uuid[], p_kind text, p_ticket_id uuid, p_details jsonb
)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_count integer := coalesce(cardinality(p_recipient_ids), 0);
begin
    if v_count > 0 then
        perform private.insert_notifications(
            p_recipient_ids,
            array_fill(p_kind, array[v_count]),
            array_fill(p_ticket_id, array[v_count]),
            array_fill(coalesce(p_details, '{}'), array[v_count])
        );
    end if;
end
$$;
comment on function private.notify(uuid[], text, uuid, jsonb) is
    'Tells each of these people once, except whoever is doing it; nobody when there is none. For '
    'functions and triggers with their owner''s rights, after they have checked the caller.';

-- -------------------------------------------------------------------------------------------------
-- Tick off
-- -------------------------------------------------------------------------------------------------

-- Definer: nobody holds a right to write notifications; it reaches only the caller's own.
create function private.mark_notifications_read(p_notification_ids bigint[])
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_person_id uuid := private.require_signed_in();
    v_count integer;
begin
    if cardinality(p_notification_ids) > 1000 then
        perform private.refuse('PT413', 'too_many_ids', 'At most 1000 at once, or null for all.');
    end if;
    update public.notifications told
    set read_at = clock_timestamp()
    where told.recipient_id = v_person_id and told.read_at is null
        and (p_notification_ids is null or told.id = any (p_notification_ids));
    get diagnostics v_count = row_count;
    return jsonb_build_object('read_count', v_count);
end
$$;

create function public.mark_notifications_read(p_notification_ids bigint[] default null)
returns jsonb
language sql
set search_path = ''
as $$
    select private.mark_notifications_read(p_notification_ids)
$$;
comment on function public.mark_notifications_read(bigint[]) is
    'Everybody: these notifications of mine are read, or all of them without ids. Ids of others '
    'count for nothing. Answers {"read_count"}: how many were unread before.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.notifications from anon, authenticated, service_role;
revoke all on sequence public.notifications_id_seq from anon, authenticated, service_role;
grant select on public.notifications to authenticated, service_role;
alter table public.notifications enable row level security;

create policy notifications_select_own on public.notifications
for select to authenticated
using (recipient_id = (select auth.uid()));

revoke all on function
    private.insert_notifications(uuid[], text[], uuid[], jsonb[]),
    private.notify(uuid[], text, uuid, jsonb), private.mark_notifications_read(bigint[]),
    public.mark_notifications_read(bigint[])
from public, anon, authenticated, service_role;
grant execute on function
    private.mark_notifications_read(bigint[]), public.mark_notifications_read(bigint[])
to authenticated;

do $$
begin
    if not exists (
        select from pg_catalog.pg_publication_tables published
        where published.pubname = 'supabase_realtime'
            and published.schemaname = 'public' and published.tablename = 'notifications'
    ) then
        alter publication supabase_realtime add table public.notifications;
    end if;
end
$$;
