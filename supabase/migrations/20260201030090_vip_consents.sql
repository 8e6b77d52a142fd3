-- Consents: what a client has agreed to be contacted about, by which channel, in which wording.
-- A ledger: one row for each time somebody agreed, closed when they take it back, never edited.
-- Whoever contacts a client asks private.has_consent in the transaction that makes the contact.

create table public.consent_purposes (
    purpose text primary key,
    label_pl text not null,
    label_en text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint consent_purposes_purpose_is_a_word check (purpose ~ '^[a-z][a-z_]{0,39}$'),
    constraint consent_purposes_labels_are_short_text
        check (private.is_clean_text(label_pl, 200) and private.is_clean_text(label_en, 200))
);
comment on table public.consent_purposes is 'What a client can agree to, in words for both.';

insert into public.consent_purposes (purpose, label_pl, label_en)
values (
    'white_glove_contact',
    'Osobisty kontakt w sprawie zamówionych usług: powitanie, przypomnienia, pytanie po wizycie',
    'Personal contact about services asked for: welcome, reminders, a question after the visit'
);

create trigger consent_purposes_touch
before update on public.consent_purposes
for each row execute function private.tg_touch_row();
create trigger consent_purposes_record
after insert or update or delete on public.consent_purposes
for each row execute function private.tg_record_configuration('purpose');

create table public.consents (
    id bigint generated always as identity primary key,
    client_id uuid not null references public.profiles (id) on delete cascade,
    purpose text not null references public.consent_purposes (purpose),
    channel text not null references public.channels (channel),
    wording_version text not null,
    given_at timestamptz not null default now(),
    given_by uuid,
    withdrawn_at timestamptz,
    withdrawn_by uuid,
    proof text not null,
    constraint consents_wording_version_is_short_text
        check (private.is_clean_text(wording_version, 40)),
    constraint consents_proof_is_short_text check (private.is_clean_text(proof, 500)),
    constraint consents_are_withdrawn_after_they_were_given check (withdrawn_at >= given_at)
);
comment on table public.consents is
    'Each consent a client gave, and when they took it back. Append only but for that.';
comment on column public.consents.wording_version is 'Of the text they agreed to.';
comment on column public.consents.given_by is
    'Who wrote it down: the client or staff; null: the server. No foreign key, it outlives people.';
comment on column public.consents.withdrawn_at is 'Null while it holds.';
comment on column public.consents.proof is 'How it can be shown: a form, a call, a signature.';

create unique index consents_hold_once on public.consents (client_id, purpose, channel)
where withdrawn_at is null;
comment on index public.consents_hold_once is
    'Serves private.has_consent, and lets no second consent to the same in.';
create index consents_client_id_idx on public.consents (client_id, id);
comment on index public.consents_client_id_idx is 'Serves a client''s history and the policy.';

create function private.has_consent(p_client_id uuid, p_purpose text, p_channel text)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return exists (
        select from public.consents given
        where given.client_id = p_client_id and given.purpose = p_purpose
            and given.channel = p_channel and given.withdrawn_at is null
    );
end
$$;
comment on function private.has_consent(uuid, text, text) is
    'Whether this client agrees now to be contacted about this, by this channel.';

-- Locks the client, so that a consent taken back and a contact about to be made come one after the
-- other. Clients speak for themselves, also through their delegates; staff for whom they keep.
create function private.lock_client_of_consent(p_client_id uuid)
returns public.profiles
language plpgsql
set search_path = ''
as $$
declare
    v_client public.profiles;
begin
    if private.is_service() or private.is_staff() and p_client_id <> private.my_client_id() then
        return private.lock_client_as_keeper(p_client_id);
    end if;
    perform private.require_signed_in();
    select client.* into v_client
    from public.profiles client
    where client.id = p_client_id and (
        client.id = private.my_client_id()
        or private.is_delegate_of(private.my_client_id(), client.id)
    )
    for no key update;
    if v_client.id is null then
        perform private.refuse('PT404', 'client_not_found', 'There is no such client for you.');
    end if;
    return v_client;
end
$$;

create function private.require_consent_words(p_purpose text, p_channel text)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if not exists (
        select from public.consent_purposes known where known.purpose = p_purpose
    ) then
        perform private.refuse('PT422', 'unknown_purpose', 'Not a purpose of this house.');
    elsif p_channel is not null and not exists (
        select from public.channels known where known.channel = p_channel
    ) then
        perform private.refuse('PT422', 'unknown_channel', 'Not a channel of this house.');
    end if;
end
$$;

