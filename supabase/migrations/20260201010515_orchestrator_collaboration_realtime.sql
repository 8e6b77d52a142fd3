-- Colleagues at one ticket see each other: private topic ticket-desk:<id>, for staff who see the
-- ticket and never for its client, with presence (viewing, typing) and broadcast. The topic
-- ticket:<id> stays as it was, for the client and staff together.
-- The policies of realtime.messages ask private.is_topic_of_mine, so that replacing it is enough:
-- no policy DDL, no locks on the tables of auth and storage.
set local lock_timeout = '5s';

-- Invoker: what the policy of support_tickets shows is what one may listen to.
create or replace function private.is_topic_of_mine(p_topic text)
returns boolean
language sql
stable
set search_path = ''
as $$
    select exists (
            select from public.support_tickets ticket
            where ticket.id = private.read_topic_id('ticket', p_topic)
        )
        or exists (
            select from public.support_tickets ticket
            where ticket.id = private.read_topic_id('ticket-desk', p_topic)
                and ticket.client_id <> (select private.my_client_id())
                and (select private.is_staff())
        )
        or coalesce(
            private.read_topic_id('desk', p_topic) = any (array(select private.my_desk_ids())),
            false
        )
$$;

-- Unlogged: after a crash somebody is announced once more.
create unlogged table private.drafting_notices (
    ticket_id uuid not null references public.support_tickets (id) on delete cascade,
    author_id uuid not null references public.staff_members (id) on delete cascade,
    sent_at timestamptz not null default now(),
    primary key (ticket_id, author_id)
);
comment on table private.drafting_notices is
    'When colleagues were last told that somebody drafts an answer.';
create index drafting_notices_author_id_idx on private.drafting_notices (author_id);
comment on index private.drafting_notices_author_id_idx is 'Serves the foreign key.';
revoke all on private.drafting_notices from anon, authenticated, service_role;
alter table private.drafting_notices enable row level security;

-- Once per person and ticket in 30 seconds: a draft is saved every second or two.
-- Definer: staff hold no right to send for the house, nor to the notices.
create function private.tg_ticket_drafts_announce()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    insert into private.drafting_notices as notice (ticket_id, author_id)
    values (new.ticket_id, new.author_id)
    on conflict (ticket_id, author_id) do update
    set sent_at = now() where notice.sent_at <= now() - interval '30 seconds';
    if found then
        perform realtime.send(
            jsonb_build_object('ticket_id', new.ticket_id, 'staff_id', new.author_id),
            'drafting', 'ticket-desk:' || new.ticket_id, true
        );
    end if;
    return null;
end
$$;
create trigger ticket_drafts_announce
after insert or update of body on public.ticket_drafts
for each row
when (not new.is_internal)
execute function private.tg_ticket_drafts_announce();

revoke all on function private.tg_ticket_drafts_announce()
from public, anon, authenticated, service_role;
