-- What support costs: agents' time, the house around them, channels, partners, making things good.
-- Rates and rules are rows; every amount is a row of a ledger that names what it was spent on.
--
-- Events in: clock.minutely -> analytics.ledgers, as in analytics_revenue.

-- -------------------------------------------------------------------------------------------------
-- Rates
-- -------------------------------------------------------------------------------------------------
create table public.cost_rates (
    kind text not null,
    subject text not null,
    valid_from_on date not null,
    amount numeric(12, 2) not null,
    source text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint cost_rates_pkey primary key (kind, subject, valid_from_on),
    constraint cost_rates_kind_is_known check (kind in (
        'agent_hour', 'overhead_hour', 'channel_cycle', 'partner_request', 'goods_percent'
    )),
    constraint cost_rates_subject_is_a_word check (subject ~ '^[a-z][a-z_]{0,39}$'),
    constraint cost_rates_amount_is_sane check (
        amount >= 0 and amount <= case kind when 'goods_percent' then 100 else 100000000 end
    ),
    constraint cost_rates_are_in_our_time
        check (valid_from_on >= '2000-01-01' and valid_from_on < '2200-01-01'),
    constraint cost_rates_source_is_text check (private.is_clean_text(source, 300))
);
comment on table public.cost_rates is
    'What things cost from a day (in Warsaw) on. Of the rates for a subject, or else for "other", '
    'the newest that is valid on the day counts; none: nothing.';
comment on column public.cost_rates.kind is
    'agent_hour by role, overhead_hour likewise, channel_cycle by channel, partner_request by '
    'kind of partner: in grosze. goods_percent by kind of purchase: of what is paid.';
comment on column public.cost_rates.source is 'Who says so.';
insert into public.cost_rates (kind, subject, valid_from_on, amount, source)
select rate.kind, rate.subject, '2000-01-01', rate.amount,
    'The house''s founding estimate; payroll and invoices know better.'
from (
    values
        ('agent_hour', 'agent', 6800), ('agent_hour', 'concierge', 8200),
        ('agent_hour', 'relationship_manager', 11000), ('agent_hour', 'manager', 13500),
        ('agent_hour', 'other', 6800),
        ('overhead_hour', 'other', 2400),
        ('channel_cycle', 'phone', 180), ('channel_cycle', 'whatsapp', 45),
        ('channel_cycle', 'other', 10),
        ('partner_request', 'other', 18000),
        ('goods_percent', 'product', 55), ('goods_percent', 'treatment', 62),
        ('goods_percent', 'membership', 58), ('goods_percent', 'gift_card', 62),
        ('goods_percent', 'other', 60)
) rate (kind, subject, amount);
create trigger cost_rates_touch
before update on public.cost_rates
for each row execute function private.tg_touch_row();
create trigger cost_rates_record
after insert or update or delete on public.cost_rates
for each row execute function private.tg_record_configuration('kind');

create function private.find_cost_rate(p_kind text, p_subject text, p_at timestamptz)
returns numeric
language sql
stable
set search_path = ''
as $$
    select coalesce((
        select rate.amount from public.cost_rates rate
        where rate.kind = p_kind and rate.subject in (p_subject, 'other')
            and rate.valid_from_on <= (p_at at time zone 'Europe/Warsaw')::date
        order by rate.subject = p_subject desc, rate.valid_from_on desc
        limit 1
    ), 0)
$$;

create table public.handling_rules (
    channel text primary key references public.channels (channel) on delete cascade,
    attention numeric(3, 2) not null,
    longest_seconds integer not null,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint handling_rules_attention_is_a_share check (attention > 0 and attention <= 1),
    constraint handling_rules_longest_is_within_a_day
        check (longest_seconds between 60 and 86400)
);
comment on table public.handling_rules is
    'How long somebody worked on a ticket: the time it was in their hands, from when they took it '
    'until it was resolved or went on, at most longest_seconds, times the attention that a '
    'conversation of the channel takes. A channel without a rule: 15 minutes at most, all of it.';
insert into public.handling_rules (channel, attention, longest_seconds)
select known.channel, rule.attention, rule.longest_seconds
from (
    values
        ('phone', 1, 3600), ('chat', 0.5, 2700), ('whatsapp', 0.5, 2700), ('instagram', 0.5, 2700),
        ('email', 1, 720), ('phone_note', 1, 480)
) rule (channel, attention, longest_seconds)
join public.channels known on known.channel = rule.channel;
create trigger handling_rules_bump_version
before update on public.handling_rules
for each row execute function private.tg_bump_version();
create trigger handling_rules_record
after insert or update or delete on public.handling_rules
for each row execute function private.tg_record_configuration('channel');

