-- Who writes from an address, and what staff may say and see of it.
-- A proved address is its owner's; an assistant's leads to whom they write for; everything else is
-- a question with candidates, each with the parts of its score.

-- -------------------------------------------------------------------------------------------------
-- Who is it
-- -------------------------------------------------------------------------------------------------

-- For whom this address may speak today: its owner is somebody's delegate, or it is the contact.
create function private.list_principals(p_kind text, p_value text)
returns table (client_id uuid, kind text, is_authorised boolean)
language plpgsql
stable
rows 5
set search_path = ''
as $$
begin
    return query
    select distinct on (spoken.client_id) spoken.client_id, spoken.kind, spoken.is_authorised
    from public.client_delegates spoken
    where spoken.starts_at <= now() and (spoken.ends_at is null or spoken.ends_at > now())
        and (
            (spoken.contact_value = p_value and spoken.contact_kind = p_kind)
            -- Of one household, but with an account of their own: they write for themselves.
            or spoken.kind = 'assistant' and spoken.delegate_client_id in (
                select known.client_id from public.client_identities known
                where known.value = p_value and known.kind = p_kind and known.is_verified
            )
        )
    order by spoken.client_id, spoken.is_authorised desc, spoken.kind;
end
$$;

-- Clients of the same full name whose address is much like this one before the @.
create function private.list_namesakes(p_display_name text, p_kind text, p_value text)
returns table (client_id uuid, similarity real)
language plpgsql
stable
rows 5
set search_path = ''
as $$
begin
    return query
    select known.client_id, max(extensions.similarity(
        split_part(known.value, '@', 1), split_part(p_value, '@', 1)
    ))
    from (
        select client.id from public.profiles client
        where client.folded_name = private.fold_name(p_display_name)
            and private.fold_name(p_display_name) like '% %'
        limit 50
    ) namesake
    join public.client_identities known on known.client_id = namesake.id
    where p_kind in ('email', 'instagram') and known.kind in ('email', 'instagram')
        and known.source <> 'message'
        and not (known.kind = p_kind and known.value = p_value)
    group by known.client_id
    having max(extensions.similarity(
        split_part(known.value, '@', 1), split_part(p_value, '@', 1)
    )) >= 0.5;
end
$$;

-- What speaks for each client being the one behind this address, one row a reason. Points: 100 is
-- certain, 50 is worth a question. A name counts only beside an address much like a known one:
-- anybody can call themselves anything.
create function private.list_identity_clues(p_kind text, p_value text, p_display_name text)
returns table (client_id uuid, code text, points integer)
language plpgsql
stable
rows 20
set search_path = ''
as $$
begin
    return query
    select
        known.client_id,
        case
            when known.is_verified then 'verified_address'
            when known.source = 'account' then 'claimed_address'
            when count(*) over () > 1 then 'shared_address'
            else 'unverified_address'
        end,
        case when known.is_verified then 100 when known.source = 'account' then 50 else 70 end
    from public.client_identities known
    where known.kind = p_kind and known.value = p_value and known.source <> 'message'
    union all
    select known.client_id, 'same_number', case when known.is_verified then 70 else 50 end
    from public.client_identities known
    where p_kind in ('phone', 'whatsapp') and known.value = p_value
        and known.kind in ('phone', 'whatsapp') and known.kind <> p_kind
        and known.source <> 'message'
    union all
    select
        spoken.client_id, spoken.kind || '_of', case when spoken.is_authorised then 80 else 60 end
    from private.list_principals(p_kind, p_value) spoken
    union all
    select alike.client_id, clue.code, clue.points
    from private.list_namesakes(p_display_name, p_kind, p_value) alike
    cross join lateral (
        values ('same_name', 30), ('similar_address', round(40 * alike.similarity)::integer)
    ) clue (code, points);
end
$$;

