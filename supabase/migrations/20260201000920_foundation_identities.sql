-- Identity first: which client stands behind an e-mail address, a number or a handle.
-- Somebody may write without an account; assistants and households speak for a client; what is not
-- certain is asked of a human, and waits as long as the most important candidate would.
-- An address is proved by Auth's own confirmation or vouched for by staff: signing up with it, or
-- writing from it, proves nothing.

create extension if not exists pg_trgm with schema extensions;

-- -------------------------------------------------------------------------------------------------
-- People without an account
-- -------------------------------------------------------------------------------------------------
alter table public.profiles
    drop constraint profiles_id_fkey,
    add column has_account boolean not null default true,
    add column account_id uuid generated always as (case when has_account then id end) stored,
    add column merged_into_id uuid references public.profiles (id),
    add constraint profiles_account_id_is_unique unique (account_id),
    add constraint profiles_go_with_their_account
        foreign key (account_id) references auth.users (id) on delete cascade,
    add constraint profiles_are_not_their_own_duplicate check (merged_into_id <> id);
comment on table public.profiles is
    'Everybody who can sign in, made at sign-up, and clients who wrote without an account. Staff '
    'have a staff_members row beside.';
comment on column public.profiles.has_account is
    'False for somebody who wrote to us without ever signing up.';
comment on column public.profiles.account_id is
    'The id again where there is an account: the profile goes with it.';
comment on column public.profiles.merged_into_id is
    'The client this one turned out to be; null for everybody else. Never a chain.';
create index profiles_merged_into_id_idx on public.profiles (merged_into_id);
comment on index public.profiles_merged_into_id_idx is
    'Serves the foreign key and "who was merged into this client".';

-- In place of the reference to the id: two between the same tables would make it ambiguous through
-- which of them the API embeds one in the other.
alter table public.staff_members
    drop constraint staff_members_id_fkey,
    add constraint staff_members_have_an_account
    foreign key (id) references public.profiles (account_id) on delete cascade;

create or replace function private.require_person(p_person_id uuid)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if not exists (
        select from public.profiles person
        where person.id = p_person_id and person.has_account and person.merged_into_id is null
    ) then
        perform private.refuse('PT404', 'person_not_found', 'Nobody signed up with this id.');
    end if;
end
$$;

-- Who writes without an account has not registered.
create or replace function private.tg_profiles_emit()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.emit_events('client.registered', array_agg(born.id order by born.created_at))
    from born
    where born.has_account
    having count(*) > 0;
    return null;
end
$$;

-- Definer: policies call it, so it must not be subject to them.
create function private.my_client_id()
returns uuid
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
    return coalesce(
        (
            select me.merged_into_id from public.profiles me
            where me.id = (select auth.uid())
        ),
        (select auth.uid())
    );
end
$$;
comment on function private.my_client_id() is
    'The client I am: the one I was merged into, else myself. Null for visitors.';

-- -------------------------------------------------------------------------------------------------
-- One spelling per address. Null for what is none.
-- -------------------------------------------------------------------------------------------------

-- What people paste: spaces of every kind, marks of direction, soft hyphens, a byte order mark.
create function private.trim_address(p_value text)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
    v_blank text :=
        '[[:space:]\u00a0\u00ad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff]+';
begin
    return regexp_replace(p_value, '^' || v_blank || '|' || v_blank || '$', '', 'g');
end
$$;

-- Composed but not simplified: letters that only look alike stay different addresses.
create function private.normalise_email(p_value text)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
    v_value text;
begin
    if char_length(p_value) > 400 then
        return null;
    end if;
    v_value := normalize(
        lower(normalize(private.trim_address(p_value), nfc) collate "und-x-icu"), nfc
    );
    return case
        when char_length(v_value) <= 254
            and v_value ~ '^[^@]{1,64}@[^@]+\.[^@.]+$'
            and v_value !~ '[[:space:][:cntrl:]<>(),;:"\\\u00a0\u00ad\u2000-\u206f\u3000\ufeff]'
            then v_value
    end;
end
$$;

-- The digits of a number with its leading plus, if it has one. Null where anything else is in it:
-- an extension reaches somebody, but it is not a number that writes or calls us.
create function private.strip_number(p_value text)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
    v_value text;
