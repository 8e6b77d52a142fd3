-- The return on support: what came after it against what it cost, with every assumption named.

-- -------------------------------------------------------------------------------------------------
-- Whose money
-- -------------------------------------------------------------------------------------------------
create function private.require_business_scope()
returns uuid[]
language plpgsql
stable
set search_path = ''
as $$
declare
    v_desk_ids uuid[] := private.require_metric_scope(false);
begin
    if v_desk_ids is not null and not private.is_manager() then
        perform private.refuse(
            'PT403', 'manager_required', 'Money is for managers, executives and admins.'
        );
    end if;
    return v_desk_ids;
end
$$;
comment on function private.require_business_scope() is
    'The desks whose money the caller may see: a manager''s own; null: the whole house.';

create function private.sum_metric(
    p_metric text, p_since timestamptz, p_until timestamptz, p_desk_ids uuid[]
)
returns numeric
language plpgsql
stable
set search_path = ''
as $$
begin
    return coalesce((
        select tally.value
        from private.summarise_metric(p_metric, p_since, p_until, p_desk_ids) tally
    ), 0);
end
$$;

create function private.find_roi(p_revenue numeric, p_cost numeric)
returns numeric
language sql
immutable
set search_path = ''
as $$
    select round(100 * (p_revenue - p_cost) / nullif(p_cost, 0), 2)
$$;
comment on function private.find_roi(numeric, numeric) is
    'In percent: 0 when it came to what it cost. Null when nothing was spent.';

create function private.point_to_evidence(p_metric text, p_range text)
returns jsonb
language sql
immutable
set search_path = ''
as $$
    select jsonb_build_object('function', 'get_metric_evidence', 'arguments', jsonb_build_object(
        'p_metric', p_metric, 'p_range', p_range
    ))
$$;
comment on function private.point_to_evidence(text, text) is
    'The call that answers what a figure is made of.';

-- -------------------------------------------------------------------------------------------------
-- How sure
-- -------------------------------------------------------------------------------------------------