create function private.list_identity_candidates(
    p_kind text, p_value text, p_display_name text
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'client_id', candidate.id, 'score', candidate.score, 'reasons', candidate.reasons
        ) order by candidate.score desc, candidate.id), '[]')
        from (
            select
                clue.id, sum(clue.points) as score,
                jsonb_agg(
                    jsonb_build_object('code', clue.code, 'points', clue.points)
                    order by clue.points desc, clue.code
                ) as reasons
            from (
                select coalesce(client.merged_into_id, client.id) as id, found.code,
                    max(found.points) as points
                from private.list_identity_clues(p_kind, p_value, p_display_name) found
                join public.profiles client on client.id = found.client_id
                group by 1, 2
            ) clue
            where not exists (
                select from public.identity_checks asked
                where asked.contact_value = p_value and asked.contact_kind = p_kind
                    and asked.status = 'rejected'
                    and asked.candidates @> jsonb_build_array(
                        jsonb_build_object('client_id', clue.id)
                    )
            )
            group by clue.id
            having sum(clue.points) >= 50
            order by 2 desc, 1
            limit 10
        ) candidate
    );
end
$$;

-- The client whose address this is: proved, or of one who never was anybody else to us.
create function private.find_address_owner(p_kind text, p_value text, p_is_verified boolean)
returns uuid
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select coalesce(client.merged_into_id, client.id)
        from public.client_identities known
        join public.profiles client on client.id = known.client_id
        where known.kind = p_kind and known.value = p_value
            and case
                when p_is_verified then known.is_verified
                else known.source = 'message' and client.merged_into_id is null
            end
    );
end
$$;

create function private.resolve_client(p_kind text, p_value text, p_display_name text)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
    v_value text := private.require_address(p_kind, p_value);
    v_owner_id uuid := private.find_address_owner(p_kind, v_value, true);
    v_writer_id uuid := private.find_address_owner(p_kind, v_value, false);
    v_candidates jsonb := private.list_identity_candidates(p_kind, v_value, p_display_name);
    v_principal_ids uuid[];
    v_certainty text;
begin
    select array_agg(distinct principal.id) into v_principal_ids
    from private.list_principals(p_kind, v_value) spoken
    join public.profiles client on client.id = spoken.client_id
    cross join lateral (select coalesce(client.merged_into_id, client.id)) principal (id)
    where spoken.is_authorised
        and (spoken.kind = 'assistant' or v_owner_id is null)
        and principal.id is distinct from v_owner_id
        and v_candidates @> jsonb_build_array(jsonb_build_object('client_id', principal.id));
    v_certainty := case
        when cardinality(v_principal_ids) = 1 then 'delegate'
        when cardinality(v_principal_ids) > 1 then 'uncertain'
        when v_owner_id is not null then 'exact'
        when v_candidates <> '[]' then 'uncertain'
        when v_writer_id is not null then 'exact'
        else 'unknown'
    end;
    return jsonb_build_object(
        'client_id', case v_certainty
            when 'delegate' then v_principal_ids[1]
            when 'exact' then coalesce(v_owner_id, v_writer_id)
            else v_writer_id
        end,
        'certainty', v_certainty,
        'candidates', v_candidates
    );
end
$$;
comment on function private.resolve_client(text, text, text) is
    'Who writes from this address: {"client_id", "certainty", "candidates"}. exact: its owner; '
    'delegate: who they write for; uncertain: one of the candidates, client_id being the record of '
    'the writer if they wrote before; unknown: nobody. A display name never makes an exact match.';

create function private.is_delegate_of(p_person_id uuid, p_client_id uuid)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select exists (
            select from public.client_delegates spoken
            where spoken.client_id = p_client_id and spoken.delegate_client_id = p_person_id
                and spoken.is_authorised
                and spoken.starts_at <= now() and (spoken.ends_at is null or spoken.ends_at > now())
        )
    );
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Staff write
-- -------------------------------------------------------------------------------------------------

-- Refuses unless the caller directs the client's desk or looks after this client personally.
create function private.lock_client_as_keeper(p_client_id uuid)
returns public.profiles
language plpgsql
set search_path = ''
as $$
declare
    v_client public.profiles;
