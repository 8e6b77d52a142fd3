-- Two records, one client: a merge moves what the duplicate had to the client that is kept, and
-- writes down what it moved, so that it can be put back exactly. Rows made after the merge stay
-- with the kept client. Never a chain: a client with duplicates is not merged into another, and
-- nobody is merged into a duplicate.
-- Order of locks: the address, profiles by id, tickets by id.

-- -------------------------------------------------------------------------------------------------
-- Tables
-- -------------------------------------------------------------------------------------------------
create table public.client_merges (
    id uuid primary key default gen_random_uuid(),
    kept_client_id uuid not null references public.profiles (id) on delete cascade,
    merged_client_id uuid not null references public.profiles (id) on delete cascade,
    desk_id uuid not null references public.desks (id),
    check_id uuid references public.identity_checks (id) on delete set null,
    reason text not null,
    merged_by uuid,
    merged_at timestamptz not null default now(),
    undone_by uuid,
    undone_at timestamptz,
    undo_reason text,
    constraint client_merges_join_two_clients check (kept_client_id <> merged_client_id),
    constraint client_merges_reasons_are_short_text
        check (private.is_clean_text(reason, 500) and private.is_clean_text(undo_reason, 500)),
    constraint client_merges_undone_have_a_reason
        check ((undone_at is null) = (undo_reason is null))
);
comment on table public.client_merges is
    'Which client turned out to be which, who said so and why, and whether it was taken back.';
comment on column public.client_merges.desk_id is 'The kept client''s desk at the time.';
comment on column public.client_merges.check_id is 'The question it answers; null: found by hand.';
comment on column public.client_merges.merged_by is
    'Null: the server. No foreign key: history outlives people. undone_by likewise.';
create unique index client_merges_merged_once
    on public.client_merges (merged_client_id) where undone_at is null;
comment on index public.client_merges_merged_once is 'A client is one other client at most.';
create index client_merges_merged_client_id_idx on public.client_merges (merged_client_id);
comment on index public.client_merges_merged_client_id_idx is
    'Serves the foreign key and a client''s history.';
create index client_merges_kept_client_id_idx on public.client_merges (kept_client_id);
comment on index public.client_merges_kept_client_id_idx is
    'Serves the foreign key and a client''s history.';
create index client_merges_desk_id_idx on public.client_merges (desk_id, merged_at);
comment on index public.client_merges_desk_id_idx is 'Serves a desk''s list, and the policy.';
create index client_merges_check_id_idx on public.client_merges (check_id);
comment on index public.client_merges_check_id_idx is 'Serves the foreign key.';

create table public.client_merge_items (
    merge_id uuid not null references public.client_merges (id) on delete cascade,
    kind text not null,
    row_id uuid not null,
    details jsonb not null default '{}',
    primary key (merge_id, kind, row_id),
    constraint client_merge_items_kind_is_known
        check (kind in ('ticket', 'identity', 'delegate', 'vip_profile', 'tier')),
    constraint client_merge_items_details_are_a_small_object
        check (jsonb_typeof(details) = 'object' and octet_length(details::text) <= 1000)
);
comment on table public.client_merge_items is
    'What a merge moved, and what it was before. Ids and words, no addresses.';

alter table public.routing_requests drop constraint routing_requests_reason_is_known;
alter table public.routing_requests
    add constraint routing_requests_reason_is_known
    check (reason in ('asked_by_staff', 'capacity_found', 'client_merged'));

-- -------------------------------------------------------------------------------------------------
-- Who may, and what fits
-- -------------------------------------------------------------------------------------------------

-- Locks both profiles in the order of their ids, so that opposite merges wait instead of dying.
-- Whoever opens a ticket holds the client's profile too: no ticket is opened behind a merge's back.
create function private.lock_clients(p_client_ids uuid[])
returns void
language sql
set search_path = ''
as $$
    select client.id from public.profiles client
    where client.id = any (p_client_ids)
    order by client.id
    for no key update
$$;