begin
    if char_length(p_value) > 60 then
        return null;
    end if;
    v_value := regexp_replace(
        private.trim_address(p_value), '[[:space:]\u00a0\u2000-\u2015\u202f\u2212./-]', '', 'g'
    );
    -- "+48 (0) 22 ..." is written for people at home and abroad alike.
    v_value := regexp_replace(v_value, '^(\+|00)([1-9][0-9]{0,2})\(0\)', '\1\2');
    v_value := regexp_replace(regexp_replace(v_value, '[()]', '', 'g'), '^00', '+');
    return case when v_value ~ '^\+?[0-9]+$' then v_value end;
end
$$;

create function private.normalise_phone(p_value text)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
    v_number text := private.strip_number(p_value);
begin
    v_number := case
        when v_number ~ '^[1-9][0-9]{8}$' then '+48' || v_number
        when v_number ~ '^0[1-9][0-9]{8}$' then '+48' || substr(v_number, 2)
        when v_number ~ '^48[1-9][0-9]{8}$' then '+' || v_number
        else v_number
    end;
    return case
        when v_number ~ '^\+48' and v_number !~ '^\+48[1-9][0-9]{8}$' then null
        when v_number ~ '^\+[1-9][0-9]{7,14}$' then v_number
    end;
end
$$;

-- WhatsApp names its people by the whole number without a plus.
create function private.normalise_whatsapp(p_value text)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
    v_number text := private.strip_number(p_value);
begin
    if v_number ~ '^[1-9][0-9]{9,14}$' then
        v_number := '+' || v_number;
    end if;
    return private.normalise_phone(v_number);
end
$$;

create function private.normalise_instagram(p_value text)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
    v_handle text;
begin
    if char_length(p_value) > 60 then
        return null;
    end if;
    v_handle := lower(regexp_replace(private.trim_address(p_value), '^@', '') collate "C");
    return case when v_handle ~ '^[a-z0-9._]{1,30}$' then v_handle end;
end
$$;

create function private.normalise_address(p_kind text, p_value text)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
    return case p_kind
        when 'email' then private.normalise_email(p_value)
        when 'phone' then private.normalise_phone(p_value)
        when 'whatsapp' then private.normalise_whatsapp(p_value)
        when 'instagram' then private.normalise_instagram(p_value)
    end;
end
$$;
comment on function private.normalise_address(text, text) is
    'The one spelling of an address of this kind (email, phone, whatsapp, instagram); null for '
    'what is none. Saying it again changes nothing.';

create function private.require_address(p_kind text, p_value text)
returns text
language plpgsql
immutable
set search_path = ''
as $$
declare
    v_value text := private.normalise_address(p_kind, p_value);
begin
    if p_kind is null or p_kind not in ('email', 'phone', 'whatsapp', 'instagram') then
        perform private.refuse('PT422', 'unknown_kind', 'email, phone, whatsapp or instagram.');
    elsif v_value is null then
        perform private.refuse('PT422', 'address_malformed', 'This cannot be an address.');
    end if;
    return v_value;
end
$$;

-- Letters that do not come apart into a letter and a mark are replaced one by one.
create function private.fold_name(p_name text)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
    return btrim(regexp_replace(
        translate(
            regexp_replace(
                lower(normalize(p_name, nfkd) collate "und-x-icu"), '[\u0300-\u036f]', '', 'g'
            ),
            'łøđðıß', 'loddis'
        ),
        '[^[:alnum:]]+', ' ', 'g'
    ));
end
$$;
comment on function private.fold_name(text) is
    'A name as it is compared: lower case, without diacritics and punctuation.';

alter table public.profiles
    add column folded_name text not null
        generated always as (private.fold_name(display_name)) stored;
comment on column public.profiles.folded_name is 'display_name as it is compared and searched.';
create index profiles_folded_name_idx
    on public.profiles using gin (folded_name extensions.gin_trgm_ops);
comment on index public.profiles_folded_name_idx is
    'Serves find_clients by part of a name, and candidates of the same name.';

-- -------------------------------------------------------------------------------------------------
-- Tables
-- -------------------------------------------------------------------------------------------------
create table public.client_identities (
    id uuid primary key default gen_random_uuid(),
    client_id uuid not null references public.profiles (id) on delete cascade,
    kind text not null,
    value text not null,
    is_verified boolean not null default false,
    source text not null,
    account_id uuid references auth.users (id) on delete cascade,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint client_identities_one_row_per_client unique (client_id, kind, value),
    constraint client_identities_kind_is_known
        check (kind in ('email', 'phone', 'whatsapp', 'instagram')),
    constraint client_identities_value_is_normalised
        check (char_length(value) <= 254 and value = private.normalise_address(kind, value)),
    constraint client_identities_source_is_known
        check (source in ('account', 'staff', 'message', 'check')),
    constraint client_identities_of_accounts_name_the_account
        check ((source = 'account') = (account_id is not null))
);
comment on table public.client_identities is
    'Addresses that lead to a client. Several people may share one that nobody has proved.';
