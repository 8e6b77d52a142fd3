-- Revenue that came after support: which purchase is owed to which resolved ticket, by models.
--
-- Events in: clock.minutely -> analytics.ledgers (workers/analytics/ledgers.py), which asks for the
--   clients marked in private.ledger_dirt, some hundred at a time.
-- Events out: none.
--
-- What is derived of a client stands in ledgers: rows that can be made again from purchases, visits
-- and tickets at any time. A change marks its client, and the worker makes the client's rows again,
-- so that late, repeated and corrected events are all the same thing. Numbers are sums of ledgers.

-- -------------------------------------------------------------------------------------------------
-- Whose ledgers are stale
-- -------------------------------------------------------------------------------------------------
create table private.ledger_dirt (
    id bigint not null generated always as identity primary key,
    client_id uuid not null,
    marked_at timestamptz not null default clock_timestamp()
);
comment on table private.ledger_dirt is
    'Clients whose ledgers are to be made again. Append only: two who mark never wait for each '
    'other, and what is marked while the worker works is found by its next look.';
comment on column private.ledger_dirt.client_id is 'No foreign key: the client may be gone.';

create function private.mark_ledgers(p_client_ids uuid[])
returns void
language sql
set search_path = ''
as $$
    insert into private.ledger_dirt (client_id)
    select distinct marked.client_id
    from unnest(p_client_ids) marked (client_id)
    where marked.client_id is not null
$$;

create function private.tg_mark_arrived_ledgers()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.mark_ledgers(array_agg(one.client_id)) from arrived one;
    return null;
end
$$;

-- Definer: deleting an account takes these rows along, and Auth has no right in private.
create function private.tg_mark_changed_ledgers()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.mark_ledgers(array_agg(one.client_id))
    from (
        select after.client_id from arrived after
        union all
        select before.client_id from was before
    ) one;
    return null;
end
$$;

-- Definer: deleting an account takes these rows along, and Auth has no right in private.
create function private.tg_mark_gone_ledgers()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.mark_ledgers(array_agg(one.client_id)) from was one;
    return null;
end
$$;

create trigger purchases_mark_arrived_ledgers
after insert on public.purchases
referencing new table as arrived
for each statement execute function private.tg_mark_arrived_ledgers();
create trigger purchases_mark_changed_ledgers
after update on public.purchases
referencing old table as was new table as arrived
for each statement execute function private.tg_mark_changed_ledgers();
create trigger purchases_mark_gone_ledgers
after delete on public.purchases
referencing old table as was
for each statement execute function private.tg_mark_gone_ledgers();
create trigger memberships_mark_arrived_ledgers
after insert on public.memberships
referencing new table as arrived
for each statement execute function private.tg_mark_arrived_ledgers();
create trigger memberships_mark_changed_ledgers
after update on public.memberships
referencing old table as was new table as arrived
for each statement execute function private.tg_mark_changed_ledgers();
create trigger memberships_mark_gone_ledgers
after delete on public.memberships
referencing old table as was
for each statement execute function private.tg_mark_gone_ledgers();

-- Row by row: the condition is judged before any call, so opening and routing pay nothing.
create function private.tg_support_tickets_mark_ledgers()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.mark_ledgers(
        case tg_op when 'UPDATE' then array[new.client_id, old.client_id]
            else array[new.client_id] end
    );
    return null;
end
$$;
create trigger support_tickets_mark_resolved_ledgers
after insert on public.support_tickets
for each row when (new.resolved_at is not null)
execute function private.tg_support_tickets_mark_ledgers();
create trigger support_tickets_mark_changed_ledgers
after update on public.support_tickets
for each row when (
    new.resolved_at is distinct from old.resolved_at
    or new.merged_into_id is distinct from old.merged_into_id
    or new.client_id <> old.client_id or new.desk_id <> old.desk_id
)
execute function private.tg_support_tickets_mark_ledgers();

-- -------------------------------------------------------------------------------------------------
-- What is revenue
-- -------------------------------------------------------------------------------------------------

