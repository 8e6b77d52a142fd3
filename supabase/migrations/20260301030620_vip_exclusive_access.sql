-- Exclusive access: house events, pre-launch slots and private sessions, so many places of each, so
-- many for each tier, and a waiting list. Who is let in: a tier with a quota, or whose VIP profile
-- holds the item's access key.
--
--   waiting, offered, reserved; ended: released, declined, lapsed, cancelled
--
-- A place that comes free is offered to the first who waits and has room in their tier; who does
-- not answer by the deadline (a timer) is passed over. Offered and reserved places are counted in
-- the rows of the item and its quota, where a check lets nobody oversell them.
--
-- events in: exclusive_place.freed, exclusive_item.changed, exclusive_item.deadline_reached (a
--   timer); subject: the item. Worker: vip.exclusive_access; there is nothing to decide in Python,
--   who is next is one look under lock. Events out: the same.
-- Order of locks: the client's profile, the item, its reservations.

create table public.exclusive_items (
    id uuid primary key default gen_random_uuid(),
    desk_id uuid references public.desks (id),
    kind text not null,
    access_key text,
    title_pl text not null,
    title_en text not null,
    opens_at timestamptz not null,
    closes_at timestamptz not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    capacity integer not null,
    taken_count integer not null default 0,
    answer_seconds integer not null default 86400,
    status text not null default 'open',
    version integer not null default 1,
    created_by uuid,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint exclusive_items_kind_is_known
        check (kind in ('house_event', 'pre_launch', 'private_session')),
    constraint exclusive_items_access_key_is_a_word check (access_key ~ '^[a-z][a-z0-9_]{0,39}$'),
    constraint exclusive_items_titles_are_short_text
        check (private.is_clean_text(title_pl, 200) and private.is_clean_text(title_en, 200)),
    constraint exclusive_items_are_reserved_before_they_end
        check (opens_at < closes_at and starts_at < ends_at and closes_at <= ends_at),
    constraint exclusive_items_capacity_is_sane check (capacity between 1 and 10000),
    constraint exclusive_items_are_never_oversold check (taken_count between 0 and capacity),
    constraint exclusive_items_answers_have_time check (answer_seconds between 60 and 604800),
    constraint exclusive_items_status_is_known check (status in ('open', 'closed', 'cancelled'))
);
comment on table public.exclusive_items is
    'What only some clients may come to: from when to when it can be reserved, when it is, how '
    'many places it has. closed: nobody new; cancelled: it does not take place.';
comment on column public.exclusive_items.desk_id is 'Null: clients of every desk.';
comment on column public.exclusive_items.access_key is
    'Whose vip_client_profiles.exclusive_access holds it is let in, whatever their VIP tier. Null: '
    'only tiers with a quota.';
comment on column public.exclusive_items.taken_count is
    'Places offered or reserved now; kept by the trigger of exclusive_reservations.';
comment on column public.exclusive_items.answer_seconds is
    'How long a place from the waiting list is kept for whoever it is offered to.';
comment on column public.exclusive_items.created_by is
    'Null: the server. No foreign key: it outlives people.';
create index exclusive_items_desk_id_idx on public.exclusive_items (desk_id, starts_at);
comment on index public.exclusive_items_desk_id_idx is
    'Serves the list of what is coming, the policy and the foreign key.';

create table public.exclusive_quotas (
    item_id uuid not null references public.exclusive_items (id) on delete cascade,
    tier text not null references public.service_levels (tier),
    places integer not null,
    taken_count integer not null default 0,
    primary key (item_id, tier),
    constraint exclusive_quotas_places_are_sane check (places between 1 and 10000),
    constraint exclusive_quotas_are_never_oversold check (taken_count between 0 and places)
);
comment on table public.exclusive_quotas is
    'At most so many places of an item for clients of a tier; whoever has an access key and a tier '
    'without a row is bound by the capacity alone.';

create table public.exclusive_reservations (
    id uuid primary key default gen_random_uuid(),
    queue_number bigint generated always as identity,
    item_id uuid not null references public.exclusive_items (id) on delete cascade,
    client_id uuid not null references public.profiles (id) on delete cascade,
    tier text not null references public.service_levels (tier),
    state text not null,
    requested_by uuid,
    requested_at timestamptz not null default now(),
    offer_expires_at timestamptz,
    state_changed_at timestamptz not null default now(),
    constraint exclusive_reservations_state_is_known
        check (state in (
            'waiting', 'offered', 'reserved', 'released', 'declined', 'lapsed', 'cancelled'
        )),
    constraint exclusive_reservations_offers_have_a_deadline
        check (state <> 'offered' or offer_expires_at is not null)
);
comment on table public.exclusive_reservations is
    'Who has, or waits for, a place. Ended ones stay as history; asking again is a new row.';
comment on column public.exclusive_reservations.queue_number is 'First come, first served.';
comment on column public.exclusive_reservations.tier is
    'Whose quota it counts in: that of the moment the place was taken.';
comment on column public.exclusive_reservations.requested_by is
    'The client, a delegate or staff; null: the server. No foreign key: it outlives people.';
create unique index exclusive_reservations_one_for_a_client
    on public.exclusive_reservations (item_id, client_id)
    where state in ('waiting', 'offered', 'reserved');
comment on index public.exclusive_reservations_one_for_a_client is
    'Serves the client''s own look-up, and lets nobody take two places.';
create index exclusive_reservations_item_id_idx
    on public.exclusive_reservations (item_id, state, queue_number);
comment on index public.exclusive_reservations_item_id_idx is
    'Serves the waiting list in order, what is offered, and the foreign key.';
create index exclusive_reservations_client_id_idx
    on public.exclusive_reservations (client_id, requested_at);
comment on index public.exclusive_reservations_client_id_idx is
    'Serves a client''s list, the policy and the foreign key.';

