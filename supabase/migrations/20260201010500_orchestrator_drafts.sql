-- Drafts of answers, kept by the server: nothing typed is lost, and two people who answer the same
-- client learn of each other before both have sent. Colleagues see who writes, never what.

create table public.ticket_drafts (
    ticket_id uuid not null references public.support_tickets (id) on delete cascade,
    author_id uuid not null references public.staff_members (id) on delete cascade,
    is_internal boolean not null default false,
    body text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (ticket_id, author_id, is_internal),
    constraint ticket_drafts_body_is_text check (private.is_clean_text(body, 10000))
);
comment on table public.ticket_drafts is
    'What staff have begun to write: one answer and one note each and ticket.';
create index ticket_drafts_author_id_idx on public.ticket_drafts (author_id);
comment on index public.ticket_drafts_author_id_idx is 'Serves the policy and the foreign key.';
create index ticket_drafts_updated_at_idx on public.ticket_drafts (updated_at);
comment on index public.ticket_drafts_updated_at_idx is 'Serves forgetting the oldest.';

-- The caller as staff who see the ticket; whoever is its client is not among them.
create function private.require_ticket_as_staff(p_ticket_id uuid)
returns uuid
language plpgsql
stable
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
    v_stance text;
begin
    select private.my_stance(ticket) into v_stance
    from public.support_tickets ticket where ticket.id = p_ticket_id;
    if v_stance is null then
        perform private.refuse('PT404', 'ticket_not_found', 'There is no such ticket for you.');
    elsif v_stance = 'client' then
        perform private.refuse('PT403', 'not_yours_to_change', 'You may see this ticket only.');
    end if;
    return v_staff_id;
end
$$;

-- Who else is writing an answer now: drafts of colleagues, younger than two minutes.
create function private.list_other_drafters(p_ticket_id uuid, p_staff_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(jsonb_build_object(
        'staff_id', draft.author_id,
        'display_name', author.display_name,
        'updated_at', draft.updated_at
    ) order by draft.updated_at desc), '[]')
    from public.ticket_drafts draft
    join public.staff_members colleague on colleague.id = draft.author_id and colleague.is_active
    join public.profiles author on author.id = draft.author_id
    where draft.ticket_id = p_ticket_id
        and draft.author_id <> p_staff_id
        and not draft.is_internal
        and draft.updated_at > now() - interval '2 minutes'
$$;

-- Definer: nobody holds a right to write drafts, nor to read those of others; the stance is
-- checked first.
create function private.save_draft(p_ticket_id uuid, p_body text, p_is_internal boolean)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_ticket_as_staff(p_ticket_id);
    v_is_empty boolean := coalesce(btrim(p_body, E' \t\r\n'), '') = '';
begin
    perform private.take_token(v_staff_id, 'save_draft', 240, interval '1 minute');
    delete from public.ticket_drafts old
    where (old.ticket_id, old.author_id, old.is_internal) in (
        select stale.ticket_id, stale.author_id, stale.is_internal
        from public.ticket_drafts stale
        where stale.updated_at < now() - interval '30 days'
        order by stale.updated_at
        limit 3
        for update skip locked
    );
    if v_is_empty then
        delete from public.ticket_drafts draft
        where draft.ticket_id = p_ticket_id and draft.author_id = v_staff_id
            and draft.is_internal = coalesce(p_is_internal, false);
    else
        perform private.require_text('body', p_body, 10000);
        insert into public.ticket_drafts as draft (ticket_id, author_id, is_internal, body)
        values (p_ticket_id, v_staff_id, coalesce(p_is_internal, false), p_body)
        on conflict (ticket_id, author_id, is_internal) do update
        set body = excluded.body, updated_at = now();
    end if;
    return jsonb_build_object(
        'ticket_id', p_ticket_id,
        'saved_at', case when not v_is_empty then now() end,
        'others_drafting', private.list_other_drafters(p_ticket_id, v_staff_id)
    );
end
$$;

create function public.save_draft(
    p_ticket_id uuid, p_body text, p_is_internal boolean default false
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.save_draft(p_ticket_id, p_body, p_is_internal)
$$;
comment on function public.save_draft(uuid, text, boolean) is
    'Staff who see the ticket: keep what is typed, an answer or a note; an empty body forgets it. '
    'Answers {"ticket_id", "saved_at", "others_drafting": [{"staff_id", "display_name", '
    '"updated_at"}]}: who else wrote on an answer in the last two minutes. 240 a minute.';

create function public.discard_draft(p_ticket_id uuid, p_is_internal boolean default false)
returns jsonb
language sql
set search_path = ''
as $$
    select private.save_draft(p_ticket_id, null, p_is_internal)
$$;
comment on function public.discard_draft(uuid, boolean) is
    'Staff: forget one''s draft. Answers as save_draft.';

-- Definer: who posts holds no right to drafts; only the author's own one of that kind goes.
create function private.tg_ticket_messages_forget_draft()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    delete from public.ticket_drafts draft
    using said
    where said.author_kind = 'agent'
        and draft.ticket_id = said.ticket_id
        and draft.author_id = said.author_id
        and draft.is_internal = said.is_internal;
    return null;
end
$$;
create trigger ticket_messages_forget_draft
after insert on public.ticket_messages
referencing new table as said
for each statement execute function private.tg_ticket_messages_forget_draft();

revoke all on public.ticket_drafts from anon, authenticated, service_role;
grant select on public.ticket_drafts to authenticated;
alter table public.ticket_drafts enable row level security;
create policy ticket_drafts_select_own on public.ticket_drafts
for select to authenticated
using (author_id = (select private.my_staff_id()));

revoke all on function
    private.require_ticket_as_staff(uuid), private.list_other_drafters(uuid, uuid),
    private.save_draft(uuid, text, boolean), private.tg_ticket_messages_forget_draft(),
    public.save_draft(uuid, text, boolean), public.discard_draft(uuid, boolean)
from public, anon, authenticated, service_role;
grant execute on function
    private.save_draft(uuid, text, boolean), public.save_draft(uuid, text, boolean),
    public.discard_draft(uuid, boolean)
to authenticated;
