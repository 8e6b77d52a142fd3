-- What a client told about themselves: names, how to address them, gender, day of birth.
-- Null is not known, and is never guessed. Every change is in vip_profile_changes, with its author.

alter table public.profiles
    add column given_name text,
    add column family_name text,
    add column gender text,
    add column birth_on date,
    add column form_of_address text not null default 'formal',
    add constraint profiles_names_are_short_text check (
        private.is_clean_text(given_name, 60) and private.is_clean_text(family_name, 60)
    ),
    add constraint profiles_gender_is_known check (gender in ('female', 'male')),
    add constraint profiles_birth_on_is_believable check (birth_on >= '1900-01-01'),
    add constraint profiles_form_of_address_is_known
    check (form_of_address in ('formal', 'first_name'));
comment on column public.profiles.given_name is
    'Nominative, as they write it: Anna. Null: not known.';
comment on column public.profiles.gender is
    'For courtesy (Pani, Pan). Null: not known, never guessed from a name.';
comment on column public.profiles.birth_on is 'Null: not known.';
comment on column public.profiles.form_of_address is
    'formal: Szanowna Pani; first_name: the relationship allows Pani Anno.';

alter table public.vip_profile_changes
    drop constraint vip_profile_changes_field_is_known,
    add constraint vip_profile_changes_field_is_known check (field in (
        'tier', 'dedicated_agent_id', 'deputy_agent_id', 'relationship_manager_id', 'desk_id',
        'given_name', 'family_name', 'gender', 'birth_on', 'form_of_address'
    ));

-- Definer: the history can be written by nobody else, whoever changed the profile.
create function private.tg_profiles_record_details()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.record_vip_change(new.id, 'given_name', old.given_name, new.given_name);
    perform private.record_vip_change(new.id, 'family_name', old.family_name, new.family_name);
    perform private.record_vip_change(new.id, 'gender', old.gender, new.gender);
    perform private.record_vip_change(
        new.id, 'birth_on', old.birth_on::text, new.birth_on::text
    );
    perform private.record_vip_change(
        new.id, 'form_of_address', old.form_of_address, new.form_of_address
    );
    return null;
end
$$;

create trigger profiles_record_details
after update of given_name, family_name, gender, birth_on, form_of_address on public.profiles
for each row execute function private.tg_profiles_record_details();

-- -------------------------------------------------------------------------------------------------
-- Reading what was sent
-- -------------------------------------------------------------------------------------------------

-- Refuses with <name>_malformed; null for nothing.
create function private.read_day(p_name text, p_text text)
returns date
language plpgsql
immutable
set search_path = ''
as $$
begin
    if p_text !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' then
        raise datetime_field_overflow;
    end if;
    return make_date(
        substr(p_text, 1, 4)::integer, substr(p_text, 6, 2)::integer, substr(p_text, 9, 2)::integer
    );
exception
    when datetime_field_overflow then
        perform private.refuse('PT422', p_name || '_malformed', 'A day such as 1984-05-17.');
end
$$;

create function private.require_details(p_details jsonb)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if p_details is null or jsonb_typeof(p_details) <> 'object' or p_details = '{}' then
        perform private.refuse('PT400', 'details_required', 'Send {"given_name": "Anna"}.');
    elsif exists (
        select from jsonb_each(p_details) detail
        where detail.key not in (
                'given_name', 'family_name', 'gender', 'birth_on', 'form_of_address'
            )
            or jsonb_typeof(detail.value) not in ('string', 'null')
    ) then
        perform private.refuse(
            'PT422', 'unknown_detail',
            'Texts or null: given_name, family_name, gender, birth_on, form_of_address.'
        );
    elsif p_details ->> 'gender' not in ('female', 'male') then
        perform private.refuse('PT422', 'unknown_gender', 'female, male, or null: not known.');
    elsif p_details ? 'form_of_address'
        and coalesce(p_details ->> 'form_of_address', '') not in ('formal', 'first_name')
    then
        perform private.refuse('PT422', 'unknown_form_of_address', 'formal or first_name.');
    elsif private.read_day('birth_on', p_details ->> 'birth_on')
        not between '1900-01-01' and current_date
    then
        perform private.refuse('PT422', 'birth_on_out_of_range', 'A day since 1900, not ahead.');
    end if;
end
$$;

-- Null takes a name away, so it is not required; what is there must be a name.
create function private.read_name(p_name text, p_details jsonb, p_present text)
returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
    return case
        when not p_details ? p_name then p_present
        when p_details ->> p_name is not null
            then private.require_text(p_name, p_details ->> p_name, 60)
    end;
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Clients, and who works with them, write
-- -------------------------------------------------------------------------------------------------

-- Clients speak for themselves; staff for whom they keep, or have a ticket of at this moment.
create function private.lock_client_to_describe(p_client_id uuid)
returns public.profiles
language plpgsql
set search_path = ''
as $$
declare
    v_client public.profiles;
begin
    if p_client_id = private.my_client_id()
        or p_client_id = any (array(select private.my_live_client_ids()))
    then
        select client.* into strict v_client
        from public.profiles client where client.id = p_client_id
        for no key update;
        return v_client;
    elsif private.is_service() or private.is_staff() then
        return private.lock_client_as_keeper(p_client_id);
    end if;
    perform private.require_signed_in();
    perform private.refuse('PT404', 'client_not_found', 'There is no such client for you.');
    return null;
end
$$;

-- Definer: people hold no right to write these columns; who may describe the client is checked
-- first.
create function private.set_client_details(p_client_id uuid, p_details jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_client public.profiles := private.lock_client_to_describe(p_client_id);
begin
    perform private.require_details(p_details);
    perform private.note_reason(null);
    update public.profiles client
    set given_name = private.read_name('given_name', p_details, client.given_name),
        family_name = private.read_name('family_name', p_details, client.family_name),
        gender = case
            when p_details ? 'gender' then p_details ->> 'gender' else client.gender
        end,
        birth_on = case
            when p_details ? 'birth_on'
                then private.read_day('birth_on', p_details ->> 'birth_on')
            else client.birth_on
        end,
        form_of_address = coalesce(p_details ->> 'form_of_address', client.form_of_address)
    where client.id = v_client.id
    returning client.* into v_client;
    return jsonb_build_object(
        'client_id', v_client.id, 'given_name', v_client.given_name,
        'family_name', v_client.family_name, 'gender', v_client.gender,
        'birth_on', v_client.birth_on, 'form_of_address', v_client.form_of_address
    );
end
$$;

create function public.set_client_details(p_client_id uuid, p_details jsonb)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_client_details(p_client_id, p_details)
$$;
comment on function public.set_client_details(uuid, jsonb) is
    'The client, staff who keep the client or have a ticket of theirs, the server: given_name, '
    'family_name, gender (female, male), birth_on, form_of_address (formal, first_name). What is '
    'not named stays; null means not known. Answers all five with "client_id".';

revoke all on function
    private.tg_profiles_record_details(), private.read_day(text, text),
    private.require_details(jsonb), private.read_name(text, jsonb, text),
    private.lock_client_to_describe(uuid), private.set_client_details(uuid, jsonb),
    public.set_client_details(uuid, jsonb)
from public, anon, authenticated, service_role;
grant execute on function
    private.set_client_details(uuid, jsonb), public.set_client_details(uuid, jsonb)
to authenticated, service_role;