-- Definer: nobody holds a right to write consents; who speaks for the client is checked first.
create function private.give_consent(
    p_client_id uuid, p_purpose text, p_channel text, p_wording_version text, p_proof text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_client public.profiles := private.lock_client_of_consent(p_client_id);
    v_wording text := private.require_text('wording_version', p_wording_version, 40);
    v_proof text := private.require_text('proof', p_proof, 500);
    v_consent public.consents;
begin
    perform private.require_consent_words(p_purpose, coalesce(p_channel, ''));
    select given.* into v_consent
    from public.consents given
    where given.client_id = v_client.id and given.purpose = p_purpose
        and given.channel = p_channel and given.withdrawn_at is null;
    if v_consent.wording_version is distinct from v_wording then
        -- A new wording is a new consent, and the old one ends where it begins: one statement, so
        -- that what hangs on the consent sees no moment without one.
        with ended as (
            update public.consents given
            set withdrawn_at = now(), withdrawn_by = auth.uid()
            where given.id = v_consent.id
            returning given.id
        )
        insert into public.consents (client_id, purpose, channel, wording_version, given_by, proof)
        select v_client.id, p_purpose, p_channel, v_wording, auth.uid(), v_proof
        from (select count(*) from ended) earlier
        returning * into v_consent;
    end if;
    return to_jsonb(v_consent);
end
$$;

create function public.give_consent(
    p_client_id uuid, p_purpose text, p_channel text, p_wording_version text,
    p_proof text default 'given in the client portal'
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.give_consent(p_client_id, p_purpose, p_channel, p_wording_version, p_proof)
$$;
comment on function public.give_consent(uuid, text, text, text, text) is
    'Clients and their delegates, who keeps the client, the server: the client agrees to be '
    'contacted about this by this channel, in this version of the wording. Saying it twice changes '
    'nothing. Answers the row of consents.';

-- Definer: as above.
create function private.withdraw_consent(p_client_id uuid, p_purpose text, p_channel text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_client public.profiles := private.lock_client_of_consent(p_client_id);
    v_channels text[];
begin
    perform private.require_consent_words(p_purpose, p_channel);
    perform private.note_reason('consent_withdrawn');
    with ended as (
        update public.consents given
        set withdrawn_at = now(), withdrawn_by = auth.uid()
        where given.client_id = v_client.id and given.purpose = p_purpose
            and given.channel = coalesce(p_channel, given.channel)
            and given.withdrawn_at is null
        returning given.channel
    )
    select array_agg(ended.channel order by ended.channel) into v_channels from ended;
    return jsonb_build_object(
        'client_id', v_client.id, 'purpose', p_purpose,
        'channels', to_jsonb(coalesce(v_channels, '{}'))
    );
end
$$;

create function public.withdraw_consent(
    p_client_id uuid, p_purpose text, p_channel text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.withdraw_consent(p_client_id, p_purpose, p_channel)
$$;
comment on function public.withdraw_consent(uuid, text, text) is
    'Who may give it may take it back: for this channel, or all of them without one. What was '
    'queued because of it is cancelled in the same transaction. Answers {"client_id", "purpose", '
    '"channels": those it held for}.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.consent_purposes, public.consents from anon, authenticated, service_role;
revoke all on sequence public.consents_id_seq from anon, authenticated, service_role;
grant select on public.consent_purposes, public.consents to authenticated, service_role;
alter table public.consent_purposes enable row level security;
alter table public.consents enable row level security;

create policy consent_purposes_select_everybody on public.consent_purposes
for select to authenticated
using ((select auth.uid()) is not null);

create policy consents_select_concerned on public.consents
for select to authenticated
using (
    client_id = (select private.my_client_id())
    or client_id = any (array(select private.my_dedicated_client_ids()))
    or exists (
        select from public.profiles client
        where client.id = consents.client_id
            and client.desk_id = any (array(select private.my_overseen_desk_ids()))
    )
);

revoke all on function
    private.has_consent(uuid, text, text), private.lock_client_of_consent(uuid),
    private.require_consent_words(text, text),
    private.give_consent(uuid, text, text, text, text),
    public.give_consent(uuid, text, text, text, text),
    private.withdraw_consent(uuid, text, text), public.withdraw_consent(uuid, text, text)
from public, anon, authenticated, service_role;
grant execute on function private.has_consent(uuid, text, text) to service_role;
grant execute on function
    private.give_consent(uuid, text, text, text, text),
    public.give_consent(uuid, text, text, text, text),
    private.withdraw_consent(uuid, text, text), public.withdraw_consent(uuid, text, text)
to authenticated, service_role;