create table public.exclusive_reservation_changes (
    id bigint generated always as identity primary key,
    reservation_id uuid not null
        references public.exclusive_reservations (id) on delete cascade,
    from_state text,
    to_state text not null,
    reason text,
    changed_by uuid,
    changed_at timestamptz not null default now(),
    constraint exclusive_reservation_changes_states_are_words
        check (from_state ~ '^[a-z]{4,12}$' and to_state ~ '^[a-z]{4,12}$'),
    constraint exclusive_reservation_changes_reason_is_short check (char_length(reason) <= 500)
);
comment on table public.exclusive_reservation_changes is
    'Each step of a reservation, why and by whom. Append only, written by a trigger.';
comment on column public.exclusive_reservation_changes.changed_by is
    'Null: the house itself. No foreign key: history outlives people.';
create index exclusive_reservation_changes_reservation_id_idx
    on public.exclusive_reservation_changes (reservation_id, id);
comment on index public.exclusive_reservation_changes_reservation_id_idx is
    'Serves the history of a reservation and the foreign key.';

-- -------------------------------------------------------------------------------------------------
-- History, counting, announcing
-- -------------------------------------------------------------------------------------------------
create trigger exclusive_items_bump_version
before update of desk_id, kind, access_key, title_pl, title_en, opens_at, closes_at, starts_at,
    ends_at, capacity, answer_seconds, status
on public.exclusive_items
for each row execute function private.tg_bump_version();
create trigger exclusive_items_record_arrival
after insert or delete on public.exclusive_items
for each row execute function private.tg_record_configuration('id');
-- Not the counter, which changes with each reservation and has a history of its own there.
create trigger exclusive_items_record_change
after update of desk_id, kind, access_key, title_pl, title_en, opens_at, closes_at, starts_at,
    ends_at, capacity, answer_seconds, status
on public.exclusive_items
for each row execute function private.tg_record_configuration('id');
create trigger exclusive_quotas_record_arrival
after insert or delete on public.exclusive_quotas
for each row execute function private.tg_record_configuration('item_id');
create trigger exclusive_quotas_record_change
after update of places on public.exclusive_quotas
for each row execute function private.tg_record_configuration('item_id');

create function private.is_holding_place(p_state text)
returns boolean
language sql
immutable
set search_path = ''
as $$
    select p_state in ('offered', 'reserved')
$$;

-- Definer: a client who is deleted takes their reservations along, and nobody may write counters.
create function private.tg_exclusive_reservations_count()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if tg_op <> 'INSERT' and private.is_holding_place(old.state) then
        update public.exclusive_items item
        set taken_count = item.taken_count - 1 where item.id = old.item_id;
        update public.exclusive_quotas quota
        set taken_count = quota.taken_count - 1
        where quota.item_id = old.item_id and quota.tier = old.tier;
    end if;
    if tg_op <> 'DELETE' and private.is_holding_place(new.state) then
        update public.exclusive_items item
        set taken_count = item.taken_count + 1 where item.id = new.item_id;
        update public.exclusive_quotas quota
        set taken_count = quota.taken_count + 1
        where quota.item_id = new.item_id and quota.tier = new.tier;
    end if;
    return null;
end
$$;

create trigger exclusive_reservations_count
after insert or delete or update of state, tier on public.exclusive_reservations
for each row execute function private.tg_exclusive_reservations_count();

-- Definer: the history can be written by nobody else, whoever changed the reservation.
create function private.tg_exclusive_reservations_record()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    insert into public.exclusive_reservation_changes (
        reservation_id, from_state, to_state, reason, changed_by
    )
    select
        new.id, case when tg_op = 'UPDATE' then old.state end, new.state,
        nullif(current_setting('luxury.change_reason', true), ''), auth.uid()
    where tg_op = 'INSERT' or old.state <> new.state;
    return null;
end
$$;

create trigger exclusive_reservations_record
after insert or update of state on public.exclusive_reservations
for each row execute function private.tg_exclusive_reservations_record();

-- What people give back. What the worker lets lapse it offers to the next one itself.
-- Definer: an account that is deleted takes its reservations with it, and Auth has no right here.
create function private.tg_exclusive_reservations_emit()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_item_ids uuid[];
begin
    if tg_op = 'DELETE' then
        select array_agg(distinct gone.item_id) into v_item_ids
        from was gone where private.is_holding_place(gone.state);
    else
        select array_agg(distinct gone.item_id) into v_item_ids
        from was gone
        join now_ present on present.id = gone.id
        where private.is_holding_place(gone.state) and present.state in ('released', 'declined');
    end if;
    if v_item_ids is not null then
        perform private.emit_events('exclusive_place.freed', v_item_ids);
    end if;
    return null;
end
$$;

create trigger exclusive_reservations_emit
after update on public.exclusive_reservations
referencing old table as was new table as now_
for each statement execute function private.tg_exclusive_reservations_emit();
create trigger exclusive_reservations_emit_gone
after delete on public.exclusive_reservations
referencing old table as was
for each statement execute function private.tg_exclusive_reservations_emit();

create function private.tg_exclusive_items_emit()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.emit_events('exclusive_item.changed', array[new.id]);
    return null;
end
$$;

-- Also a new quota: private.save_exclusive_item always writes the item too.
create trigger exclusive_items_emit
after update of capacity, closes_at, status on public.exclusive_items
for each row when (new.taken_count = old.taken_count)
execute function private.tg_exclusive_items_emit();

insert into private.subscriptions (event_kind, worker, collapses)
values
    ('exclusive_place.freed', 'vip.exclusive_access', true),
    ('exclusive_item.changed', 'vip.exclusive_access', true),
    ('exclusive_item.deadline_reached', 'vip.exclusive_access', true);

insert into private.client_tables (kind, table_name)
values ('exclusive_reservation', 'exclusive_reservations');

-- Definer: whoever merges clients holds no right to write reservations. Where both have one, the
-- kept client's stands and the duplicate's is given back; the others move with the client.
create function private.tg_profiles_end_reservations()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform from public.exclusive_items item
    where item.id in (
        select theirs.item_id from public.exclusive_reservations theirs
        where theirs.client_id = new.id and theirs.state in ('waiting', 'offered', 'reserved')
    )
    order by item.id
    for no key update;
    update public.exclusive_reservations theirs
    set state = case when theirs.state = 'offered' then 'declined' else 'released' end,
        state_changed_at = now()
    where theirs.client_id = new.id and theirs.state in ('waiting', 'offered', 'reserved')
        and exists (
            select from public.exclusive_reservations ours
            where ours.client_id = new.merged_into_id and ours.item_id = theirs.item_id
                and ours.state in ('waiting', 'offered', 'reserved')
        );
    return null;
