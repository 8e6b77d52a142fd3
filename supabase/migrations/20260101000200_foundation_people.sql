-- People: who signs in, who works here, where, and what they can do.
-- Roles are rows, read afresh by every statement: a revoked role stops working at once.
-- Events out: client.registered, agent.presence_changed.

-- -------------------------------------------------------------------------------------------------
-- Small rules that several tables share
-- -------------------------------------------------------------------------------------------------
create function private.is_language_list(p_languages text[])
returns boolean
language sql
immutable
parallel safe
set search_path = ''
as $$
    select cardinality(p_languages) <= 8
        and coalesce(bool_and(coalesce(code ~ '^[a-z]{2}$', false)), true)
    from unnest(p_languages) as code
$$;

create function private.is_staff_role(p_role text)
returns boolean
language sql
immutable
parallel safe
set search_path = ''
as $$
    select p_role in (
        'agent', 'concierge', 'relationship_manager',
        'quality_auditor', 'manager', 'executive', 'admin'
    )
$$;

create function private.is_agent_role(p_role text)
returns boolean
language sql
immutable
parallel safe
set search_path = ''
as $$
    select p_role in ('agent', 'concierge', 'relationship_manager')
$$;

create function private.is_time_zone(p_name text)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    -- Faster than reading pg_timezone_names, which opens every zone's file.
    perform now() at time zone p_name;
    return p_name ~ '^[A-Za-z]+(/[A-Za-z0-9_+-]+)*$';
exception
    when invalid_parameter_value then
        return false;
end
$$;

-- Refuses with <name>_required, <name>_too_long or <name>_malformed; answers the trimmed text.
create function private.require_text(p_name text, p_text text, p_max_length integer)
returns text
language plpgsql
immutable
set search_path = ''
as $$
declare
    v_text text := btrim(p_text, E' \t\r\n');
begin
    if coalesce(v_text, '') = '' then
        perform private.refuse('PT400', p_name || '_required', 'Some text is needed here.');
    elsif char_length(v_text) > p_max_length then
        perform private.refuse(
            'PT413', p_name || '_too_long', format('At most %s characters.', p_max_length)
        );
    elsif not private.is_clean_text(v_text, p_max_length) then
        perform private.refuse(
            'PT422', p_name || '_malformed', 'Control characters are not accepted.'
        );
    end if;
    return v_text;
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Tables
-- -------------------------------------------------------------------------------------------------
create table public.desks (
    id uuid primary key default gen_random_uuid(),
    name text not null,
    is_default boolean not null default false,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint desks_name_is_unique unique (name),
    constraint desks_name_is_short_text
        check (private.is_clean_text(name, 80))
);
comment on table public.desks is
    'Teams that answer clients. The default desk serves everybody not given to another.';
create unique index desks_only_one_default on public.desks (is_default) where is_default;
comment on index public.desks_only_one_default is
    'Serves private.default_desk_id and lets no second default in.';

insert into public.desks (id, name, is_default)
values ('00000000-0000-4000-8000-000000000001', 'Warszawa', true);

create function private.default_desk_id()
returns uuid
language sql
stable
set search_path = ''
as $$
    select desk.id from public.desks desk where desk.is_default
$$;

create table public.profiles (
    id uuid primary key references auth.users (id) on delete cascade,
    display_name text not null,
    locale text not null default 'pl',
    time_zone text not null default 'Europe/Warsaw',
    preferred_languages text[] not null default '{}',
    tier text not null default 'standard',
    desk_id uuid not null default private.default_desk_id() references public.desks (id),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint profiles_id_and_tier_are_referable unique (id, tier),
    constraint profiles_display_name_is_short_text
        check (private.is_clean_text(display_name, 80)),
    constraint profiles_locale_is_a_language_tag check (locale ~ '^[a-z]{2}(-[A-Z]{2})?$'),
    constraint profiles_time_zone_is_short check (char_length(time_zone) between 1 and 64),
    constraint profiles_preferred_languages_are_codes
        check (private.is_language_list(preferred_languages))
);
comment on table public.profiles is
    'Everybody who can sign in, made at sign-up. Staff have a staff_members row beside.';
comment on column public.profiles.preferred_languages is 'ISO 639-1 codes, best first.';
comment on column public.profiles.desk_id is 'The desk that looks after this client.';
create index profiles_desk_id_idx on public.profiles (desk_id);
comment on index public.profiles_desk_id_idx is 'Serves the policy that shows a desk its clients.';