-- A visit is paid when a purchase names it, and then it is the purchase that counts. A renewal that
-- the till does not name is worth its plan's price, once the house knows of it.
create function private.list_revenue(p_client_ids uuid[])
returns table (
    item_kind text, item_id uuid, client_id uuid, goods text, earned_at timestamptz,
    net_minor bigint, ticket_id uuid
)
language sql
stable
rows 1000
set search_path = ''
as $$
    select
        'purchase', paid.id, paid.client_id, paid.kind, paid.purchased_at,
        paid.amount_minor::bigint - paid.refunded_minor, paid.ticket_id
    from public.purchases paid
    where paid.client_id = any (p_client_ids) and paid.currency = 'PLN'
    union all
    select
        'renewal', next.id, next.client_id, 'membership',
        least(next.recorded_at, next.starts_on::timestamp at time zone 'Europe/Warsaw'),
        plan.price_minor::bigint, null::uuid
    from public.memberships next
    join public.membership_plans plan on plan.id = next.plan_id and plan.currency = 'PLN'
    where next.client_id = any (p_client_ids) and next.status <> 'cancelled'
        and exists (select from public.memberships past where past.renewed_by_id = next.id)
        and not exists (
            select from public.purchases paid
            where paid.client_id = next.client_id and paid.kind = 'membership' and (
                paid.membership_id = next.id
                or paid.membership_id is null and abs(
                    (paid.purchased_at at time zone 'Europe/Warsaw')::date - next.starts_on
                ) <= 14
            )
        )
$$;
comment on function private.list_revenue(uuid[]) is
    'What these clients paid, less refunds, in grosze: purchases, and renewals of memberships that '
    'no purchase names (none without a membership''s name within 14 days either). Other currencies '
    'are left out: the house knows no rates.';

-- -------------------------------------------------------------------------------------------------
-- Models
-- -------------------------------------------------------------------------------------------------
create table public.attribution_models (
    model text primary key,
    label text not null,
    split text not null,
    window_days smallint,
    metric text not null,
    description text not null,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint attribution_models_model_is_a_word check (model ~ '^[a-z][a-z_]{0,39}$'),
    constraint attribution_models_label_is_short_text check (private.is_clean_text(label, 80)),
    constraint attribution_models_split_is_known check (split in ('last', 'equal', 'named')),
    constraint attribution_models_look_back_some_days check (window_days between 1 and 365),
    constraint attribution_models_only_what_names_a_ticket_needs_no_window
        check ((split = 'named') = (window_days is null)),
    constraint attribution_models_metric_is_a_word check (metric ~ '^[a-z][a-z_]{0,47}$'),
    constraint attribution_models_metric_is_unique unique (metric),
    constraint attribution_models_description_is_text
        check (private.is_clean_text(description, 500))
);
comment on table public.attribution_models is
    'How revenue is owed to resolved cycles of tickets. Each model by itself gives away a purchase '
    'at most once; their sums are never added up.';
comment on column public.attribution_models.split is
    'last: to the cycle resolved last before the purchase; equal: to all resolved within the '
    'window, in equal parts; named: to the ticket the till names, resolved or not.';
comment on column public.attribution_models.window_days is
    'Counted are purchases after the resolution, until this many times 24 hours later.';
comment on column public.attribution_models.metric is 'Its number in metric_definitions.';
insert into public.attribution_models (model, label, split, window_days, metric, description)
values
    ('last_touch', 'Last touch', 'last', 30, 'attributed_revenue',
        'All of a purchase goes to the cycle that was resolved last before it.'),
    ('linear', 'Linear', 'equal', 30, 'attributed_revenue_linear',
        'A purchase is shared equally by all cycles resolved within the window before it.'),
    ('direct', 'Sold in the ticket', 'named', null, 'attributed_revenue_direct',
        'Only what the till says was sold in a ticket: the least that support brought in.');
create trigger attribution_models_bump_version
before update on public.attribution_models
for each row execute function private.tg_bump_version();
create trigger attribution_models_record
after insert or update or delete on public.attribution_models
for each row execute function private.tg_record_configuration('model');

