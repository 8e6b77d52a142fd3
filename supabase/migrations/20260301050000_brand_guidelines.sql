-- How the house writes: guidelines as versioned data by channel, tier and language. One version is
-- active; a new one is drafted as a copy, changed, and activated as a whole.
-- Events: none; read by the check before sending (..brand_gate).

-- -------------------------------------------------------------------------------------------------
-- Tables
-- -------------------------------------------------------------------------------------------------
create table public.brand_versions (
    version integer generated always as identity primary key,
    state text not null default 'draft',
    note text not null,
    created_by uuid,
    created_at timestamptz not null default now(),
    activated_at timestamptz,
    updated_at timestamptz not null default now(),
    constraint brand_versions_state_is_known check (state in ('draft', 'active', 'retired')),
    constraint brand_versions_note_is_short_text check (private.is_clean_text(note, 200)),
    constraint brand_versions_drafts_were_never_active
        check ((state = 'draft') = (activated_at is null))
);
comment on table public.brand_versions is 'Editions of the guidelines: one draft becomes active.';
comment on column public.brand_versions.created_by is 'No foreign key: it outlives people.';
create unique index brand_versions_only_one_active on public.brand_versions (state)
    where state = 'active';
comment on index public.brand_versions_only_one_active is
    'Serves the check before sending and lets no second active version in.';

create table public.brand_guidelines (
    id bigint generated always as identity primary key,
    version integer not null references public.brand_versions (version) on delete cascade,
    channel text references public.channels (channel),
    tier text references public.service_levels (tier),
    language text,
    max_characters integer,
    max_sentence_words integer,
    max_emoji integer,
    max_exclamations integer,
    is_greeting_required boolean,
    is_closing_required boolean,
    is_signature_required boolean,
    is_formal boolean,
    is_contraction_allowed boolean,
    is_given_name_allowed boolean,
    required_phrase text,
    gate text,
    warn_below integer,
    block_below integer,
    constraint brand_guidelines_one_for_each_scope
        unique nulls not distinct (version, channel, tier, language),
    constraint brand_guidelines_language_is_a_code check (language ~ '^[a-z]{2}$'),
    constraint brand_guidelines_lengths_are_sane check (
        max_characters between 50 and 10000 and max_sentence_words between 5 and 100
    ),
    constraint brand_guidelines_counts_are_sane
        check (max_emoji between 0 and 20 and max_exclamations between 0 and 20),
    constraint brand_guidelines_required_phrase_is_short
        check (private.is_clean_text(required_phrase, 200)),
    constraint brand_guidelines_gate_is_known check (gate in ('warn', 'block')),
    constraint brand_guidelines_thresholds_are_scores check (
        warn_below between 0 and 100 and block_below between 0 and 100
    ),
    constraint brand_guidelines_the_house_leaves_nothing_open check (
        channel is not null or tier is not null or language is not null
        or num_nulls(
            max_characters, max_sentence_words, max_emoji, max_exclamations, is_greeting_required,
            is_closing_required, is_signature_required, is_formal, is_contraction_allowed,
            is_given_name_allowed, gate, warn_below, block_below
        ) = 0
    )
);
comment on table public.brand_guidelines is
    'What holds for a scope: null in channel, tier or language means all of them, null in a value '
    'means as in the wider scope. Tier outranks channel, channel outranks language.';
comment on column public.brand_guidelines.is_formal is
    'Letters open with Szanowna Pani or Dear Ms, and close in full.';
comment on column public.brand_guidelines.is_given_name_allowed is
    'Whether a relationship may allow the given name at all; the profile says whether it does.';
comment on column public.brand_guidelines.gate is 'What a blocking finding does: block or warn.';
comment on column public.brand_guidelines.block_below is
    'A score below it blocks whatever the findings; 0 leaves that to blocking findings.';

create trigger brand_versions_touch
before update on public.brand_versions
for each row execute function private.tg_touch_row();
create trigger brand_versions_record
after insert or update or delete on public.brand_versions
for each row execute function private.tg_record_configuration('version');
create trigger brand_guidelines_record
after insert or update or delete on public.brand_guidelines
for each row execute function private.tg_record_configuration('version');

insert into public.brand_versions (state, note, activated_at)
values ('active', 'As the house opens', now());

insert into public.brand_guidelines (
    version, max_characters, max_sentence_words, max_emoji, max_exclamations, is_greeting_required,
    is_closing_required, is_signature_required, is_formal, is_contraction_allowed,
    is_given_name_allowed, gate, warn_below, block_below
)
values (1, 1500, 35, 1, 1, false, false, false, false, true, true, 'block', 75, 0);
insert into public.brand_guidelines (
    version, channel, max_characters, max_emoji, is_greeting_required, is_closing_required,
    is_signature_required, is_contraction_allowed
)
values
    (1, 'email', 4000, 0, true, true, true, false),
    (1, 'phone_note', 2000, 0, null, null, null, null),
    (1, 'instagram', 1000, 2, null, null, null, null);
