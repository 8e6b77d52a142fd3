-- Clients over time: who comes again, cohorts by the month of the first visit, what a client has
-- been worth. All from ledgers and counters kept beside them, never from every visit there was.
--
-- Events in: clock.minutely -> analytics.ledgers, as in analytics_revenue.

-- -------------------------------------------------------------------------------------------------
-- Months in which a client came
-- -------------------------------------------------------------------------------------------------
create table private.client_months (
    client_id uuid not null references public.profiles (id) on delete cascade,
    month_on date not null,
    cohort_on date not null,
    desk_id uuid not null references public.desks (id),
    tier text not null references public.service_levels (tier),
    visit_count integer not null,
    last_visit_at timestamptz not null,
    due_at timestamptz not null,
    is_returned boolean not null,
    constraint client_months_pkey primary key (client_id, month_on),
    constraint client_months_follow_the_first check (month_on >= cohort_on)
);
comment on table private.client_months is
    'Each month of Warsaw in which a client completed a visit. Whether they came again within 90 '
    'days of the last visit in it is known, at the latest, at due_at.';
comment on column private.client_months.cohort_on is 'The month of their first visit.';
comment on column private.client_months.desk_id is 'The client''s now, as the tier.';
comment on column private.client_months.is_returned is
    'Until due_at: so far. Only what is due is counted.';
create index client_months_due_at_idx on private.client_months (due_at);
comment on index private.client_months_due_at_idx is 'Serves the retention of a range.';
create index client_months_desk_id_idx on private.client_months (desk_id);
comment on index private.client_months_desk_id_idx is 'Serves the foreign key.';
create index client_months_tier_idx on private.client_months (tier);
comment on index private.client_months_tier_idx is 'Serves the foreign key.';

create function private.list_client_months(p_client_ids uuid[])
returns setof private.client_months
language sql
stable
rows 1000
set search_path = ''
as $$
    select
        month.client_id, month.month_on, min(month.month_on) over of_client, client.desk_id,
        client.tier, month.visit_count, month.last_at, month.last_at + interval '2160 hours',
        coalesce(
            lead(month.first_at) over of_client <= month.last_at + interval '2160 hours', false
        )
    from (
        select
            came.client_id, min(came.starts_at) as first_at, max(came.starts_at) as last_at,
            date_trunc('month', came.starts_at at time zone 'Europe/Warsaw')::date as month_on,
            count(*)::integer as visit_count
        from public.visits came
        where came.client_id = any (p_client_ids) and came.status = 'completed'
        group by 1, 4
    ) month
    join public.profiles client on client.id = month.client_id
    window of_client as (partition by month.client_id order by month.month_on)
$$;

create function private.keep_client_months(p_client_ids uuid[])
returns void
language sql
set search_path = ''
as $$
    with fresh as materialized (
        select one.* from private.list_client_months(p_client_ids) one
    ), gone as (
        delete from private.client_months kept
        where kept.client_id = any (p_client_ids) and not exists (
            select from fresh
            where fresh.client_id = kept.client_id and fresh.month_on = kept.month_on
        )
    )
    insert into private.client_months as kept
    select fresh.* from fresh
    on conflict (client_id, month_on) do update
    set cohort_on = excluded.cohort_on, desk_id = excluded.desk_id, tier = excluded.tier,
        visit_count = excluded.visit_count, last_visit_at = excluded.last_visit_at,
        due_at = excluded.due_at, is_returned = excluded.is_returned
    where kept is distinct from excluded
$$;

-- -------------------------------------------------------------------------------------------------
-- Counters of months
-- -------------------------------------------------------------------------------------------------
create table private.cohort_cells (
    desk_id uuid not null references public.desks (id) on delete cascade,
    cohort_on date not null,
    month_on date not null,
    client_count integer not null,
    constraint cohort_cells_pkey primary key (desk_id, cohort_on, month_on)
);
comment on table private.cohort_cells is
    'How many clients of a cohort came in a month: client_months, counted by its triggers.';