-- -------------------------------------------------------------------------------------------------
-- The ledger
-- -------------------------------------------------------------------------------------------------
create table private.support_costs (
    kind text not null,
    item_id uuid not null,
    cycle integer not null,
    subject text not null,
    ticket_id uuid references public.support_tickets (id) on delete cascade,
    client_id uuid not null references public.profiles (id) on delete cascade,
    desk_id uuid not null references public.desks (id),
    spent_at timestamptz not null,
    seconds integer,
    cost_minor bigint not null,
    is_first_of_month boolean not null,
    constraint support_costs_pkey primary key (item_id, kind, cycle, subject),
    constraint support_costs_kind_is_known
        check (kind in ('agents', 'overhead', 'channels', 'partners', 'recovery')),
    constraint support_costs_are_not_negative check (cost_minor >= 0 and seconds >= 0)
);
comment on table private.support_costs is
    'What was spent on clients, in grosze: each role''s time on a cycle and the house around it, '
    'the channel, all when the cycle is resolved; each partner''s step; each gesture granted.';
comment on column private.support_costs.item_id is
    'The ticket; of partners the step of the service; of recovery the gesture.';
comment on column private.support_costs.cycle is 'Of the ticket; 0 where there is none.';
comment on column private.support_costs.subject is
    'The role, the channel, the kind of partner or of gesture.';
comment on column private.support_costs.seconds is 'How long they worked; null: nobody''s time.';
comment on column private.support_costs.is_first_of_month is
    'On the first cycle of a client resolved in a month of Warsaw: it counts the client.';
create index support_costs_spent_at_idx on private.support_costs (kind, spent_at);
comment on index private.support_costs_spent_at_idx is 'Serves the sums and the list of a range.';
create index support_costs_client_id_idx on private.support_costs (client_id);
comment on index private.support_costs_client_id_idx is
    'Serves making a client''s rows again, and the foreign key.';
create index support_costs_ticket_id_idx on private.support_costs (ticket_id);
comment on index private.support_costs_ticket_id_idx is 'Serves the foreign key.';
create index support_costs_desk_id_idx on private.support_costs (desk_id, spent_at);
comment on index private.support_costs_desk_id_idx is
    'Serves a desk''s list, newest first, and the foreign key.';

-- An assignment that nobody took up cost nothing; whoever resolved had it from the offer on.
create function private.list_handling(p_client_ids uuid[])
returns table (
    client_id uuid, ticket_id uuid, cycle integer, desk_id uuid, resolved_at timestamptz,
    role text, seconds numeric
)
language sql
stable
rows 1000
set search_path = ''
as $$
    select
        touch.client_id, touch.ticket_id, touch.cycle, touch.desk_id, touch.resolved_at,
        staff.role, sum(least(
            extract(epoch from given.ended_at - coalesce(given.answered_at, given.offered_at)),
            coalesce(rule.longest_seconds, 900)
        ) * coalesce(rule.attention, 1))
    from private.list_touches(p_client_ids) touch
    join public.support_tickets ticket on ticket.id = touch.ticket_id
    join public.ticket_assignments given
        on given.ticket_id = touch.ticket_id and given.cycle = touch.cycle
        and given.ended_at >= coalesce(given.answered_at, given.offered_at)
        and (given.state = 'completed' or given.answered_at is not null)
        and given.state <> 'declined'
    join public.staff_members staff on staff.id = given.agent_id
    left join public.handling_rules rule on rule.channel = ticket.channel
    group by 1, 2, 3, 4, 5, 6
$$;
comment on function private.list_handling(uuid[]) is
    'How long each role worked on each resolved cycle of these clients, by handling_rules; the '
    'role is the one they have now.';

create function private.list_cycle_costs(p_client_ids uuid[])
returns setof private.support_costs
language sql
stable
rows 1000
set search_path = ''
as $$
    select
        part.kind, work.ticket_id, work.cycle, part.subject, work.ticket_id, work.client_id,
        work.desk_id, work.resolved_at, round(work.seconds)::integer,
        round(work.seconds / 3600 * private.find_cost_rate(
            part.rate, part.subject, work.resolved_at
        ))::bigint, false
    from (
        select known.*, known.role as subject from private.list_handling(p_client_ids) known
    ) work
    cross join lateral (
        values ('agents', 'agent_hour', work.role), ('overhead', 'overhead_hour', work.role)
    ) as part (kind, rate, subject)
    union all
    select
        'channels', touch.ticket_id, touch.cycle, ticket.channel, touch.ticket_id,
        touch.client_id, touch.desk_id, touch.resolved_at, null,
        round(private.find_cost_rate('channel_cycle', ticket.channel, touch.resolved_at))::bigint,
        1 = row_number() over (
            partition by touch.client_id, date_trunc('month', touch.resolved_at, 'Europe/Warsaw')
            order by touch.resolved_at, touch.ticket_id, touch.cycle
        )
    from private.list_touches(p_client_ids) touch
    join public.support_tickets ticket on ticket.id = touch.ticket_id
