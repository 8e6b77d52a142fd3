-- Private Realtime topics of people: ticket:<id> for whoever may see the ticket, desk:<id> for the
-- desk's staff. Topic jobs is for nobody here: the workers' key needs no policy.
-- A file of its own and a short wait: hosted, policy DDL here locks the tables of auth and storage.
set local lock_timeout = '5s';

-- Null when the topic is not of the form <kind>:<uuid>.
create function private.read_topic_id(p_kind text, p_topic text)
returns uuid
language sql
immutable
parallel safe
set search_path = ''
as $$
    select (regexp_match(
        p_topic,
        '^' || p_kind || ':([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$'
    ))[1]::uuid
$$;

-- Invoker: what the policy of support_tickets shows is what one may listen to.
create function private.is_topic_of_mine(p_topic text)
returns boolean
language sql
stable
set search_path = ''
as $$
    select exists (
            select from public.support_tickets ticket
            where ticket.id = private.read_topic_id('ticket', p_topic)
        )
        or coalesce(
            private.read_topic_id('desk', p_topic) = any (array(select private.my_desk_ids())),
            false
        )
$$;

create policy messages_select_involved on realtime.messages
for select to authenticated
using (
    extension in ('broadcast', 'presence')
    and (select private.is_topic_of_mine(realtime.topic()))
);

-- Clients show that they are there; only staff speak, or a client could play an agent's part.
create policy messages_insert_involved on realtime.messages
for insert to authenticated
with check (
    (extension = 'presence' or (extension = 'broadcast' and (select private.is_staff())))
    and (select private.is_topic_of_mine(realtime.topic()))
);

revoke all on function
    private.read_topic_id(text, text), private.is_topic_of_mine(text)
from public, anon, authenticated, service_role;
grant execute on function
    private.read_topic_id(text, text), private.is_topic_of_mine(text)
to authenticated;