create table private.retention_cells (
    desk_id uuid not null references public.desks (id) on delete cascade,
    tier text not null references public.service_levels (tier),
    due_month_on date not null,
    due_count integer not null,
    returned_count integer not null,
    constraint retention_cells_pkey primary key (desk_id, tier, due_month_on)
);
comment on table private.retention_cells is
    'How many clients of a tier were due in a month of Warsaw, and how many of them had come '
    'again: client_months, counted by its triggers. A month counts once it is over.';
create index retention_cells_tier_idx on private.retention_cells (tier);
comment on index private.retention_cells_tier_idx is 'Serves the foreign key.';

create function private.count_client_months(p_months private.client_months[], p_sign integer)
returns void
language sql
set search_path = ''
as $$
    insert into private.cohort_cells as cell (desk_id, cohort_on, month_on, client_count)
    select month.desk_id, month.cohort_on, month.month_on, p_sign * count(*)::integer
    from unnest(p_months) month
    group by 1, 2, 3
    order by 1, 2, 3
    on conflict (desk_id, cohort_on, month_on) do update
    set client_count = cell.client_count + excluded.client_count;
    insert into private.retention_cells as cell (
        desk_id, tier, due_month_on, due_count, returned_count
    )
    select
        month.desk_id, month.tier,
        date_trunc('month', month.due_at at time zone 'Europe/Warsaw')::date,
        p_sign * count(*)::integer, p_sign * count(*) filter (where month.is_returned)::integer
    from unnest(p_months) month
    group by 1, 2, 3
    order by 1, 2, 3
    on conflict (desk_id, tier, due_month_on) do update
    set due_count = cell.due_count + excluded.due_count,
        returned_count = cell.returned_count + excluded.returned_count;
$$;

-- Definer: deleting an account takes these rows along, and Auth has no right in private.
create function private.tg_client_months_count()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if tg_op <> 'DELETE' then
        perform private.count_client_months(array_agg(one::private.client_months), 1)
        from arrived one;
        perform private.touch_metrics(
            array['client_retention'], array_agg(distinct one.due_at)
        ) from arrived one having count(*) > 0;
    end if;
    if tg_op <> 'INSERT' then
        perform private.count_client_months(array_agg(one::private.client_months), -1)
        from was one;
        perform private.touch_metrics(
            array['client_retention'], array_agg(distinct one.due_at)
        ) from was one having count(*) > 0;
    end if;
    return null;
end
$$;
create trigger client_months_count_arrived
after insert on private.client_months
referencing new table as arrived
for each statement execute function private.tg_client_months_count();
create trigger client_months_count_changed
after update on private.client_months
referencing old table as was new table as arrived
for each statement execute function private.tg_client_months_count();
create trigger client_months_count_gone
after delete on private.client_months
referencing old table as was
for each statement execute function private.tg_client_months_count();

-- -------------------------------------------------------------------------------------------------
-- What a client has been worth
-- -------------------------------------------------------------------------------------------------
create table private.client_values (
    client_id uuid primary key references public.profiles (id) on delete cascade,
    desk_id uuid not null references public.desks (id),
    tier text not null references public.service_levels (tier),
    revenue_minor bigint not null,
    goods_minor bigint not null,
    cost_minor bigint not null,
    margin_minor bigint not null generated always as (
        revenue_minor - goods_minor - cost_minor
    ) stored
);
comment on table private.client_values is
    'What each client who ever paid or was served has paid, less refunds; what the goods cost; '
    'what support spent on them; and what was left, in grosze.';
create index client_values_desk_id_idx on private.client_values (desk_id);
comment on index private.client_values_desk_id_idx is 'Serves the foreign key.';
create index client_values_tier_idx on private.client_values (tier);
comment on index private.client_values_tier_idx is 'Serves the foreign key.';

