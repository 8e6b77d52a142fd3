-- What the house has ready to say: blocks of text and assets with versions, locales and validity,
-- approved by somebody else than who wrote them; and a message made of a block and a client's
-- profile, addressed as the house addresses them, that passes the gate. Events: none, for the
-- message is ready before the answer returns.

-- -------------------------------------------------------------------------------------------------
-- Tables
-- -------------------------------------------------------------------------------------------------
create table public.content_blocks (
    id uuid primary key default gen_random_uuid(),
    key text not null,
    locale text not null,
    version integer not null,
    purpose text not null,
    state text not null default 'draft',
    body text not null,
    channels text[],
    tiers text[],
    starts_on date not null,
    ends_on date,
    author_ids uuid[] not null,
    approved_by uuid,
    approved_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint content_blocks_count_versions unique (key, locale, version),
    constraint content_blocks_version_counts_from_one check (version >= 1),
    constraint content_blocks_key_is_a_word check (key ~ '^[a-z][a-z0-9_]{2,60}$'),
    constraint content_blocks_purpose_is_a_word check (purpose ~ '^[a-z][a-z0-9_]{2,60}$'),
    constraint content_blocks_locale_is_a_code check (locale ~ '^[a-z]{2}$'),
    constraint content_blocks_state_is_known check (state in ('draft', 'approved', 'retired')),
    constraint content_blocks_body_is_text check (private.is_clean_text(body, 3000)),
    constraint content_blocks_scopes_are_short check (
        coalesce(cardinality(channels), 1) between 1 and 20
        and coalesce(cardinality(tiers), 1) between 1 and 20
    ),
    constraint content_blocks_end_after_they_begin check (ends_on >= starts_on),
    constraint content_blocks_authors_are_few check (cardinality(author_ids) <= 20),
    constraint content_blocks_are_approved_by_another_person
        check (approved_by <> all (author_ids)),
    constraint content_blocks_drafts_are_not_approved
        check ((state = 'draft') = (approved_at is null)),
    constraint content_blocks_one_holds_at_a_time exclude using gist (
        key with =, locale with =, daterange(starts_on, ends_on, '[]') with &&
    ) where (state = 'approved')
);
comment on table public.content_blocks is
    'Texts of the house, a row for each version and locale. Gaps: {{date}} is filled in; '
    '{{Panią|Pana|Państwa}} is for a lady, a gentleman, and whose gender is not known.';
comment on column public.content_blocks.key is 'The same in every locale: visit_confirmed.';
comment on column public.content_blocks.channels is 'Where it fits; null: everywhere.';
comment on column public.content_blocks.tiers is 'For whom it fits; null: for everybody.';
comment on column public.content_blocks.starts_on is 'Days of Warsaw, both included.';
comment on column public.content_blocks.author_ids is
    'Everybody who wrote at it; empty: it came with the house. No foreign key: outlives people.';
create unique index content_blocks_only_one_draft on public.content_blocks (key, locale)
    where state = 'draft';
comment on index public.content_blocks_only_one_draft is 'Serves saving: one draft is worked at.';
create index content_blocks_purpose_idx on public.content_blocks (purpose, locale)
    where state = 'approved';
comment on index public.content_blocks_purpose_idx is 'Serves composing for a purpose.';

create table public.brand_assets (
    id uuid primary key default gen_random_uuid(),
    key text not null,
    locale text,
    version integer not null,
    kind text not null,
    path text not null,
    usage text not null,
    state text not null default 'active',
    starts_on date not null,
    ends_on date,
    saved_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint brand_assets_count_versions unique nulls not distinct (key, locale, version),
    constraint brand_assets_version_counts_from_one check (version >= 1),
    constraint brand_assets_key_is_a_word check (key ~ '^[a-z][a-z0-9_]{2,60}$'),
    constraint brand_assets_locale_is_a_code check (locale ~ '^[a-z]{2}$'),
    constraint brand_assets_kind_is_known
        check (kind in ('logo', 'image', 'video', 'audio', 'document', 'font', 'palette')),
    -- Plain http would be read on the way; a path is within the house's own storage.
    constraint brand_assets_path_is_safe check (
        char_length(path) <= 500 and path !~ '\.\.'
        and (path ~ '^https://[a-z0-9.-]+/[^\s<>"'']*$' or path ~ '^[A-Za-z0-9][A-Za-z0-9_./-]*$')
    ),
    constraint brand_assets_usage_is_text check (private.is_clean_text(usage, 500)),
    constraint brand_assets_state_is_known check (state in ('active', 'retired')),
    constraint brand_assets_end_after_they_begin check (ends_on >= starts_on)
);
comment on table public.brand_assets is
    'Pictures, documents and marks of the house: where they lie, for what, how long they hold.';