comment on column public.client_identities.value is 'As private.normalise_address spells it.';
comment on column public.client_identities.is_verified is
    'Proved by Auth''s confirmation, or vouched for by staff: messages from it are this client''s.';
comment on column public.client_identities.source is
    'account: Auth has it; staff: entered by hand; message: somebody unknown wrote from it; check: '
    'a human said whose it is.';
comment on column public.client_identities.account_id is
    'The account it comes from, which may since have been merged into the client.';
create unique index client_identities_one_verified_owner
    on public.client_identities (kind, value) where is_verified;
comment on index public.client_identities_one_verified_owner is
    'Serves the exact match and lets no second proved owner in.';
create unique index client_identities_one_unknown_writer
    on public.client_identities (kind, value) where source = 'message';
comment on index public.client_identities_one_unknown_writer is
    'Serves "has this stranger written before" and makes one client of them, not two.';
create index client_identities_value_idx on public.client_identities (value, kind);
comment on index public.client_identities_value_idx is
    'Serves candidates by the same address, also of another kind, and find_clients.';
create index client_identities_account_id_idx on public.client_identities (account_id);
comment on index public.client_identities_account_id_idx is
    'Serves the foreign key and following an account''s change of address.';

create table public.client_delegates (
    id uuid primary key default gen_random_uuid(),
    client_id uuid not null references public.profiles (id) on delete cascade,
    kind text not null,
    delegate_client_id uuid references public.profiles (id) on delete cascade,
    contact_kind text,
    contact_value text,
    label text,
    is_authorised boolean not null default true,
    starts_at timestamptz not null default now(),
    ends_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint client_delegates_one_row_per_person unique (client_id, delegate_client_id),
    constraint client_delegates_one_row_per_contact unique (client_id, contact_kind, contact_value),
    constraint client_delegates_kind_is_known check (kind in ('assistant', 'household')),
    constraint client_delegates_are_a_person_or_a_contact
        check (
            num_nonnulls(delegate_client_id, contact_kind) = 1
            and (contact_kind is null) = (contact_value is null)
        ),
    constraint client_delegates_contact_is_normalised
        check (
            char_length(contact_kind) <= 9 and char_length(contact_value) <= 254
            and contact_value = private.normalise_address(contact_kind, contact_value)
        ),
    constraint client_delegates_label_is_short_text check (private.is_clean_text(label, 80)),
    constraint client_delegates_are_somebody_else check (delegate_client_id <> client_id),
    constraint client_delegates_end_after_they_start check (ends_at >= starts_at)
);
comment on table public.client_delegates is
    'Who speaks for a client: an assistant, or somebody of the same household.';
comment on column public.client_delegates.is_authorised is
    'May act: what they write is the client''s. Otherwise a human is asked.';
comment on column public.client_delegates.label is 'How staff call them, e.g. "pani Basia".';
comment on column public.client_delegates.ends_at is 'Null: until further notice.';
create index client_delegates_delegate_client_id_idx
    on public.client_delegates (delegate_client_id);
comment on index public.client_delegates_delegate_client_id_idx is
    'Serves "for whom does this person speak" and the foreign key.';
create index client_delegates_contact_value_idx
    on public.client_delegates (contact_value, contact_kind);
comment on index public.client_delegates_contact_value_idx is
    'Serves "for whom does this address speak".';