create table public.staff_members (
    id uuid primary key references public.profiles (id) on delete cascade,
    desk_id uuid not null references public.desks (id),
    role text not null,
    state text not null default 'offline',
    state_changed_at timestamptz not null default now(),
    capacity_units smallint not null default 10,
    last_assigned_at timestamptz,
    is_active boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint staff_members_role_is_known check (private.is_staff_role(role)),
    constraint staff_members_state_is_known check (state in ('online', 'away', 'offline')),
    constraint staff_members_inactive_are_offline check (is_active or state = 'offline'),
    constraint staff_members_capacity_is_sane check (capacity_units between 0 and 100)
);
comment on table public.staff_members is
    'Who works here, in which role and desk; the authority behind every right of staff.';
comment on column public.staff_members.capacity_units is
    'How much live work at once, in channels.load_units.';
comment on column public.staff_members.last_assigned_at is 'Null until the first assignment.';
create index staff_members_desk_id_idx on public.staff_members (desk_id);
comment on index public.staff_members_desk_id_idx is
    'Serves the list of a desk''s staff, its policy, and routing''s candidates.';

create table public.skills (
    skill text primary key,
    kind text not null generated always as (split_part(skill, '.', 1)) stored,
    label text not null,
    constraint skills_skill_names_its_kind
        check (skill ~ '^(language|category|certificate)\.[a-z][a-z0-9_]{0,47}$'),
    constraint skills_label_is_short_text
        check (private.is_clean_text(label, 80))
);
comment on table public.skills is
    'What a person can be asked for: languages, topics, certificates.';

insert into public.skills (skill, label)
values
    ('language.pl', 'polski'),
    ('language.en', 'English'),
    ('language.uk', 'українська'),
    ('language.de', 'Deutsch'),
    ('language.fr', 'français'),
    ('language.es', 'español'),
    ('language.it', 'italiano'),
    ('language.ru', 'русский'),
    ('category.billing', 'Billing and memberships'),
    ('category.booking', 'Bookings and visits'),
    ('category.complaint', 'Complaints'),
    ('category.fitness', 'Training and fitness'),
    ('category.product', 'Products and orders'),
    ('certificate.aesthetic_medicine', 'Aesthetic medicine');

create table public.staff_skills (
    staff_id uuid not null references public.staff_members (id) on delete cascade,
    skill text not null references public.skills (skill),
    level smallint not null default 3,
    primary key (staff_id, skill),
    constraint staff_skills_level_is_one_to_five check (level between 1 and 5)
);
comment on table public.staff_skills is 'Who has which skill, 1 = basic to 5 = native or expert.';
create index staff_skills_skill_idx on public.staff_skills (skill);
comment on index public.staff_skills_skill_idx is
    'Serves the foreign key and "who speaks Ukrainian".';

-- -------------------------------------------------------------------------------------------------
-- Who is asking. No function takes a person's id: nobody can ask on behalf of somebody else.
-- -------------------------------------------------------------------------------------------------

-- In plpgsql, because it keeps the plans of a session: policies call these once per statement, and
-- planning anew would cost twenty times the look-up.

-- Definer: policies call it, so it must not be subject to them; a ban lives in auth.users.
create function private.my_staff_row()
returns table (id uuid, role text, desk_id uuid)
language plpgsql
stable
security definer
rows 1
set search_path = ''
as $$
begin
    return query
    select staff.id, staff.role, staff.desk_id
    from public.staff_members staff
    join auth.users account on account.id = staff.id
    where staff.id = (select auth.uid())
        and staff.is_active
        and account.deleted_at is null
        and (account.banned_until is null or account.banned_until <= now());
end
$$;

-- Null for everybody who does not work here (any more).
create function private.my_staff_id()
returns uuid
language plpgsql
stable
set search_path = ''
as $$
begin
    return (select me.id from private.my_staff_row() me);
end
$$;

create function private.is_staff()
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return exists (select from private.my_staff_row());
end
$$;

create function private.is_manager()
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return exists (select from private.my_staff_row() me where me.role in ('manager', 'admin'));
end
$$;

create function private.is_admin()
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return exists (select from private.my_staff_row() me where me.role = 'admin');
end
$$;