insert into public.brand_guidelines (
    version, tier, is_formal, is_contraction_allowed, max_emoji, warn_below, block_below
)
values
    (1, 'premium', null, null, null, 80, 0),
    (1, 'vip_gold', true, false, null, 85, 30),
    (1, 'vip_platinum', true, false, 0, 90, 40);

-- -------------------------------------------------------------------------------------------------
-- What holds here
-- -------------------------------------------------------------------------------------------------

-- Every value from the narrowest scope that says something: one row, nothing null but the phrase.
create function private.find_brand_guideline(p_channel text, p_tier text, p_language text)
returns public.brand_guidelines
language plpgsql
stable
set search_path = ''
as $$
declare
    v_found public.brand_guidelines;
    v_next public.brand_guidelines;
begin
    for v_next in
        select guideline.*
        from public.brand_versions edition
        join public.brand_guidelines guideline on guideline.version = edition.version
        where edition.state = 'active'
            and coalesce(guideline.channel = p_channel, guideline.channel is null)
            and coalesce(guideline.tier = p_tier, guideline.tier is null)
            and coalesce(guideline.language = p_language, guideline.language is null)
        order by guideline.tier is not null, guideline.channel is not null,
            guideline.language is not null
    loop
        v_found := jsonb_populate_record(v_found, jsonb_strip_nulls(to_jsonb(v_next)));
    end loop;
    return v_found;
end
$$;
comment on function private.find_brand_guideline(text, text, text) is
    'What the active version asks for in this channel, of this tier, in this language.';

-- -------------------------------------------------------------------------------------------------
-- Admins write
-- -------------------------------------------------------------------------------------------------

-- Definer: nobody holds a right to write guidelines; admins write through here.
create function private.draft_brand_guidelines(p_note text, p_from_version integer)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_from integer := coalesce(p_from_version, (
        select edition.version from public.brand_versions edition where edition.state = 'active'
    ));
    v_version public.brand_versions;
begin
    perform private.require_admin();
    if not exists (select from public.brand_versions known where known.version = v_from) then
        perform private.refuse('PT404', 'version_not_found', 'There is no such version.');
    end if;
    insert into public.brand_versions (note, created_by)
    values (private.require_text('note', p_note, 200), auth.uid())
    returning * into v_version;
    insert into public.brand_guidelines (
        version, channel, tier, language, max_characters, max_sentence_words, max_emoji,
        max_exclamations, is_greeting_required, is_closing_required, is_signature_required,
        is_formal, is_contraction_allowed, is_given_name_allowed, required_phrase, gate,
        warn_below, block_below
    )
    select
        v_version.version, old.channel, old.tier, old.language, old.max_characters,
        old.max_sentence_words, old.max_emoji, old.max_exclamations, old.is_greeting_required,
        old.is_closing_required, old.is_signature_required, old.is_formal,
        old.is_contraction_allowed,
        old.is_given_name_allowed, old.required_phrase, old.gate, old.warn_below, old.block_below
    from public.brand_guidelines old
    where old.version = v_from;
    return to_jsonb(v_version);
end
$$;

create function public.draft_brand_guidelines(
    p_note text, p_from_version integer default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.draft_brand_guidelines(p_note, p_from_version)
$$;
comment on function public.draft_brand_guidelines(text, integer) is
    'Admins: a new version as a copy of one, by default of the active one. Answers the version.';

-- Known values, of their own types; null forgets one.
create function private.require_guideline_values(p_values jsonb)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
    v_kinds constant jsonb := '{
        "max_characters": "number", "max_sentence_words": "number", "max_emoji": "number",
        "max_exclamations": "number", "is_greeting_required": "boolean",
        "is_closing_required": "boolean", "is_signature_required": "boolean",
        "is_formal": "boolean",
        "is_contraction_allowed": "boolean", "is_given_name_allowed": "boolean",
        "required_phrase": "string", "gate": "string", "warn_below": "number",
        "block_below": "number"}';
begin
    if p_values is null or jsonb_typeof(p_values) <> 'object'
        or octet_length(p_values::text) > 2000
        or exists (
            select from jsonb_each(p_values) given
            where not v_kinds ? given.key
                or jsonb_typeof(given.value) not in (v_kinds ->> given.key, 'null')
                or (
                    jsonb_typeof(given.value) = 'number' and given.value::text !~ '^\d{1,5}$'
                )
        )
    then
        perform private.refuse(
            'PT422', 'guideline_malformed', 'Known values, each of its own type, whole numbers.'
        );
    end if;
end
$$;

