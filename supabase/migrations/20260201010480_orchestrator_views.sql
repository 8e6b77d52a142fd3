-- Saved views: a filter as data that everybody's own rights are applied to. The grammar is closed:
-- each field has its kind of value, and is checked with its place when a view is saved.

create extension if not exists unaccent with schema extensions;

-- -------------------------------------------------------------------------------------------------
-- Filters
-- -------------------------------------------------------------------------------------------------
create function private.fold_text(p_text text)
returns text
language sql
stable
parallel safe
set search_path = ''
as $$
    select lower(extensions.unaccent('extensions.unaccent'::regdictionary, normalize(p_text, nfc)))
$$;

-- The words a field of a filter may name; null for fields of another kind.
create function private.list_filter_words(p_field text)
returns text[]
language sql
stable
set search_path = ''
as $$
    select case p_field
        when 'status' then
            array['open', 'assigned', 'pending', 'on_hold', 'resolved', 'closed']
        when 'priority' then array['low', 'normal', 'high', 'urgent']
        when 'tier' then array(select level.tier from public.service_levels level)
        when 'channel' then array(select known.channel from public.channels known)
        when 'category' then array(select topic.category from public.ticket_categories topic)
        when 'language' then array(
            select split_part(spoken.skill, '.', 2) from public.skills spoken
            where spoken.kind = 'language'
        )
    end
$$;

-- What is wrong with one field, in a sentence; null when nothing is.
create function private.judge_filter_field(p_field text, p_value jsonb)
returns text
language sql
stable
set search_path = ''
as $$
    select case
        when private.list_filter_words(p_field) is not null then case
            when jsonb_typeof(p_value) <> 'array' or jsonb_array_length(p_value) = 0
                or not p_value <@ to_jsonb(private.list_filter_words(p_field))
                then 'a list of ' || array_to_string(private.list_filter_words(p_field), ', ')
        end
        when p_field = 'assignee' then case
            when p_value not in ('"me"', '"none"') and not private.is_uuid(p_value)
                then '"me", "none" or the id of an agent'
        end
        when p_field = 'desk_id' then case
            when not private.is_uuid(p_value) then 'the id of a desk'
        end
        when p_field in ('waiting_seconds', 'due_within_seconds') then case
            when jsonb_typeof(p_value) <> 'number' or p_value::text !~ '^\d{1,8}$'
                then 'whole seconds, at most eight digits'
        end
        when p_field in ('is_followed', 'is_snoozed') then case
            when jsonb_typeof(p_value) <> 'boolean' then 'true or false'
        end
        when p_field = 'subject' then case
            when jsonb_typeof(p_value) <> 'string'
                or not private.is_clean_text(p_value #>> '{}', 100)
                then 'text of at most 100 characters'
        end
        else 'one of status, tier, channel, category, language, priority, assignee, desk_id, '
            'waiting_seconds, due_within_seconds, is_followed, is_snoozed, subject'
    end
$$;

create function private.require_filter(p_filter jsonb)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
    v_field text;
    v_value jsonb;
    v_fault text;
begin
    if p_filter is null or jsonb_typeof(p_filter) <> 'object'
        or octet_length(p_filter::text) > 4000
    then
        perform private.refuse('PT422', 'filter_malformed', 'filter: an object of fields.');
    end if;
    for v_field, v_value in select field.key, field.value from jsonb_each(p_filter) field loop
        v_fault := private.judge_filter_field(v_field, v_value);
        if v_fault is not null then
            perform private.refuse(
                'PT422', 'filter_malformed', format('filter.%s: %s.', left(v_field, 40), v_fault)
            );
        end if;
    end loop;
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Views
-- -------------------------------------------------------------------------------------------------
create table public.saved_views (
    id uuid primary key default gen_random_uuid(),
    owner_id uuid references public.staff_members (id) on delete cascade,
    desk_id uuid references public.desks (id) on delete cascade,
    title text not null,
    filter jsonb not null,
    sort text not null default 'urgency',
    is_shared boolean not null default false,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint saved_views_title_is_short_text check (private.is_clean_text(title, 80)),
    constraint saved_views_filter_is_a_small_object
        check (jsonb_typeof(filter) = 'object' and octet_length(filter::text) <= 4000),
    constraint saved_views_sort_is_known
        check (sort in ('urgency', 'due', 'oldest', 'newest', 'updated')),
    constraint saved_views_are_owned_or_shared check (is_shared = (owner_id is null)),
    constraint saved_views_own_ones_have_no_desk check (is_shared or desk_id is null)
);
comment on table public.saved_views is
    'Lists of tickets by filter: one''s own, shared with a desk, or with the whole house.';
comment on column public.saved_views.owner_id is 'Null: shared, kept by managers.';
comment on column public.saved_views.desk_id is 'Whom it is shared with; null: the whole house.';
comment on column public.saved_views.filter is
    'Fields that must all hold: status, tier, channel, category, language, priority (lists), '
    'assignee (me, none, id), desk_id, waiting_seconds (unanswered for longer), '
    'due_within_seconds, is_followed, is_snoozed, subject (contains).';
create index saved_views_owner_id_idx on public.saved_views (owner_id);
comment on index public.saved_views_owner_id_idx is 'Serves the policy and the foreign key.';
create index saved_views_desk_id_idx on public.saved_views (desk_id);
comment on index public.saved_views_desk_id_idx is 'Serves the policy and the foreign key.';

create trigger saved_views_bump_version
before update on public.saved_views
for each row execute function private.tg_bump_version();

insert into public.saved_views (id, title, filter, sort, is_shared)
values
    (
        '00000000-0000-4000-8000-000000000101', 'Waiting',
        '{"status": ["open"], "is_snoozed": false}', 'urgency', true
    ),
    (
        '00000000-0000-4000-8000-000000000102', 'Mine',
        '{"assignee": "me", "status": ["assigned", "pending", "on_hold"], "is_snoozed": false}',
        'due', true
    ),
    (
        '00000000-0000-4000-8000-000000000103', 'VIP',
        '{"tier": ["vip_gold", "vip_platinum"],
          "status": ["open", "assigned", "pending", "on_hold"]}', 'urgency', true
    ),
    (
        '00000000-0000-4000-8000-000000000104', 'Due soon',
        '{"due_within_seconds": 900}', 'due', true
    ),
    (
        '00000000-0000-4000-8000-000000000105', 'Unassigned e-mails',
        '{"channel": ["email"], "assignee": "none", "status": ["open"]}', 'oldest', true
    );