$$;

-- A refund given to make good is told by the till too, and there it lessens revenue.
create function private.list_service_costs(p_client_ids uuid[])
returns setof private.support_costs
language sql
stable
rows 100
set search_path = ''
as $$
    select
        'partners', step.id, 0, partner.kind, null::uuid, service.client_id, service.desk_id,
        step.executed_at, null::integer, round(private.find_cost_rate(
            'partner_request', partner.kind, step.executed_at
        ))::bigint, false
    from public.white_glove_services service
    join public.white_glove_steps step on step.service_id = service.id
    join public.partner_requests asked on asked.step_id = step.id and asked.state = 'accepted'
    join public.partners partner on partner.id = asked.partner_id
    where service.client_id = any (p_client_ids) and step.executed_at is not null
    union all
    select
        'recovery', gesture.id, 0, gesture.kind, known.ticket_id, known.client_id, known.desk_id,
        gesture.settled_at, null, gesture.amount_minor::bigint, false
    from public.recovery_cases known
    join public.recovery_gestures gesture on gesture.case_id = known.id
    where known.client_id = any (p_client_ids) and gesture.state = 'granted'
        and gesture.kind <> 'refund'
$$;
comment on function private.list_service_costs(uuid[]) is
    'Steps that a partner did, also when they were undone later, and gestures granted but for '
    'refunds, which lessen revenue where the till tells them.';

create function private.keep_support_costs(p_client_ids uuid[])
returns void
language sql
set search_path = ''
as $$
    with fresh as materialized (
        select one.* from private.list_cycle_costs(p_client_ids) one
        union all
        select one.* from private.list_service_costs(p_client_ids) one
    ), gone as (
        delete from private.support_costs kept
        where kept.client_id = any (p_client_ids) and not exists (
            select from fresh
            where fresh.item_id = kept.item_id and fresh.kind = kept.kind
                and fresh.cycle = kept.cycle and fresh.subject = kept.subject
        )
    )
    insert into private.support_costs as kept
    select fresh.* from fresh
    on conflict (item_id, kind, cycle, subject) do update
    set ticket_id = excluded.ticket_id, client_id = excluded.client_id,
        desk_id = excluded.desk_id, spent_at = excluded.spent_at, seconds = excluded.seconds,
        cost_minor = excluded.cost_minor, is_first_of_month = excluded.is_first_of_month
    where kept is distinct from excluded
$$;
comment on function private.keep_support_costs(uuid[]) is
    'Makes these clients'' rows again; what is as it was is not written.';

-- -------------------------------------------------------------------------------------------------
-- What makes it stale
-- -------------------------------------------------------------------------------------------------
create function private.tg_white_glove_steps_mark_ledgers()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.mark_ledgers(array[service.client_id])
    from public.white_glove_services service where service.id = new.service_id;
    return null;
end
$$;
create trigger white_glove_steps_mark_ledgers
after update on public.white_glove_steps
for each row when (new.executed_at is distinct from old.executed_at)
execute function private.tg_white_glove_steps_mark_ledgers();

create function private.tg_recovery_gestures_mark_ledgers()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.mark_ledgers(array[known.client_id])
    from public.recovery_cases known where known.id = new.case_id;
    return null;
end
$$;
create trigger recovery_gestures_mark_ledgers
after insert or update on public.recovery_gestures
for each row execute function private.tg_recovery_gestures_mark_ledgers();

-- Also a rate of the past: what was spent since is counted again.
create function private.tg_cost_rates_mark_ledgers()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    insert into private.ledger_dirt (client_id)
    select distinct spent.client_id from private.support_costs spent
    where spent.spent_at >= least(new.valid_from_on, old.valid_from_on)::timestamp
        at time zone 'Europe/Warsaw'
    union
    select worth.client_id from private.client_values worth
    where coalesce(new.kind, old.kind) = 'goods_percent';
    return null;
end
$$;
create trigger cost_rates_mark_ledgers
after insert or update or delete on public.cost_rates
for each row execute function private.tg_cost_rates_mark_ledgers();

create function private.tg_handling_rules_mark_ledgers()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    insert into private.ledger_dirt (client_id)
    select distinct spent.client_id from private.support_costs spent where spent.kind = 'channels';
    return null;