-- The server's own secret key, which PostgREST has verified; nobody can sign in as this.
create function private.is_service()
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return coalesce(auth.jwt() ->> 'role' = 'service_role', false);
end
$$;

-- My desk if I work in one of these roles; every desk for admins.
-- Definer: reads desks on behalf of the policy of desks itself.
create function private.my_desk_ids_as(p_roles text[])
returns setof uuid
language plpgsql
stable
security definer
rows 2
set search_path = ''
as $$
declare
    v_role text;
    v_desk_id uuid;
begin
    select me.role, me.desk_id into v_role, v_desk_id from private.my_staff_row() me;
    if v_role = 'admin' then
        return query select desk.id from public.desks desk;
    elsif v_role = any (p_roles) then
        return next v_desk_id;
    end if;
end
$$;

-- Every desk whose people I may know.
create function private.my_desk_ids()
returns setof uuid
language plpgsql
stable
rows 2
set search_path = ''
as $$
begin
    return query
    select private.my_desk_ids_as(array[
        'agent', 'concierge', 'relationship_manager', 'quality_auditor', 'manager', 'executive'
    ]);
end
$$;

-- Desks whose waiting tickets I may see and take.
create function private.my_queue_desk_ids()
returns setof uuid
language plpgsql
stable
rows 2
set search_path = ''
as $$
begin
    return query
    select private.my_desk_ids_as(array['agent', 'concierge', 'relationship_manager', 'manager']);
end
$$;

-- Desks all of whose tickets I may read.
create function private.my_overseen_desk_ids()
returns setof uuid
language plpgsql
stable
rows 2
set search_path = ''
as $$
begin
    return query
    select private.my_desk_ids_as(array['quality_auditor', 'manager', 'executive']);
end
$$;

-- Desks whose work I may direct.
create function private.my_managed_desk_ids()
returns setof uuid
language plpgsql
stable
rows 2
set search_path = ''
as $$
begin
    return query select private.my_desk_ids_as(array['manager']);
end
$$;

create function private.require_signed_in()
returns uuid
language plpgsql
stable
set search_path = ''
as $$
begin
    if (select auth.uid()) is null then
        perform private.refuse('PT401', 'not_signed_in', 'Sign in first.');
    end if;
    return (select auth.uid());
end
$$;

create function private.require_staff()
returns uuid
language plpgsql
stable
set search_path = ''
as $$
declare
    v_person_id uuid := private.require_signed_in();
begin
    if not private.is_staff() then
        perform private.refuse('PT403', 'staff_required', 'Only active staff may do this.');
    end if;
    return v_person_id;
end
$$;

-- Admins, and the server's own key: somebody must be able to appoint the first admin.
create function private.require_admin()
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if private.is_service() then
        return;
    end if;
    perform private.require_signed_in();
    if not private.is_admin() then
        perform private.refuse('PT403', 'admin_required', 'Only admins may do this.');
    end if;
end
$$;

-- Kept for the rest of the transaction; the configuration history stores it with each change.
create function private.note_reason(p_reason text)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_reason text := '';
begin
    if p_reason is not null then
        v_reason := private.require_text('reason', p_reason, 500);
    end if;
    perform set_config('luxury.change_reason', v_reason, true);
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Sign-up makes the profile
-- -------------------------------------------------------------------------------------------------

-- Metadata is whatever the person sent: anything odd is dropped, nothing may stop a sign-up.
create function private.read_metadata(p_metadata jsonb)
returns jsonb
language plpgsql
immutable
set search_path = ''
as $$
declare
    v_metadata jsonb := p_metadata;