create table private.tier_values (
    desk_id uuid not null references public.desks (id) on delete cascade,
    tier text not null references public.service_levels (tier),
    client_count integer not null,
    revenue_minor bigint not null,
    goods_minor bigint not null,
    cost_minor bigint not null,
    margin_minor bigint not null,
    margin_squares numeric not null,
    constraint tier_values_pkey primary key (desk_id, tier)
);
comment on table private.tier_values is
    'client_values, added up by its triggers; margin_squares: of each client''s margin, squared.';
create index tier_values_tier_idx on private.tier_values (tier);
comment on index private.tier_values_tier_idx is 'Serves the foreign key.';

create function private.list_client_values(p_client_ids uuid[])
returns table (
    client_id uuid, desk_id uuid, tier text, revenue_minor bigint, goods_minor bigint,
    cost_minor bigint
)
language sql
stable
rows 1000
set search_path = ''
as $$
    with paid as (
        select
            item.client_id, sum(item.net_minor)::bigint as revenue,
            sum(round(item.net_minor * private.find_cost_rate(
                'goods_percent', item.goods, item.earned_at
            ) / 100))::bigint as goods
        from private.list_revenue(p_client_ids) item
        group by 1
    ), spent as (
        select cost.client_id, sum(cost.cost_minor)::bigint as cost
        from private.support_costs cost
        where cost.client_id = any (p_client_ids)
        group by 1
    )
    select
        client.id, client.desk_id, client.tier, coalesce(paid.revenue, 0),
        coalesce(paid.goods, 0), coalesce(spent.cost, 0)
    from public.profiles client
    left join paid on paid.client_id = client.id
    left join spent on spent.client_id = client.id
    where client.id = any (p_client_ids)
        and (paid.client_id is not null or spent.client_id is not null)
$$;

create function private.keep_client_values(p_client_ids uuid[])
returns void
language sql
set search_path = ''
as $$
    with fresh as materialized (
        select one.* from private.list_client_values(p_client_ids) one
    ), gone as (
        delete from private.client_values kept
        where kept.client_id = any (p_client_ids)
            and not exists (select from fresh where fresh.client_id = kept.client_id)
    )
    insert into private.client_values as kept (
        client_id, desk_id, tier, revenue_minor, goods_minor, cost_minor
    )
    select fresh.* from fresh
    on conflict (client_id) do update
    set desk_id = excluded.desk_id, tier = excluded.tier,
        revenue_minor = excluded.revenue_minor, goods_minor = excluded.goods_minor,
        cost_minor = excluded.cost_minor
    where (kept.desk_id, kept.tier, kept.revenue_minor, kept.goods_minor, kept.cost_minor)
        is distinct from (
            excluded.desk_id, excluded.tier, excluded.revenue_minor, excluded.goods_minor,
            excluded.cost_minor
        )
$$;

create function private.add_client_values(p_values private.client_values[], p_sign integer)
returns void
language sql
set search_path = ''
as $$
    insert into private.tier_values as total
    select
        one.desk_id, one.tier, p_sign * count(*), p_sign * sum(one.revenue_minor),
        p_sign * sum(one.goods_minor), p_sign * sum(one.cost_minor),
        p_sign * sum(one.margin_minor), p_sign * sum(one.margin_minor::numeric ^ 2)
    from unnest(p_values) one
    group by 1, 2
    order by 1, 2
    on conflict (desk_id, tier) do update
    set client_count = total.client_count + excluded.client_count,
        revenue_minor = total.revenue_minor + excluded.revenue_minor,
        goods_minor = total.goods_minor + excluded.goods_minor,
        cost_minor = total.cost_minor + excluded.cost_minor,
        margin_minor = total.margin_minor + excluded.margin_minor,
        margin_squares = total.margin_squares + excluded.margin_squares
$$;