create table public.identity_checks (
    id uuid primary key default gen_random_uuid(),
    client_id uuid not null references public.profiles (id) on delete cascade,
    ticket_id uuid references public.support_tickets (id) on delete set null,
    desk_id uuid not null references public.desks (id),
    contact_kind text not null,
    contact_value text not null,
    display_name text,
    candidates jsonb not null,
    status text not null default 'open',
    confirmed_client_id uuid references public.profiles (id) on delete set null,
    decided_by uuid,
    decided_at timestamptz,
    reason text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint identity_checks_contact_is_normalised
        check (
            char_length(contact_kind) <= 9 and char_length(contact_value) <= 254
            and contact_value = private.normalise_address(contact_kind, contact_value)
        ),
    constraint identity_checks_display_name_is_short_text
        check (private.is_clean_text(display_name, 80)),
    constraint identity_checks_candidates_are_a_short_list
        check (jsonb_typeof(candidates) = 'array' and octet_length(candidates::text) <= 8000),
    constraint identity_checks_status_is_known check (status in ('open', 'confirmed', 'rejected')),
    constraint identity_checks_decided_have_a_time
        check ((status = 'open') = (decided_at is null)),
    constraint identity_checks_reason_is_short_text check (private.is_clean_text(reason, 500))
);
comment on table public.identity_checks is
    'Questions to a human: is the one who wrote (or signed up) one of these clients?';
comment on column public.identity_checks.client_id is 'The record of whoever wrote or signed up.';
comment on column public.identity_checks.ticket_id is
    'The ticket the first message opened; null when the question came up at sign-up.';
comment on column public.identity_checks.candidates is
    '[{"client_id", "score", "reasons": [{"code", "points"}]}], best first; points sum '
    'to the score.';
comment on column public.identity_checks.decided_by is
    'Null: the server. No foreign key: history outlives people.';
create unique index identity_checks_one_open_per_client
    on public.identity_checks (client_id) where status = 'open';
comment on index public.identity_checks_one_open_per_client is
    'Serves "is this still being asked" and asks once.';
create index identity_checks_client_id_idx on public.identity_checks (client_id);
comment on index public.identity_checks_client_id_idx is 'Serves the foreign key.';
create index identity_checks_ticket_id_idx on public.identity_checks (ticket_id);
comment on index public.identity_checks_ticket_id_idx is
    'Serves the foreign key and "is somebody asking whose ticket this is".';
create index identity_checks_confirmed_client_id_idx
    on public.identity_checks (confirmed_client_id);
comment on index public.identity_checks_confirmed_client_id_idx is 'Serves the foreign key.';
create index identity_checks_desk_id_idx on public.identity_checks (desk_id, status, created_at);
comment on index public.identity_checks_desk_id_idx is
    'Serves a desk''s list of open questions, and the policy.';
create index identity_checks_contact_value_idx
    on public.identity_checks (contact_value, contact_kind) where status = 'rejected';
comment on index public.identity_checks_contact_value_idx is
    'Serves "who has this address been said not to be".';

create table private.identity_changes (
    id bigint generated always as identity primary key,
    table_name text not null,
    row_id uuid not null,
    client_id uuid not null,
    action text not null,
    details jsonb not null,
    reason text default nullif(current_setting('luxury.change_reason', true), ''),
    changed_by uuid default auth.uid(),
    changed_at timestamptz not null default now(),
    constraint identity_changes_action_is_known
        check (action in ('added', 'changed', 'moved', 'removed'))
);
comment on table private.identity_changes is
    'Who gave or took an address or a delegate of a client, when and why. Ids and words, no '
    'addresses: erasing a client erases them. Append only, written by triggers.';
create index identity_changes_client_id_idx on private.identity_changes (client_id, id);
comment on index private.identity_changes_client_id_idx is 'Serves a client''s history.';

-- -------------------------------------------------------------------------------------------------
-- Upkeep and history
-- -------------------------------------------------------------------------------------------------
create trigger client_identities_touch
before update on public.client_identities
for each row execute function private.tg_touch_row();
create trigger client_delegates_touch
before update on public.client_delegates
for each row execute function private.tg_touch_row();
create trigger identity_checks_touch
before update on public.identity_checks
for each row execute function private.tg_touch_row();

-- Definer: the history can be written by nobody else, whoever changed the row.
create function private.tg_record_identity_change()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_old jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) - 'updated_at' end;
    v_new jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) - 'updated_at' end;
begin
    if v_old is distinct from v_new then
        insert into private.identity_changes (table_name, row_id, client_id, action, details)
        values (
            tg_table_name, (coalesce(v_new, v_old) ->> 'id')::uuid,
            (coalesce(v_new, v_old) ->> 'client_id')::uuid,
            case
                when v_old is null then 'added'
                when v_new is null then 'removed'
                when v_old ->> 'client_id' <> v_new ->> 'client_id' then 'moved'
                else 'changed'
            end,
            jsonb_strip_nulls(jsonb_build_object(
                'kind', coalesce(v_new, v_old) -> 'kind',
                'is_verified', v_new -> 'is_verified', 'source', v_new -> 'source',
                'is_authorised', v_new -> 'is_authorised', 'ends_at', v_new -> 'ends_at',
                'from_client_id',
                nullif(v_old -> 'client_id', coalesce(v_new, v_old) -> 'client_id')
            ))
        );
    end if;
    return null;