end
$$;
create trigger handling_rules_mark_ledgers
after insert or update or delete on public.handling_rules
for each statement execute function private.tg_handling_rules_mark_ledgers();

-- -------------------------------------------------------------------------------------------------
-- Its metrics
-- -------------------------------------------------------------------------------------------------
create function private.touch_cost_metrics(
    p_kinds text[], p_moments timestamptz[], p_counts_clients boolean
)
returns void
language sql
set search_path = ''
as $$
    select private.touch_metrics(
        array['support_cost', 'support_net', 'support_cost_' || changed.kind]
            || case when p_counts_clients then array['clients_served'] else '{}' end,
        array_agg(distinct changed.moment)
    )
    from unnest(p_kinds, p_moments) changed (kind, moment)
    group by changed.kind
$$;

-- Definer: deleting an account takes these rows along, and Auth has no right in private.
create function private.tg_support_costs_touch()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if tg_op <> 'DELETE' then
        perform private.touch_cost_metrics(
            array_agg(one.kind), array_agg(one.spent_at), one.kind = 'channels'
        )
        from arrived one group by one.kind = 'channels';
    end if;
    if tg_op <> 'INSERT' then
        perform private.touch_cost_metrics(
            array_agg(one.kind), array_agg(one.spent_at), one.kind = 'channels'
        )
        from was one group by one.kind = 'channels';
    end if;
    return null;
end
$$;
create trigger support_costs_touch_arrived
after insert on private.support_costs
referencing new table as arrived
for each statement execute function private.tg_support_costs_touch();
create trigger support_costs_touch_changed
after update on private.support_costs
referencing old table as was new table as arrived
for each statement execute function private.tg_support_costs_touch();
create trigger support_costs_touch_gone
after delete on private.support_costs
referencing old table as was
for each statement execute function private.tg_support_costs_touch();