comment on column public.brand_assets.locale is 'Null: in every locale.';
comment on column public.brand_assets.path is 'A path in storage, or an https address.';
comment on column public.brand_assets.usage is 'Where it may stand and where not.';
comment on column public.brand_assets.saved_by is 'No foreign key: it outlives people.';
create unique index brand_assets_only_one_active on public.brand_assets (key, locale)
    nulls not distinct where state = 'active';
comment on index public.brand_assets_only_one_active is
    'Serves saving, and lets no second version hold.';

create trigger content_blocks_touch
before update on public.content_blocks
for each row execute function private.tg_touch_row();
create trigger content_blocks_record
after insert or update or delete on public.content_blocks
for each row execute function private.tg_record_configuration('key');
create trigger brand_assets_touch
before update on public.brand_assets
for each row execute function private.tg_touch_row();
create trigger brand_assets_record
after insert or update or delete on public.brand_assets
for each row execute function private.tg_record_configuration('key');

-- -------------------------------------------------------------------------------------------------
-- Composing
-- -------------------------------------------------------------------------------------------------

-- The line that opens a message; null where the house has no rules for the language. Of several
-- given names the first one is called.
create function private.find_salutation(
    p_client public.profiles, p_language text, p_guide public.brand_guidelines,
    p_is_by_name boolean
)
returns text
language sql
stable
set search_path = ''
as $$
    select case p_language
        when 'pl' then case
            when p_is_by_name and p_client.gender is not null then
                case
                    when p_guide.is_greeting_required or not p_guide.is_formal
                        then 'Dzień dobry, '
                    else ''
                end || case p_client.gender when 'female' then 'Pani ' else 'Panie ' end
                || private.find_vocative(called.name, p_client.gender) || ','
            when not (p_guide.is_formal or p_guide.is_greeting_required) then 'Dzień dobry,'
            when p_client.gender = 'female' then 'Szanowna Pani,'
            when p_client.gender = 'male' then 'Szanowny Panie,'
            else 'Szanowni Państwo,'
        end
        when 'en' then 'Dear ' || case
            when p_is_by_name then called.name
            when p_client.gender is not null then
                case
                    when p_client.family_name is not null
                        then case p_client.gender when 'female' then 'Ms ' else 'Mr ' end
                            || p_client.family_name
                    when p_client.gender = 'female' then 'Madam'
                    else 'Sir'
                end
            when p_client.family_name is not null and p_client.given_name is not null
                then p_client.given_name || ' ' || p_client.family_name
            else 'Client'
        end || ','
    end
    from (select split_part(btrim(p_client.given_name), ' ', 1) as name) called
$$;
comment on function private.find_salutation(
    public.profiles, text, public.brand_guidelines, boolean
) is 'Szanowna Pani, / Pani Anno, / Dzień dobry, / Dear Ms Nowak, by the profile, never guessed.';

create function private.find_farewell(p_language text, p_is_formal boolean, p_signature text)
returns text
language sql
immutable
set search_path = ''
as $$
    select case p_language
        when 'pl' then case
            when p_is_formal then 'Z wyrazami szacunku' else 'Z pozdrowieniami'
        end || e'\n' || coalesce(p_signature || e'\n', '') || 'Zespół Concierge'
        when 'en' then e'Kind regards,\n' || coalesce(p_signature || e'\n', '')
            || 'The Concierge Team'
    end
$$;

-- Every gap by its value, forms of courtesy by the profile; what has no value stays as it is.
create function private.fill_content(p_body text, p_gender text, p_values jsonb)
returns text
language plpgsql
immutable
set search_path = ''
as $$
declare
    v_text text := p_body;
    v_gap text;
    v_forms text[];
begin
    for v_gap in
        select distinct hit.parts[1]
        from regexp_matches(p_body, '\{\{([^{}]*)\}\}', 'g') hit (parts)
    loop
        v_forms := string_to_array(v_gap, '|');
        v_text := replace(v_text, '{{' || v_gap || '}}', coalesce(
            case
                when cardinality(v_forms) = 3 then v_forms[
                    case p_gender when 'female' then 1 when 'male' then 2 else 3 end
                ]
                else p_values ->> v_gap
            end,
            '{{' || v_gap || '}}'
        ));
    end loop;
    return v_text;
end
$$;

create function private.write_content(
    p_block public.content_blocks, p_client public.profiles, p_channel text, p_values jsonb,
    p_signature text, p_is_by_name boolean
)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
    v_guide public.brand_guidelines := private.find_brand_guideline(
        p_channel, p_client.tier, p_block.locale
    );
begin
    return concat_ws(
        case when v_guide.is_greeting_required then e'\n\n' else e'\n' end,
        private.find_salutation(
            p_client, p_block.locale, v_guide, p_is_by_name and v_guide.is_given_name_allowed
        ),
        private.fill_content(p_block.body, p_client.gender, p_values),
        case when v_guide.is_closing_required then private.find_farewell(
            p_block.locale, v_guide.is_formal, p_signature
        ) end
    );
end
$$;