-- Definer: nobody holds a right to write guidelines; admins write through here, drafts alone.
create function private.save_brand_guideline(
    p_version integer, p_channel text, p_tier text, p_language text, p_values jsonb
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_state text;
    v_row public.brand_guidelines;
begin
    perform private.require_admin();
    perform private.require_guideline_values(p_values);
    select edition.state into v_state
    from public.brand_versions edition where edition.version = p_version for update;
    if v_state is null then
        perform private.refuse('PT404', 'version_not_found', 'There is no such version.');
    elsif v_state <> 'draft' then
        perform private.refuse('PT409', 'version_is_not_a_draft', 'Draft a new version first.');
    end if;
    select known.* into v_row
    from public.brand_guidelines known
    where known.version = p_version
        and (known.channel, known.tier, known.language)
            is not distinct from (p_channel, p_tier, p_language);
    v_row := jsonb_populate_record(v_row, p_values || jsonb_build_object(
        'version', p_version, 'channel', p_channel, 'tier', p_tier, 'language', p_language
    ));
    v_row := private.write_brand_guideline(v_row);
    return to_jsonb(v_row);
exception
    when check_violation or foreign_key_violation then
        perform private.refuse(
            'PT422', 'guideline_malformed', 'Known scopes, sane limits, scores from 0 to 100.'
        );
end
$$;

create function private.write_brand_guideline(p_row public.brand_guidelines)
returns public.brand_guidelines
language plpgsql
set search_path = ''
as $$
declare
    v_row public.brand_guidelines;
begin
    delete from public.brand_guidelines known where known.id = p_row.id;
    insert into public.brand_guidelines (
        version, channel, tier, language, max_characters, max_sentence_words, max_emoji,
        max_exclamations, is_greeting_required, is_closing_required, is_signature_required,
        is_formal, is_contraction_allowed, is_given_name_allowed, required_phrase, gate,
        warn_below, block_below
    )
    values (
        p_row.version, p_row.channel, p_row.tier, p_row.language, p_row.max_characters,
        p_row.max_sentence_words, p_row.max_emoji, p_row.max_exclamations,
        p_row.is_greeting_required, p_row.is_closing_required, p_row.is_signature_required,
        p_row.is_formal, p_row.is_contraction_allowed, p_row.is_given_name_allowed,
        p_row.required_phrase, p_row.gate, p_row.warn_below, p_row.block_below
    )
    returning * into v_row;
    return v_row;
end
$$;

create function public.save_brand_guideline(
    p_version integer,
    p_values jsonb,
    p_channel text default null,
    p_tier text default null,
    p_language text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.save_brand_guideline(p_version, p_channel, p_tier, p_language, p_values)
$$;
comment on function public.save_brand_guideline(integer, jsonb, text, text, text) is
    'Admins: what a draft asks for in one scope, e.g. (2, {"max_emoji": 0, "gate": "block"}, '
    'p_tier => ''vip_gold''); values not named stay, null falls back. Answers the row.';

-- Definer: nobody holds a right to write guidelines; admins write through here.
create function private.activate_brand_guidelines(p_version integer, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_version public.brand_versions;
begin
    perform private.require_admin();
    perform private.note_reason(p_reason);
    perform pg_advisory_xact_lock(hashtextextended('public.brand_versions', 0));
    select edition.* into v_version
    from public.brand_versions edition where edition.version = p_version for update;
    if v_version.version is null then
        perform private.refuse('PT404', 'version_not_found', 'There is no such version.');
    elsif v_version.state = 'active' then
        return to_jsonb(v_version);
    end if;
    update public.brand_versions edition set state = 'retired' where edition.state = 'active';
    update public.brand_versions edition
    set state = 'active', activated_at = now()
    where edition.version = p_version
    returning edition.* into v_version;
    return to_jsonb(v_version);
end
$$;

create function public.activate_brand_guidelines(p_version integer, p_reason text default null)
returns jsonb
language sql
set search_path = ''
as $$
    select private.activate_brand_guidelines(p_version, p_reason)
$$;
comment on function public.activate_brand_guidelines(integer, text) is
    'Admins: this version holds from now on, a draft or an older one; the active one retires.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.brand_versions, public.brand_guidelines
    from anon, authenticated, service_role;
revoke all on sequence public.brand_versions_version_seq, public.brand_guidelines_id_seq
    from anon, authenticated, service_role;
grant select on public.brand_versions, public.brand_guidelines to authenticated, service_role;
alter table public.brand_versions enable row level security;
alter table public.brand_guidelines enable row level security;
create policy brand_versions_select_staff on public.brand_versions
for select to authenticated
using ((select private.is_staff()));
create policy brand_guidelines_select_staff on public.brand_guidelines
for select to authenticated
using ((select private.is_staff()));

revoke all on function
    private.find_brand_guideline(text, text, text), private.require_guideline_values(jsonb),
    private.draft_brand_guidelines(text, integer),
    private.save_brand_guideline(integer, text, text, text, jsonb),
    private.write_brand_guideline(public.brand_guidelines),
    private.activate_brand_guidelines(integer, text),
    public.draft_brand_guidelines(text, integer),
    public.save_brand_guideline(integer, jsonb, text, text, text),
    public.activate_brand_guidelines(integer, text)
from public, anon, authenticated, service_role;
grant execute on function
    private.draft_brand_guidelines(text, integer),
    private.save_brand_guideline(integer, text, text, text, jsonb),
    private.activate_brand_guidelines(integer, text),
    public.draft_brand_guidelines(text, integer),
    public.save_brand_guideline(integer, jsonb, text, text, text),
    public.activate_brand_guidelines(integer, text)
to authenticated, service_role;