create function private.list_touches(p_client_ids uuid[])
returns table (
    client_id uuid, ticket_id uuid, cycle integer, desk_id uuid, resolved_at timestamptz
)
language sql
stable
rows 1000
set search_path = ''
as $$
    select ticket.client_id, ticket.id, ticket.cycle, ticket.desk_id, ticket.resolved_at
    from public.support_tickets ticket
    where ticket.client_id = any (p_client_ids) and ticket.resolved_at is not null
        and ticket.merged_into_id is null
    union all
    select ticket.client_id, ticket.id, past.cycle, ticket.desk_id, past.resolved_at
    from public.support_tickets ticket
    join public.ticket_cycles past on past.ticket_id = ticket.id
    where ticket.client_id = any (p_client_ids) and past.resolved_at is not null
        and ticket.merged_into_id is null
$$;
comment on function private.list_touches(uuid[]) is
    'Every cycle of these clients that was resolved; what was merged into another is not one.';

-- -------------------------------------------------------------------------------------------------
-- The ledger
-- -------------------------------------------------------------------------------------------------
create table private.attributed_revenue (
    model text not null references public.attribution_models (model) on delete cascade,
    item_id uuid not null,
    ticket_id uuid not null references public.support_tickets (id) on delete cascade,
    cycle integer not null,
    item_kind text not null,
    client_id uuid not null references public.profiles (id) on delete cascade,
    desk_id uuid not null references public.desks (id),
    earned_at timestamptz not null,
    touched_at timestamptz,
    touch_count integer not null,
    net_minor bigint not null,
    constraint attributed_revenue_pkey primary key (item_id, model, desk_id),
    constraint attributed_revenue_is_owed_to_some_cycle check (touch_count >= 1),
    constraint attributed_revenue_kind_is_known check (item_kind in ('purchase', 'renewal')),
    constraint attributed_revenue_is_not_negative check (net_minor >= 0)
);
comment on table private.attributed_revenue is
    'What a model owes of a purchase or renewal to the cycles of a desk, in grosze; ticket and '
    'cycle are the last of them. get_revenue_touches tells each cycle''s own part.';
comment on column private.attributed_revenue.touched_at is
    'When the last of them was resolved; null: the till named the ticket.';
comment on column private.attributed_revenue.touch_count is
    'How many cycles of the desk it is owed to.';
create index attributed_revenue_earned_at_idx on private.attributed_revenue (model, earned_at);
comment on index private.attributed_revenue_earned_at_idx is
    'Serves the sums and the list of a range, and the foreign key.';
create index attributed_revenue_client_id_idx on private.attributed_revenue (client_id);
comment on index private.attributed_revenue_client_id_idx is
    'Serves making a client''s rows again, and the foreign key.';
create index attributed_revenue_ticket_id_idx on private.attributed_revenue (ticket_id);
comment on index private.attributed_revenue_ticket_id_idx is 'Serves the foreign key.';
create index attributed_revenue_desk_id_idx
    on private.attributed_revenue (desk_id, model, earned_at);
comment on index private.attributed_revenue_desk_id_idx is
    'Serves a desk''s list, newest first, and the foreign key.';

-- For each purchase and desk by two searches in the sorted moments, never purchase by ticket: some
-- clients have thousands of both.
create function private.count_touches(p_client_ids uuid[])
returns table (
    model text, split text, item_id uuid, item_kind text, client_id uuid, desk_id uuid,
    earned_at timestamptz, net_minor bigint, touch_count integer, ticket_id uuid, cycle integer,
    touched_at timestamptz
)
language sql
stable
rows 1000
set search_path = ''
as $$
    with lanes as materialized (
        select
            touch.client_id, touch.desk_id,
            array_agg(touch.resolved_at order by touch.resolved_at, touch.ticket_id) as moments,
            array_agg(touch.ticket_id order by touch.resolved_at, touch.ticket_id) as tickets,
            array_agg(touch.cycle order by touch.resolved_at, touch.ticket_id) as cycles
        from private.list_touches(p_client_ids) touch
        group by 1, 2
    ), counted as materialized (
        select
            model.model, model.split, item.item_id, item.item_kind, item.client_id, lane.desk_id,
            item.earned_at, item.net_minor, span.high - span.low as touch_count,
            lane.tickets[span.high] as ticket_id, lane.cycles[span.high] as cycle,
            lane.moments[span.high] as touched_at
        from private.list_revenue(p_client_ids) item
        join lanes lane on lane.client_id = item.client_id
        join public.attribution_models model on model.window_days is not null
        cross join lateral (
            select
                width_bucket(before.at - make_interval(hours => 24 * model.window_days),
                    lane.moments) as low,
                width_bucket(before.at, lane.moments) as high
            from (select item.earned_at - interval '1 microsecond' as at) before
        ) span
        where span.low < span.high
    )
    select one.* from counted one