-- Locks the view and answers it, if the caller may change it. Views of others are not there.
create function private.lock_saved_view(p_view_id uuid, p_version integer)
returns public.saved_views
language plpgsql
set search_path = ''
as $$
declare
    v_view public.saved_views;
begin
    select kept.* into v_view from public.saved_views kept where kept.id = p_view_id for update;
    if v_view.id is null or v_view.owner_id <> auth.uid()
        or v_view.desk_id <> all (array(select private.my_desk_ids()))
    then
        perform private.refuse('PT404', 'view_not_found', 'There is no such view for you.');
    end if;
    perform private.require_scope(
        private.name_scope(v_view.owner_id, v_view.desk_id), v_view.desk_id
    );
    if p_version is distinct from v_view.version then
        perform private.refuse('PT409', 'stale_version', 'The view has changed: read it again.');
    end if;
    return v_view;
end
$$;

-- Definer: nobody holds a right to write views; scope and owner are checked first.
create function private.save_view(
    p_view_id uuid, p_version integer, p_title text, p_filter jsonb, p_sort text, p_scope text,
    p_desk_id uuid
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
    v_title text := private.require_text('title', p_title, 80);
    v_owner_id uuid := case when p_scope = 'own' then v_staff_id end;
    v_view public.saved_views;
begin
    perform private.require_filter(p_filter);
    perform private.require_scope(p_scope, p_desk_id);
    if p_sort is null or p_sort not in ('urgency', 'due', 'oldest', 'newest', 'updated') then
        perform private.refuse(
            'PT422', 'unknown_sort', 'One of urgency, due, oldest, newest, updated.'
        );
    elsif p_view_id is null then
        perform private.require_room_for_views(v_owner_id, p_desk_id);
        insert into public.saved_views (owner_id, desk_id, title, filter, sort, is_shared)
        values (v_owner_id, p_desk_id, v_title, p_filter, p_sort, p_scope <> 'own')
        returning * into v_view;
    else
        perform private.lock_saved_view(p_view_id, p_version);
        update public.saved_views kept
        set title = v_title, filter = p_filter, sort = p_sort,
            owner_id = v_owner_id, desk_id = p_desk_id, is_shared = p_scope <> 'own'
        where kept.id = p_view_id
        returning * into v_view;
    end if;
    return to_jsonb(v_view);
end
$$;

create function private.require_room_for_views(p_owner_id uuid, p_desk_id uuid)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if 100 <= (
        select count(*) from public.saved_views kept
        where kept.owner_id is not distinct from p_owner_id
            and kept.desk_id is not distinct from p_desk_id
    ) then
        perform private.refuse('PT422', 'too_many_views', 'At most 100: delete one first.');
    end if;
end
$$;

create function public.save_view(
    p_title text,
    p_filter jsonb,
    p_sort text default 'urgency',
    p_scope text default 'own',
    p_desk_id uuid default null,
    p_view_id uuid default null,
    p_version integer default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.save_view(
        p_view_id, p_version, p_title, p_filter, p_sort, p_scope, p_desk_id
    )
$$;
comment on function public.save_view(text, jsonb, text, text, uuid, uuid, integer) is
    'Staff: a view of one''s own; managers: of a desk; admins: of the house. p_view_id and '
    'p_version replace one. The filter is checked field by field. Answers the view.';

-- Definer: nobody holds a right to delete views; scope and owner are checked first.
create function private.delete_view(p_view_id uuid, p_version integer)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.require_staff();
    perform private.lock_saved_view(p_view_id, p_version);
    delete from public.saved_views kept where kept.id = p_view_id;
    return jsonb_build_object('view_id', p_view_id);
end
$$;

create function public.delete_view(p_view_id uuid, p_version integer)
returns jsonb
language sql
set search_path = ''
as $$
    select private.delete_view(p_view_id, p_version)
$$;
comment on function public.delete_view(uuid, integer) is
    'Whoever may change a view may delete it. Answers {"view_id"}.';

-- -------------------------------------------------------------------------------------------------
-- Reading
-- -------------------------------------------------------------------------------------------------

create function private.write_cursor(p_sort_key numeric, p_number bigint)
returns text
language sql
immutable
set search_path = ''
as $$
    select p_sort_key || '/' || p_number
$$;

create function private.read_cursor(p_cursor text)
returns table (sort_key numeric, number bigint)
language plpgsql
immutable
rows 1
set search_path = ''
as $$
begin
    if p_cursor !~ '^-?\d{1,20}(\.\d{1,6})?/\d{1,18}$' then
        perform private.refuse('PT422', 'cursor_malformed', 'Pass on "next" of the last answer.');
    end if;
    return query select split_part(p_cursor, '/', 1)::numeric, split_part(p_cursor, '/', 2)::bigint;
end
$$;

-- Smaller comes first; the ticket's number decides among equals.
create function private.find_sort_key(
    p_ticket public.support_tickets, p_boost integer, p_sort text
)
returns numeric
language sql
immutable
set search_path = ''
as $$
    select case p_sort
        when 'urgency' then extract(epoch from p_ticket.first_response_due_at) - p_boost * 1e11
        when 'due' then extract(epoch from p_ticket.first_response_due_at)
        when 'oldest' then extract(epoch from p_ticket.opened_at)
        when 'newest' then - extract(epoch from p_ticket.opened_at)
        else - extract(epoch from p_ticket.updated_at)
    end
$$;

create function private.read_filter_list(p_filter jsonb, p_field text)
returns text[]
language sql
immutable
parallel safe
set search_path = ''
as $$
    select case when p_filter ? p_field then
        array(select jsonb_array_elements_text(p_filter -> p_field))
    end
$$;

-- Since when the client has waited for a first answer in this cycle; null once there is one.
create function private.find_waiting_since(p_ticket public.support_tickets)
returns timestamptz
language sql
immutable
set search_path = ''
as $$
    select case
        when p_ticket.first_responded_at is null
            and p_ticket.status not in ('resolved', 'closed')
            then coalesce(p_ticket.reopened_at, p_ticket.opened_at)
    end
$$;

-- The fields that no index could help with.
create function private.is_in_view(p_ticket public.support_tickets, p_filter jsonb)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
declare
    v_since timestamptz := private.find_waiting_since(p_ticket);
begin
    return case
        when p_filter ? 'waiting_seconds' and coalesce(
            v_since > now() - make_interval(secs => (p_filter ->> 'waiting_seconds')::integer), true
        ) then false
        when p_filter ? 'due_within_seconds' and (
            v_since is null or p_ticket.first_response_due_at
                > now() + make_interval(secs => (p_filter ->> 'due_within_seconds')::integer)
        ) then false
        when (p_filter ->> 'is_snoozed')::boolean
            <> coalesce(p_ticket.snoozed_until > now(), false) then false
        when strpos(
            private.fold_text(p_ticket.subject), private.fold_text(p_filter ->> 'subject')
        ) = 0 then false
        else true
    end;
end
$$;

-- Invoker: policies show the caller's tickets, the filter narrows them. One statement for every
-- filter, planned each time with its values, so that what is null falls away.
create function private.find_view_tickets(p_filter jsonb, p_sort text, p_limit integer)
returns table (ticket_id uuid, number bigint, sort_key numeric)
language plpgsql
stable
rows 200
set search_path = ''
set plan_cache_mode = force_custom_plan
as $$
declare
    v_statuses text[] := private.read_filter_list(p_filter, 'status');
    v_tiers text[] := private.read_filter_list(p_filter, 'tier');
    v_channels text[] := private.read_filter_list(p_filter, 'channel');
    v_categories text[] := private.read_filter_list(p_filter, 'category');
    v_languages text[] := private.read_filter_list(p_filter, 'language');
    v_priorities text[] := private.read_filter_list(p_filter, 'priority');
    v_assignee text := p_filter ->> 'assignee';
    v_assignee_id uuid := case v_assignee when 'me' then auth.uid() when 'none' then null
        else v_assignee::uuid end;
    v_is_followed boolean := p_filter ->> 'is_followed';
begin
    return query
    select kept.id, kept.number, private.find_sort_key(kept, level.boost, p_sort)
    from public.support_tickets kept
    join public.service_levels level on level.tier = kept.tier
    where (v_statuses is null or kept.status = any (v_statuses))
        and (v_tiers is null or kept.tier = any (v_tiers))
        and (v_channels is null or kept.channel = any (v_channels))
        and (v_categories is null or kept.category = any (v_categories))
        and (v_languages is null or kept.language = any (v_languages))
        and (v_priorities is null or kept.priority = any (v_priorities))
        and (v_assignee_id is null or kept.assignee_id = v_assignee_id)
        and (v_assignee is distinct from 'none' or kept.assignee_id is null)
        and (not p_filter ? 'desk_id' or kept.desk_id = (p_filter ->> 'desk_id')::uuid)
        and (v_is_followed is null or v_is_followed
            = (kept.id = any (array(select private.my_followed_ticket_ids()))))
        and private.is_in_view(kept, p_filter)
    limit p_limit;
end
$$;

create function private.describe_listed_ticket(p_ticket public.support_tickets)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return jsonb_build_object(
        'id', p_ticket.id, 'number', p_ticket.number, 'desk_id', p_ticket.desk_id,
        'subject', p_ticket.subject, 'category', p_ticket.category, 'channel', p_ticket.channel,
        'language', p_ticket.language, 'tier', p_ticket.tier, 'priority', p_ticket.priority,
        'status', p_ticket.status, 'cycle', p_ticket.cycle, 'version', p_ticket.version,
        'assignee_id', p_ticket.assignee_id, 'client_id', p_ticket.client_id,
        'client_name', (
            select client.display_name from public.profiles client
            where client.id = p_ticket.client_id
        ),
        'opened_at', p_ticket.opened_at, 'last_message_at', p_ticket.last_message_at,
        'first_response_due_at', p_ticket.first_response_due_at,
        'first_responded_at', p_ticket.first_responded_at, 'snoozed_until', p_ticket.snoozed_until
    );
end
$$;

create function public.get_view_tickets(
    p_view_id uuid, p_limit integer default 50, p_after text default null
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
    v_limit integer := least(greatest(coalesce(p_limit, 50), 1), 100);
    v_view public.saved_views;
    v_after record;
begin
    select page.* into v_after from private.read_cursor(p_after) page;
    select kept.* into v_view from public.saved_views kept where kept.id = p_view_id;
    if v_view.id is null then
        perform private.refuse('PT404', 'view_not_found', 'There is no such view for you.');
    end if;
    return (
        with listed as materialized (
            select found.* from private.find_view_tickets(v_view.filter, v_view.sort, null) found
            where p_after is null
                or (found.sort_key, found.number) > (v_after.sort_key, v_after.number)
            order by found.sort_key, found.number
            limit v_limit
        )
        select jsonb_build_object(
            'tickets', coalesce(jsonb_agg(
                private.describe_listed_ticket(ticket) order by listed.sort_key, listed.number
            ), '[]'),
            'next', case when count(*) = v_limit then (
                select private.write_cursor(last.sort_key, last.number)
                from listed last order by last.sort_key desc, last.number desc limit 1
            ) end
        )
        from listed join public.support_tickets ticket on ticket.id = listed.ticket_id
    );
end
$$;
comment on function public.get_view_tickets(uuid, integer, text) is
    'Staff: the tickets of a view that the caller may see, in its order: {"tickets", "next"}; at '
    'most 100; pass "next" as p_after.';

create function public.count_view_tickets(p_view_ids uuid[] default null)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    perform private.require_staff();
    return coalesce((
        select jsonb_agg(jsonb_build_object(
            'view_id', counted.id,
            'count', least(counted.n, 200),
            'label', case when counted.n > 200 then '200+' else counted.n::text end
        ) order by counted.title, counted.id)
        from (
            select kept.id, kept.title, (
                select count(*) from private.find_view_tickets(kept.filter, kept.sort, 201)
            ) as n
            from public.saved_views kept
            where p_view_ids is null or kept.id = any (p_view_ids)
            order by kept.is_shared desc, kept.title, kept.id
            limit 30
        ) counted
    ), '[]');
end
$$;
comment on function public.count_view_tickets(uuid[]) is
    'Staff: for badges, how many tickets each of these views (null: all I see, at most 30) holds: '
    '[{"view_id", "count", "label"}]; counts no further than 200 ("200+").';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.saved_views from anon, authenticated, service_role;
grant select on public.saved_views to authenticated, service_role;
alter table public.saved_views enable row level security;
create policy saved_views_select_staff on public.saved_views
for select to authenticated
using (
    owner_id = (select private.my_staff_id())
    or desk_id = any (array(select private.my_desk_ids()))
    or is_shared and desk_id is null and (select private.is_staff())
);

revoke all on function
    private.fold_text(text), private.list_filter_words(text),
    private.judge_filter_field(text, jsonb), private.require_filter(jsonb),
    private.lock_saved_view(uuid, integer),
    private.save_view(uuid, integer, text, jsonb, text, text, uuid),
    private.require_room_for_views(uuid, uuid), private.delete_view(uuid, integer),
    private.write_cursor(numeric, bigint), private.read_cursor(text),
    private.find_sort_key(public.support_tickets, integer, text),
    private.read_filter_list(jsonb, text),
    private.find_waiting_since(public.support_tickets),
    private.is_in_view(public.support_tickets, jsonb),
    private.find_view_tickets(jsonb, text, integer),
    private.describe_listed_ticket(public.support_tickets),
    public.save_view(text, jsonb, text, text, uuid, uuid, integer),
    public.delete_view(uuid, integer), public.get_view_tickets(uuid, integer, text),
    public.count_view_tickets(uuid[])
from public, anon, authenticated, service_role;
grant execute on function
    private.fold_text(text), private.save_view(uuid, integer, text, jsonb, text, text, uuid),
    private.delete_view(uuid, integer), private.write_cursor(numeric, bigint),
    private.read_cursor(text), private.find_sort_key(public.support_tickets, integer, text),
    private.read_filter_list(jsonb, text), private.find_waiting_since(public.support_tickets),
    private.is_in_view(public.support_tickets, jsonb),
    private.find_view_tickets(jsonb, text, integer),
    private.describe_listed_ticket(public.support_tickets),
    public.save_view(text, jsonb, text, text, uuid, uuid, integer),
    public.delete_view(uuid, integer), public.get_view_tickets(uuid, integer, text),
    public.count_view_tickets(uuid[])
to authenticated;