create function private.observe_support_costs(
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
    select spent.spent_at, spent.item_id, spent.desk_id, spent.cost_minor::numeric
    from private.support_costs spent
    where spent.spent_at >= p_since and spent.spent_at < p_until and spent.kind = any (
        case p_metric
            when 'support_cost' then '{agents,overhead,channels,partners,recovery}'
            else array[substr(p_metric, 14)]
        end
    );
end
$$;

create function private.observe_served_clients(
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
    select spent.spent_at, spent.ticket_id, spent.desk_id, 1::numeric
    from private.support_costs spent
    where spent.kind = 'channels' and spent.is_first_of_month
        and spent.spent_at >= p_since and spent.spent_at < p_until;
end
$$;

create function private.observe_support_net(
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
    select part.*
    from private.observe_attributed_revenue('attributed_revenue', p_since, p_until) part
    union all
    select spent.observed_at, spent.subject_id, spent.desk_id, -spent.value
    from private.observe_support_costs('support_cost', p_since, p_until) spent;
end
$$;

insert into public.metric_definitions (
    metric, label, category, unit, direction, method, window_seconds, drill_down, audience,
    description
)
select
    named.metric, named.label, 'cost', named.unit, named.direction, 'sum', 86400, named.drill_down,
    'managers', named.description
from (
    values
        ('support_cost', 'Cost of support', 'money', 'lower', 'tickets', 'Agents'' time, the house '
            'around them, channels, partners and recovery, by the rates valid on the day; a cycle '
            'counts when it is resolved.'),
        ('support_cost_agents', 'Cost of agents', 'money', 'lower', 'tickets', 'Time on resolved '
            'cycles by handling_rules, at the hour''s rate of each role.'),
        ('support_cost_overhead', 'Cost of the house', 'money', 'lower', 'tickets',
            'What the house spends around each hour of an agent''s time.'),
        ('support_cost_channels', 'Cost of channels', 'money', 'lower', 'tickets',
            'What the channel takes for each resolved cycle.'),
        ('support_cost_partners', 'Cost of partners', 'money', 'lower', 'services',
            'Steps of white-glove services that a partner did; counted when done.'),
        ('support_cost_recovery', 'Cost of recovery', 'money', 'lower', 'gestures',
            'Gestures granted, without refunds, which lessen revenue; counted when granted.'),
        ('clients_served', 'Clients served', 'count', 'higher', 'tickets', 'Clients of whom a '
            'cycle was resolved, each once in a month of the calendar, at the first.'),
        ('support_net', 'Revenue less cost', 'money', 'higher', 'purchases',
            'attributed_revenue less support_cost.')
) named (metric, label, unit, direction, drill_down, description);
insert into private.metric_observers (metric, observer)
select known.metric, case known.metric
    when 'clients_served' then 'observe_served_clients'
    when 'support_net' then 'observe_support_net'
    else 'observe_support_costs' end
from public.metric_definitions known
where known.category = 'cost';

insert into public.metric_definitions (
    metric, label, category, unit, direction, method, window_seconds, drill_down, audience,
    numerator, denominator, factor, description
)
values
    ('cost_per_client', 'Cost per client', 'cost', 'money', 'lower', 'ratio', 86400, 'tickets',
        'managers', 'support_cost', 'clients_served', 1, 'support_cost for each client served; a '
        'client counts once in a month of the calendar, so it is to be read of whole months.'),
    ('support_roi', 'Return on support', 'revenue', 'percent', 'higher', 'ratio', 86400,
        'purchases', 'managers', 'support_net', 'support_cost', 100,
        '100 * (attributed_revenue - support_cost) / support_cost.');

-- -------------------------------------------------------------------------------------------------
-- As people set it
-- -------------------------------------------------------------------------------------------------

-- Definer: nobody holds a right to write rates; admins write through here.
create function private.set_cost_rate(
    p_kind text, p_subject text, p_amount numeric, p_valid_from_on date, p_source text,
    p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_source text := private.require_text('source', p_source, 300);
    v_rate public.cost_rates;
begin
    perform private.require_admin();
    if not exists (select from public.cost_rates known where known.kind = p_kind) then
        perform private.refuse('PT422', 'kind_unknown', 'One of the kinds in cost_rates.');
    elsif p_subject is null or p_subject !~ '^[a-z][a-z_]{0,39}$' then
        perform private.refuse('PT422', 'subject_malformed', 'One word in small letters.');
    elsif (p_amount between 0 and case p_kind when 'goods_percent' then 100 else 100000000 end)
        is not true
    then
        perform private.refuse('PT422', 'amount_out_of_range', 'Grosze, or percent; not below 0.');
    elsif (p_valid_from_on between '2000-01-01' and '2199-12-31') is not true then
        perform private.refuse('PT422', 'valid_from_on_malformed', 'A day.');
    end if;
    perform private.note_reason(p_reason);
    insert into public.cost_rates as rate (kind, subject, valid_from_on, amount, source)
    values (p_kind, p_subject, p_valid_from_on, p_amount, v_source)
    on conflict (kind, subject, valid_from_on) do update
    set amount = excluded.amount, source = excluded.source
    returning rate.* into v_rate;
    return to_jsonb(v_rate);
end
$$;

create function public.set_cost_rate(
    p_kind text,
    p_subject text,
    p_amount numeric,
    p_valid_from_on date,
    p_source text,
    p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_cost_rate(
        p_kind, p_subject, p_amount, p_valid_from_on, p_source, p_reason
    )
$$;
comment on function public.set_cost_rate(text, text, numeric, date, text, text) is
    'Admins: what something costs from a day on, in grosze (goods: percent). A day of the past '
    'counts again what was spent since.';

revoke all on public.cost_rates, public.handling_rules, private.support_costs
from anon, authenticated, service_role;
grant select on public.cost_rates, public.handling_rules to authenticated, service_role;
alter table public.cost_rates enable row level security;
alter table public.handling_rules enable row level security;
alter table private.support_costs enable row level security;
create policy cost_rates_select_managers on public.cost_rates
for select to authenticated
using ((select private.is_metric_manager()));
create policy handling_rules_select_staff on public.handling_rules
for select to authenticated
using ((select private.is_staff()));

revoke all on function
    private.find_cost_rate(text, text, timestamptz), private.list_handling(uuid[]),
    private.list_cycle_costs(uuid[]), private.list_service_costs(uuid[]),
    private.keep_support_costs(uuid[]), private.tg_white_glove_steps_mark_ledgers(),
    private.tg_recovery_gestures_mark_ledgers(), private.tg_cost_rates_mark_ledgers(),
    private.tg_handling_rules_mark_ledgers(),
    private.touch_cost_metrics(text[], timestamptz[], boolean), private.tg_support_costs_touch(),
    private.observe_support_costs(text, timestamptz, timestamptz),
    private.observe_served_clients(text, timestamptz, timestamptz),
    private.observe_support_net(text, timestamptz, timestamptz),
    private.set_cost_rate(text, text, numeric, date, text, text),
    public.set_cost_rate(text, text, numeric, date, text, text)
from public, anon, authenticated, service_role;
grant execute on function
    private.set_cost_rate(text, text, numeric, date, text, text),
    public.set_cost_rate(text, text, numeric, date, text, text)
to authenticated, service_role;
