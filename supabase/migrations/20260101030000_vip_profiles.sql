-- VIP clients: who looks after them, and why that or their tier changed.
-- The table is the house's own view of a client (risk, opportunity): staff read it, clients do not.

create table public.vip_client_profiles (
    id uuid primary key default gen_random_uuid(),
    client_id uuid not null,
    tier text not null,
    preferences jsonb not null default '{}',
    dedicated_agent_id uuid references public.staff_members (id),
    relationship_manager_id uuid references public.staff_members (id),
    custom_services text[] not null default '{}',
    exclusive_access text[] not null default '{}',
    risk_status text not null default 'unknown',
    opportunity_score integer,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint vip_client_profiles_one_per_client unique (client_id),
    constraint vip_client_profiles_tier_is_the_clients
        foreign key (client_id, tier) references public.profiles (id, tier)
        on update cascade on delete cascade,
    constraint vip_client_profiles_preferences_are_a_bounded_object
        check (jsonb_typeof(preferences) = 'object' and octet_length(preferences::text) <= 16384),
    constraint vip_client_profiles_lists_are_short
        check (cardinality(custom_services) <= 50 and cardinality(exclusive_access) <= 50),
    constraint vip_client_profiles_risk_is_known
        check (risk_status in ('unknown', 'low', 'medium', 'high')),
    constraint vip_client_profiles_opportunity_is_a_score
        check (opportunity_score between 0 and 100),
    constraint vip_client_profiles_nobody_serves_themselves
        check (dedicated_agent_id <> client_id and relationship_manager_id <> client_id)
);
comment on table public.vip_client_profiles is
    'What the house knows and thinks of a client it looks after personally.';
comment on column public.vip_client_profiles.tier is
    'Always that of public.profiles: the foreign key carries every change over.';
comment on column public.vip_client_profiles.opportunity_score is '0 to 100; null until computed.';
create index idx_vip_profiles_tier on public.vip_client_profiles (tier);
comment on index public.idx_vip_profiles_tier is 'Serves the lists of VIP clients by tier.';
create index vip_client_profiles_dedicated_agent_id_idx
    on public.vip_client_profiles (dedicated_agent_id);
comment on index public.vip_client_profiles_dedicated_agent_id_idx is
    'Serves "my clients", the policy and the foreign key.';
create index vip_client_profiles_relationship_manager_id_idx
    on public.vip_client_profiles (relationship_manager_id);
comment on index public.vip_client_profiles_relationship_manager_id_idx is
    'Serves "my clients", the policy and the foreign key.';

create table public.vip_profile_changes (
    id bigint generated always as identity primary key,
    client_id uuid not null references public.profiles (id) on delete cascade,
    field text not null,
    old_value text,
    new_value text,
    reason text,
    changed_by uuid,
    changed_at timestamptz not null default now(),
    constraint vip_profile_changes_field_is_known
        check (field in ('tier', 'dedicated_agent_id', 'relationship_manager_id')),
    constraint vip_profile_changes_say_something check (old_value is distinct from new_value),
    constraint vip_profile_changes_are_short
        check (
            char_length(old_value) <= 64 and char_length(new_value) <= 64
            and private.is_clean_text(reason, 500)
        )
);
comment on table public.vip_profile_changes is
    'Who changed a client''s tier or people, when and why. Append only, written by triggers.';
comment on column public.vip_profile_changes.changed_by is
    'Null: the server or the SQL console. No foreign key: history outlives people.';
create index vip_profile_changes_client_id_idx on public.vip_profile_changes (client_id, id);
comment on index public.vip_profile_changes_client_id_idx is 'Serves a client''s history.';

-- -------------------------------------------------------------------------------------------------
-- History
-- -------------------------------------------------------------------------------------------------
create trigger vip_client_profiles_bump_version
before update on public.vip_client_profiles
for each row execute function private.tg_bump_version();