end
$$;

create trigger client_identities_record
after insert or update or delete on public.client_identities
for each row execute function private.tg_record_identity_change();
create trigger client_delegates_record
after insert or update or delete on public.client_delegates
for each row execute function private.tg_record_identity_change();

-- -------------------------------------------------------------------------------------------------
-- Addresses of accounts
-- -------------------------------------------------------------------------------------------------

-- Whoever decides to whom an address leads holds this first, before any row.
create function private.lock_address(p_kind text, p_value text)
returns void
language plpgsql
set search_path = ''
as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('address:' || p_kind || ':' || p_value, 0));
end
$$;

-- Known by the address already: whom the newcomer might be, best first.
create function private.list_address_holders(p_kind text, p_value text, p_but_client_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select jsonb_agg(jsonb_build_object(
            'client_id', holder.id, 'score', holder.points, 'reasons',
            jsonb_build_array(jsonb_build_object('code', holder.code, 'points', holder.points))
        ) order by holder.points desc, holder.id)
        from (
            select
                coalesce(client.merged_into_id, client.id) as id,
                case when bool_or(known.is_verified) then 'verified_address'
                    else 'unverified_address' end as code,
                case when bool_or(known.is_verified) then 100 else 70 end as points
            from public.client_identities known
            join public.profiles client on client.id = known.client_id
            where known.kind = p_kind and known.value = p_value
                and coalesce(client.merged_into_id, client.id) <> p_but_client_id
            group by 1
            order by 3 desc, 1
            limit 10
        ) holder
    );
end
$$;

create function private.open_identity_check(
    p_client_id uuid, p_ticket_id uuid, p_kind text, p_value text, p_display_name text,
    p_candidates jsonb
)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
    v_check_id uuid;
begin
    insert into public.identity_checks (
        client_id, ticket_id, desk_id, contact_kind, contact_value, display_name, candidates
    )
    select client.id, p_ticket_id, client.desk_id, p_kind, p_value, p_display_name, p_candidates
    from public.profiles client where client.id = p_client_id
    on conflict (client_id) where status = 'open' do nothing
    returning id into v_check_id;
    return coalesce(v_check_id, (
        select asked.id from public.identity_checks asked
        where asked.client_id = p_client_id and asked.status = 'open'
    ));
end
$$;

-- An address somebody else is known by is nobody's proof, not even confirmed: the mailbox may have
-- changed hands, or Auth may confirm without asking. It is written down, and a human is asked.
create function private.keep_account_address(
    p_account_id uuid, p_kind text, p_value text, p_is_proved boolean
)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_client_id uuid;
    v_holders jsonb;
begin
    perform private.lock_address(p_kind, p_value);
    select coalesce(account.merged_into_id, account.id) into v_client_id
    from public.profiles account where account.id = p_account_id;
    v_holders := private.list_address_holders(p_kind, p_value, v_client_id);
    insert into public.client_identities as known (
        client_id, kind, value, is_verified, source, account_id
    )
    select v_client_id, p_kind, p_value, p_is_proved and v_holders is null, 'account', p_account_id
    where v_client_id is not null
    on conflict (client_id, kind, value) do update
    set is_verified = known.is_verified or excluded.is_verified,
        source = excluded.source,
        account_id = excluded.account_id;
    if v_holders is not null then
        perform private.open_identity_check(
            v_client_id, null, p_kind, p_value, null, v_holders
        );
    end if;
end
$$;

-- Auth writes phone numbers without their plus.
create function private.list_account_addresses(p_email text, p_phone text)
returns table (kind text, value text)
language plpgsql
immutable
rows 2
set search_path = ''
as $$
begin
    return query
    select address.kind, address.value
    from (
        values
            ('email', private.normalise_email(p_email)),
            ('phone', private.normalise_phone('+' || ltrim(p_phone, '+')))
    ) address (kind, value)
    where address.value is not null;
end
$$;