$$;

-- Parts of an equal split are differences of rounded sums, so they add up to the whole.
create function private.attribute_by_window(p_client_ids uuid[])
returns setof private.attributed_revenue
language sql
stable
rows 1000
set search_path = ''
as $$
    with shared as (
        select
            one.*, sum(one.touch_count) over whole as all_count,
            sum(one.touch_count) over (whole order by one.desk_id) as so_far,
            row_number() over (
                whole order by one.touched_at desc, one.ticket_id desc, one.cycle desc
            ) as place
        from private.count_touches(p_client_ids) one
        window whole as (partition by one.model, one.item_id)
    )
    select
        one.model, one.item_id, one.ticket_id, one.cycle, one.item_kind, one.client_id,
        one.desk_id, one.earned_at, one.touched_at,
        case one.split when 'last' then 1 else one.touch_count end, case one.split
            when 'last' then one.net_minor
            else one.net_minor * one.so_far / one.all_count
                - one.net_minor * (one.so_far - one.touch_count) / one.all_count
        end
    from shared one
    where one.split <> 'last' or one.place = 1
$$;

create function private.attribute_by_name(p_client_ids uuid[])
returns setof private.attributed_revenue
language sql
stable
rows 100
set search_path = ''
as $$
    select
        model.model, item.item_id, ticket.id, (
            select 1 + count(*)::integer from public.ticket_cycles past
            where past.ticket_id = ticket.id and past.ended_at <= item.earned_at
        ),
        item.item_kind, item.client_id, ticket.desk_id, item.earned_at, null::timestamptz, 1,
        item.net_minor
    from private.list_revenue(p_client_ids) item
    join public.support_tickets ticket on ticket.id = item.ticket_id
    join public.attribution_models model on model.split = 'named'
$$;

create function private.keep_attributed_revenue(p_client_ids uuid[])
returns void
language sql
set search_path = ''
as $$
    with fresh as materialized (
        select one.* from private.attribute_by_window(p_client_ids) one
        union all
        select one.* from private.attribute_by_name(p_client_ids) one
    ), gone as (
        delete from private.attributed_revenue kept
        where kept.client_id = any (p_client_ids) and not exists (
            select from fresh
            where fresh.item_id = kept.item_id and fresh.model = kept.model
                and fresh.desk_id = kept.desk_id
        )
    )
    insert into private.attributed_revenue as kept
    select fresh.* from fresh
    on conflict (item_id, model, desk_id) do update
    set client_id = excluded.client_id, ticket_id = excluded.ticket_id, cycle = excluded.cycle,
        earned_at = excluded.earned_at, touched_at = excluded.touched_at,
        touch_count = excluded.touch_count, net_minor = excluded.net_minor
    where kept is distinct from excluded
$$;
comment on function private.keep_attributed_revenue(uuid[]) is
    'Makes these clients'' rows again; what is as it was is not written.';

-- A model that changes changes everybody.
create function private.tg_attribution_models_mark_ledgers()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    insert into private.ledger_dirt (client_id)
    select distinct paid.client_id from public.purchases paid
    union
    select belongs.client_id from public.memberships belongs;
    return null;
end
$$;
create trigger attribution_models_mark_ledgers
after insert or update or delete on public.attribution_models
for each statement execute function private.tg_attribution_models_mark_ledgers();