-- A ratio of two sums over days: its error is that of the days' residuals, which grows when revenue
-- and cost do not move together. Of less than two weeks it would say more than is known.
create function private.find_roi_interval(
    p_since timestamptz, p_until timestamptz, p_desk_ids uuid[]
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    with days as (
        select coalesce(earned.total, 0) as revenue, coalesce(spent.total, 0) as cost
        from private.list_metric_days('attributed_revenue', p_since, p_until, p_desk_ids) earned
        full join private.list_metric_days('support_cost', p_since, p_until, p_desk_ids) spent
            on spent.day = earned.day
    ), whole as (
        select sum(days.revenue) as revenue, sum(days.cost) as cost, count(*) as n from days
    ), spread as (
        select sqrt(whole.n::numeric / (whole.n - 1) * sum(
            (days.revenue - days.cost * whole.revenue / whole.cost) ^ 2
        )) / whole.cost as error
        from days cross join whole
        where whole.n >= 14 and whole.cost > 0
        group by whole.n, whole.revenue, whole.cost
    )
    select jsonb_build_object(
        'low', round(private.find_roi(whole.revenue, whole.cost) - 196 * spread.error, 2),
        'high', round(private.find_roi(whole.revenue, whole.cost) + 196 * spread.error, 2),
        'level', 0.95, 'day_count', whole.n,
        'method', 'ratio of daily sums, linearised (Taylor), normal'
    )
    from whole join spread on true
$$;
comment on function private.find_roi_interval(timestamptz, timestamptz, uuid[]) is
    'The 95 % interval of the return, of days with revenue or cost; null below 14 of them. It '
    'covers chance between days, not whether support caused the revenue: that is sensitivity.';

create function private.list_roi_cases(p_revenue numeric, p_rated numeric, p_other numeric)
returns jsonb
language sql
immutable
set search_path = ''
as $$
    select jsonb_agg(jsonb_build_object(
        'revenue_share', share.percent, 'rate_change', change.percent,
        'roi', private.find_roi(
            p_revenue * share.percent / 100, p_rated * (100 + change.percent) / 100 + p_other
        )
    ) order by share.percent, change.percent)
    from (values (50), (75), (100)) share (percent)
    cross join (values (-20), (0), (20)) change (percent)
$$;
comment on function private.list_roi_cases(numeric, numeric, numeric) is
    'The return if only that share of the revenue is owed to support, and if rates are off by so '
    'much; what was granted to clients is known and does not move.';

-- -------------------------------------------------------------------------------------------------
-- What is proved
-- -------------------------------------------------------------------------------------------------

-- The one part that is measured against clients who were left alone. It is not added to revenue:
-- the same purchase may stand there already.
create function private.describe_retained_revenue(
    p_since timestamptz, p_until timestamptz, p_desk_ids uuid[]
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    with plays as materialized (
        select private.tally_plays(
            coalesce(p_desk_ids, array(select desk.id from public.desks desk)), p_since, p_until
        ) as tally
    ), worth as (
        select avg(paid.net) as mean_minor
        from public.retention_plays play
        join public.profiles client on client.id = play.client_id
        cross join lateral (
            select coalesce(sum(one.amount_minor - one.refunded_minor), 0) as net
            from public.purchases one
            where one.client_id = play.client_id and one.currency = 'PLN'
                and one.purchased_at >= play.starts_at and one.purchased_at < play.ends_at
        ) paid
        where play.arm = 'treated' and play.outcome = 'returned'
            and play.starts_at >= p_since and play.starts_at < p_until
            and (p_desk_ids is null or client.desk_id = any (p_desk_ids))
            and (select plays.tally ->> 'verdict' from plays) = 'retains'
    ), told as (
        select
            plays.tally, round(worth.mean_minor) as mean_minor,
            (plays.tally #>> '{treated,count}')::numeric as treated
        from plays cross join worth
    )
    select jsonb_build_object(
        'verdict', told.tally -> 'verdict', 'treated_count', told.treated,
        'revenue_per_client_minor', told.mean_minor,
        'revenue_minor', round((told.tally ->> 'difference')::numeric
            * told.treated * told.mean_minor),
        'low_minor', round((told.tally #>> '{interval,0}')::numeric
            * told.treated * told.mean_minor),
        'high_minor', round((told.tally #>> '{interval,1}')::numeric
            * told.treated * told.mean_minor),
        'drill_down', '{"function": "get_uplift_report"}'::jsonb
    )
    from told
$$;
comment on function private.describe_retained_revenue(timestamptz, timestamptz, uuid[]) is
    'What plays against leaving brought in: the share they retain beyond those held out, times '
    'whom they treated, times what a retained client paid within the 60 days. Null unless the '
    'holdout proves that they retain.';

-- -------------------------------------------------------------------------------------------------
-- The answer
-- -------------------------------------------------------------------------------------------------
create function private.describe_attribution(
    p_since timestamptz, p_until timestamptz, p_desk_ids uuid[], p_cost numeric, p_range text
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_agg(jsonb_build_object(
        'model', model.model, 'label', model.label, 'metric', model.metric,
        'window_days', model.window_days, 'version', model.version,
        'description', model.description, 'revenue', earned.total,
        'roi', private.find_roi(earned.total, p_cost),
        'drill_down', private.point_to_evidence(model.metric, p_range)
    ) order by model.model)
    from public.attribution_models model
    -- Limited, so that it is not asked once for each place it stands in.
    cross join lateral (
        select private.sum_metric(model.metric, p_since, p_until, p_desk_ids) as total limit 1
    ) earned
$$;

create function private.describe_costs(
    p_since timestamptz, p_until timestamptz, p_desk_ids uuid[] default null,
    p_range text default null
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_agg(jsonb_build_object(
        'kind', kind.name, 'metric', 'support_cost_' || kind.name, 'cost', private.sum_metric(
            'support_cost_' || kind.name, p_since, p_until, p_desk_ids
        ),
        'is_rated', kind.is_rated,
        'drill_down', private.point_to_evidence('support_cost_' || kind.name, p_range)
    ) order by kind.place)
    from (
        values (1, 'agents', true), (2, 'overhead', true), (3, 'channels', true),
            (4, 'partners', true), (5, 'recovery', false)
    ) kind (place, name, is_rated)
$$;
comment on function private.describe_costs(timestamptz, timestamptz, uuid[], text) is
    'The kinds of cost of a range, in grosze; is_rated: moves with cost_rates.';

create function private.sum_costs(
    p_since timestamptz, p_until timestamptz, p_desk_ids uuid[], p_range text
)
returns table (components jsonb, cost numeric, rated numeric)
language plpgsql
stable
rows 1
set search_path = ''
as $$
begin
    components := private.describe_costs(p_since, p_until, p_desk_ids, p_range);
    select sum(part.cost), sum(part.cost) filter (where part.is_rated) into cost, rated
    from jsonb_to_recordset(components) as part (cost numeric, is_rated boolean);
    return next;
end
$$;
comment on function private.sum_costs(timestamptz, timestamptz, uuid[], text) is
    'The kinds of cost, their sum, and what of it moves with cost_rates.';

create function private.describe_roi(
    p_since timestamptz, p_until timestamptz, p_desk_ids uuid[] default null,
    p_range text default null
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    with earned as materialized (
        select private.sum_metric('attributed_revenue', p_since, p_until, p_desk_ids) as total
    )
    select jsonb_build_object(
        'since_at', p_since, 'until_at', p_until, 'currency', 'PLN',
        'roi', private.find_roi(earned.total, spent.cost), 'revenue', earned.total,
        'costs', spent.cost, 'formula', '100 * (revenue - costs) / costs',
        'headline_model', 'last_touch',
        'interval', private.find_roi_interval(p_since, p_until, p_desk_ids),
        'by_model', private.describe_attribution(
            p_since, p_until, p_desk_ids, spent.cost, p_range
        ),
        'components', spent.components, 'sensitivity', private.list_roi_cases(
            earned.total, spent.rated, spent.cost - spent.rated
        ),
        'retained', private.describe_retained_revenue(p_since, p_until, p_desk_ids)
    )
    from earned cross join private.sum_costs(p_since, p_until, p_desk_ids, p_range) spent
$$;
comment on function private.describe_roi(timestamptz, timestamptz, uuid[], text) is
    'get_support_roi without the period before.';

create function private.describe_roi_before(
    p_since timestamptz, p_until timestamptz, p_desk_ids uuid[]
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    with sums as materialized (
        select
            private.sum_metric('attributed_revenue', p_since, p_until, p_desk_ids) as revenue,
            private.sum_metric('support_cost', p_since, p_until, p_desk_ids) as cost
    )
    select jsonb_build_object(
        'since_at', p_since, 'until_at', p_until, 'revenue', sums.revenue, 'costs', sums.cost,
        'roi', private.find_roi(sums.revenue, sums.cost),
        'interval', private.find_roi_interval(p_since, p_until, p_desk_ids)
    )
    from sums
$$;

-- Definer: sums over purchases and tickets that the caller may not all see; whose money it is, is
-- checked first.
create function private.get_support_roi(p_range text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_desk_ids uuid[] := private.require_business_scope();
    v_range record;
begin
    select range.* into v_range from private.require_metric_range(p_range) range;
    return private.describe_roi(v_range.since_at, v_range.until_at, v_desk_ids, p_range)
        || jsonb_build_object(
            'scope', case when v_desk_ids is null then 'house' else 'desk' end,
            'counted_until', private.find_ledger_moment(),
            'previous', private.describe_roi_before(
                v_range.previous_since_at, v_range.since_at, v_desk_ids
            )
        );
end
$$;

create function private.find_ledger_moment()
returns timestamptz
language sql
stable
set search_path = ''
as $$
    select coalesce((
        select dirt.marked_at from private.ledger_dirt dirt order by dirt.id limit 1
    ), now())
$$;
comment on function private.find_ledger_moment() is
    'Until when everything that happened is counted: the oldest mark that waits, or now.';

create function public.get_support_roi(p_range text default '30d')
returns jsonb
language sql
set search_path = ''
as $$
    select private.get_support_roi(p_range)
$$;
comment on function public.get_support_roi(text) is
    'calculateSupportROI. Managers: their desk; executives, admins and servers: the house. Of the '
    'range (24h, 7d, 12m, or days 2026-11-01/2026-11-30 in Warsaw), amounts in grosze: "roi" in '
    'percent (null: nothing spent), "revenue", "costs", "formula", "interval", "by_model" and '
    '"components" with the call that drills each down, "sensitivity" [{"revenue_share", '
    '"rate_change", "roi"}], "retained" (only what the holdout proves, not in revenue), '
    '"previous", "counted_until".';

-- -------------------------------------------------------------------------------------------------
-- What it is made of
-- -------------------------------------------------------------------------------------------------
create function private.list_attributed_revenue(
    p_model text, p_since timestamptz, p_until timestamptz, p_desk_ids uuid[], p_limit integer
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(to_jsonb(part) order by part.earned_at desc, part.item_id), '[]')
    from (
        select
            one.item_kind, one.item_id, one.client_id, one.earned_at, one.net_minor,
            one.ticket_id, ticket.number as ticket_number, one.cycle, one.touched_at,
            one.touch_count, one.desk_id
        from private.attributed_revenue one
        join public.support_tickets ticket on ticket.id = one.ticket_id
        where one.model = p_model and one.earned_at >= p_since and one.earned_at < p_until
            and (p_desk_ids is null or one.desk_id = any (p_desk_ids))
        order by one.earned_at desc, one.item_id
        limit p_limit
    ) part
$$;

-- Definer: as get_support_roi.
create function private.get_attributed_revenue(p_range text, p_model text, p_limit integer)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_desk_ids uuid[] := private.require_business_scope();
    v_model public.attribution_models;
    v_range record;
begin
    select known.* into v_model
    from public.attribution_models known where known.model = p_model;
    if v_model.model is null then
        perform private.refuse('PT422', 'model_unknown', 'One of those in attribution_models.');
    elsif (p_limit between 1 and 1000) is not true then
        perform private.refuse('PT422', 'limit_out_of_range', 'From 1 to 1000.');
    end if;
    select range.* into v_range from private.require_metric_range(p_range) range;
    return jsonb_build_object(
        'since_at', v_range.since_at, 'until_at', v_range.until_at, 'currency', 'PLN',
        'model', to_jsonb(v_model), 'total_minor', private.sum_metric(
            v_model.metric, v_range.since_at, v_range.until_at, v_desk_ids
        ),
        'items', private.list_attributed_revenue(
            p_model, v_range.since_at, v_range.until_at, v_desk_ids, p_limit
        )
    );
end
$$;

create function public.get_attributed_revenue(
    p_range text default '30d',
    p_model text default 'last_touch',
    p_limit integer default 100
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.get_attributed_revenue(p_range, p_model, p_limit)
$$;
comment on function public.get_attributed_revenue(text, text, integer) is
    'Managers: their desk; executives, admins and servers: the house. Which purchases and renewals '
    'a model owes to which tickets, the newest first: "total_minor" of the whole range and "items" '
    '[{"item_kind", "item_id", "client_id", "earned_at", "net_minor", "ticket_id", '
    '"ticket_number", "cycle", "touched_at", "touch_count"}]; of several cycles the last is named.';

-- Numbered desk by desk, as the ledger's parts are, so that a desk's cycles add up to its part.
create function private.list_revenue_touches(p_model text, p_item_id uuid, p_desk_ids uuid[])
returns table (
    ticket_id uuid, cycle integer, desk_id uuid, resolved_at timestamptz, net_minor bigint
)
language sql
stable
rows 10
set search_path = ''
as $$
    with item as (
        select one.client_id, one.earned_at, sum(one.net_minor)::bigint as net
        from private.attributed_revenue one
        where one.model = p_model and one.item_id = p_item_id
        group by 1, 2
    ), touches as (
        select
            touch.*, item.net, count(*) over () as all_count, row_number() over (
                order by touch.desk_id, touch.resolved_at, touch.ticket_id, touch.cycle
            ) as number
        from item
        cross join lateral private.list_touches(array[item.client_id]) touch
        join public.attribution_models model
            on model.model = p_model and model.split = 'equal'
            and item.earned_at > touch.resolved_at and item.earned_at
                <= touch.resolved_at + make_interval(hours => 24 * model.window_days)
    )
    select
        one.ticket_id, one.cycle, one.desk_id, one.resolved_at,
        one.net * one.number / one.all_count - one.net * (one.number - 1) / one.all_count
    from touches one
    where p_desk_ids is null or one.desk_id = any (p_desk_ids)
    union all
    select one.ticket_id, one.cycle, one.desk_id, one.touched_at, one.net_minor
    from private.attributed_revenue one
    join public.attribution_models model on model.model = one.model and model.split <> 'equal'
    where one.model = p_model and one.item_id = p_item_id
        and (p_desk_ids is null or one.desk_id = any (p_desk_ids))
$$;

-- Definer: as get_support_roi.
create function private.get_revenue_touches(p_item_id uuid, p_model text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_desk_ids uuid[] := private.require_business_scope();
    v_touches jsonb := (
        select jsonb_agg(to_jsonb(touch) order by touch.resolved_at, touch.ticket_id, touch.cycle)
        from private.list_revenue_touches(p_model, p_item_id, v_desk_ids) touch
    );
begin
    if v_touches is null then
        perform private.refuse(
            'PT404', 'revenue_not_found', 'This model owes nothing of it to your tickets.'
        );
    end if;
    return jsonb_build_object('item_id', p_item_id, 'model', p_model, 'touches', v_touches);
end
$$;

create function public.get_revenue_touches(p_item_id uuid, p_model text default 'linear')
returns jsonb
language sql
set search_path = ''
as $$
    select private.get_revenue_touches(p_item_id, p_model)
$$;
comment on function public.get_revenue_touches(uuid, text) is
    'Managers: their desk; executives, admins and servers: the house. To which cycles a model owes '
    'one purchase or renewal, and how much to each: "touches" [{"ticket_id", "cycle", "desk_id", '
    '"resolved_at", "net_minor"}].';

create function private.list_support_costs(
    p_kind text, p_since timestamptz, p_until timestamptz, p_desk_ids uuid[], p_limit integer
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(to_jsonb(part) order by part.spent_at desc, part.item_id), '[]')
    from (
        select newest.*
        from unnest(case
            when p_kind is null then '{agents,overhead,channels,partners,recovery}'
            else array[p_kind]
        end) wanted (kind)
        cross join lateral (
            select
                one.kind, one.item_id, one.subject, one.client_id, one.ticket_id, one.cycle,
                one.desk_id, one.spent_at, one.seconds, one.cost_minor
            from private.support_costs one
            where one.kind = wanted.kind
                and one.spent_at >= p_since and one.spent_at < p_until
                and (p_desk_ids is null or one.desk_id = any (p_desk_ids))
            order by one.spent_at desc, one.item_id
            limit p_limit
        ) newest
        order by newest.spent_at desc, newest.item_id
        limit p_limit
    ) part
$$;

-- Definer: as get_support_roi.
create function private.get_support_costs(p_range text, p_kind text, p_limit integer)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_desk_ids uuid[] := private.require_business_scope();
    v_range record;
begin
    if p_kind not in ('agents', 'overhead', 'channels', 'partners', 'recovery') then
        perform private.refuse(
            'PT422', 'kind_unknown', 'agents, overhead, channels, partners or recovery.'
        );
    elsif (p_limit between 1 and 1000) is not true then
        perform private.refuse('PT422', 'limit_out_of_range', 'From 1 to 1000.');
    end if;
    select range.* into v_range from private.require_metric_range(p_range) range;
    return jsonb_build_object(
        'since_at', v_range.since_at, 'until_at', v_range.until_at, 'currency', 'PLN',
        'total_minor', private.sum_metric(
            concat_ws('_', 'support_cost', p_kind), v_range.since_at, v_range.until_at, v_desk_ids
        ),
        'items', private.list_support_costs(
            p_kind, v_range.since_at, v_range.until_at, v_desk_ids, p_limit
        )
    );
end
$$;

create function public.get_support_costs(
    p_range text default '30d',
    p_kind text default null,
    p_limit integer default 100
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.get_support_costs(p_range, p_kind, p_limit)
$$;
comment on function public.get_support_costs(text, text, integer) is
    'Managers: their desk; executives, admins and servers: the house. What was spent on what, the '
    'newest first: "total_minor" of the whole range and "items" [{"kind", "item_id", "subject", '
    '"client_id", "ticket_id", "cycle", "spent_at", "seconds", "cost_minor"}].';

revoke all on function
    private.require_business_scope(),
    private.sum_metric(text, timestamptz, timestamptz, uuid[]),
    private.find_roi(numeric, numeric), private.point_to_evidence(text, text),
    private.find_roi_interval(timestamptz, timestamptz, uuid[]),
    private.list_roi_cases(numeric, numeric, numeric),
    private.describe_retained_revenue(timestamptz, timestamptz, uuid[]),
    private.describe_attribution(timestamptz, timestamptz, uuid[], numeric, text),
    private.describe_costs(timestamptz, timestamptz, uuid[], text),
    private.sum_costs(timestamptz, timestamptz, uuid[], text),
    private.describe_roi(timestamptz, timestamptz, uuid[], text),
    private.describe_roi_before(timestamptz, timestamptz, uuid[]),
    private.get_support_roi(text), private.find_ledger_moment(), public.get_support_roi(text),
    private.list_attributed_revenue(text, timestamptz, timestamptz, uuid[], integer),
    private.get_attributed_revenue(text, text, integer),
    public.get_attributed_revenue(text, text, integer),
    private.list_revenue_touches(text, uuid, uuid[]), private.get_revenue_touches(uuid, text),
    public.get_revenue_touches(uuid, text),
    private.list_support_costs(text, timestamptz, timestamptz, uuid[], integer),
    private.get_support_costs(text, text, integer), public.get_support_costs(text, text, integer)
from public, anon, authenticated, service_role;
grant execute on function
    private.get_support_roi(text), public.get_support_roi(text),
    private.get_attributed_revenue(text, text, integer),
    public.get_attributed_revenue(text, text, integer),
    private.get_revenue_touches(uuid, text), public.get_revenue_touches(uuid, text),
    private.get_support_costs(text, text, integer), public.get_support_costs(text, text, integer)
to authenticated, service_role;