-- Definer: deleting an account takes these rows along, and Auth has no right in private.
create function private.tg_client_values_add()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if tg_op <> 'DELETE' then
        perform private.add_client_values(array_agg(one::private.client_values), 1)
        from arrived one;
    end if;
    if tg_op <> 'INSERT' then
        perform private.add_client_values(array_agg(one::private.client_values), -1)
        from was one;
    end if;
    return null;
end
$$;
create trigger client_values_add_arrived
after insert on private.client_values
referencing new table as arrived
for each statement execute function private.tg_client_values_add();
create trigger client_values_add_changed
after update on private.client_values
referencing old table as was new table as arrived
for each statement execute function private.tg_client_values_add();
create trigger client_values_add_gone
after delete on private.client_values
referencing old table as was
for each statement execute function private.tg_client_values_add();

-- -------------------------------------------------------------------------------------------------
-- What makes it stale
-- -------------------------------------------------------------------------------------------------
create trigger visits_mark_arrived_ledgers
after insert on public.visits
referencing new table as arrived
for each statement execute function private.tg_mark_arrived_ledgers();
create trigger visits_mark_changed_ledgers
after update on public.visits
referencing old table as was new table as arrived
for each statement execute function private.tg_mark_changed_ledgers();
create trigger visits_mark_gone_ledgers
after delete on public.visits
referencing old table as was
for each statement execute function private.tg_mark_gone_ledgers();

create function private.tg_profiles_mark_ledgers()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.mark_ledgers(array[new.id]);
    return null;
end
$$;
create trigger profiles_mark_ledgers
after update on public.profiles
for each row when (new.tier <> old.tier or new.desk_id is distinct from old.desk_id)
execute function private.tg_profiles_mark_ledgers();

-- -------------------------------------------------------------------------------------------------
-- The worker
-- -------------------------------------------------------------------------------------------------

-- As many as have some 20,000 tickets together, and the first whatever they have: a transaction
-- stays short, and nobody waits for ever behind a busy client.
create function private.take_ledger_marks(p_limit integer)
returns uuid[]
language sql
set search_path = ''
as $$
    with near as materialized (
        select dirt.id, dirt.client_id from private.ledger_dirt dirt order by dirt.id limit p_limit
    ), weighed as (
        select
            first.client_id, first.id, sum(weight.tickets) over (order by first.id) as tickets,
            row_number() over (order by first.id) as place
        from (
            select near.client_id, min(near.id) as id from near group by 1
        ) first
        cross join lateral (
            select count(*) as tickets
            from public.support_tickets ticket where ticket.client_id = first.client_id
        ) weight
    ), taken as (
        delete from private.ledger_dirt dirt
        using near
        join weighed on weighed.client_id = near.client_id
        where dirt.id = near.id and (weighed.tickets <= 20000 or weighed.place = 1)
        returning dirt.client_id
    )
    select array_agg(distinct client.id)
    from taken join public.profiles client on client.id = taken.client_id
$$;

-- Definer: nobody may write ledgers; only service_role may execute it. Everything is made here of
-- the rows it is about. One at a time, so that two never make the same client's rows.
create function private.keep_ledgers(p_limit integer)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_client_ids uuid[];
begin
    perform pg_advisory_xact_lock(hashtextextended('analytics.ledgers', 0));
    v_client_ids := private.take_ledger_marks(p_limit);
    if v_client_ids is not null then
        perform private.keep_attributed_revenue(v_client_ids);
        perform private.keep_support_costs(v_client_ids);
        perform private.keep_client_months(v_client_ids);
        perform private.keep_client_values(v_client_ids);
    end if;
    return jsonb_build_object(
        'client_count', coalesce(cardinality(v_client_ids), 0),
        'is_left', exists (select from private.ledger_dirt)
    );
end
$$;

create function worker.keep_ledgers(p_limit integer)
returns jsonb
language sql
set search_path = ''
as $$
    select private.keep_ledgers(least(greatest(p_limit, 1), 5000))