begin
    if jsonb_typeof(v_metadata) = 'string' then -- some auth servers encode it twice
        v_metadata := (v_metadata #>> '{}')::jsonb;
    end if;
    return case when jsonb_typeof(v_metadata) = 'object' then v_metadata else '{}' end;
exception
    when others then
        return '{}';
end
$$;

create function private.read_display_name(p_metadata jsonb, p_email text)
returns text
language sql
immutable
set search_path = ''
as $$
    select coalesce(
        nullif(btrim(left(btrim(regexp_replace(coalesce(
            p_metadata ->> 'display_name', p_metadata ->> 'full_name', p_metadata ->> 'name'
        ), '[[:cntrl:][:space:]]+', ' ', 'g')), 80)), ''),
        nullif(left(regexp_replace(split_part(p_email, '@', 1), '[[:cntrl:]]', '', 'g'), 80), ''),
        'Guest'
    )
$$;

-- Definer: the auth server inserts the account and owns nothing in public.
create function private.tg_users_create_profile()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_metadata jsonb := private.read_metadata(new.raw_user_meta_data);
    v_name text := private.read_display_name(v_metadata, new.email);
    v_locale text := v_metadata ->> 'locale';
    v_time_zone text := v_metadata ->> 'time_zone';
begin
    insert into public.profiles (id, display_name, locale, time_zone)
    values (
        new.id,
        case when private.is_clean_text(v_name, 80) then v_name else 'Guest' end,
        case when v_locale ~ '^[a-z]{2}(-[A-Z]{2})?$' then v_locale else 'pl' end,
        case
            when char_length(v_time_zone) <= 64 and private.is_time_zone(v_time_zone)
                then v_time_zone
            else 'Europe/Warsaw'
        end
    )
    on conflict (id) do nothing;
    return null;
end
$$;

create trigger create_profile
after insert on auth.users
for each row execute function private.tg_users_create_profile();

create function private.tg_profiles_emit()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.emit_events('client.registered', array_agg(born.id order by born.created_at))
    from born
    having count(*) > 0;
    return null;
end
$$;

create trigger profiles_emit
after insert on public.profiles
referencing new table as born
for each statement execute function private.tg_profiles_emit();

-- A check constraint cannot ask for the zones the server knows.
create function private.tg_profiles_check_time_zone()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    if not private.is_time_zone(new.time_zone) then
        perform private.refuse('PT422', 'unknown_time_zone', 'Use a name such as Europe/Warsaw.');
    end if;
    return new;
end
$$;

create trigger profiles_check_time_zone
before insert or update of time_zone on public.profiles
for each row execute function private.tg_profiles_check_time_zone();

create trigger profiles_touch
before update on public.profiles
for each row execute function private.tg_touch_row();

create trigger desks_touch
before update on public.desks
for each row execute function private.tg_touch_row();

-- -------------------------------------------------------------------------------------------------
-- Staff: presence, roles, skills
-- -------------------------------------------------------------------------------------------------
create trigger staff_members_touch
before update on public.staff_members
for each row execute function private.tg_touch_row();

create function private.tg_staff_members_stamp_state()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    if new.state is distinct from old.state then
        new.state_changed_at := now();
    end if;
    return new;
end
$$;

create trigger staff_members_stamp_state
before update on public.staff_members
for each row execute function private.tg_staff_members_stamp_state();

-- Definer: counts all admins, whoever removes one.
create function private.tg_staff_members_keep_an_admin()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if old.role <> 'admin' or not old.is_active
        or (tg_op = 'UPDATE' and new.role = 'admin' and new.is_active)
    then
        return case tg_op when 'DELETE' then old else new end;
    end if;
    -- One at a time, or two admins could remove each other. A row lock could deadlock here.
    perform pg_advisory_xact_lock(hashtext('private.tg_staff_members_keep_an_admin'));
    if not exists (
        select from public.staff_members staff
        where staff.role = 'admin' and staff.is_active and staff.id <> old.id
    ) then
        perform private.refuse('PT409', 'last_admin', 'Appoint another admin first.');
    end if;
    return case tg_op when 'DELETE' then old else new end;
end
$$;

create trigger staff_members_keep_an_admin
before update or delete on public.staff_members
for each row execute function private.tg_staff_members_keep_an_admin();

create function private.tg_staff_members_emit_arrivals()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.emit_events(
        'agent.presence_changed',
        array_agg(born.id order by born.id),
        array_agg(jsonb_build_object('state', born.state, 'previous', 'offline') order by born.id)
    )
    from born
    where born.state <> 'offline'
    having count(*) > 0;
    return null;
end
$$;

create trigger staff_members_emit_arrivals
after insert on public.staff_members
referencing new table as born
for each statement execute function private.tg_staff_members_emit_arrivals();

create function private.tg_staff_members_emit_changes()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.emit_events(
        'agent.presence_changed',
        array_agg(after.id order by after.id),
        array_agg(
            jsonb_build_object('state', after.state, 'previous', before.state) order by after.id
        )
    )
    from changed after
    join was before using (id)
    where after.state <> before.state
    having count(*) > 0;
    return null;
end
$$;

create trigger staff_members_emit_changes
after update on public.staff_members
referencing old table as was new table as changed
for each statement execute function private.tg_staff_members_emit_changes();

-- Definer: staff hold no right to write their own row, only this one column through here.
create function private.set_presence(p_state text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
    v_staff public.staff_members;
begin
    if p_state is null or p_state not in ('online', 'away', 'offline') then
        perform private.refuse('PT422', 'unknown_state', 'One of online, away, offline.');
    end if;
    update public.staff_members staff
    set state = p_state
    where staff.id = v_staff_id and staff.state <> p_state;
    select staff.* into strict v_staff from public.staff_members staff where staff.id = v_staff_id;
    return jsonb_build_object(
        'staff_id', v_staff.id, 'state', v_staff.state, 'state_changed_at', v_staff.state_changed_at
    );
end
$$;

create function public.set_presence(p_state text)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_presence(p_state)
$$;
comment on function public.set_presence(text) is
    'Staff: be online, away or offline. Saying it twice changes and announces nothing.';

create function private.require_person(p_person_id uuid)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if not exists (select from public.profiles person where person.id = p_person_id) then
        perform private.refuse('PT404', 'person_not_found', 'Nobody signed up with this id.');
    end if;
end
$$;

-- Definer: nobody holds a right to write staff_members; admins write through here.
create function private.set_staff_role(
    p_staff_id uuid, p_role text, p_desk_id uuid, p_capacity_units integer, p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_staff public.staff_members;
begin
    perform private.require_admin();
    perform private.require_person(p_staff_id);
    if not coalesce(private.is_staff_role(p_role), false) then
        perform private.refuse('PT422', 'unknown_role', 'Not a role of this house.');
    elsif p_desk_id is not null
        and not exists (select from public.desks desk where desk.id = p_desk_id)
    then
        perform private.refuse('PT404', 'desk_not_found', 'There is no such desk.');
    elsif p_capacity_units not between 0 and 100 then
        perform private.refuse('PT422', 'capacity_out_of_range', 'From 0 to 100 units.');
    end if;
    perform private.note_reason(p_reason);
    insert into public.staff_members as staff (id, role, desk_id, capacity_units)
    values (
        p_staff_id, p_role,
        coalesce(p_desk_id, private.default_desk_id()), coalesce(p_capacity_units, 10)
    )
    on conflict (id) do update
    set role = p_role,
        is_active = true,
        desk_id = coalesce(p_desk_id, staff.desk_id),
        capacity_units = coalesce(p_capacity_units, staff.capacity_units)
    returning * into v_staff;
    return to_jsonb(v_staff);
end
$$;

create function public.set_staff_role(
    p_staff_id uuid,
    p_role text,
    p_desk_id uuid default null,
    p_capacity_units integer default null,
    p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_staff_role(p_staff_id, p_role, p_desk_id, p_capacity_units, p_reason)
$$;
comment on function public.set_staff_role(uuid, text, uuid, integer, text) is
    'Admins: appoint somebody or change role, desk or capacity. Null keeps what is there.';

-- Definer: nobody holds a right to write staff_skills; admins write through here.
create function private.set_staff_skills(p_staff_id uuid, p_skills jsonb, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.require_admin();
    if not exists (select from public.staff_members staff where staff.id = p_staff_id) then
        perform private.refuse('PT404', 'staff_not_found', 'No member of staff has this id.');
    end if;
    if not private.is_skill_map(p_skills) then
        perform private.refuse(
            'PT422', 'unknown_skills', 'Send {"language.pl": 5}: known skills, levels 1 to 5.'
        );
    end if;
    perform private.note_reason(p_reason);
    delete from public.staff_skills held
    where held.staff_id = p_staff_id and not p_skills ? held.skill;
    insert into public.staff_skills as held (staff_id, skill, level)
    select p_staff_id, entry.key, entry.value::smallint
    from jsonb_each_text(p_skills) entry
    on conflict (staff_id, skill) do update
    set level = excluded.level where held.level <> excluded.level;
    return jsonb_build_object('staff_id', p_staff_id, 'skills', p_skills);
end
$$;

create function private.is_skill_map(p_skills jsonb)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    if p_skills is null or jsonb_typeof(p_skills) <> 'object' then
        return false;
    end if;
    return not exists (
        select from jsonb_each(p_skills) entry
        where entry.value not in ('1', '2', '3', '4', '5')
            or not exists (select from public.skills known where known.skill = entry.key)
    );
end
$$;

create function public.set_staff_skills(
    p_staff_id uuid, p_skills jsonb, p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_staff_skills(p_staff_id, p_skills, p_reason)
$$;
comment on function public.set_staff_skills(uuid, jsonb, text) is
    'Admins: replace somebody''s skills by {"language.pl": 5, "category.billing": 3}.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
-- Definer: read by the policy of profiles, must not depend on that of staff_members.
create function private.my_colleague_ids()
returns setof uuid
language plpgsql
stable
security definer
rows 50
set search_path = ''
as $$
begin
    return query
    select staff.id from public.staff_members staff
    where staff.desk_id = any (array(select private.my_desk_ids()));
end
$$;

revoke all on public.desks, public.profiles, public.staff_members, public.skills,
    public.staff_skills from anon, authenticated, service_role;
grant select on public.desks, public.profiles, public.staff_members, public.skills,
    public.staff_skills to authenticated, service_role;
grant update (display_name, locale, time_zone, preferred_languages)
    on public.profiles to authenticated;

alter table public.desks enable row level security;
alter table public.profiles enable row level security;
alter table public.staff_members enable row level security;
alter table public.skills enable row level security;
alter table public.staff_skills enable row level security;

create policy desks_select_staff on public.desks
for select to authenticated
using (id = any (array(select private.my_desk_ids())));

create policy profiles_select_people on public.profiles
for select to authenticated
using (
    id = (select auth.uid())
    or id = any (array(select private.my_colleague_ids()))
    or desk_id = any (array(select private.my_overseen_desk_ids()))
);

create policy profiles_update_own on public.profiles
for update to authenticated
using (id = (select auth.uid()))
with check (id = (select auth.uid()));

create policy staff_members_select_staff on public.staff_members
for select to authenticated
using (desk_id = any (array(select private.my_desk_ids())));

create policy skills_select_staff on public.skills
for select to authenticated
using ((select private.is_staff()));

create policy staff_skills_select_staff on public.staff_skills
for select to authenticated
using (staff_id = any (array(select private.my_colleague_ids())));

revoke all on function
    private.is_language_list(text[]), private.is_staff_role(text), private.is_agent_role(text),
    private.is_time_zone(text), private.require_text(text, text, integer),
    private.default_desk_id(), private.my_staff_row(), private.my_staff_id(),
    private.is_staff(), private.is_manager(), private.is_admin(),
    private.is_service(), private.my_desk_ids_as(text[]),
    private.my_desk_ids(), private.my_queue_desk_ids(), private.my_overseen_desk_ids(),
    private.my_managed_desk_ids(), private.require_signed_in(), private.require_staff(),
    private.require_admin(), private.note_reason(text), private.read_metadata(jsonb),
    private.read_display_name(jsonb, text), private.tg_users_create_profile(),
    private.tg_profiles_emit(), private.tg_profiles_check_time_zone(),
    private.tg_staff_members_stamp_state(), private.tg_staff_members_keep_an_admin(),
    private.tg_staff_members_emit_arrivals(), private.tg_staff_members_emit_changes(),
    private.set_presence(text), private.require_person(uuid),
    private.set_staff_role(uuid, text, uuid, integer, text),
    private.set_staff_skills(uuid, jsonb, text), private.is_skill_map(jsonb),
    private.my_colleague_ids(), public.set_presence(text),
    public.set_staff_role(uuid, text, uuid, integer, text),
    public.set_staff_skills(uuid, jsonb, text)
from public, anon, authenticated, service_role;

-- Policies and checks run as the caller.
grant execute on function
    private.is_language_list(text[]), private.is_time_zone(text), private.my_staff_row(),
    private.my_staff_id(), private.is_staff(), private.my_desk_ids_as(text[]),
    private.my_desk_ids(), private.my_queue_desk_ids(), private.my_overseen_desk_ids(),
    private.my_colleague_ids()
to authenticated;

grant execute on function private.set_presence(text), public.set_presence(text) to authenticated;
grant execute on function
    private.set_staff_role(uuid, text, uuid, integer, text),
    private.set_staff_skills(uuid, jsonb, text),
    public.set_staff_role(uuid, text, uuid, integer, text),
    public.set_staff_skills(uuid, jsonb, text)
to authenticated, service_role;