create function private.record_vip_change(
    p_client_id uuid, p_field text, p_old_value text, p_new_value text
)
returns void
language sql
set search_path = ''
as $$
    insert into public.vip_profile_changes (
        client_id, field, old_value, new_value, reason, changed_by
    )
    select
        p_client_id, p_field, p_old_value, p_new_value,
        nullif(current_setting('luxury.change_reason', true), ''), (select auth.uid())
    where p_old_value is distinct from p_new_value
$$;

-- Definer: the history can be written by nobody else, whoever changed the profile.
create function private.tg_vip_client_profiles_record()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.record_vip_change(
        new.client_id, 'dedicated_agent_id', old.dedicated_agent_id::text,
        new.dedicated_agent_id::text
    );
    perform private.record_vip_change(
        new.client_id, 'relationship_manager_id', old.relationship_manager_id::text,
        new.relationship_manager_id::text
    );
    return null;
end
$$;

create trigger vip_client_profiles_record
after insert or update of dedicated_agent_id, relationship_manager_id
on public.vip_client_profiles
for each row execute function private.tg_vip_client_profiles_record();

-- Definer: as above, for the tier, whose home is the client's own profile.
create function private.tg_profiles_record_tier()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.record_vip_change(new.id, 'tier', old.tier, new.tier);
    return null;
end
$$;

create trigger profiles_record_tier
after update of tier on public.profiles
for each row execute function private.tg_profiles_record_tier();

-- -------------------------------------------------------------------------------------------------
-- Managers write
-- -------------------------------------------------------------------------------------------------

-- Locks the client's profile; refuses unless the caller directs the desk that looks after them.
create function private.lock_client_as_manager(p_client_id uuid)
returns public.profiles
language plpgsql
set search_path = ''
as $$
declare
    v_client public.profiles;
begin
    if not private.is_service() then
        perform private.require_signed_in();
        if not private.is_manager() then
            perform private.refuse('PT403', 'manager_required', 'Only managers may do this.');
        end if;
    end if;
    select client.* into v_client
    from public.profiles client
    where client.id = p_client_id
        and (
            private.is_service()
            or client.desk_id = any (array(select private.my_managed_desk_ids()))
        )
    for no key update;
    if v_client.id is null then
        perform private.refuse('PT404', 'client_not_found', 'There is no such client for you.');
    end if;
    return v_client;
end
$$;