end
$$;

create trigger profiles_end_reservations
after update of merged_into_id on public.profiles
for each row when (new.merged_into_id is not null and old.merged_into_id is null)
execute function private.tg_profiles_end_reservations();

-- -------------------------------------------------------------------------------------------------
-- Who is let in
-- -------------------------------------------------------------------------------------------------
create function private.is_entitled_to_item(p_client_id uuid, p_item_id uuid)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return exists (
        select from public.exclusive_items item
        join public.profiles client on client.id = p_client_id
        join public.service_levels level
            on level.tier = client.tier and level.has_dedicated_agent
        join public.vip_client_profiles vip on vip.client_id = client.id
        where item.id = p_item_id and (item.desk_id is null or item.desk_id = client.desk_id)
            and (
                item.access_key = any (vip.exclusive_access)
                or exists (
                    select from public.exclusive_quotas quota
                    where quota.item_id = item.id and quota.tier = client.tier
                )
            )
    );
end
$$;
comment on function private.is_entitled_to_item(uuid, uuid) is
    'Whether this client may have a place of it: a VIP of its desk whose tier has a quota or whose '
    'profile holds the key.';

-- Definer: the policy of items must not depend on those of profiles and reservations.
create function private.my_exclusive_item_ids()
returns setof uuid
language plpgsql
stable
security definer
rows 20
set search_path = ''
as $$
begin
    return query
    select item.id from public.exclusive_items item
    where item.ends_at > now() and item.status = 'open'
        and private.is_entitled_to_item(private.my_client_id(), item.id)
    union
    select mine.item_id from public.exclusive_reservations mine
    where mine.client_id = private.my_client_id();
end
$$;

create function private.is_tier_full(p_item_id uuid, p_tier text)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return exists (
        select from public.exclusive_quotas quota
        where quota.item_id = p_item_id and quota.tier = p_tier
            and quota.taken_count >= quota.places
    );
end
$$;

-- Nobody overtakes: a place somebody on the list could have is theirs, also before it is offered.
create function private.has_free_place(p_item_id uuid, p_tier text)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return exists (
        select from public.exclusive_items item
        where item.id = p_item_id and item.taken_count < item.capacity
    ) and not private.is_tier_full(p_item_id, p_tier) and not exists (
        select from public.exclusive_reservations waiting
        join public.profiles client on client.id = waiting.client_id
        where waiting.item_id = p_item_id and waiting.state = 'waiting'
            and not private.is_tier_full(p_item_id, client.tier)
    );
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Clients, their delegates, staff for them
-- -------------------------------------------------------------------------------------------------
create function private.find_reservation(p_item_id uuid, p_client_id uuid)
returns public.exclusive_reservations
language sql
stable
set search_path = ''
as $$
    select mine from public.exclusive_reservations mine
    where mine.item_id = p_item_id and mine.client_id = p_client_id
        and mine.state in ('waiting', 'offered', 'reserved')
$$;

-- Locks the item. Clients learn nothing of what they are not let in to.
create function private.lock_exclusive_item(p_item_id uuid, p_client public.profiles)
returns public.exclusive_items
language plpgsql
set search_path = ''
as $$
declare
    v_item public.exclusive_items;
begin
    select item.* into v_item
    from public.exclusive_items item
    where item.id = p_item_id and (item.desk_id is null or item.desk_id = p_client.desk_id)
    for no key update;
    if v_item.id is not null and (
        private.is_entitled_to_item(p_client.id, p_item_id)
        or exists (
            select from public.exclusive_reservations mine
            where mine.item_id = p_item_id and mine.client_id = p_client.id
        )
    ) then
        return v_item;
    elsif v_item.id is not null
        and private.my_service_stance(p_client.id, p_client.desk_id) <> 'client'
    then
        perform private.refuse(
            'PT403', 'client_not_entitled', 'Neither their tier nor an access key lets them in.'
        );
    end if;
    perform private.refuse('PT404', 'item_not_found', 'There is no such place for you.');
end
$$;

create function private.require_open_item(p_item public.exclusive_items)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if not exists (
        select from public.feature_flags flag where flag.flag = 'vip_services' and flag.is_enabled
    ) then
        perform private.refuse('PT409', 'vip_services_disabled', 'VIP services are switched off.');
    elsif p_item.status <> 'open' then
        perform private.refuse('PT409', 'item_not_open', 'It cannot be reserved any more.');
    elsif now() < p_item.opens_at then
        perform private.refuse('PT409', 'item_opens_later', 'It cannot be reserved yet.');
    elsif now() >= p_item.closes_at then
        perform private.refuse('PT409', 'item_not_open', 'It cannot be reserved any more.');
    end if;
end
$$;

create function private.describe_reservation(p_reservation_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select jsonb_build_object(
            'id', mine.id, 'item_id', mine.item_id, 'client_id', mine.client_id,
            'state', mine.state, 'requested_at', mine.requested_at,
            'offer_expires_at', case when mine.state = 'offered' then mine.offer_expires_at end,
            'position', case when mine.state = 'waiting' then (
                select count(*) from public.exclusive_reservations ahead
                where ahead.item_id = mine.item_id and ahead.state = 'waiting'
                    and ahead.queue_number <= mine.queue_number
            ) end
        )
        from public.exclusive_reservations mine where mine.id = p_reservation_id
    );
end
$$;