begin
    if not private.is_service() then
        perform private.require_staff();
    end if;
    select client.* into v_client
    from public.profiles client
    where client.id = p_client_id
        and (
            private.is_service()
            or client.desk_id = any (array(select private.my_managed_desk_ids()))
            or client.id = any (array(select private.my_dedicated_client_ids()))
        )
    for no key update;
    if v_client.id is null then
        perform private.refuse('PT404', 'client_not_found', 'There is no such client for you.');
    elsif v_client.merged_into_id is not null then
        perform private.refuse(
            'PT409', 'client_is_merged', 'This was a duplicate: use the client that was kept.'
        );
    end if;
    return v_client;
end
$$;

-- Definer: nobody holds a right to write addresses; whose client it is is checked first.
create function private.add_client_identity(
    p_client_id uuid, p_kind text, p_value text, p_is_verified boolean, p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_value text := private.require_address(p_kind, p_value);
    v_identity public.client_identities;
begin
    perform private.lock_address(p_kind, v_value);
    perform private.lock_client_as_keeper(p_client_id);
    perform private.note_reason(private.require_text('reason', p_reason, 500));
    if p_is_verified and private.find_address_owner(p_kind, v_value, true) <> p_client_id then
        perform private.refuse(
            'PT409', 'address_taken', 'Another client has proved this address: merge or share it.'
        );
    end if;
    insert into public.client_identities as known (client_id, kind, value, is_verified, source)
    values (p_client_id, p_kind, v_value, coalesce(p_is_verified, false), 'staff')
    on conflict (client_id, kind, value) do update
    set is_verified = coalesce(p_is_verified, false)
    returning * into v_identity;
    return to_jsonb(v_identity);
end
$$;

create function public.add_client_identity(
    p_client_id uuid, p_kind text, p_value text, p_is_verified boolean, p_reason text
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.add_client_identity(p_client_id, p_kind, p_value, p_is_verified, p_reason)
$$;
comment on function public.add_client_identity(uuid, text, text, boolean, text) is
    'The client''s manager or personal agent: an address (email, phone, whatsapp, instagram). '
    'p_is_verified: it is surely this client''s alone, messages from it are theirs; false for one '
    'that several people share. Answers the row.';

-- Definer: nobody holds a right to write addresses; whose client it is is checked first.
create function private.remove_client_identity(p_identity_id uuid, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_identity public.client_identities;
begin
    select known.* into v_identity
    from public.client_identities known where known.id = p_identity_id;
    perform private.lock_client_as_keeper(v_identity.client_id);
    perform private.note_reason(private.require_text('reason', p_reason, 500));
    if v_identity.source = 'account' then
        perform private.refuse(
            'PT409', 'account_address', 'The account signs in with it: change it there.'
        );
    end if;
    delete from public.client_identities known
    where known.id = p_identity_id and known.client_id = v_identity.client_id;
    return jsonb_build_object('id', p_identity_id, 'client_id', v_identity.client_id);
end
$$;

create function public.remove_client_identity(p_identity_id uuid, p_reason text)
returns jsonb
language sql
set search_path = ''
as $$
    select private.remove_client_identity(p_identity_id, p_reason)
$$;
comment on function public.remove_client_identity(uuid, text) is
    'The client''s manager or personal agent: this address leads to them no longer.';

-- Definer: nobody holds a right to write delegates; whose client it is is checked first.
create function private.set_client_delegate(
    p_client_id uuid, p_kind text, p_delegate_client_id uuid, p_contact_kind text,
    p_contact_value text, p_label text, p_is_authorised boolean, p_ends_at timestamptz,
    p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_client public.profiles := private.lock_client_as_keeper(p_client_id);
    v_value text;
    v_delegate public.client_delegates;
begin
    perform private.note_reason(private.require_text('reason', p_reason, 500));
    perform private.require_delegate(p_client_id, p_kind, p_delegate_client_id, p_contact_kind);
    if p_contact_kind is not null then
        v_value := private.require_address(p_contact_kind, p_contact_value);
    end if;
    update public.client_delegates spoken
    set kind = p_kind, is_authorised = coalesce(p_is_authorised, true), ends_at = p_ends_at,
        label = coalesce(p_label, spoken.label), starts_at = least(spoken.starts_at, now())
    where spoken.client_id = v_client.id
        and (
            spoken.delegate_client_id = p_delegate_client_id
            or (spoken.contact_kind = p_contact_kind and spoken.contact_value = v_value)
        )
    returning * into v_delegate;
    if v_delegate.id is null then
        insert into public.client_delegates (
            client_id, kind, delegate_client_id, contact_kind, contact_value, label,
            is_authorised, ends_at
        )
        values (
            v_client.id, p_kind, p_delegate_client_id, p_contact_kind, v_value, p_label,
            coalesce(p_is_authorised, true), p_ends_at
        )
        returning * into v_delegate;
    end if;
    return to_jsonb(v_delegate);
end
$$;

create function private.require_delegate(
    p_client_id uuid, p_kind text, p_delegate_client_id uuid, p_contact_kind text
)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if p_kind is null or p_kind not in ('assistant', 'household') then
        perform private.refuse('PT422', 'unknown_kind', 'assistant or household.');
    elsif num_nonnulls(p_delegate_client_id, p_contact_kind) <> 1 then
        perform private.refuse('PT400', 'delegate_required', 'Name a client or an address.');
    elsif p_delegate_client_id = p_client_id then
        perform private.refuse('PT422', 'own_delegate', 'Nobody is their own delegate.');
    elsif p_delegate_client_id is not null and not exists (
        select from public.profiles person
        where person.id = p_delegate_client_id and person.merged_into_id is null
            and (
                private.is_service()
                or person.desk_id = any (array(select private.my_desk_ids()))
            )
    ) then
        perform private.refuse('PT404', 'client_not_found', 'There is no such client for you.');
    end if;
end
$$;

create function public.set_client_delegate(
    p_client_id uuid,
    p_kind text,
    p_reason text,
    p_delegate_client_id uuid default null,
    p_contact_kind text default null,
    p_contact_value text default null,
    p_label text default null,
    p_is_authorised boolean default true,
    p_ends_at timestamptz default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_client_delegate(
        p_client_id, p_kind, p_delegate_client_id, p_contact_kind, p_contact_value, p_label,
        p_is_authorised, p_ends_at, p_reason
    )
$$;
comment on function public.set_client_delegate(
    uuid, text, text, uuid, text, text, text, boolean, timestamptz
) is
    'The client''s manager or personal agent: who speaks for them, an assistant or somebody of the '
    'household, by their own record or by an address. p_ends_at now() ends it. Answers the row.';

-- -------------------------------------------------------------------------------------------------
-- Staff read
-- -------------------------------------------------------------------------------------------------

-- Definer: addresses are shown to those who work with this client, and to nobody else.
create function private.get_client_contacts(p_client_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_client_id uuid;
begin
    perform private.require_staff();
    select client.id into v_client_id from public.profiles client
    where client.id = p_client_id
        and (
            client.id = any (array(select private.my_live_client_ids()))
            or client.id = any (array(select private.my_dedicated_client_ids()))
            or client.desk_id = any (array(select private.my_overseen_desk_ids()))
        );
    if v_client_id is null then
        perform private.refuse('PT404', 'client_not_found', 'There is no such client for you.');
    end if;
    return jsonb_build_object(
        'client_id', v_client_id,
        'identities', (
            select coalesce(jsonb_agg(to_jsonb(known) order by known.kind, known.value), '[]')
            from public.client_identities known where known.client_id = v_client_id
        ),
        'delegates', (
            select coalesce(jsonb_agg(to_jsonb(spoken) order by spoken.created_at, spoken.id), '[]')
            from public.client_delegates spoken where spoken.client_id = v_client_id
        ),
        'duplicate_ids', (
            select coalesce(jsonb_agg(merged.id order by merged.id), '[]')
            from public.profiles merged where merged.merged_into_id = v_client_id
        )
    );
end
$$;

create function public.get_client_contacts(p_client_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.get_client_contacts(p_client_id)
$$;
comment on function public.get_client_contacts(uuid) is
    'Staff who work with this client or oversee the desk: {"client_id", "identities", "delegates", '
    '"duplicate_ids"}.';

-- What somebody may have meant by a line of search, as addresses.
create function private.read_addresses(p_query text)
returns table (kind text, value text)
language plpgsql
immutable
rows 4
set search_path = ''
as $$
begin
    return query
    select known.kind, private.normalise_address(known.kind, p_query)
    from (values ('email'), ('phone'), ('whatsapp'), ('instagram')) known (kind)
    where private.normalise_address(known.kind, p_query) is not null;
end
$$;

-- Who has this address, or a name with this in it; duplicates lead to the client that was kept.
create function private.match_clients(p_query text, p_name text)
returns table (client_id uuid)
language plpgsql
stable
rows 20
set search_path = ''
as $$
begin
    return query
    select coalesce(match.merged_into_id, match.id)
    from public.client_identities known
    join private.read_addresses(p_query) asked using (kind, value)
    join public.profiles match on match.id = known.client_id
    union
    select coalesce(match.merged_into_id, match.id)
    from public.profiles match
    where char_length(p_name) >= 3
        and match.folded_name like '%' || p_name || '%';
end
$$;

-- Definer: staff look beyond the clients of their own tickets, one exact address at a time; only
-- managers by part of a name. All of it bounded by their desks and by how often they ask.
create function private.find_clients(p_query text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
    v_query text := private.require_text('query', p_query, 100);
    v_desk_ids uuid[] := array(select private.my_queue_desk_ids());
begin
    if v_desk_ids = '{}' then
        perform private.refuse('PT403', 'desk_required', 'Only who answers clients may look.');
    end if;
    perform private.take_token(v_staff_id, 'find_clients', 20, interval '1 minute');
    return (
        select coalesce(jsonb_agg(to_jsonb(client) order by client.display_name, client.id), '[]')
        from (
            select client.id, client.display_name, client.tier, client.desk_id, client.has_account
            from private.match_clients(
                v_query, case when private.is_manager() then private.fold_name(v_query) end
            ) match
            join public.profiles client on client.id = match.client_id
            where client.desk_id = any (v_desk_ids)
            order by client.display_name, client.id
            limit 20
        ) client
    );
end
$$;

create function public.find_clients(p_query text)
returns jsonb
language sql
set search_path = ''
as $$
    select private.find_clients(p_query)
$$;
comment on function public.find_clients(text) is
    'Staff who answer clients: those of their desks with exactly this e-mail address, number or '
    'handle; managers also by part of a name. At most 20: [{"id", "display_name", "tier", '
    '"desk_id", "has_account"}], 20 times a minute.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on function
    private.list_identity_clues(text, text, text), private.list_principals(text, text),
    private.list_namesakes(text, text, text), private.list_identity_candidates(text, text, text),
    private.find_address_owner(text, text, boolean), private.resolve_client(text, text, text),
    private.is_delegate_of(uuid, uuid), private.lock_client_as_keeper(uuid),
    private.add_client_identity(uuid, text, text, boolean, text),
    private.remove_client_identity(uuid, text),
    private.set_client_delegate(uuid, text, uuid, text, text, text, boolean, timestamptz, text),
    private.require_delegate(uuid, text, uuid, text), private.get_client_contacts(uuid),
    private.read_addresses(text), private.match_clients(text, text), private.find_clients(text),
    public.add_client_identity(uuid, text, text, boolean, text),
    public.remove_client_identity(uuid, text),
    public.set_client_delegate(uuid, text, text, uuid, text, text, text, boolean, timestamptz),
    public.get_client_contacts(uuid), public.find_clients(text)
from public, anon, authenticated, service_role;

grant execute on function
    private.get_client_contacts(uuid), private.find_clients(text),
    public.get_client_contacts(uuid), public.find_clients(text)
to authenticated;
grant execute on function
    private.add_client_identity(uuid, text, text, boolean, text),
    private.remove_client_identity(uuid, text),
    private.set_client_delegate(
        uuid, text, uuid, text, text, text, boolean, timestamptz, text
    ),
    public.add_client_identity(uuid, text, text, boolean, text),
    public.remove_client_identity(uuid, text),
    public.set_client_delegate(uuid, text, text, uuid, text, text, text, boolean, timestamptz)
to authenticated, service_role;