-- By the given name where the client wishes it; where the gate takes no such name, without it.
create function private.compose_content(
    p_block public.content_blocks, p_client public.profiles, p_channel text, p_values jsonb,
    p_signature text
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
    v_is_by_name boolean := p_client.form_of_address = 'first_name'
        and p_client.given_name is not null;
    v_text text;
    v_check jsonb;
begin
    loop
        v_text := private.write_content(
            p_block, p_client, p_channel, p_values, p_signature, v_is_by_name
        );
        v_check := private.check_brand(
            v_text, p_channel, p_client.tier, p_block.locale, p_client.gender,
            p_client.given_name, p_client.form_of_address
        );
        exit when v_check ->> 'verdict' <> 'block' or not v_is_by_name;
        v_is_by_name := false;
    end loop;
    return jsonb_build_object('text', v_text, 'brand_check', v_check);
end
$$;
comment on function private.compose_content(
    public.content_blocks, public.profiles, text, jsonb, text
) is '{"text", "brand_check"} of a block for this client in this channel.';

-- -------------------------------------------------------------------------------------------------
-- Writing, approving, retiring
-- -------------------------------------------------------------------------------------------------
create function private.require_content_manager()
returns uuid
language plpgsql
stable
set search_path = ''
as $$
declare
    v_person_id uuid := private.require_signed_in();
begin
    if not private.is_manager() then
        perform private.refuse('PT403', 'manager_required', 'For managers and admins.');
    end if;
    return v_person_id;
end
$$;

create function private.require_content_scope(p_locale text, p_channels text[], p_tiers text[])
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if not exists (
        select from public.skills spoken where spoken.skill = 'language.' || p_locale
    ) then
        perform private.refuse('PT422', 'unknown_language', 'Not a language of this house.');
    elsif exists (
        select from unnest(p_channels) wanted (channel)
        where not exists (
            select from public.channels known where known.channel = wanted.channel
        )
    ) then
        perform private.refuse('PT422', 'unknown_channel', 'Not a channel of this house.');
    elsif exists (
        select from unnest(p_tiers) wanted (tier)
        where not exists (select from public.service_levels known where known.tier = wanted.tier)
    ) then
        perform private.refuse('PT422', 'unknown_tier', 'There is no such tier.');
    end if;
end
$$;

-- Gaps are names of values, or three forms of one courtesy.
create function private.require_content_body(p_body text)
returns text
language plpgsql
immutable
set search_path = ''
as $$
declare
    v_body text := private.require_text('body', p_body, 3000);
begin
    if exists (
        select from regexp_matches(v_body, '\{\{([^{}]*)\}\}', 'g') hit (parts)
        where hit.parts[1] !~ '^([a-z][a-z_]{1,30}|[^|]{1,60}\|[^|]{1,60}\|[^|]{1,60})$'
    ) or regexp_replace(v_body, '\{\{[^{}]*\}\}', '', 'g') ~ '[{}]' then
        perform private.refuse(
            'PT422', 'content_gap_malformed', '{{date}}, or {{Panią|Pana|Państwa}}.'
        );
    end if;
    return v_body;
end
$$;

-- Definer: nobody holds a right to write content; managers and admins write through here.
create function private.save_content_block(
    p_key text, p_locale text, p_purpose text, p_body text, p_channels text[], p_tiers text[],
    p_starts_on date, p_ends_on date
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_author_id uuid := private.require_content_manager();
    v_block public.content_blocks;
begin
    perform private.require_content_scope(p_locale, p_channels, p_tiers);
    insert into public.content_blocks as draft (
        key, locale, version, purpose, body, channels, tiers, starts_on, ends_on, author_ids
    )
    select
        p_key, p_locale, coalesce(max(known.version), 0) + 1, p_purpose,
        private.require_content_body(p_body), p_channels, p_tiers,
        coalesce(p_starts_on, (now() at time zone 'Europe/Warsaw')::date), p_ends_on,
        array[v_author_id]
    from public.content_blocks known
    where known.key = p_key and known.locale = p_locale
    on conflict (key, locale) where state = 'draft' do update
    set purpose = excluded.purpose, body = excluded.body, channels = excluded.channels,
        tiers = excluded.tiers, starts_on = excluded.starts_on,
        ends_on = excluded.ends_on,
        author_ids = array(
            select distinct author from unnest(draft.author_ids || v_author_id) author
        )
    returning draft.* into v_block;
    return to_jsonb(v_block);
exception
    when check_violation or not_null_violation then
        perform private.refuse(
            'PT422', 'content_malformed', 'Short words for key and purpose, days in order.'
        );
end
$$;

create function public.save_content_block(
    p_key text,
    p_locale text,
    p_purpose text,
    p_body text,
    p_channels text[] default null,
    p_tiers text[] default null,
    p_starts_on date default null,
    p_ends_on date default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.save_content_block(
        p_key, p_locale, p_purpose, p_body, p_channels, p_tiers, p_starts_on, p_ends_on
    )
$$;
comment on function public.save_content_block(
    text, text, text, text, text[], text[], date, date
) is
    'Managers and admins: writes at the draft of a text, or begins the next version of it; what '
    'holds stays until the draft is approved. Polish bodies follow a greeting with a comma: they '
    'begin with a small letter. Answers the row.';

-- People of every gender and form of address, of every tier, as the gate may meet them.
create function private.list_sample_clients(p_tiers text[])
returns setof public.profiles
language sql
stable
rows 24
set search_path = ''
as $$
    select jsonb_populate_record(null::public.profiles, jsonb_build_object(
        'tier', level.tier, 'gender', person.gender, 'form_of_address', form.address,
        'given_name', person.given_name, 'family_name', person.family_name
    ))
    from public.service_levels level
    cross join (
        values ('female', 'Anna', 'Nowakowska'), ('male', 'Tomasz', 'Nowakowski'),
            (null, null, null)
    ) person (gender, given_name, family_name)
    cross join (values ('formal'), ('first_name')) form (address)
    where coalesce(level.tier = any (p_tiers), true)
$$;

-- The first client and channel for whom the gate would stop it; null for none.
create function private.find_blocked_content(p_block public.content_blocks)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'channel', place.channel, 'tier', sample.tier, 'gender', sample.gender,
        'form_of_address', sample.form_of_address
    ) || made.content
    from private.list_sample_clients(p_block.tiers) sample
    join public.channels place on coalesce(place.channel = any (p_block.channels), true)
    cross join lateral (
        select private.compose_content(p_block, sample, place.channel, (
            select jsonb_object_agg(hit.parts[1], '24')
            from regexp_matches(p_block.body, '\{\{([a-z_]+)\}\}', 'g') hit (parts)
        ), 'Ewa Zielińska') as content
    ) made
    where made.content -> 'brand_check' ->> 'verdict' = 'block'
    limit 1
$$;

create function private.lock_content_block(p_block_id uuid)
returns public.content_blocks
language plpgsql
set search_path = ''
as $$
declare
    v_block public.content_blocks;
begin
    select block.* into v_block
    from public.content_blocks block where block.id = p_block_id for update;
    if v_block.id is null then
        perform private.refuse('PT404', 'content_not_found', 'There is no such text.');
    end if;
    return v_block;
end
$$;

-- What holds until the new version begins stays until then; the rest of it retires.
create function private.make_room_for_content(p_block public.content_blocks)
returns void
language sql
set search_path = ''
as $$
    update public.content_blocks former
    set state = case when still.holds then 'approved' else 'retired' end,
        ends_on = case
            when still.holds then p_block.starts_on - 1 else former.ends_on
        end
    from (
        select known.id,
            known.starts_on < p_block.starts_on
                and p_block.starts_on > (now() at time zone 'Europe/Warsaw')::date as holds
        from public.content_blocks known
        where known.key = p_block.key and known.locale = p_block.locale
            and known.state = 'approved'
            and daterange(known.starts_on, known.ends_on, '[]')
                && daterange(p_block.starts_on, p_block.ends_on, '[]')
    ) still
    where former.id = still.id
$$;

-- Definer: nobody holds a right to write content; managers and admins approve through here.
create function private.approve_content_block(p_block_id uuid, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_person_id uuid := private.require_content_manager();
    v_block public.content_blocks := private.lock_content_block(p_block_id);
    v_blocked jsonb;
begin
    perform private.note_reason(p_reason);
    if v_block.state <> 'draft' then
        perform private.refuse('PT409', 'content_is_not_a_draft', 'Save a new version first.');
    elsif v_person_id = any (v_block.author_ids) then
        perform private.refuse('PT403', 'own_content', 'Somebody who did not write it approves.');
    end if;
    v_blocked := private.find_blocked_content(v_block);
    if v_blocked is not null then
        raise exception using
            errcode = 'PT422', message = 'brand_blocked', detail = v_blocked::text,
            hint = 'The gate would stop this text: change what is marked.';
    end if;
    perform private.make_room_for_content(v_block);
    update public.content_blocks block
    set state = 'approved', approved_by = v_person_id, approved_at = now()
    where block.id = v_block.id
    returning block.* into v_block;
    return to_jsonb(v_block);
end
$$;

create function public.approve_content_block(p_block_id uuid, p_reason text default null)
returns jsonb
language sql
set search_path = ''
as $$
    select private.approve_content_block(p_block_id, p_reason)
$$;
comment on function public.approve_content_block(uuid, text) is
    'Managers and admins who did not write at it: this version holds from its first day, the '
    'former one until then. '
    'Refused (422, brand_blocked, the case in the details) when the gate would stop it for any '
    'gender, form of address, tier or channel it is meant for.';

-- Definer: nobody holds a right to write content; managers and admins retire through here.
create function private.retire_content_block(p_block_id uuid, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_block public.content_blocks;
begin
    perform private.require_content_manager();
    perform private.note_reason(p_reason);
    v_block := private.lock_content_block(p_block_id);
    if v_block.state = 'draft' then
        perform private.refuse('PT409', 'content_is_a_draft', 'A draft holds for nobody yet.');
    end if;
    update public.content_blocks block
    set state = 'retired'
    where block.id = v_block.id
    returning block.* into v_block;
    return to_jsonb(v_block);
end
$$;

create function public.retire_content_block(p_block_id uuid, p_reason text default null)
returns jsonb
language sql
set search_path = ''
as $$
    select private.retire_content_block(p_block_id, p_reason)
$$;
comment on function public.retire_content_block(uuid, text) is
    'Managers and admins: nothing is made of this text any more. Answers the row.';

-- Definer: nobody holds a right to write assets; managers and admins write through here.
create function private.save_brand_asset(
    p_key text, p_kind text, p_path text, p_usage text, p_locale text, p_starts_on date,
    p_ends_on date
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_person_id uuid := private.require_content_manager();
    v_asset public.brand_assets;
begin
    if p_locale is not null then
        perform private.require_content_scope(p_locale, null, null);
    end if;
    perform pg_advisory_xact_lock(hashtextextended('public.brand_assets.' || p_key, 0));
    update public.brand_assets former
    set state = 'retired'
    where former.key = p_key and former.locale is not distinct from p_locale
        and former.state = 'active';
    insert into public.brand_assets (
        key, locale, version, kind, path, usage, starts_on, ends_on, saved_by
    )
    select
        p_key, p_locale, coalesce(max(known.version), 0) + 1, p_kind,
        private.require_text('path', p_path, 500), private.require_text('usage', p_usage, 500),
        coalesce(p_starts_on, (now() at time zone 'Europe/Warsaw')::date), p_ends_on,
        v_person_id
    from public.brand_assets known
    where known.key = p_key and known.locale is not distinct from p_locale
    returning * into v_asset;
    return to_jsonb(v_asset);
exception
    when check_violation or not_null_violation then
        perform private.refuse(
            'PT422', 'asset_malformed', 'A known kind, a path or https address, days in order.'
        );
end
$$;

create function public.save_brand_asset(
    p_key text,
    p_kind text,
    p_path text,
    p_usage text,
    p_locale text default null,
    p_starts_on date default null,
    p_ends_on date default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.save_brand_asset(
        p_key, p_kind, p_path, p_usage, p_locale, p_starts_on, p_ends_on
    )
$$;
comment on function public.save_brand_asset(text, text, text, text, text, date, date) is
    'Managers and admins: the next version of an asset, which holds at once; the former one '
    'retires. Kinds: logo, image, video, audio, document, font, palette. Answers the row.';

-- -------------------------------------------------------------------------------------------------
-- What is missing
-- -------------------------------------------------------------------------------------------------

-- Why a text cannot be used in a locale today; null when it can.
create function private.find_content_gap(p_key text, p_locale text, p_today date)
returns text
language sql
stable
set search_path = ''
as $$
    select case
        when bool_or(
            known.state = 'approved' and p_today >= known.starts_on
            and coalesce(p_today <= known.ends_on, true)
        ) then null
        when bool_or(known.state = 'approved' and p_today < known.starts_on) then 'not_yet'
        when bool_or(known.state = 'draft') then 'draft'
        when bool_or(known.state = 'approved') then 'expired'
        when bool_or(known.state = 'retired') then 'retired'
        else 'none'
    end
    from public.content_blocks known
    where known.key = p_key and known.locale = p_locale
$$;

create function private.find_asset_gap(p_key text, p_locale text, p_today date)
returns text
language sql
stable
set search_path = ''
as $$
    select case
        when bool_or(
            known.state = 'active' and p_today >= known.starts_on
            and coalesce(p_today <= known.ends_on, true)
        ) then null
        when bool_or(known.state = 'active' and p_today < known.starts_on) then 'not_yet'
        when bool_or(known.state = 'active') then 'expired'
        when bool_or(known.state = 'retired') then 'retired'
        else 'none'
    end
    from public.brand_assets known
    where known.key = p_key and (known.locale is null or known.locale = p_locale)
$$;

create function private.list_missing_content(p_locales text[], p_today date)
returns table (what text, key text, locale text, reason text)
language sql
stable
set search_path = ''
as $$
    select 'block', block.key, wanted.locale, gap.reason
    from (select distinct known.key from public.content_blocks known) block
    cross join (select distinct unnest(p_locales)) wanted (locale)
    cross join lateral (
        select private.find_content_gap(block.key, wanted.locale, p_today)
    ) gap (reason)
    where gap.reason is not null
        and exists (
            select from public.content_blocks live
            where live.key = block.key and live.state <> 'retired'
        )
    union all
    select 'asset', asset.key, wanted.locale, gap.reason
    from (
        select distinct known.key from public.brand_assets known where known.state = 'active'
    ) asset
    cross join (select distinct unnest(p_locales)) wanted (locale)
    cross join lateral (
        select private.find_asset_gap(asset.key, wanted.locale, p_today)
    ) gap (reason)
    where gap.reason is not null
$$;

-- Definer: the gaps are found by functions that people may not call; staff alone may ask.
create function private.get_missing_content(p_locales text[])
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_locales text[] := coalesce(p_locales, '{pl,en}');
    v_locale text;
begin
    perform private.require_staff();
    if cardinality(v_locales) not between 1 and 20 then
        perform private.refuse('PT422', 'locales_malformed', 'One to twenty of them.');
    end if;
    foreach v_locale in array v_locales loop
        perform private.require_content_scope(coalesce(v_locale, ''), null, null);
    end loop;
    return jsonb_build_object('locales', v_locales, 'missing', coalesce((
        select jsonb_agg(to_jsonb(gap) order by gap.what desc, gap.key, gap.locale)
        from private.list_missing_content(
            v_locales, (now() at time zone 'Europe/Warsaw')::date
        ) gap
    ), '[]'));
end
$$;

create function public.get_missing_content(p_locales text[] default null)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.get_missing_content(p_locales)
$$;
comment on function public.get_missing_content(text[]) is
    'Staff: which texts and assets the house cannot use today in these locales (default pl, en): '
    '{"locales", "missing": [{"what": block|asset, "key", "locale", "reason": none, draft, '
    'not_yet, expired, retired}]}.';

-- -------------------------------------------------------------------------------------------------
-- Asking for a message
-- -------------------------------------------------------------------------------------------------

-- The client's language, else English, else Polish; the narrowest scope, then the newest.
create function private.find_content_block(
    p_purpose text, p_channel text, p_tier text, p_language text, p_today date
)
returns public.content_blocks
language sql
stable
set search_path = ''
as $$
    select block.*
    from public.content_blocks block
    where block.purpose = p_purpose and block.state = 'approved'
        and block.locale in (p_language, 'en', 'pl')
        and p_today >= block.starts_on and coalesce(p_today <= block.ends_on, true)
        and coalesce(p_channel = any (block.channels), true)
        and coalesce(p_tier = any (block.tiers), true)
    order by block.locale = p_language desc, block.locale = 'en' desc,
        block.tiers is not null desc, block.channels is not null desc, block.approved_at desc,
        block.key
    limit 1
$$;

-- Each gap needs a value, each value is a few plain words: nobody fills in a gap with a gap.
create function private.require_content_values(p_body text, p_values jsonb)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
    v_missing text;
begin
    if jsonb_typeof(p_values) is distinct from 'object' or exists (
        select from jsonb_each(p_values) told
        where jsonb_typeof(told.value) <> 'string'
            or private.is_clean_text(told.value #>> '{}', 120) is not true
            or told.value #>> '{}' ~ '[{}\[\]<>\n\t]'
    ) or octet_length(p_values::text) > 4000 then
        perform private.refuse(
            'PT422', 'content_values_malformed', 'Texts of at most 120 characters, one line each.'
        );
    end if;
    select string_agg(distinct hit.parts[1], ', ') into v_missing
    from regexp_matches(p_body, '\{\{([a-z_]+)\}\}', 'g') hit (parts)
    where not p_values ? hit.parts[1];
    if v_missing is not null then
        perform private.refuse(
            'PT422', 'content_values_missing', 'Give p_values for: ' || v_missing
        );
    end if;
end
$$;

create function private.find_addressee(p_client_id uuid)
returns public.profiles
language plpgsql
stable
set search_path = ''
as $$
declare
    v_client public.profiles;
begin
    select client.* into v_client
    from public.profiles client
    where client.id = p_client_id and client.merged_into_id is null
        and private.is_vip_reader(client.id);
    if v_client.id is null then
        perform private.refuse('PT404', 'client_not_found', 'There is no such client for you.');
    end if;
    return v_client;
end
$$;

-- Definer: rules and dictionary are in private; staff who know the client, or the server.
create function private.request_brand_content(
    p_client_id uuid, p_purpose text, p_channel text, p_values jsonb, p_language text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := case when not private.is_service() then private.require_staff() end;
    v_client public.profiles := private.find_addressee(p_client_id);
    v_wanted text := coalesce(
        p_language, v_client.preferred_languages[1], left(v_client.locale, 2)
    );
    v_block public.content_blocks;
    v_made jsonb;
begin
    if v_staff_id is not null then
        perform private.take_token(v_staff_id, 'request_brand_content', 120, interval '1 minute');
    end if;
    perform private.require_brand_situation(p_channel, v_client.tier, v_wanted, null, null);
    v_block := private.find_content_block(
        p_purpose, p_channel, v_client.tier, v_wanted, (now() at time zone 'Europe/Warsaw')::date
    );
    if v_block.id is null then
        perform private.refuse('PT404', 'content_not_found', 'The house has no text for this.');
    end if;
    perform private.require_content_values(v_block.body, p_values);
    v_made := private.compose_content(v_block, v_client, p_channel, p_values, (
        select me.display_name from public.profiles me where me.id = v_staff_id
    ));
    perform private.refuse_blocked_content(v_made -> 'brand_check');
    return v_made || jsonb_build_object(
        'block', jsonb_build_object(
            'id', v_block.id, 'key', v_block.key, 'version', v_block.version
        ),
        'language', v_block.locale, 'wanted_language', v_wanted,
        'is_fallback', v_block.locale <> v_wanted
    );
end
$$;

create function private.refuse_blocked_content(p_check jsonb)
returns void
language plpgsql
set search_path = ''
as $$
begin
    if p_check ->> 'verdict' = 'block' then
        raise exception using
            errcode = 'PT422', message = 'brand_blocked', detail = p_check::text,
            hint = 'What was filled in is not how the house speaks: change what is marked.';
    end if;
end
$$;

create function public.request_brand_content(
    p_client_id uuid,
    p_purpose text,
    p_channel text,
    p_values jsonb default '{}',
    p_language text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.request_brand_content(p_client_id, p_purpose, p_channel, p_values, p_language)
$$;
comment on function public.request_brand_content(uuid, text, text, jsonb, text) is
    'Staff who know the client, or the server: a message of an approved text, addressed by the '
    'profile, that passes the gate; answered at once. {"text", "brand_check", "block", "language", '
    '"wanted_language", "is_fallback": it is not in the client''s language}. p_values fill the '
    'text''s gaps, {"date": "24 listopada"}. 120 a minute.';

-- -------------------------------------------------------------------------------------------------
-- What the house opens with
-- -------------------------------------------------------------------------------------------------
insert into public.content_blocks (
    key, purpose, locale, version, state, starts_on, author_ids, approved_at, body
)
select
    shipped.key, shipped.key, shipped.locale, 1, 'approved', '2026-01-01', '{}', now(), shipped.body
from (
    values
    ('visit_confirmed', 'pl', 'z przyjemnością potwierdzamy wizytę: {{treatment}}, {{date}}, '
        'godzina {{time}}. Czekamy na {{Panią|Pana|Państwa}} z filiżanką ulubionej herbaty.'),
    ('visit_confirmed', 'en', 'We are delighted to confirm your appointment: {{treatment}}, '
        '{{date}}, {{time}}. A cup of your favourite tea will be waiting for you.'),
    ('visit_reminder', 'pl', 'przypominamy o wizycie: {{treatment}}, {{date}}, godzina {{time}}. '
        'Gdyby termin przestał {{Pani|Panu|Państwu}} odpowiadać, chętnie zaproponujemy inny.'),
    ('visit_reminder', 'en', 'This is a gentle reminder of your appointment: {{treatment}}, '
        '{{date}}, {{time}}. Should the time no longer suit you, we will gladly offer another.'),
    ('visit_moved', 'pl', 'zgodnie z {{Pani|Pana|Państwa}} życzeniem wizyta odbędzie się w nowym '
        'terminie: {{date}}, godzina {{time}}. Dziękujemy za wiadomość.'),
    ('visit_moved', 'en', 'As you wished, we have moved your appointment. The new time is '
        '{{date}}, {{time}}. Thank you for letting us know.'),
    ('visit_cancelled', 'pl', 'potwierdzamy odwołanie wizyty {{date}}. Gdy tylko będzie to dla '
        '{{Pani|Pana|Państwa}} dogodne, z przyjemnością znajdziemy nowy termin.'),
    ('visit_cancelled', 'en', 'We confirm that the appointment on {{date}} has been cancelled. '
        'Whenever it suits you, we will be glad to find another time.'),
    ('treatment_follow_up', 'pl', 'dziękujemy za wizytę. Jak się {{Pani czuje|Pan czuje|Państwo '
        'czują}} po zabiegu: {{treatment}}? Nasz specjalista chętnie odpowie na każde pytanie.'),
    ('treatment_follow_up', 'en', 'Thank you for your visit. How are you feeling after your '
        'treatment: {{treatment}}? Our specialist will gladly answer any question.'),
    ('thanks_for_visit', 'pl', 'dziękujemy za spędzony z nami czas. Będzie nam miło gościć '
        '{{Panią|Pana|Państwa}} ponownie.'),
    ('thanks_for_visit', 'en', 'Thank you for the time you spent with us. It will be our pleasure '
        'to welcome you again.'),
    ('birthday_wishes', 'pl', 'z okazji urodzin składamy {{Pani|Panu|Państwu}} serdeczne życzenia '
        'zdrowia, spokoju i wielu pięknych chwil.'),
    ('birthday_wishes', 'en', 'On your birthday we send you our warmest wishes of good health, '
        'calm and many beautiful moments.'),
    ('apology_for_delay', 'pl', 'przepraszamy, że odpowiedź trwała dłużej, niż obiecaliśmy. '
        'Zajmujemy się sprawą osobiście i odezwiemy się najpóźniej: {{date}}, godzina {{time}}.'),
    ('apology_for_delay', 'en', 'We apologise that our reply took longer than we promised. We are '
        'attending to the matter personally and will write by {{date}}, {{time}}.'),
    ('apology_for_service', 'pl', 'przepraszamy, że tym razem nie sprostaliśmy {{Pani|Pana|'
        'Państwa}} oczekiwaniom. Sprawdzamy, co się wydarzyło, i przedstawimy rozwiązanie do: '
        '{{date}}.'),
    ('apology_for_service', 'en', 'We are sorry that this time we did not live up to your '
        'expectations. We are looking into what happened and will propose a solution by {{date}}.'),
    ('complaint_received', 'pl', 'dziękujemy za szczerą uwagę; jest dla nas ważna. Sprawą o '
        'numerze {{number}} zajmuje się kierownik, który skontaktuje się z {{Panią|Panem|'
        'Państwem}} najpóźniej: {{date}}.'),
    ('complaint_received', 'en', 'Thank you for your candid words; they matter to us. A manager is '
        'attending to your case, number {{number}}, and will contact you by {{date}}.'),
    ('information_needed', 'pl', 'aby zadbać o każdy szczegół, prosimy o jeszcze jedną informację: '
        '{{question}}. Odpowiedź wystarczy przesłać w dogodnej chwili.'),
    ('information_needed', 'en', 'To take care of every detail, may we ask for one more piece of '
        'information: {{question}}. Please reply at a moment that suits you.'),
    ('invitation', 'pl', 'mamy zaszczyt zaprosić {{Panią|Pana|Państwa}} na spotkanie: {{event}}, '
        '{{date}}, godzina {{time}}. Prosimy o wiadomość, czy możemy zarezerwować miejsce.'),
    ('invitation', 'en', 'It would be an honour to welcome you at {{event}}, {{date}}, {{time}}. '
        'Please let us know whether we may reserve a place for you.')
) shipped (key, locale, body);

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.content_blocks, public.brand_assets from anon, authenticated, service_role;
grant select on public.content_blocks, public.brand_assets to authenticated, service_role;
alter table public.content_blocks enable row level security;
alter table public.brand_assets enable row level security;
create policy content_blocks_select_staff on public.content_blocks
for select to authenticated
using ((select private.is_staff()));
create policy brand_assets_select_staff on public.brand_assets
for select to authenticated
using ((select private.is_staff()));

revoke all on function
    private.find_salutation(public.profiles, text, public.brand_guidelines, boolean),
    private.find_farewell(text, boolean, text), private.fill_content(text, text, jsonb),
    private.write_content(
        public.content_blocks, public.profiles, text, jsonb, text, boolean
    ),
    private.compose_content(public.content_blocks, public.profiles, text, jsonb, text),
    private.require_content_manager(), private.require_content_scope(text, text[], text[]),
    private.require_content_body(text),
    private.save_content_block(text, text, text, text, text[], text[], date, date),
    public.save_content_block(text, text, text, text, text[], text[], date, date),
    private.list_sample_clients(text[]), private.find_blocked_content(public.content_blocks),
    private.lock_content_block(uuid), private.make_room_for_content(public.content_blocks),
    private.approve_content_block(uuid, text),
    public.approve_content_block(uuid, text), private.retire_content_block(uuid, text),
    public.retire_content_block(uuid, text),
    private.save_brand_asset(text, text, text, text, text, date, date),
    public.save_brand_asset(text, text, text, text, text, date, date),
    private.find_content_gap(text, text, date), private.find_asset_gap(text, text, date),
    private.list_missing_content(text[], date), private.get_missing_content(text[]),
    public.get_missing_content(text[]),
    private.find_content_block(text, text, text, text, date),
    private.require_content_values(text, jsonb), private.find_addressee(uuid),
    private.refuse_blocked_content(jsonb),
    private.request_brand_content(uuid, text, text, jsonb, text),
    public.request_brand_content(uuid, text, text, jsonb, text)
from public, anon, authenticated, service_role;
grant execute on function
    private.save_content_block(text, text, text, text, text[], text[], date, date),
    public.save_content_block(text, text, text, text, text[], text[], date, date),
    private.approve_content_block(uuid, text), public.approve_content_block(uuid, text),
    private.retire_content_block(uuid, text), public.retire_content_block(uuid, text),
    private.save_brand_asset(text, text, text, text, text, date, date),
    public.save_brand_asset(text, text, text, text, text, date, date),
    private.get_missing_content(text[]), public.get_missing_content(text[])
to authenticated;
grant execute on function
    private.request_brand_content(uuid, text, text, jsonb, text),
    public.request_brand_content(uuid, text, text, jsonb, text)
to authenticated, service_role;