-- Definer: nobody holds a right to write tiers; managers write through here.
create function private.set_client_tier(p_client_id uuid, p_tier text, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_client public.profiles := private.lock_client_as_manager(p_client_id);
    v_is_personal boolean;
begin
    perform private.note_reason(private.require_text('reason', p_reason, 500));
    select level.has_dedicated_agent into v_is_personal
    from public.service_levels level where level.tier = p_tier;
    if v_is_personal is null then
        perform private.refuse('PT422', 'unknown_tier', 'Not a tier of this house.');
    end if;
    update public.profiles client
    set tier = p_tier
    where client.id = v_client.id and client.tier <> p_tier;
    if v_is_personal then
        insert into public.vip_client_profiles (client_id, tier)
        values (v_client.id, p_tier)
        on conflict (client_id) do nothing;
    end if;
    return jsonb_build_object('client_id', v_client.id, 'tier', p_tier);
end
$$;

create function public.set_client_tier(p_client_id uuid, p_tier text, p_reason text)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_client_tier(p_client_id, p_tier, p_reason)
$$;
comment on function public.set_client_tier(uuid, text, text) is
    'Managers of the client''s desk: a new tier, and why. Tickets already open keep theirs.';

-- Definer: nobody holds a right to write vip_client_profiles; managers write through here.
create function private.set_dedicated_agent(p_client_id uuid, p_agent_id uuid, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_client public.profiles := private.lock_client_as_manager(p_client_id);
    v_profile public.vip_client_profiles;
begin
    perform private.note_reason(private.require_text('reason', p_reason, 500));
    if p_agent_id is not null and not exists (
        select from public.staff_members staff
        where staff.id = p_agent_id and staff.is_active and staff.desk_id = v_client.desk_id
            and private.is_agent_role(staff.role)
    ) then
        perform private.refuse('PT404', 'agent_not_found', 'No agent of this desk has this id.');
    elsif p_agent_id = p_client_id then
        perform private.refuse('PT422', 'own_client', 'Nobody serves themselves.');
    end if;
    insert into public.vip_client_profiles as known (client_id, tier, dedicated_agent_id)
    values (v_client.id, v_client.tier, p_agent_id)
    on conflict (client_id) do update
    set dedicated_agent_id = p_agent_id
    returning * into v_profile;
    return to_jsonb(v_profile);
end
$$;

create function public.set_dedicated_agent(p_client_id uuid, p_agent_id uuid, p_reason text)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_dedicated_agent(p_client_id, p_agent_id, p_reason)
$$;
comment on function public.set_dedicated_agent(uuid, uuid, text) is
    'Managers of the client''s desk: who looks after this client (null: nobody), with the reason.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------

-- Definer: read by the policy of profiles, must not depend on that of vip_client_profiles.
create function private.my_dedicated_client_ids()
returns setof uuid
language plpgsql
stable
security definer
rows 50
set search_path = ''
as $$
begin
    return query
    select client.client_id from public.vip_client_profiles client
    where client.dedicated_agent_id = (select private.my_staff_id())
        or client.relationship_manager_id = (select private.my_staff_id());
end
$$;

revoke all on public.vip_client_profiles, public.vip_profile_changes
from anon, authenticated, service_role;
revoke all on sequence public.vip_profile_changes_id_seq from anon, authenticated, service_role;
grant select on public.vip_client_profiles, public.vip_profile_changes
to authenticated, service_role;

alter table public.vip_client_profiles enable row level security;
alter table public.vip_profile_changes enable row level security;

alter policy profiles_select_people on public.profiles
using (
    id = (select auth.uid())
    or id = any (array(select private.my_colleague_ids()))
    or id = any (array(select private.my_live_client_ids()))
    or id = any (array(select private.my_dedicated_client_ids()))
    or desk_id = any (array(select private.my_overseen_desk_ids()))
);

-- Never one's own row: an agent may be a client too, and this is an opinion about them.
create policy vip_client_profiles_select_staff on public.vip_client_profiles
for select to authenticated
using (
    client_id <> (select auth.uid())
    and (
        client_id = any (array(select private.my_live_client_ids()))
        or client_id = any (array(select private.my_dedicated_client_ids()))
        or exists (
            select from public.profiles client
            where client.id = vip_client_profiles.client_id
                and client.desk_id = any (array(select private.my_overseen_desk_ids()))
        )
    )
);

create policy vip_profile_changes_select_overseers on public.vip_profile_changes
for select to authenticated
using (
    client_id <> (select auth.uid())
    and exists (
        select from public.profiles client
        where client.id = vip_profile_changes.client_id
            and client.desk_id = any (array(select private.my_overseen_desk_ids()))
    )
);

revoke all on function
    private.record_vip_change(uuid, text, text, text), private.tg_vip_client_profiles_record(),
    private.tg_profiles_record_tier(), private.lock_client_as_manager(uuid),
    private.set_client_tier(uuid, text, text), private.set_dedicated_agent(uuid, uuid, text),
    private.my_dedicated_client_ids(), public.set_client_tier(uuid, text, text),
    public.set_dedicated_agent(uuid, uuid, text)
from public, anon, authenticated, service_role;
grant execute on function private.my_dedicated_client_ids() to authenticated;
grant execute on function
    private.set_client_tier(uuid, text, text), private.set_dedicated_agent(uuid, uuid, text),
    public.set_client_tier(uuid, text, text), public.set_dedicated_agent(uuid, uuid, text)
to authenticated, service_role;