-- Confirmed after something was sent to the address: a confirmation that came with the account was
-- not asked for, and proves nothing.
create function private.is_proof(p_sent_at timestamptz, p_confirmed_at timestamptz)
returns boolean
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
    return coalesce(p_sent_at <= p_confirmed_at, false);
end
$$;

-- Definer: the auth server changes accounts and owns nothing in public.
create function private.tg_accounts_keep_addresses()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_sent_at timestamptz := coalesce(new.confirmation_sent_at, new.invited_at);
    v_is_email_proved boolean := private.is_proof(v_sent_at, new.email_confirmed_at);
    v_is_phone_proved boolean := private.is_proof(v_sent_at, new.phone_confirmed_at);
begin
    if tg_op = 'UPDATE' then
        if old.email is distinct from new.email then
            v_is_email_proved := old.email_change_sent_at is not null
                and coalesce(lower(old.email_change) = lower(new.email), false);
        end if;
        if old.phone is distinct from new.phone then
            v_is_phone_proved := old.phone_change_sent_at is not null
                and coalesce(old.phone_change = new.phone, false);
        end if;
        delete from public.client_identities known
        where known.account_id = new.id
            and (known.kind, known.value) not in (
                select address.kind, address.value
                from private.list_account_addresses(new.email, new.phone) address
            );
    end if;
    perform private.keep_account_address(
        new.id, address.kind, address.value,
        case address.kind when 'email' then v_is_email_proved else v_is_phone_proved end
    )
    from private.list_account_addresses(new.email, new.phone) address
    order by address.kind;
    return null;
end
$$;

-- Named to run after create_profile.
create trigger keep_addresses_of_new
after insert on auth.users
for each row execute function private.tg_accounts_keep_addresses();
create trigger keep_addresses_of_changed
after update of email, phone, email_confirmed_at, phone_confirmed_at on auth.users
for each row
when (
    (old.email, old.phone, old.email_confirmed_at, old.phone_confirmed_at)
    is distinct from (new.email, new.phone, new.email_confirmed_at, new.phone_confirmed_at)
)
execute function private.tg_accounts_keep_addresses();

do $$
begin
    perform private.keep_account_address(
        account.id, address.kind, address.value,
        private.is_proof(
            coalesce(account.confirmation_sent_at, account.invited_at),
            case address.kind
                when 'email' then account.email_confirmed_at else account.phone_confirmed_at
            end
        )
    )
    from auth.users account
    cross join private.list_account_addresses(account.email, account.phone) address
    where account.deleted_at is null;
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.client_identities, public.client_delegates, public.identity_checks,
    private.identity_changes
from anon, authenticated, service_role;
revoke all on sequence private.identity_changes_id_seq from anon, authenticated, service_role;
grant select on public.client_identities, public.client_delegates, public.identity_checks
to authenticated, service_role;

alter table public.client_identities enable row level security;
alter table public.client_delegates enable row level security;
alter table public.identity_checks enable row level security;
alter table private.identity_changes enable row level security;

-- Staff read through get_client_contacts.
create policy client_identities_select_own on public.client_identities
for select to authenticated
using (client_id = (select private.my_client_id()));

create policy client_delegates_select_own on public.client_delegates
for select to authenticated
using (client_id = (select private.my_client_id()));

-- Never a question about oneself.
create policy identity_checks_select_staff on public.identity_checks
for select to authenticated
using (
    client_id <> (select auth.uid())
    and (
        desk_id = any (array(select private.my_queue_desk_ids()))
        or desk_id = any (array(select private.my_overseen_desk_ids()))
    )
);

revoke all on function
    private.my_client_id(), private.trim_address(text), private.normalise_email(text),
    private.strip_number(text), private.normalise_phone(text), private.normalise_whatsapp(text),
    private.normalise_instagram(text), private.normalise_address(text, text),
    private.require_address(text, text), private.fold_name(text),
    private.tg_record_identity_change(), private.lock_address(text, text),
    private.list_address_holders(text, text, uuid),
    private.open_identity_check(uuid, uuid, text, text, text, jsonb),
    private.keep_account_address(uuid, text, text, boolean),
    private.list_account_addresses(text, text), private.is_proof(timestamptz, timestamptz),
    private.tg_accounts_keep_addresses()
from public, anon, authenticated, service_role;

-- The folded name is kept up with the rights of whoever changes a name.
grant execute on function private.fold_name(text) to authenticated, service_role;
grant execute on function private.my_client_id() to authenticated;