-- -------------------------------------------------------------------------------------------------
-- Its metrics
-- -------------------------------------------------------------------------------------------------
create function private.touch_model_metrics(p_models text[], p_moments timestamptz[])
returns void
language plpgsql
set search_path = ''
as $$
begin
    perform private.touch_metrics(
        array[model.metric] || case model.model when 'last_touch' then array['support_net'] else
            '{}' end,
        array_agg(changed.moment)
    )
    from (
        select distinct one.model, one.moment
        from unnest(p_models, p_moments) one (model, moment)
    ) changed
    join public.attribution_models model on model.model = changed.model
    group by model.model;
end
$$;

-- Definer: deleting an account takes these rows along, and Auth has no right in private.
create function private.tg_attributed_revenue_touch()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if tg_op <> 'DELETE' then
        perform private.touch_model_metrics(array_agg(one.model), array_agg(one.earned_at))
        from arrived one;
    end if;
    if tg_op <> 'INSERT' then
        perform private.touch_model_metrics(array_agg(one.model), array_agg(one.earned_at))
        from was one;
    end if;
    return null;
end
$$;
create trigger attributed_revenue_touch_arrived
after insert on private.attributed_revenue
referencing new table as arrived
for each statement execute function private.tg_attributed_revenue_touch();
create trigger attributed_revenue_touch_changed
after update on private.attributed_revenue
referencing old table as was new table as arrived
for each statement execute function private.tg_attributed_revenue_touch();
create trigger attributed_revenue_touch_gone
after delete on private.attributed_revenue
referencing old table as was
for each statement execute function private.tg_attributed_revenue_touch();

create function private.observe_attributed_revenue(
    p_metric text, p_since timestamptz, p_until timestamptz
)
returns table (observed_at timestamptz, subject_id uuid, desk_id uuid, value numeric)
language plpgsql
stable
rows 1000
set search_path = ''
as $$
begin
    return query
    select part.earned_at, part.item_id, part.desk_id, part.net_minor::numeric
    from private.attributed_revenue part
    where part.model = (
            select model.model from public.attribution_models model where model.metric = p_metric
        )
        and part.earned_at >= p_since and part.earned_at < p_until;
end
$$;

insert into public.metric_definitions (
    metric, label, category, unit, direction, method, window_seconds, drill_down, audience,
    description
)
values
    ('attributed_revenue', 'Revenue after support', 'revenue', 'money', 'higher', 'sum', 86400,
        'purchases', 'managers', 'Purchases and renewals, less refunds, within 30 days after a '
        'resolved cycle of the client, each owed to the last one; counted when paid.'),
    ('attributed_revenue_linear', 'Revenue after support, shared', 'revenue', 'money', 'higher',
        'sum', 86400, 'purchases', 'managers', 'As attributed_revenue, each shared equally by all '
        'cycles resolved within the window.'),
    ('attributed_revenue_direct', 'Revenue within tickets', 'revenue', 'money', 'higher', 'sum',
        86400, 'purchases', 'managers',
        'Purchases, less refunds, that the till says were sold in a ticket; counted when paid.');
insert into private.metric_observers (metric, observer)
select model.metric, 'observe_attributed_revenue' from public.attribution_models model;

revoke all on
    public.attribution_models, private.ledger_dirt, private.attributed_revenue
from anon, authenticated, service_role;
grant select on public.attribution_models to authenticated, service_role;
alter table public.attribution_models enable row level security;
alter table private.ledger_dirt enable row level security;
alter table private.attributed_revenue enable row level security;
create policy attribution_models_select_staff on public.attribution_models
for select to authenticated
using ((select private.is_staff()));

revoke all on function
    private.mark_ledgers(uuid[]), private.tg_mark_arrived_ledgers(),
    private.tg_mark_changed_ledgers(), private.tg_mark_gone_ledgers(),
    private.tg_support_tickets_mark_ledgers(), private.list_revenue(uuid[]),
    private.list_touches(uuid[]), private.count_touches(uuid[]),
    private.attribute_by_window(uuid[]),
    private.attribute_by_name(uuid[]), private.keep_attributed_revenue(uuid[]),
    private.tg_attribution_models_mark_ledgers(),
    private.touch_model_metrics(text[], timestamptz[]), private.tg_attributed_revenue_touch(),
    private.observe_attributed_revenue(text, timestamptz, timestamptz)
from public, anon, authenticated, service_role;