-- The next moment at which somebody's offer, or the waiting list, ends.
create function private.set_exclusive_timer(p_item_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_due_at timestamptz := (
        select min(case when open_.state = 'offered' then open_.offer_expires_at
            else item.closes_at end)
        from public.exclusive_reservations open_
        join public.exclusive_items item on item.id = open_.item_id
        where open_.item_id = p_item_id and open_.state in ('waiting', 'offered')
    );
begin
    if v_due_at is null then
        perform private.cancel_timers('exclusive_item.deadline_reached', array[p_item_id]);
    else
        perform private.set_timers(
            'exclusive_item.deadline_reached', array[p_item_id], array[v_due_at]
        );
    end if;
end
$$;

-- Definer: nobody holds a right to write reservations; for whom it is and who asks comes first.
create function private.reserve_exclusive_access(p_item_id uuid, p_client_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_client public.profiles := private.lock_white_glove_client(
        coalesce(p_client_id, private.my_client_id()), '{client,agent,manager,service}'
    );
    v_item public.exclusive_items := private.lock_exclusive_item(p_item_id, v_client);
    v_known public.exclusive_reservations := private.find_reservation(v_item.id, v_client.id);
begin
    perform private.note_reason(null);
    if v_known.state in ('waiting', 'reserved') then
        return private.describe_reservation(v_known.id);
    elsif v_known.state = 'offered' then
        if v_known.offer_expires_at <= clock_timestamp() then
            perform private.refuse('PT410', 'offer_expired', 'The place went on to the next one.');
        end if;
        update public.exclusive_reservations mine
        set state = 'reserved', state_changed_at = now() where mine.id = v_known.id;
    else
        perform private.require_open_item(v_item);
        if not private.is_entitled_to_item(v_client.id, v_item.id) then
            perform private.refuse('PT403', 'client_not_entitled', 'The tier has changed.');
        end if;
        insert into public.exclusive_reservations (item_id, client_id, tier, state, requested_by)
        values (
            v_item.id, v_client.id, v_client.tier, case
                when private.has_free_place(v_item.id, v_client.tier) then 'reserved'
                else 'waiting' end,
            auth.uid()
        )
        returning * into v_known;
    end if;
    perform private.set_exclusive_timer(v_item.id);
    return private.describe_reservation(v_known.id);
end
$$;

create function public.reserve_exclusive_access(p_item_id uuid, p_client_id uuid default null)
returns jsonb
language sql
set search_path = ''
as $$
    select private.reserve_exclusive_access(p_item_id, p_client_id)
$$;
comment on function public.reserve_exclusive_access(uuid, uuid) is
    'Clients for themselves (no client id), their delegates, agents and managers of their desk, '
    'the server: a place, or the next one on the waiting list; whoever was offered a place accepts '
    'it. Saying it twice changes nothing. 404 item_not_found: unknown or not for them; 403 '
    'client_not_entitled; 409 item_opens_later, item_not_open; 410 offer_expired. Answers id, '
    'item_id, client_id, state (reserved or waiting), requested_at, offer_expires_at, position.';

-- Definer: as above.
create function private.release_exclusive_access(
    p_item_id uuid, p_client_id uuid, p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_client public.profiles := private.lock_white_glove_client(
        coalesce(p_client_id, private.my_client_id()), '{client,agent,manager,service}'
    );
    v_item public.exclusive_items := private.lock_exclusive_item(p_item_id, v_client);
    v_known public.exclusive_reservations := private.find_reservation(v_item.id, v_client.id);
begin
    if v_known.id is null then
        perform private.refuse('PT409', 'nothing_reserved', 'There is no place to give back.');
    end if;
    perform private.note_reason(p_reason);
    update public.exclusive_reservations mine
    set state = case when mine.state = 'offered' then 'declined' else 'released' end,
        state_changed_at = now()
    where mine.id = v_known.id;
    perform private.set_exclusive_timer(v_item.id);
    return private.describe_reservation(v_known.id);
end
$$;

create function public.release_exclusive_access(
    p_item_id uuid, p_client_id uuid default null, p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.release_exclusive_access(p_item_id, p_client_id, p_reason)
$$;
comment on function public.release_exclusive_access(uuid, uuid, text) is
    'Who may reserve: gives a place back, declines an offer, or leaves the waiting list. The place '
    'is offered to the next who waits. 409 nothing_reserved. Answers as reserve_exclusive_access.';

create function private.describe_exclusive_item(
    p_item public.exclusive_items, p_client public.profiles, p_is_staff boolean
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
    v_mine public.exclusive_reservations := private.find_reservation(p_item.id, p_client.id);
begin
    return jsonb_build_object(
        'id', p_item.id, 'kind', p_item.kind, 'title_pl', p_item.title_pl,
        'title_en', p_item.title_en, 'opens_at', p_item.opens_at,
        'closes_at', p_item.closes_at, 'starts_at', p_item.starts_at,
        'ends_at', p_item.ends_at, 'status', p_item.status,
        'has_free_place', private.has_free_place(p_item.id, p_client.tier),
        'reservation', private.describe_reservation(v_mine.id)
    ) || case when p_is_staff then jsonb_build_object(
        'capacity', p_item.capacity, 'taken_count', p_item.taken_count,
        'version', p_item.version,
        'waiting_count', (
            select count(*) from public.exclusive_reservations waiting
            where waiting.item_id = p_item.id and waiting.state = 'waiting'
        ),
        'quotas', (
            select coalesce(jsonb_object_agg(quota.tier, quota.places), '{}')
            from public.exclusive_quotas quota where quota.item_id = p_item.id
        )
    ) else '{}' end;
end
$$;

-- Definer: a client's answer says whether there is room, which the rows they may read do not.
create function private.get_exclusive_items(p_client_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_client public.profiles;
    v_stance text;
begin
    select client.* into v_client
    from public.profiles client
    where client.id = coalesce(p_client_id, private.my_client_id());
    v_stance := case when v_client.id is not null
        then private.my_service_stance(v_client.id, v_client.desk_id) end;
    perform private.require_service_stance(
        v_stance, '{client,agent,manager,overseer,service}', 'client'
    );
    return (
        select coalesce(jsonb_agg(
            private.describe_exclusive_item(item, v_client, v_stance <> 'client')
            order by item.starts_at, item.id
        ), '[]')
        from public.exclusive_items item
        where item.ends_at > now() and (
            item.status = 'open' and private.is_entitled_to_item(v_client.id, item.id)
            or exists (
                select from public.exclusive_reservations mine
                where mine.item_id = item.id and mine.client_id = v_client.id
                    and mine.state in ('offered', 'reserved', 'waiting', 'cancelled')
            )
        )
    );
end
$$;

create function public.get_exclusive_items(p_client_id uuid default null)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.get_exclusive_items(p_client_id)
$$;
comment on function public.get_exclusive_items(uuid) is
    'Clients (no client id), their delegates, staff of their desk, the server: what this client is '
    'let in to and what they have: id, kind, titles, opens_at, closes_at, starts_at, ends_at, '
    'status, has_free_place, reservation (or null); for staff also capacity, taken_count, '
    'waiting_count, quotas, version.';

-- -------------------------------------------------------------------------------------------------
-- The waiting list moves on
-- -------------------------------------------------------------------------------------------------
create function private.end_reservations(
    p_reservation_ids uuid[], p_state text, p_reason text, p_kind text
)
returns void
language plpgsql
set search_path = ''
as $$
begin
    perform private.note_reason(p_reason);
    update public.exclusive_reservations open_
    set state = p_state, state_changed_at = now()
    where open_.id = any (p_reservation_ids);
    perform private.insert_notifications(
        array_agg(open_.client_id), array_agg(p_kind), array_agg(null::uuid),
        array_agg(jsonb_build_object('item_id', open_.item_id, 'reservation_id', open_.id))
    )
    from public.exclusive_reservations open_
    where open_.id = any (p_reservation_ids)
    having count(*) > 0;
end
$$;

-- The first who waits and could have it; whether there was one.
create function private.offer_exclusive_place(p_item public.exclusive_items)
returns boolean
language plpgsql
set search_path = ''
as $$
declare
    v_next record;
    v_expires_at timestamptz := least(
        now() + make_interval(secs => p_item.answer_seconds), p_item.closes_at
    );
begin
    select waiting.id, waiting.client_id, client.tier,
        private.is_entitled_to_item(client.id, p_item.id) as is_entitled
    into v_next
    from public.exclusive_reservations waiting
    join public.profiles client on client.id = waiting.client_id
    where waiting.item_id = p_item.id and waiting.state = 'waiting'
        and not private.is_tier_full(p_item.id, client.tier)
    order by waiting.queue_number
    limit 1;
    if v_next.id is null then
        return false;
    elsif not v_next.is_entitled then
        perform private.end_reservations(
            array[v_next.id], 'lapsed', 'not_entitled', 'exclusive_list_closed'
        );
        return true;
    end if;
    perform private.note_reason('place_free');
    update public.exclusive_reservations waiting
    set state = 'offered', tier = v_next.tier, offer_expires_at = v_expires_at,
        state_changed_at = now()
    where waiting.id = v_next.id;
    perform private.notify(
        array[v_next.client_id], 'exclusive_place_offered', null, jsonb_build_object(
            'item_id', p_item.id, 'reservation_id', v_next.id, 'offer_expires_at', v_expires_at
        )
    );
    return true;
end
$$;

create function private.settle_exclusive_item(p_item_id uuid)
returns boolean
language plpgsql
set search_path = ''
as $$
declare
    v_item public.exclusive_items;
    v_late_ids uuid[];
begin
    select item.* into v_item
    from public.exclusive_items item where item.id = p_item_id
    for no key update;
    if v_item.id is null then
        return false;
    end if;
    v_late_ids := array(
        select late.id from public.exclusive_reservations late
        where late.item_id = v_item.id and late.state = 'offered'
            and late.offer_expires_at <= now()
    );
    perform private.end_reservations(
        v_late_ids, 'lapsed', 'offer_expired', 'exclusive_offer_expired'
    );
    if v_item.status <> 'open' or now() >= v_item.closes_at then
        perform private.end_reservations(
            array(
                select waiting.id from public.exclusive_reservations waiting
                where waiting.item_id = v_item.id and waiting.state = 'waiting'
            ),
            'lapsed', 'list_closed', 'exclusive_list_closed'
        );
    end if;
    while exists (
        select from public.exclusive_items item
        where item.id = v_item.id and item.taken_count < item.capacity
    ) and private.offer_exclusive_place(v_item) loop
    end loop;
    perform private.set_exclusive_timer(v_item.id);
    return true;
end
$$;

-- Definer: not even the service key may write reservations but through here; only service_role may
-- execute it.
create function private.settle_exclusive_items(p_items jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_results jsonb := '[]';
    v_item record;
begin
    for v_item in
        select item.job_id, item.item_id
        from jsonb_to_recordset(p_items) as item (job_id bigint, item_id uuid)
        order by item.item_id
    loop
        v_results := v_results || jsonb_build_object('job_id', v_item.job_id, 'status', case
            when private.settle_exclusive_item(v_item.item_id) then 'recorded' else 'gone' end);
    end loop;
    return v_results;
end
$$;

create function worker.record_exclusive_access(p_items jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_results jsonb;
begin
    perform private.hold_jobs(p_items);
    v_results := private.settle_exclusive_items(p_items);
    perform private.finish_jobs(array(
        select item.job_id from jsonb_to_recordset(p_items) as item (job_id bigint)
    ));
    return v_results;
end
$$;
comment on function worker.record_exclusive_access(jsonb) is
    'Effect and end of exclusive-access jobs, in one transaction: offers past their deadline '
    'lapse, free places are offered to who waits. Items: job_id, fence, item_id. Answers '
    '[{"job_id", "status"}]: recorded, gone (there is no such item).';

-- -------------------------------------------------------------------------------------------------
-- Staff keep the inventory
-- -------------------------------------------------------------------------------------------------
create function private.lock_item_as_manager(p_item_id uuid, p_version integer)
returns public.exclusive_items
language plpgsql
set search_path = ''
as $$
declare
    v_item public.exclusive_items;
begin
    perform private.require_item_manager();
    select item.* into v_item
    from public.exclusive_items item
    where item.id = p_item_id and private.is_my_item_desk(item.desk_id)
    for no key update;
    if v_item.id is null then
        perform private.refuse('PT404', 'item_not_found', 'There is no such item for you.');
    elsif p_version <> v_item.version then
        perform private.refuse(
            'PT409', 'version_stale', 'Somebody changed it meanwhile: read it again.'
        );
    end if;
    return v_item;
end
$$;

create function private.require_item_manager()
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if not private.is_service() then
        perform private.require_signed_in();
        if not private.is_manager() then
            perform private.refuse('PT403', 'manager_required', 'Only managers may do this.');
        end if;
    end if;
end
$$;

-- What the whole house offers is for admins to keep.
create function private.is_my_item_desk(p_desk_id uuid)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return private.is_service() or case
        when p_desk_id is null then private.is_admin()
        else p_desk_id = any (array(select private.my_managed_desk_ids()))
    end;
end
$$;

-- The item as it shall be: what is not said stays as it was.
create function private.read_exclusive_item(p_known public.exclusive_items, p_item jsonb)
returns public.exclusive_items
language plpgsql
stable
set search_path = ''
as $$
declare
    v_item public.exclusive_items;
begin
    if jsonb_typeof(p_item) is distinct from 'object' then
        perform private.refuse('PT400', 'item_malformed', 'An object is needed.');
    elsif octet_length(p_item::text) > 8192 then
        perform private.refuse('PT413', 'item_too_long', 'At most 8192 bytes.');
    elsif exists (
        select from jsonb_object_keys(p_item) given (key)
        where given.key <> all ('{desk_id,kind,access_key,title_pl,title_en,opens_at,closes_at,
            starts_at,ends_at,capacity,answer_seconds,quotas}'::text[])
    ) then
        perform private.refuse('PT422', 'unknown_field', 'Not a field of an exclusive item.');
    end if;
    v_item := jsonb_populate_record(p_known, p_item - 'quotas');
    v_item.title_pl := private.require_text('title_pl', v_item.title_pl, 200);
    v_item.title_en := private.require_text('title_en', v_item.title_en, 200);
    v_item.opens_at := coalesce(v_item.opens_at, now());
    v_item.closes_at := coalesce(v_item.closes_at, v_item.starts_at);
    v_item.answer_seconds := coalesce(v_item.answer_seconds, 86400);
    return v_item;
exception
    when invalid_text_representation or invalid_datetime_format or datetime_field_overflow
        or numeric_value_out_of_range then
        perform private.refuse('PT422', 'item_malformed', 'A value has the wrong form.');
end
$$;

create function private.save_exclusive_quotas(p_item_id uuid, p_quotas jsonb)
returns void
language plpgsql
set search_path = ''
as $$
begin
    if jsonb_typeof(p_quotas) <> 'object' or exists (
        select from jsonb_each(p_quotas) given (tier, places)
        left join public.service_levels level
            on level.tier = given.tier and level.has_dedicated_agent
        where level.tier is null
            or given.places::text !~ '^[1-9][0-9]{0,3}$' and given.places::text <> '10000'
    ) then
        perform private.refuse(
            'PT422', 'quotas_malformed', 'VIP tiers with 1 to 10000 places each are needed.'
        );
    end if;
    delete from public.exclusive_quotas quota
    where quota.item_id = p_item_id and not p_quotas ? quota.tier;
    insert into public.exclusive_quotas as quota (item_id, tier, places, taken_count)
    select p_item_id, given.tier, given.places::integer, (
        select count(*) from public.exclusive_reservations taken
        where taken.item_id = p_item_id and taken.tier = given.tier
            and private.is_holding_place(taken.state)
    )
    from jsonb_each_text(p_quotas) given (tier, places)
    order by given.tier
    on conflict (item_id, tier) do update
    set places = excluded.places
    where quota.places <> excluded.places;
end
$$;

create function private.write_exclusive_item(p_item public.exclusive_items)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
    v_item_id uuid;
begin
    insert into public.exclusive_items as known (
        id, desk_id, kind, access_key, title_pl, title_en, opens_at, closes_at, starts_at, ends_at,
        capacity, answer_seconds, created_by
    )
    values (
        coalesce(p_item.id, gen_random_uuid()), p_item.desk_id, p_item.kind, p_item.access_key,
        p_item.title_pl, p_item.title_en, p_item.opens_at, p_item.closes_at, p_item.starts_at,
        p_item.ends_at, p_item.capacity, p_item.answer_seconds, auth.uid()
    )
    on conflict (id) do update
    set desk_id = p_item.desk_id, kind = p_item.kind, access_key = p_item.access_key,
        title_pl = p_item.title_pl, title_en = p_item.title_en, opens_at = p_item.opens_at,
        closes_at = p_item.closes_at, starts_at = p_item.starts_at, ends_at = p_item.ends_at,
        capacity = p_item.capacity, answer_seconds = p_item.answer_seconds
    returning known.id into v_item_id;
    return v_item_id;
end
$$;

-- Definer: nobody holds a right to write the inventory; managers write through here.
create function private.save_exclusive_item(
    p_item jsonb, p_item_id uuid, p_version integer, p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_known public.exclusive_items;
    v_item public.exclusive_items;
    v_item_id uuid;
begin
    if p_item_id is null then
        perform private.require_item_manager();
    else
        v_known := private.lock_item_as_manager(p_item_id, p_version);
    end if;
    v_item := private.read_exclusive_item(v_known, p_item);
    if not private.is_my_item_desk(v_item.desk_id) then
        perform private.refuse('PT404', 'desk_not_found', 'Name a desk of yours.');
    elsif v_known.status = 'cancelled' then
        perform private.refuse('PT409', 'item_not_open', 'It was cancelled.');
    end if;
    perform private.note_reason(p_reason);
    v_item_id := private.write_exclusive_item(v_item);
    perform private.save_exclusive_quotas(v_item_id, p_item -> 'quotas') where p_item ? 'quotas';
    return private.read_saved_item(v_item_id);
exception
    when check_violation then
        perform private.refuse(
            'PT422', 'item_makes_no_sense',
            'Kind, times or places do not fit together, or fewer places than are taken.'
        );
    when not_null_violation then
        perform private.refuse('PT400', 'item_incomplete', 'Kind, times and capacity are needed.');
    when foreign_key_violation then
        perform private.refuse('PT404', 'desk_not_found', 'There is no such desk.');
end
$$;

create function private.read_saved_item(p_item_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select to_jsonb(item) || jsonb_build_object('quotas', (
        select coalesce(jsonb_object_agg(quota.tier, quota.places), '{}')
        from public.exclusive_quotas quota where quota.item_id = item.id
    ))
    from public.exclusive_items item where item.id = p_item_id
$$;

create function public.save_exclusive_item(
    p_item jsonb, p_item_id uuid default null, p_version integer default null,
    p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.save_exclusive_item(p_item, p_item_id, p_version, p_reason)
$$;
comment on function public.save_exclusive_item(jsonb, uuid, integer, text) is
    'Managers for their desk, admins for the house, the server: a new item, or changes of one '
    '(p_item_id, what is not said stays). Fields: desk_id (null: the house), kind (house_event, '
    'pre_launch, private_session), access_key, title_pl, title_en, opens_at, closes_at, starts_at, '
    'ends_at, capacity, answer_seconds, quotas {tier: places}. Answers the item. 422 '
    'item_makes_no_sense, also for fewer places than are taken.';

-- Definer: as above.
create function private.end_exclusive_item(
    p_item_id uuid, p_status text, p_reason text, p_version integer
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_item public.exclusive_items := private.lock_item_as_manager(p_item_id, p_version);
    v_reason text := private.require_text('reason', p_reason, 500);
    v_open_ids uuid[] := array(
        select open_.id from public.exclusive_reservations open_
        where open_.item_id = v_item.id and open_.state in ('waiting', 'offered', 'reserved')
    );
begin
    if v_item.status = 'cancelled' then
        perform private.refuse('PT409', 'item_not_open', 'It was cancelled already.');
    end if;
    perform private.note_reason(v_reason);
    update public.exclusive_items item set status = p_status where item.id = v_item.id;
    if p_status = 'cancelled' then
        perform private.end_reservations(
            v_open_ids, 'cancelled', v_reason, 'exclusive_item_cancelled'
        );
        perform private.tell_teams_of_item(v_item.id, v_open_ids);
    end if;
    perform private.set_exclusive_timer(v_item.id);
    return private.read_saved_item(v_item.id);
end
$$;

-- Who looks after the clients hears of it too: they will be asked.
create function private.tell_teams_of_item(p_item_id uuid, p_reservation_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
begin
    perform private.notify(
        array(
            select distinct person.id
            from public.exclusive_reservations ended
            join public.vip_client_profiles vip on vip.client_id = ended.client_id
            cross join unnest(array[
                vip.dedicated_agent_id, vip.relationship_manager_id
            ]) person (id)
            where ended.id = any (p_reservation_ids) and person.id is not null
        ),
        'exclusive_item_cancelled', null, jsonb_build_object('item_id', p_item_id)
    );
end
$$;

create function public.close_exclusive_item(
    p_item_id uuid, p_reason text, p_version integer default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.end_exclusive_item(p_item_id, 'closed', p_reason, p_version)
$$;
comment on function public.close_exclusive_item(uuid, text, integer) is
    'Who keeps the item: nobody new is let in, who has a place keeps it, the waiting list ends.';

create function public.cancel_exclusive_item(
    p_item_id uuid, p_reason text, p_version integer default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.end_exclusive_item(p_item_id, 'cancelled', p_reason, p_version)
$$;
comment on function public.cancel_exclusive_item(uuid, text, integer) is
    'Who keeps the item: it does not take place. Everybody who has or waits for a place is told, '
    'and who looks after them.';

-- -------------------------------------------------------------------------------------------------
-- Keys and services of one client
-- -------------------------------------------------------------------------------------------------
create function private.is_word_list(p_words text[])
returns boolean
language sql
immutable
set search_path = ''
as $$
    select cardinality(p_words) <= 50
        and coalesce(bool_and(coalesce(word ~ '^[a-z][a-z0-9_]{0,39}$', false)), true)
    from unnest(p_words) word
$$;

alter table public.vip_profile_changes
    drop constraint vip_profile_changes_field_is_known,
    add constraint vip_profile_changes_field_is_known check (field in (
        'tier', 'dedicated_agent_id', 'deputy_agent_id', 'relationship_manager_id', 'desk_id',
        'given_name', 'family_name', 'gender', 'birth_on', 'form_of_address', 'exclusive_access',
        'custom_services'
    ));

-- Definer: the history can be written by nobody else, whoever changed the profile.
create function private.tg_vip_client_profiles_record_lists()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.record_vip_change(
        new.client_id, change.field, change.old_value, change.new_value
    )
    from (
        select 'exclusive_access', lost, null::text from unnest(old.exclusive_access) lost
        where lost <> all (new.exclusive_access)
        union all
        select 'exclusive_access', null, given from unnest(new.exclusive_access) given
        where given <> all (old.exclusive_access)
        union all
        select 'custom_services', lost, null from unnest(old.custom_services) lost
        where lost <> all (new.custom_services)
        union all
        select 'custom_services', null, given from unnest(new.custom_services) given
        where given <> all (old.custom_services)
    ) change (field, old_value, new_value);
    return null;
end
$$;

create trigger vip_client_profiles_record_lists
after update of exclusive_access, custom_services on public.vip_client_profiles
for each row execute function private.tg_vip_client_profiles_record_lists();

-- Definer: nobody holds a right to write vip_client_profiles; managers write through here.
create function private.set_client_privileges(
    p_client_id uuid, p_exclusive_access text[], p_custom_services text[], p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_client public.profiles := private.lock_client_as_manager(p_client_id);
    v_profile public.vip_client_profiles;
begin
    if not private.is_word_list(p_exclusive_access) or not private.is_word_list(p_custom_services)
    then
        perform private.refuse('PT422', 'words_malformed', 'At most 50 words like spring_gala.');
    end if;
    perform private.note_reason(private.require_text('reason', p_reason, 500));
    update public.vip_client_profiles vip
    set exclusive_access = case
            when p_exclusive_access is null then vip.exclusive_access
            else array(select distinct word from unnest(p_exclusive_access) word order by word)
        end,
        custom_services = case
            when p_custom_services is null then vip.custom_services
            else array(select distinct word from unnest(p_custom_services) word order by word)
        end
    where vip.client_id = v_client.id
    returning * into v_profile;
    if v_profile.id is null then
        perform private.refuse('PT409', 'client_is_no_vip', 'They have no VIP profile.');
    end if;
    return to_jsonb(v_profile);
end
$$;

create function public.set_client_privileges(
    p_client_id uuid, p_exclusive_access text[] default null,
    p_custom_services text[] default null, p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_client_privileges(
        p_client_id, p_exclusive_access, p_custom_services, p_reason
    )
$$;
comment on function public.set_client_privileges(uuid, text[], text[], text) is
    'Managers of the client''s desk: which access keys and personal services a VIP client has from '
    'now on (null: as before), and why. 409 client_is_no_vip. Answers the VIP profile.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.exclusive_items, public.exclusive_quotas, public.exclusive_reservations,
    public.exclusive_reservation_changes
from anon, authenticated, service_role;
revoke all on sequence public.exclusive_reservations_queue_number_seq,
    public.exclusive_reservation_changes_id_seq
from anon, authenticated, service_role;
grant select on public.exclusive_items, public.exclusive_quotas, public.exclusive_reservations,
    public.exclusive_reservation_changes
to authenticated, service_role;
alter table public.exclusive_items enable row level security;
alter table public.exclusive_quotas enable row level security;
alter table public.exclusive_reservations enable row level security;
alter table public.exclusive_reservation_changes enable row level security;

create policy exclusive_items_select_concerned on public.exclusive_items
for select to authenticated
using (
    id = any (array(select private.my_exclusive_item_ids()))
    or desk_id = any (array(select private.my_desk_ids()))
    or desk_id is null and (select private.is_staff())
);

create policy exclusive_quotas_select_staff on public.exclusive_quotas
for select to authenticated
using (
    (select private.is_staff()) and exists (
        select from public.exclusive_items item where item.id = exclusive_quotas.item_id
    )
);

create policy exclusive_reservations_select_concerned on public.exclusive_reservations
for select to authenticated
using (
    client_id = (select private.my_client_id())
    or client_id = any (array(select private.my_dedicated_client_ids()))
    or exists (
        select from public.profiles client
        where client.id = exclusive_reservations.client_id
            and client.desk_id = any (array(select private.my_overseen_desk_ids()))
    )
);

create policy exclusive_reservation_changes_select_staff on public.exclusive_reservation_changes
for select to authenticated
using (
    (select private.is_staff()) and exists (
        select from public.exclusive_reservations known
        where known.id = exclusive_reservation_changes.reservation_id
            and known.client_id <> (select auth.uid())
    )
);

revoke all on function
    private.is_holding_place(text), private.tg_exclusive_reservations_count(),
    private.tg_exclusive_reservations_record(), private.tg_exclusive_reservations_emit(),
    private.tg_exclusive_items_emit(), private.tg_profiles_end_reservations(),
    private.is_entitled_to_item(uuid, uuid), private.my_exclusive_item_ids(),
    private.is_tier_full(uuid, text), private.has_free_place(uuid, text),
    private.find_reservation(uuid, uuid),
    private.lock_exclusive_item(uuid, public.profiles),
    private.require_open_item(public.exclusive_items), private.describe_reservation(uuid),
    private.set_exclusive_timer(uuid), private.reserve_exclusive_access(uuid, uuid),
    public.reserve_exclusive_access(uuid, uuid),
    private.release_exclusive_access(uuid, uuid, text),
    public.release_exclusive_access(uuid, uuid, text),
    private.describe_exclusive_item(public.exclusive_items, public.profiles, boolean),
    private.get_exclusive_items(uuid), public.get_exclusive_items(uuid),
    private.end_reservations(uuid[], text, text, text),
    private.offer_exclusive_place(public.exclusive_items), private.settle_exclusive_item(uuid),
    private.settle_exclusive_items(jsonb), worker.record_exclusive_access(jsonb),
    private.lock_item_as_manager(uuid, integer), private.require_item_manager(),
    private.is_my_item_desk(uuid),
    private.read_exclusive_item(public.exclusive_items, jsonb),
    private.save_exclusive_quotas(uuid, jsonb),
    private.write_exclusive_item(public.exclusive_items),
    private.save_exclusive_item(jsonb, uuid, integer, text), private.read_saved_item(uuid),
    public.save_exclusive_item(jsonb, uuid, integer, text),
    private.end_exclusive_item(uuid, text, text, integer),
    private.tell_teams_of_item(uuid, uuid[]), public.close_exclusive_item(uuid, text, integer),
    public.cancel_exclusive_item(uuid, text, integer), private.is_word_list(text[]),
    private.tg_vip_client_profiles_record_lists(),
    private.set_client_privileges(uuid, text[], text[], text),
    public.set_client_privileges(uuid, text[], text[], text)
from public, anon, authenticated, service_role;
grant execute on function private.my_exclusive_item_ids() to authenticated;
grant execute on function
    private.reserve_exclusive_access(uuid, uuid), public.reserve_exclusive_access(uuid, uuid),
    private.release_exclusive_access(uuid, uuid, text),
    public.release_exclusive_access(uuid, uuid, text), private.get_exclusive_items(uuid),
    public.get_exclusive_items(uuid), private.save_exclusive_item(jsonb, uuid, integer, text),
    public.save_exclusive_item(jsonb, uuid, integer, text),
    private.end_exclusive_item(uuid, text, text, integer),
    public.close_exclusive_item(uuid, text, integer),
    public.cancel_exclusive_item(uuid, text, integer),
    private.set_client_privileges(uuid, text[], text[], text),
    public.set_client_privileges(uuid, text[], text[], text)
to authenticated, service_role;
grant execute on function
    private.settle_exclusive_items(jsonb), worker.record_exclusive_access(jsonb)
to service_role;