$$;
comment on function worker.keep_ledgers(integer) is
    'Makes the ledgers of clients marked longest ago again; of at most so many marks (1 to 5000). '
    '{"client_count", "is_left": whether others wait}. Done twice it does nothing more.';

insert into private.subscriptions (event_kind, worker, priority, collapses)
values ('clock.minutely', 'analytics.ledgers', -5, true);

-- Whoever was here before this file.
insert into private.ledger_dirt (client_id)
select client.id from public.profiles client
where exists (select from public.purchases paid where paid.client_id = client.id)
    or exists (select from public.visits visit where visit.client_id = client.id)
    or exists (select from public.support_tickets ticket where ticket.client_id = client.id);

-- -------------------------------------------------------------------------------------------------
-- Its metric
-- -------------------------------------------------------------------------------------------------
create function private.observe_client_retention(
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
    select month.due_at, month.client_id, month.desk_id, 100.0 * month.is_returned::integer
    from private.client_months month
    where month.due_at >= p_since and month.due_at < p_until;
end
$$;

insert into public.metric_definitions (
    metric, label, category, unit, direction, method, window_seconds, drill_down, description
)
values (
    'client_retention', 'Clients who come again', 'clients', 'percent', 'higher', 'mean', 604800,
    'clients', 'Of the clients who came in a month, those who came again within 90 days of their '
    'last visit in it; each counts when the 90 days have passed.'
);
insert into private.metric_observers (metric, observer)
values ('client_retention', 'observe_client_retention');

-- -------------------------------------------------------------------------------------------------
-- What people read; of fewer than five clients nothing is told
-- -------------------------------------------------------------------------------------------------
create function private.hide_small_count(p_count bigint, p_of_interest numeric)
returns numeric
language sql
immutable
set search_path = ''
as $$
    select case when p_count >= 5 then p_of_interest end
$$;
comment on function private.hide_small_count(bigint, numeric) is
    'The number, unless fewer than five clients are behind it: then null.';

create function private.list_cohort_ages(p_cohort_on date, p_size bigint, p_desk_ids uuid[])
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_agg(jsonb_build_object(
        'months', age.months,
        'client_count', case age.count when 0 then 0 else
            private.hide_small_count(age.count, age.count) end,
        'share', case age.count when 0 then 0 else
            private.hide_small_count(age.count, round(age.count::numeric / p_size, 4)) end,
        'is_suppressed', age.count between 1 and 4,
        'is_complete', age.month_on + interval '1 month' <= now() at time zone 'Europe/Warsaw'
    ) order by age.months)
    from (
        select
            month.number as months, month.month_on, coalesce(sum(cell.client_count), 0) as count
        from (
            select
                step.number,
                (p_cohort_on + make_interval(months => step.number))::date as month_on
            from generate_series(0, 36) step (number)
        ) month
        left join private.cohort_cells cell
            on cell.cohort_on = p_cohort_on and cell.month_on = month.month_on
            and (p_desk_ids is null or cell.desk_id = any (p_desk_ids))
        where month.month_on <= (now() at time zone 'Europe/Warsaw')::date
        group by 1, 2
    ) age
$$;

create function private.describe_cohorts(
    p_since timestamptz, p_until timestamptz, p_desk_ids uuid[] default null
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(jsonb_build_object(
        'cohort_on', cohort.cohort_on,
        'client_count', private.hide_small_count(cohort.size, cohort.size),
        'is_suppressed', cohort.size < 5,
        'ages', case when cohort.size >= 5 then
            private.list_cohort_ages(cohort.cohort_on, cohort.size, p_desk_ids) else '[]' end
    ) order by cohort.cohort_on), '[]')
    from (
        select cell.cohort_on, sum(cell.client_count) as size
        from private.cohort_cells cell
        where cell.month_on = cell.cohort_on
            and cell.cohort_on >= date_trunc('month', p_since at time zone 'Europe/Warsaw')::date
            and cell.cohort_on < p_until at time zone 'Europe/Warsaw'
            and (p_desk_ids is null or cell.desk_id = any (p_desk_ids))
        group by 1
        having sum(cell.client_count) > 0
    ) cohort
$$;
comment on function private.describe_cohorts(timestamptz, timestamptz, uuid[]) is
    'Cohorts whose first month touches the range: [{"cohort_on", "client_count", "is_suppressed", '
    '"ages": [{"months", "client_count", "share" of the cohort that came in that month, '
    '"is_suppressed", "is_complete": whether the month is over}]}]; null: one to four clients.';

create function private.describe_tier_retention(
    p_since timestamptz, p_until timestamptz, p_desk_ids uuid[] default null
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(jsonb_build_object(
        'tier', tier.tier, 'due_count', private.hide_small_count(tier.due, tier.due),
        'retention', private.hide_small_count(
            tier.due, round(100 * tier.returned::numeric / tier.due, 4)
        ),
        'interval', case when tier.due >= 5 then
            to_jsonb(private.find_share_interval(tier.returned, tier.due)) end,
        'is_suppressed', tier.due < 5
    ) order by tier.tier), '[]')
    from (
        select
            cell.tier, sum(cell.due_count) as due, sum(cell.returned_count) as returned
        from private.retention_cells cell
        where cell.due_month_on >= date_trunc('month', p_since at time zone 'Europe/Warsaw')
            and cell.due_month_on < p_until at time zone 'Europe/Warsaw'
            and cell.due_month_on + interval '1 month' <= now() at time zone 'Europe/Warsaw'
            and (p_desk_ids is null or cell.desk_id = any (p_desk_ids))
        group by 1
        having sum(cell.due_count) > 0
    ) tier
$$;
comment on function private.describe_tier_retention(timestamptz, timestamptz, uuid[]) is
    'client_retention by tier, of the whole months that touch the range and are over: [{"tier", '
    '"due_count", "retention" in percent, "interval": shares, "is_suppressed"}].';

create function private.describe_tier_values(p_desk_ids uuid[] default null)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(jsonb_build_object(
        'tier', tier.tier, 'client_count', private.hide_small_count(tier.n, tier.n),
        'revenue_minor', private.hide_small_count(tier.n, tier.revenue),
        'goods_minor', private.hide_small_count(tier.n, tier.goods),
        'support_cost_minor', private.hide_small_count(tier.n, tier.cost),
        'margin_minor', private.hide_small_count(tier.n, tier.margin),
        'mean_margin_minor', private.hide_small_count(tier.n, round(tier.margin / tier.n)),
        'interval_minor', case when tier.n >= 5 then jsonb_build_array(
            round(tier.margin / tier.n - tier.error), round(tier.margin / tier.n + tier.error)
        ) end,
        'is_suppressed', tier.n < 5, 'currency', 'PLN',
        'expected_margin_minor', null, 'expected_verdict', 'past_only'
    ) order by tier.tier), '[]')
    from (
        select
            total.tier, sum(total.client_count) as n, sum(total.revenue_minor) as revenue,
            sum(total.goods_minor) as goods, sum(total.cost_minor) as cost,
            sum(total.margin_minor) as margin, 1.96 * sqrt(greatest(
                sum(total.margin_squares) - sum(total.margin_minor) ^ 2 / sum(total.client_count), 0
            ) / nullif(sum(total.client_count) - 1, 0) / sum(total.client_count)) as error
        from private.tier_values total
        where p_desk_ids is null or total.desk_id = any (p_desk_ids)
        group by 1
        having sum(total.client_count) > 0
    ) tier