create function private.lock_clients_as_manager(p_client_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
begin
    if not private.is_service() then
        perform private.require_signed_in();
        if not private.is_manager() then
            perform private.refuse('PT403', 'manager_required', 'Only managers may do this.');
        end if;
    end if;
    perform private.lock_clients(p_client_ids);
    if exists (
        select from unnest(p_client_ids) wanted (id)
        left join public.profiles client on client.id = wanted.id
        where client.id is null
            or not private.is_service()
                and client.desk_id <> all (array(select private.my_managed_desk_ids()))
    ) then
        perform private.refuse('PT404', 'client_not_found', 'There is no such client for you.');
    end if;
end
$$;

create function private.require_mergeable(p_kept_client_id uuid, p_merged_client_id uuid)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if p_kept_client_id = p_merged_client_id then
        perform private.refuse('PT422', 'same_client', 'Name two different clients.');
    elsif exists (
        select from public.profiles client
        where client.id = p_merged_client_id and client.merged_into_id is not null
    ) then
        perform private.refuse('PT409', 'already_merged', 'This duplicate is merged already.');
    elsif exists (
        select from public.profiles client
        where client.id = p_kept_client_id and client.merged_into_id is not null
    ) then
        perform private.refuse(
            'PT409', 'client_is_merged', 'This was a duplicate: use the client that was kept.'
        );
    elsif exists (
        select from public.profiles duplicate where duplicate.merged_into_id = p_merged_client_id
    ) then
        perform private.refuse(
            'PT409', 'client_has_duplicates', 'Others were merged into it: merge the other way.'
        );
    elsif exists (
        select from public.staff_members staff
        where staff.id in (p_kept_client_id, p_merged_client_id)
    ) then
        perform private.refuse('PT409', 'client_is_staff', 'A colleague''s record stays apart.');
    end if;
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Move: each part writes down what was, then changes it
-- -------------------------------------------------------------------------------------------------

-- The higher of the two tiers: nobody loses a promise by being recognised.
create function private.merge_tiers(p_merge public.client_merges)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_from text;
    v_to text;
begin
    select kept.tier, merged.tier into v_from, v_to
    from public.profiles kept
    join public.service_levels kept_level on kept_level.tier = kept.tier
    cross join public.profiles merged
    join public.service_levels merged_level on merged_level.tier = merged.tier
    where kept.id = p_merge.kept_client_id and merged.id = p_merge.merged_client_id
        and merged_level.boost > kept_level.boost;
    if v_to is not null then
        insert into public.client_merge_items (merge_id, kind, row_id, details)
        values (
            p_merge.id, 'tier', p_merge.kept_client_id,
            jsonb_build_object('from', v_from, 'to', v_to)
        );
        update public.profiles client set tier = v_to where client.id = p_merge.kept_client_id;
    end if;
end
$$;

-- The kept client's own wins; where there is none, the duplicate's comes over.
create function private.merge_vip_profiles(p_merge public.client_merges)
returns void
language sql
set search_path = ''
as $$
    with moved as (
        update public.vip_client_profiles vip
        set client_id = kept.id, tier = kept.tier
        from public.profiles kept
        where kept.id = p_merge.kept_client_id
            and vip.client_id = p_merge.merged_client_id
            and not exists (
                select from public.vip_client_profiles own where own.client_id = kept.id
            )
        returning vip.id
    )
    insert into public.client_merge_items (merge_id, kind, row_id)
    select p_merge.id, 'vip_profile', moved.id from moved
$$;

create function private.move_tickets(
    p_merge_id uuid, p_ticket_ids uuid[], p_from_client_id uuid, p_to_client_id uuid, p_kind text
)
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
    v_ticket_ids uuid[];
begin
    perform from public.support_tickets ticket
    where ticket.client_id = p_from_client_id
        and (p_ticket_ids is null or ticket.id = any (p_ticket_ids))
    order by ticket.id
    for update;
    with moved as (
        update public.support_tickets ticket
        set client_id = p_to_client_id
        where ticket.client_id = p_from_client_id
            and (p_ticket_ids is null or ticket.id = any (p_ticket_ids))
        returning ticket.id, ticket.cycle
    ),
    told as (
        insert into public.ticket_events (ticket_id, cycle, kind, is_internal, actor_id, details)
        select moved.id, moved.cycle, p_kind, true, (select auth.uid()), jsonb_build_object(
            'merge_id', p_merge_id, 'from_client_id', p_from_client_id,
            'to_client_id', p_to_client_id
        )
        from moved
    )
    select array_agg(moved.id) into v_ticket_ids from moved;
    -- Who looks after the client may have changed with them.
    insert into public.routing_requests (ticket_id, reason)
    select ticket.id, 'client_merged' from public.support_tickets ticket
    where ticket.id = any (v_ticket_ids) and ticket.status = 'open'
    order by ticket.id;
    return v_ticket_ids;
end
$$;

create function private.merge_tickets(p_merge public.client_merges)
returns void
language sql
set search_path = ''
as $$
    insert into public.client_merge_items (merge_id, kind, row_id)
    select p_merge.id, 'ticket', moved.id
    from unnest(private.move_tickets(
        p_merge.id, null, p_merge.merged_client_id, p_merge.kept_client_id, 'client_merged'
    )) moved (id)
$$;

-- An address the kept client has too stays behind; it leads to them all the same. Nobody is an
-- unknown writer any more.
create function private.merge_identities(p_merge public.client_merges)
returns void
language plpgsql
set search_path = ''
as $$
begin
    insert into public.client_merge_items (merge_id, kind, row_id, details)
    select p_merge.id, 'identity', known.id, jsonb_build_object(
        'client_id', known.client_id, 'source', known.source, 'is_verified', known.is_verified
    )
    from public.client_identities known
    left join public.identity_checks asked on asked.id = p_merge.check_id
    where known.client_id = p_merge.merged_client_id
        or known.client_id = p_merge.kept_client_id
            and known.kind = asked.contact_kind and known.value = asked.contact_value;
    update public.client_identities known
    set source = case known.source when 'message' then 'check' else known.source end,
        client_id = case
            when exists (
                select from public.client_identities own
                where own.client_id = p_merge.kept_client_id
                    and own.kind = known.kind and own.value = known.value
            ) then known.client_id
            else p_merge.kept_client_id
        end
    where known.client_id = p_merge.merged_client_id;
    -- A human said whose it is; unless several people use it, that settles it.
    update public.client_identities known
    set is_verified = true
    from public.identity_checks asked
    where asked.id = p_merge.check_id and known.client_id = p_merge.kept_client_id
        and known.kind = asked.contact_kind and known.value = asked.contact_value
        and not private.is_address_shared(
            known.kind, known.value, array[p_merge.kept_client_id, p_merge.merged_client_id]
        );
end
$$;

create function private.is_address_shared(p_kind text, p_value text, p_but_client_ids uuid[])
returns boolean
language sql
stable
set search_path = ''
as $$
    select exists (
            select from public.client_identities known
            where known.kind = p_kind and known.value = p_value
                and known.client_id <> all (p_but_client_ids)
        )
        or exists (
            select from public.client_delegates spoken
            where spoken.contact_kind = p_kind and spoken.contact_value = p_value
        )
$$;

-- Who spoke for the duplicate speaks for the kept client, and whom the duplicate spoke for hears
-- the kept one; where that is said already, or would be of oneself, the row stays.
create function private.merge_delegates(p_merge public.client_merges)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_kept_id uuid := p_merge.kept_client_id;
    v_merged_id uuid := p_merge.merged_client_id;
    v_row_ids uuid[];
begin
    select array_agg(spoken.id) into v_row_ids
    from public.client_delegates spoken
    where v_merged_id in (spoken.client_id, spoken.delegate_client_id)
        and v_kept_id is distinct from spoken.delegate_client_id
        and v_kept_id <> spoken.client_id
        and not exists (
            select from public.client_delegates own
            where own.client_id = case spoken.client_id
                    when v_merged_id then v_kept_id else spoken.client_id end
                and (
                    own.delegate_client_id = case spoken.delegate_client_id
                        when v_merged_id then v_kept_id else spoken.delegate_client_id end
                    or own.contact_kind = spoken.contact_kind
                        and own.contact_value = spoken.contact_value
                        and own.id <> spoken.id
                )
        );
    insert into public.client_merge_items (merge_id, kind, row_id, details)
    select p_merge.id, 'delegate', spoken.id, jsonb_build_object(
        'client_id', spoken.client_id, 'delegate_client_id', spoken.delegate_client_id
    )
    from public.client_delegates spoken where spoken.id = any (v_row_ids);
    update public.client_delegates spoken
    set client_id = case spoken.client_id
            when v_merged_id then v_kept_id else spoken.client_id end,
        delegate_client_id = case spoken.delegate_client_id
            when v_merged_id then v_kept_id else spoken.delegate_client_id end
    where spoken.id = any (v_row_ids);
end
$$;

-- Both profiles are locked, and whoever asks may.
create function private.apply_merge(
    p_kept_client_id uuid, p_merged_client_id uuid, p_check_id uuid, p_reason text
)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_merge public.client_merges;
begin
    perform private.require_mergeable(p_kept_client_id, p_merged_client_id);
    perform private.note_reason(p_reason);
    insert into public.client_merges (
        kept_client_id, merged_client_id, desk_id, check_id, reason, merged_by
    )
    select kept.id, p_merged_client_id, kept.desk_id, p_check_id, p_reason, auth.uid()
    from public.profiles kept where kept.id = p_kept_client_id
    returning * into strict v_merge;
    update public.profiles client
    set merged_into_id = p_kept_client_id
    where client.id = p_merged_client_id;
    perform private.merge_tiers(v_merge);
    perform private.merge_vip_profiles(v_merge);
    perform private.merge_tickets(v_merge);
    perform private.merge_identities(v_merge);
    perform private.merge_delegates(v_merge);
    return private.read_merge(v_merge.id);
end
$$;

create function private.read_merge(p_merge_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select to_jsonb(merge) || jsonb_build_object('moved', (
            select coalesce(jsonb_object_agg(part.kind, part.count), '{}')
            from (
                select item.kind, count(*) from public.client_merge_items item
                where item.merge_id = p_merge_id
                group by item.kind
            ) part
        ))
        from public.client_merges merge where merge.id = p_merge_id
    );
end
$$;

-- Definer: nobody holds a right to move tickets; both clients' desks are checked first.
create function private.merge_clients(
    p_kept_client_id uuid, p_merged_client_id uuid, p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_check public.identity_checks;
    v_reason text;
begin
    -- Done by hand, it answers the question that may be open about the duplicate.
    select asked.* into v_check from public.identity_checks asked
    where asked.client_id = p_merged_client_id and asked.status = 'open';
    perform private.lock_address(v_check.contact_kind, v_check.contact_value);
    perform private.lock_clients_as_manager(array[p_kept_client_id, p_merged_client_id]);
    v_reason := private.require_text('reason', p_reason, 500);
    perform private.require_mergeable(p_kept_client_id, p_merged_client_id);
    if v_check.id is not null then
        perform private.decide_check(v_check.id, 'confirmed', p_kept_client_id, v_reason);
    end if;
    return private.apply_merge(p_kept_client_id, p_merged_client_id, v_check.id, v_reason);
end
$$;

create function public.merge_clients(
    p_kept_client_id uuid, p_merged_client_id uuid, p_reason text
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.merge_clients(p_kept_client_id, p_merged_client_id, p_reason)
$$;
comment on function public.merge_clients(uuid, uuid, text) is
    'Managers of both clients'' desks: the second is a duplicate of the first. Tickets, addresses, '
    'delegates and the higher tier go to the one that is kept. Answers the merge with "moved" '
    '{kind: count}.';

-- -------------------------------------------------------------------------------------------------
-- Put back
-- -------------------------------------------------------------------------------------------------

-- A tier or profile changed by hand since stays as it is now.
create function private.restore_tier(p_merge public.client_merges)
returns void
language plpgsql
set search_path = ''
as $$
begin
    update public.vip_client_profiles vip
    set client_id = merged.id, tier = merged.tier
    from public.client_merge_items item, public.profiles merged
    where item.merge_id = p_merge.id and item.kind = 'vip_profile' and vip.id = item.row_id
        and vip.client_id = p_merge.kept_client_id and merged.id = p_merge.merged_client_id;
    update public.profiles kept
    set tier = item.details ->> 'from'
    from public.client_merge_items item
    where item.merge_id = p_merge.id and item.kind = 'tier' and kept.id = item.row_id
        and kept.tier = item.details ->> 'to';
end
$$;

-- What the account has changed since goes with the account. A stranger who wrote from the same
-- address meanwhile keeps it.
create function private.restore_identities(p_merge public.client_merges)
returns void
language plpgsql
set search_path = ''
as $$
begin
    update public.client_identities known
    set client_id = (item.details ->> 'client_id')::uuid,
        is_verified = known.is_verified and (item.details ->> 'is_verified')::boolean,
        source = case
            when item.details ->> 'source' = 'message' and exists (
                select from public.client_identities other
                where other.kind = known.kind and other.value = known.value
                    and other.source = 'message'
            ) then known.source
            when known.source = 'check' then item.details ->> 'source'
            else known.source
        end
    from public.client_merge_items item
    where item.merge_id = p_merge.id and item.kind = 'identity' and known.id = item.row_id
        and known.client_id in (p_merge.kept_client_id, p_merge.merged_client_id);
    update public.client_identities known
    set client_id = p_merge.merged_client_id
    where known.account_id = p_merge.merged_client_id
        and known.client_id = p_merge.kept_client_id;
end
$$;

create function private.restore_delegates(p_merge public.client_merges)
returns void
language sql
set search_path = ''
as $$
    update public.client_delegates spoken
    set client_id = (item.details ->> 'client_id')::uuid,
        delegate_client_id = (item.details ->> 'delegate_client_id')::uuid
    from public.client_merge_items item
    where item.merge_id = p_merge.id and item.kind = 'delegate' and spoken.id = item.row_id
        and p_merge.kept_client_id in (spoken.client_id, spoken.delegate_client_id)
        and not exists (
            select from public.client_delegates other
            where other.client_id = (item.details ->> 'client_id')::uuid
                and other.delegate_client_id = (item.details ->> 'delegate_client_id')::uuid
        )
$$;

-- The question is open again, unless another one about them is.
create function private.reopen_identity_check(p_check_id uuid)
returns void
language sql
set search_path = ''
as $$
    update public.identity_checks asked
    set status = 'open', confirmed_client_id = null, decided_by = null, decided_at = null,
        reason = null
    where asked.id = p_check_id
        and not exists (
            select from public.identity_checks other
            where other.client_id = asked.client_id and other.status = 'open'
        )
$$;

-- A ticket of the one merged with a ticket of the other would belong to both.
create function private.require_separate_tickets(p_ticket_ids uuid[], p_client_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
begin
    perform from public.support_tickets ticket
    where ticket.id = any (p_ticket_ids)
    order by ticket.id
    for update;
    if exists (
        select from public.support_tickets ticket
        join public.support_tickets into_ticket on into_ticket.id = ticket.merged_into_id
        where ticket.client_id = p_client_id and into_ticket.client_id = p_client_id
            and (ticket.id = any (p_ticket_ids)) <> (into_ticket.id = any (p_ticket_ids))
    ) then
        perform private.refuse(
            'PT409', 'tickets_are_merged', 'Tickets of both are merged: take that back first.'
        );
    end if;
end
$$;

-- Definer: nobody holds a right to move tickets; both clients' desks are checked first.
create function private.undo_client_merge(p_merge_id uuid, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_merge public.client_merges;
    v_reason text;
    v_ticket_ids uuid[] := array(
        select item.row_id from public.client_merge_items item
        where item.merge_id = p_merge_id and item.kind = 'ticket'
    );
begin
    select merge.* into v_merge from public.client_merges merge where merge.id = p_merge_id;
    perform private.lock_clients_as_manager(
        array[v_merge.kept_client_id, v_merge.merged_client_id]
    );
    v_reason := private.require_text('reason', p_reason, 500);
    perform private.note_reason(v_reason);
    update public.client_merges merge
    set undone_by = auth.uid(), undone_at = now(), undo_reason = v_reason
    where merge.id = p_merge_id and merge.undone_at is null;
    if not found then
        perform private.refuse('PT409', 'already_undone', 'This merge was taken back before.');
    end if;
    perform private.require_separate_tickets(v_ticket_ids, v_merge.kept_client_id);
    update public.profiles client
    set merged_into_id = null
    where client.id = v_merge.merged_client_id;
    perform private.restore_tier(v_merge);
    perform private.move_tickets(
        v_merge.id, v_ticket_ids, v_merge.kept_client_id, v_merge.merged_client_id,
        'client_merge_undone'
    );
    perform private.restore_identities(v_merge);
    perform private.restore_delegates(v_merge);
    perform private.reopen_identity_check(v_merge.check_id);
    return private.read_merge(v_merge.id);
end
$$;

create function public.undo_client_merge(p_merge_id uuid, p_reason text)
returns jsonb
language sql
set search_path = ''
as $$
    select private.undo_client_merge(p_merge_id, p_reason)
$$;
comment on function public.undo_client_merge(uuid, text) is
    'Managers of both clients'' desks: they were two after all. Exactly what the merge moved goes '
    'back; what came later stays with the kept client. Answers the merge.';

-- -------------------------------------------------------------------------------------------------
-- Questions and answers
-- -------------------------------------------------------------------------------------------------

-- An open question at a desk where the caller answers clients, never one about themselves.
create function private.find_identity_check(p_check_id uuid)
returns public.identity_checks
language plpgsql
stable
set search_path = ''
as $$
declare
    v_check public.identity_checks;
begin
    perform private.require_staff();
    select asked.* into v_check from public.identity_checks asked
    where asked.id = p_check_id and asked.client_id <> auth.uid()
        and asked.desk_id = any (array(select private.my_queue_desk_ids()));
    if v_check.id is null then
        perform private.refuse('PT404', 'check_not_found', 'There is no such question for you.');
    end if;
    return v_check;
end
$$;

create function private.decide_check(
    p_check_id uuid, p_status text, p_client_id uuid, p_reason text
)
returns void
language plpgsql
set search_path = ''
as $$
begin
    update public.identity_checks asked
    set status = p_status, confirmed_client_id = p_client_id, decided_by = auth.uid(),
        decided_at = now(), reason = p_reason
    where asked.id = p_check_id and asked.status = 'open';
    if not found then
        perform private.refuse('PT409', 'check_is_decided', 'Somebody has answered this already.');
    end if;
end
$$;

-- Agents say which candidate it is; beyond the candidates, or where an account would see another
-- client's tickets, it takes a manager.
create function private.require_candidate(p_check public.identity_checks, p_client_id uuid)
returns public.profiles
language plpgsql
stable
set search_path = ''
as $$
declare
    v_client public.profiles;
    v_has_account boolean;
begin
    select kept.* into v_client
    from public.profiles named
    join public.profiles kept on kept.id = coalesce(named.merged_into_id, named.id)
    where named.id = p_client_id
        and kept.desk_id = any (array(select private.my_queue_desk_ids()));
    select writer.has_account into v_has_account
    from public.profiles writer where writer.id = p_check.client_id;
    if v_client.id is null or not private.is_manager() and not p_check.candidates @>
        jsonb_build_array(jsonb_build_object('client_id', p_client_id))
    then
        perform private.refuse('PT404', 'client_not_found', 'There is no such client for you.');
    elsif v_has_account and not private.is_manager() then
        perform private.refuse(
            'PT403', 'manager_required', 'An account would see these tickets: ask a manager.'
        );
    end if;
    return v_client;
end
$$;

-- Definer: nobody holds a right to move tickets; desk, candidate and rank are checked first.
create function private.confirm_identity(p_check_id uuid, p_client_id uuid, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_check public.identity_checks := private.find_identity_check(p_check_id);
    v_reason text := private.require_text('reason', p_reason, 500);
    v_client public.profiles := private.require_candidate(v_check, p_client_id);
    v_kept_id uuid := v_client.id;
    v_merged_id uuid := v_check.client_id;
begin
    perform private.lock_address(v_check.contact_kind, v_check.contact_value);
    perform private.lock_clients(array[v_kept_id, v_merged_id]);
    perform private.decide_check(p_check_id, 'confirmed', v_client.id, v_reason);
    -- The one who can sign in is kept.
    if not v_client.has_account and exists (
        select from public.profiles writer where writer.id = v_merged_id and writer.has_account
    ) then
        v_kept_id := v_check.client_id;
        v_merged_id := v_client.id;
    end if;
    return private.apply_merge(v_kept_id, v_merged_id, p_check_id, v_reason);
end
$$;

create function public.confirm_identity(p_check_id uuid, p_client_id uuid, p_reason text)
returns jsonb
language sql
set search_path = ''
as $$
    select private.confirm_identity(p_check_id, p_client_id, p_reason)
$$;
comment on function public.confirm_identity(uuid, uuid, text) is
    'Staff who answer clients of the desk: the writer is this client (managers: also one who is '
    'no candidate, and for accounts). Their record is merged into the client''s and the address is '
    'theirs from now on, unless others share it. Answers the merge.';

-- Definer: nobody holds a right to write answers; the desk is checked first.
create function private.reject_identity(p_check_id uuid, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_check public.identity_checks := private.find_identity_check(p_check_id);
begin
    if p_reason is not null then
        p_reason := private.require_text('reason', p_reason, 500);
    end if;
    perform private.lock_address(v_check.contact_kind, v_check.contact_value);
    perform private.decide_check(p_check_id, 'rejected', null, p_reason);
    return (
        select to_jsonb(asked) from public.identity_checks asked where asked.id = p_check_id
    );
end
$$;

create function public.reject_identity(p_check_id uuid, p_reason text default null)
returns jsonb
language sql
set search_path = ''
as $$
    select private.reject_identity(p_check_id, p_reason)
$$;
comment on function public.reject_identity(uuid, text) is
    'Staff who answer clients of the desk: none of the candidates. The ticket keeps the priority '
    'it was given; later ones have the writer''s own tier. Answers the question.';

-- Definer: to answer, one must know the candidates by name, though their profiles are not shown.
create function private.get_identity_checks(p_limit integer)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
    perform private.require_staff();
    return coalesce((
        select jsonb_agg(
            to_jsonb(open_check) || jsonb_build_object(
                'candidates', private.name_candidates(open_check.candidates)
            ) order by open_check.created_at, open_check.id
        )
        from (
            select
                asked.id, asked.client_id, asked.ticket_id, asked.desk_id, asked.contact_kind,
                asked.contact_value, asked.display_name, asked.candidates, asked.created_at
            from public.identity_checks asked
            where asked.status = 'open' and asked.client_id <> auth.uid()
                and asked.desk_id = any (array(select private.my_queue_desk_ids()))
            order by asked.created_at, asked.id
            limit least(greatest(coalesce(p_limit, 50), 1), 200)
        ) open_check
    ), '[]');
end
$$;

create function private.name_candidates(p_candidates jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_agg(
        candidate.value || jsonb_build_object(
            'display_name', client.display_name, 'tier', client.tier
        ) order by candidate.place
    )
    from jsonb_array_elements(p_candidates) with ordinality candidate (value, place)
    join public.profiles client on client.id = (candidate.value ->> 'client_id')::uuid
$$;

create function public.get_identity_checks(p_limit integer default 50)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.get_identity_checks(p_limit)
$$;
comment on function public.get_identity_checks(integer) is
    'Staff who answer clients: the open questions of their desks, oldest first, at most 200, each '
    'with "candidates" by name, tier, score and its parts.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.client_merges, public.client_merge_items
from anon, authenticated, service_role;
grant select on public.client_merges, public.client_merge_items to authenticated, service_role;

alter table public.client_merges enable row level security;
alter table public.client_merge_items enable row level security;

create policy client_merges_select_overseers on public.client_merges
for select to authenticated
using (desk_id = any (array(select private.my_overseen_desk_ids())));

create policy client_merge_items_select_overseers on public.client_merge_items
for select to authenticated
using (
    exists (
        select from public.client_merges merge where merge.id = client_merge_items.merge_id
    )
);

revoke all on function
    private.lock_clients(uuid[]), private.lock_clients_as_manager(uuid[]),
    private.require_mergeable(uuid, uuid), private.merge_tiers(public.client_merges),
    private.merge_vip_profiles(public.client_merges),
    private.move_tickets(uuid, uuid[], uuid, uuid, text),
    private.merge_tickets(public.client_merges), private.merge_identities(public.client_merges),
    private.is_address_shared(text, text, uuid[]), private.merge_delegates(public.client_merges),
    private.apply_merge(uuid, uuid, uuid, text), private.read_merge(uuid),
    private.merge_clients(uuid, uuid, text), private.restore_tier(public.client_merges),
    private.restore_identities(public.client_merges),
    private.restore_delegates(public.client_merges), private.reopen_identity_check(uuid),
    private.require_separate_tickets(uuid[], uuid),
    private.undo_client_merge(uuid, text), private.find_identity_check(uuid),
    private.decide_check(uuid, text, uuid, text),
    private.require_candidate(public.identity_checks, uuid),
    private.confirm_identity(uuid, uuid, text), private.reject_identity(uuid, text),
    private.get_identity_checks(integer), private.name_candidates(jsonb),
    public.merge_clients(uuid, uuid, text), public.undo_client_merge(uuid, text),
    public.confirm_identity(uuid, uuid, text), public.reject_identity(uuid, text),
    public.get_identity_checks(integer)
from public, anon, authenticated, service_role;

grant execute on function
    private.confirm_identity(uuid, uuid, text), private.reject_identity(uuid, text),
    private.get_identity_checks(integer), public.confirm_identity(uuid, uuid, text),
    public.reject_identity(uuid, text), public.get_identity_checks(integer)
to authenticated;
grant execute on function
    private.merge_clients(uuid, uuid, text), private.undo_client_merge(uuid, text),
    public.merge_clients(uuid, uuid, text), public.undo_client_merge(uuid, text)
to authenticated, service_role;