$$;
comment on function private.describe_tier_values(uuid[]) is
    'Lifetime value by the tier clients have now, in grosze: what they paid less refunds, what the '
    'goods cost by cost_rates, what support spent, the margin, its mean for a client with the 95 % '
    'interval of the mean. Only of the past, and expected_verdict says so: what the house expects '
    'of single clients are predictions, which are not added up to money here.';

-- Definer: counts over clients whom the caller may not see; who asks is checked first.
create function private.get_client_cohorts(p_range text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_desk_ids uuid[] := private.require_metric_scope(true);
    v_range record;
begin
    select range.* into v_range from private.require_metric_range(p_range) range;
    return jsonb_build_object(
        'since_at', v_range.since_at, 'until_at', v_range.until_at,
        'scope', case when v_desk_ids is null then 'house' else 'desk' end,
        'cohorts', private.describe_cohorts(v_range.since_at, v_range.until_at, v_desk_ids),
        'retention_by_tier', private.describe_tier_retention(
            v_range.since_at, v_range.until_at, v_desk_ids
        )
    );
end
$$;

create function public.get_client_cohorts(p_range text default '12m')
returns jsonb
language sql
set search_path = ''
as $$
    select private.get_client_cohorts(p_range)
$$;
comment on function public.get_client_cohorts(text) is
    'Managers and quality auditors: their desk; executives, admins and servers: the house. '
    '"cohorts" by month of the first visit [{"cohort_on", "client_count", "ages": [{"months", '
    '"client_count", "share", "is_complete"}]}] and "retention_by_tier". Null and is_suppressed: '
    'one to four clients.';

-- Definer: as get_client_cohorts.
create function private.get_lifetime_values()
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_desk_ids uuid[] := private.require_business_scope();
begin
    return jsonb_build_object(
        'scope', case when v_desk_ids is null then 'house' else 'desk' end,
        'tiers', private.describe_tier_values(v_desk_ids)
    );
end
$$;

create function public.get_lifetime_values()
returns jsonb
language sql
set search_path = ''
as $$
    select private.get_lifetime_values()
$$;
comment on function public.get_lifetime_values() is
    'Managers: their desk; executives, admins and servers: the house. "tiers" [{"tier", '
    '"client_count", "revenue_minor", "goods_minor", "support_cost_minor", "margin_minor", '
    '"mean_margin_minor", "interval_minor"}] of all time, in grosze; null: one to four clients.';

revoke all on
    private.client_months, private.cohort_cells, private.retention_cells, private.client_values,
    private.tier_values
from anon, authenticated, service_role;
alter table private.client_months enable row level security;
alter table private.cohort_cells enable row level security;
alter table private.retention_cells enable row level security;
alter table private.client_values enable row level security;
alter table private.tier_values enable row level security;

revoke all on function
    private.list_client_months(uuid[]), private.keep_client_months(uuid[]),
    private.count_client_months(private.client_months[], integer),
    private.tg_client_months_count(), private.list_client_values(uuid[]),
    private.keep_client_values(uuid[]),
    private.add_client_values(private.client_values[], integer), private.tg_client_values_add(),
    private.tg_profiles_mark_ledgers(), private.take_ledger_marks(integer),
    private.keep_ledgers(integer),
    worker.keep_ledgers(integer),
    private.observe_client_retention(text, timestamptz, timestamptz),
    private.hide_small_count(bigint, numeric), private.list_cohort_ages(date, bigint, uuid[]),
    private.describe_cohorts(timestamptz, timestamptz, uuid[]),
    private.describe_tier_retention(timestamptz, timestamptz, uuid[]),
    private.describe_tier_values(uuid[]), private.get_client_cohorts(text),
    public.get_client_cohorts(text), private.get_lifetime_values(), public.get_lifetime_values()
from public, anon, authenticated, service_role;
grant execute on function private.keep_ledgers(integer), worker.keep_ledgers(integer)
to service_role;
grant execute on function
    private.get_client_cohorts(text), public.get_client_cohorts(text),
    private.get_lifetime_values(), public.get_lifetime_values()
to authenticated, service_role;
