-- Alerting: the worker judges the rules, people handle the alerts.
--
--   clock.minutely, promise.warned, promise.breached, promise.kept, ticket.reopened,
--       ticket.response_missed, alert.step_reached, alert_rule.sustained (three timers),
--       alert_rule.changed
--       -> performance.alerts (lib/performance/alerts.py) -> public.alerts, alert_steps, notices
--
-- Nothing polls faster than a minute: whatever is to happen sooner has a timer of its own. Every
-- job looks at the present state of all rules, so those of one subject collapse.

insert into private.subscriptions (event_kind, worker, priority, collapses)
values
    ('clock.minutely', 'performance.alerts', 2, true),
    ('promise.warned', 'performance.alerts', 2, true),
    ('promise.breached', 'performance.alerts', 2, true),
    ('promise.kept', 'performance.alerts', 2, true),
    ('ticket.reopened', 'performance.alerts', 2, true),
    ('ticket.response_missed', 'performance.alerts', 2, true),
    ('alert.step_reached', 'performance.alerts', 2, true),
    ('alert_rule.sustained', 'performance.alerts', 2, true),
    ('alert_rule.changed', 'performance.alerts', 2, true);

-- -------------------------------------------------------------------------------------------------
-- The moment a VIP client has waited too long
-- -------------------------------------------------------------------------------------------------

-- A breath later than the threshold: what is measured then lies beyond it.
create function private.find_response_limit(
    p_desk_id uuid, p_tier text, p_waits_from timestamptz, p_after timestamptz
)
returns timestamptz
language sql
stable
set search_path = ''
as $$
    select min(limit_.due_at)
    from public.alert_rules rule
    cross join lateral (
        select p_waits_from
            + make_interval(secs => rule.raise_threshold::double precision + 0.02) as due_at
    ) limit_
    where rule.metric = 'vip_response_time' and rule.is_active and rule.direction = 'above'
        and (rule.desk_id is null or rule.desk_id = p_desk_id)
        and (rule.tier is null or rule.tier = p_tier)
        and limit_.due_at > p_after
$$;
comment on function private.find_response_limit(uuid, text, timestamptz, timestamptz) is
    'The next moment at which a wait of that tier at that desk reaches the limit of a rule.';

-- Definer: timers are set with the owner's rights alone; executable by service_role, and it sets
-- what follows from rows nobody can forge.
create function private.watch_responses()
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_ticket_ids uuid[];
    v_due_at timestamptz[];
begin
    select array_agg(waiting.ticket_id), array_agg(waiting.due_at)
    into v_ticket_ids, v_due_at
    from (
        select one.ticket_id, private.find_response_limit(
            one.desk_id, one.tier, one.waits_from, clock_timestamp()
        ) as due_at
        from private.list_waiting_vips() one
    ) waiting
    where waiting.due_at is not null;
    if v_ticket_ids is not null then
        perform private.set_timers('ticket.response_missed', v_ticket_ids, v_due_at);
    end if;
end
$$;
comment on function private.watch_responses() is
    'Sets the clock of every VIP client who waits to the next limit of a rule.';

-- Whoever is watched already stays as they are: their earlier moment comes first, and what is
-- judged then sets the next one. Too early does no harm.
create function private.expect_responses(p_ticket_ids uuid[], p_waits_from timestamptz[])
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_ticket_ids uuid[];
    v_due_at timestamptz[];
begin
    select array_agg(waiting.id), array_agg(waiting.due_at)
    into v_ticket_ids, v_due_at
    from (
        select ticket.id, private.find_response_limit(
            ticket.desk_id, ticket.tier, said.waits_from, said.waits_from
        ) as due_at
        from unnest(p_ticket_ids, p_waits_from) as said (ticket_id, waits_from)
        join public.support_tickets ticket on ticket.id = said.ticket_id
        join public.channels channel on channel.channel = ticket.channel and channel.is_live
        join public.service_levels level on level.tier = ticket.tier and level.has_dedicated_agent
        where not exists (
            select from private.timers timer
            where timer.subject_id = ticket.id and timer.kind = 'ticket.response_missed'
        )
    ) waiting
    where waiting.due_at is not null;
    if v_ticket_ids is not null then
        perform private.set_timers('ticket.response_missed', v_ticket_ids, v_due_at);
    end if;
end
$$;

-- Definer: whoever opens a ticket may not set timers by hand.
create function private.tg_support_tickets_expect_response()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.expect_responses(array_agg(born.id), array_agg(born.opened_at)) from born
    where born.status in ('open', 'assigned')
    having count(*) > 0;
    return null;
end
$$;

create trigger support_tickets_expect_response
after insert on public.support_tickets
referencing new table as born
for each statement execute function private.tg_support_tickets_expect_response();

-- Definer: whoever writes a message may not set timers by hand.
create function private.tg_ticket_messages_expect_response()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.expect_responses(array_agg(said.ticket_id), array_agg(said.created_at))
    from said
    where said.author_kind = 'client'
    having count(*) > 0;
    return null;
end
$$;

create trigger ticket_messages_expect_response
after insert on public.ticket_messages
referencing new table as said
for each statement execute function private.tg_ticket_messages_expect_response();

-- -------------------------------------------------------------------------------------------------
-- What the worker reads
-- -------------------------------------------------------------------------------------------------
create function private.list_alert_cases()
returns table (
    rule_id uuid, desk_id uuid, value numeric, sample_count integer, ticket_id uuid
)
language sql
stable
rows 50
set search_path = ''
as $$
    with measured as materialized (
        select rule.id as rule_id, found.*
        from public.alert_rules rule
        cross join lateral private.measure_rule(rule) found
        where rule.is_active
    ),
    cases as (
        select measured.rule_id, measured.desk_id from measured
        union
        select alert.rule_id, alert.desk_id from public.alerts alert where alert.state <> 'cleared'
        union
        select watch.rule_id, watch.desk_id from private.alert_watches watch
    )
    select cases.rule_id, cases.desk_id, found.value, coalesce(found.sample_count, 0),
        found.ticket_id
    from cases
    left join measured found
        on found.rule_id = cases.rule_id and found.desk_id is not distinct from cases.desk_id
$$;
comment on function private.list_alert_cases() is
    'Each rule with each desk (null: the house) where it measures something, has an alert open or '
    'is waiting to raise one. Without a value there is nothing to measure.';

create function worker.alert_contexts()
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object('read_at', statement_timestamp(), 'cases', (
        select coalesce(jsonb_agg(to_jsonb(rule) || jsonb_build_object(
            'rule_id', rule.id,
            'rule_version', rule.version,
            'desk_id', found.desk_id,
            'value', round(found.value, 3)::text,
            'raise_threshold', rule.raise_threshold::text,
            'clear_threshold', rule.clear_threshold::text,
            'sample_count', found.sample_count,
            'ticket_id', found.ticket_id,
            'watched_at', (
                select watch.began_at from private.alert_watches watch
                where watch.rule_id = rule.id and watch.desk_id is not distinct from found.desk_id
            ),
            'last_cleared_at', (
                select max(past.cleared_at) from public.alerts past
                where past.rule_id = rule.id and past.desk_id is not distinct from found.desk_id
            ),
            'alert', (
                select to_jsonb(alert) from public.alerts alert
                where alert.rule_id = rule.id and alert.state <> 'cleared'
                    and alert.desk_id is not distinct from found.desk_id
            )
        ) order by rule.id, found.desk_id), '[]')
        from private.list_alert_cases() found
        join public.alert_rules rule on rule.id = found.rule_id
    ))
$$;
comment on function worker.alert_contexts() is
    'Every rule where it has something to judge, in one snapshot: {"read_at", "cases": [rule, '
    '"value" and thresholds as text, "sample_count", "ticket_id", "watched_at", '
    '"last_cleared_at", "alert" (open) or null]}.';

-- -------------------------------------------------------------------------------------------------
-- What the worker writes
-- -------------------------------------------------------------------------------------------------
create function private.list_alert_audience(p_audience text, p_desk_id uuid, p_ticket_id uuid)
returns setof uuid
language sql
stable
rows 10
set search_path = ''
as $$
    select staff.id
    from public.staff_members staff
    where staff.is_active and case
        when p_audience in ('admins', 'managers', 'managers_and_admins', 'vip_managers') then
            staff.role = 'admin' and p_audience in ('admins', 'managers_and_admins')
            or (p_desk_id is null or staff.desk_id = p_desk_id) and (
                staff.role = 'manager' and p_audience <> 'admins'
                or staff.role = 'relationship_manager' and p_audience = 'vip_managers'
            )
            or p_audience = 'vip_managers' and staff.id = (
                select client.relationship_manager_id
                from public.support_tickets ticket
                join public.vip_client_profiles client on client.client_id = ticket.client_id
                where ticket.id = p_ticket_id
            )
        else staff.id::text = p_audience
    end
    order by staff.id
$$;
comment on function private.list_alert_audience(text, uuid, uuid) is
    'Active people of a group (admins, managers, managers_and_admins, vip_managers), of that desk '
    'or without one of all; or the one colleague named by id. VIP managers are the desk''s '
    'relationship managers and managers and the relationship manager of the ticket''s client.';

create function private.find_action_audience(p_action text)
returns text
language sql
immutable
set search_path = ''
as $$
    select case p_action
        when 'escalate_to_vip_manager' then 'vip_managers'
        when 'immediate_notification' then 'managers_and_admins'
        when 'notify_managers' then 'managers'
    end
$$;
comment on function private.find_action_audience(text) is
    'Whom an action tells; null: nobody in person, webhooks alone.';

-- Nobody there means the admins: no alert goes unheard.
create function private.take_alert_step(
    p_alert public.alerts, p_kind text, p_step integer, p_audience text
)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_people uuid[] := array(select told.id from private.list_alert_audience(
        p_audience, p_alert.desk_id, p_alert.ticket_id
    ) as told (id));
    v_value numeric := p_alert.last_value;
begin
    if v_people = '{}' and p_audience is not null then
        v_people := array(select private.list_alert_audience('admins', null, null));
    end if;
    insert into public.alert_steps (alert_id, kind, step, audience, recipient_count, details)
    values (
        p_alert.id, p_kind, p_step, p_audience, cardinality(v_people),
        jsonb_build_object('value', v_value, 'severity', p_alert.severity)
    )
    on conflict on constraint alert_steps_each_notice_once do nothing;
    if found then
        perform private.notify(
            v_people, 'alert_' || p_kind, p_alert.ticket_id, jsonb_build_object(
                'alert_id', p_alert.id, 'rule_id', p_alert.rule_id, 'metric', p_alert.metric,
                'severity', p_alert.severity, 'desk_id', p_alert.desk_id, 'value', v_value,
                'threshold', p_alert.raise_threshold, 'step', p_step
            )
        );
    end if;
end
$$;
comment on function private.take_alert_step(public.alerts, text, integer, text) is
    'Records a step of an alert and tells its audience, unless that step was taken before.';

create function private.set_alert_timers(p_alert_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_ids uuid[];
    v_due_at timestamptz[];
begin
    select array_agg(alert.id), array_agg(next.due_at)
    into v_ids, v_due_at
    from public.alerts alert
    join public.alert_rules rule on rule.id = alert.rule_id
    cross join lateral (
        select case alert.state
            when 'silenced' then alert.silenced_until
            when 'open' then alert.stepped_at + make_interval(secs => (
                rule.escalation -> alert.steps_taken::integer ->> 'after_seconds'
            )::double precision)
        end as due_at
    ) next
    where alert.id = any (p_alert_ids) and next.due_at is not null;
    perform private.cancel_timers('alert.step_reached', array(
        select all_.id from unnest(p_alert_ids) all_ (id) where (all_.id = any (v_ids)) is not true
    ));
    if v_ids is not null then
        perform private.set_timers('alert.step_reached', v_ids, v_due_at);
    end if;
end
$$;
comment on function private.set_alert_timers(uuid[]) is
    'Sets the clock of each alert to its next step or the end of its silence, or stops it.';

create function private.read_alert_decisions(p_decisions jsonb)
returns table (
    rule_id uuid, rule_version integer, desk_id uuid, outcome text, value numeric,
    ticket_id uuid, alert_id uuid, alert_version integer, is_resumed boolean, step integer,
    watched_at timestamptz, clear_reason text, is_quiet boolean
)
language sql
stable
rows 50
set search_path = ''
as $$
    select said.*
    from jsonb_to_recordset(p_decisions) as said (
        rule_id uuid, rule_version integer, desk_id uuid, outcome text, value numeric,
        ticket_id uuid, alert_id uuid, alert_version integer, is_resumed boolean, step integer,
        watched_at timestamptz, clear_reason text, is_quiet boolean
    )
    join public.alert_rules rule on rule.id = said.rule_id and rule.version = said.rule_version
    where said.desk_id is null
        or exists (select from public.desks desk where desk.id = said.desk_id)
$$;
comment on function private.read_alert_decisions(jsonb) is
    'The decisions whose rule is still the one that was judged; a changed rule is judged anew.';

create function private.keep_alert_watches(p_decisions jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_rule_ids uuid[];
    v_due_at timestamptz[];
begin
    delete from private.alert_watches watch
    using private.read_alert_decisions(p_decisions) said
    where said.outcome <> 'watch' and watch.rule_id = said.rule_id
        and watch.desk_id is not distinct from said.desk_id;
    insert into private.alert_watches (rule_id, desk_id, began_at)
    select said.rule_id, said.desk_id, said.watched_at
    from private.read_alert_decisions(p_decisions) said
    where said.outcome = 'watch'
    on conflict (rule_id, desk_id) do nothing;
    select array_agg(next.rule_id), array_agg(next.due_at) into v_rule_ids, v_due_at
    from (
        select rule.id as rule_id, min(watch.began_at + make_interval(secs => rule.min_seconds))
            as due_at
        from private.alert_watches watch
        join public.alert_rules rule on rule.id = watch.rule_id
        group by rule.id
    ) next
    where next.due_at > clock_timestamp();
    if v_rule_ids is not null then
        perform private.set_timers('alert_rule.sustained', v_rule_ids, v_due_at);
    end if;
end
$$;

create function private.raise_alerts(p_decisions jsonb, p_policy_version text)
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
    v_found record;
    v_ids uuid[] := '{}';
begin
    for v_found in
        with raised as (
            insert into public.alerts as alert (
                rule_id, rule_version, metric, severity, desk_id, ticket_id, direction,
                raise_threshold, opened_value, last_value, worst_value, policy_version
            )
            select
                rule.id, rule.version, rule.metric, rule.severity, said.desk_id, ticket.id,
                rule.direction, rule.raise_threshold, said.value, said.value, said.value,
                p_policy_version
            from private.read_alert_decisions(p_decisions) said
            join public.alert_rules rule on rule.id = said.rule_id and rule.is_active
            left join public.support_tickets ticket on ticket.id = said.ticket_id
            where said.outcome = 'raise'
            on conflict (rule_id, desk_id) where state <> 'cleared' do nothing
            returning alert as alert, alert.rule_id
        )
        select raised.alert, private.find_action_audience(rule.action) as audience
        from raised
        join public.alert_rules rule on rule.id = raised.rule_id
    loop
        perform private.take_alert_step(v_found.alert, 'raised', 0, v_found.audience);
        v_ids := v_ids || (v_found.alert).id;
    end loop;
    return v_ids;
end
$$;
comment on function private.raise_alerts(jsonb, text) is
    'Opens the alerts decided on, unless one is open already, and answers those that are new.';

create function private.keep_alerts(p_decisions jsonb)
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
    v_found record;
    v_ids uuid[] := '{}';
begin
    for v_found in
        select
            alert, alert.id, said.step, said.is_resumed,
            rule.escalation -> (said.step - 1) ->> 'to' as audience
        from private.hold_alerts(p_decisions) alert
        join private.read_alert_decisions(p_decisions) said on said.alert_id = alert.id
        join public.alert_rules rule on rule.id = alert.rule_id
        where said.step is not null or said.is_resumed
    loop
        v_ids := v_ids || v_found.id;
        if v_found.is_resumed then
            insert into public.alert_steps (alert_id, kind) values (v_found.id, 'resumed');
        end if;
        if v_found.step is not null then
            perform private.take_alert_step(
                v_found.alert, 'escalated', v_found.step, v_found.audience
            );
        end if;
    end loop;
    return v_ids;
end
$$;
comment on function private.keep_alerts(jsonb) is
    'Writes what was measured of open alerts, ends silences and takes the next steps; answers '
    'the alerts whose clock is to be set anew.';

create function private.hold_alerts(p_decisions jsonb)
returns setof public.alerts
language sql
rows 10
set search_path = ''
as $$
    update public.alerts alert
    set last_value = said.value,
        worst_value = case alert.direction
            when 'above' then greatest(alert.worst_value, said.value)
            else least(alert.worst_value, said.value)
        end,
        judged_at = now(),
        steps_taken = coalesce(said.step, alert.steps_taken),
        stepped_at = case
            when said.step is not null or said.is_resumed then now() else alert.stepped_at
        end,
        state = case
            when not said.is_resumed then alert.state
            when alert.acknowledged_at is not null then 'acknowledged'
            else 'open'
        end,
        silenced_until = case when not said.is_resumed then alert.silenced_until end
    from private.read_alert_decisions(p_decisions) said
    where said.outcome = 'hold' and alert.id = said.alert_id and alert.state <> 'cleared'
        and alert.version = said.alert_version
    returning alert.*
$$;

create function private.clear_alerts(p_decisions jsonb)
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
    v_found record;
    v_ids uuid[] := '{}';
begin
    for v_found in
        with cleared as (
            update public.alerts alert
            set state = 'cleared',
                last_value = coalesce(said.value, alert.last_value),
                judged_at = now(),
                cleared_at = now(),
                clear_reason = said.clear_reason,
                silenced_until = null
            from private.read_alert_decisions(p_decisions) said
            where said.outcome = 'clear' and alert.id = said.alert_id
                and alert.version = said.alert_version and alert.state <> 'cleared'
            returning alert as alert, alert.id, said.is_quiet
        )
        select cleared.alert, cleared.id, (
            select step.audience from public.alert_steps step
            where step.alert_id = cleared.id and step.kind = 'raised' and not cleared.is_quiet
        ) as audience
        from cleared
    loop
        perform private.take_alert_step(v_found.alert, 'cleared', 0, v_found.audience);
        v_ids := v_ids || v_found.id;
    end loop;
    return v_ids;
end
$$;
comment on function private.clear_alerts(jsonb) is
    'Ends alerts and tells whoever was told of their beginning, unless they were silenced; answers '
    'them.';

-- Definer: nobody holds a right to write alerts; only service_role may execute it. One judgement
-- at a time: two replicas that saw the same would otherwise wait for each other crosswise.
create function private.carry_out_alerts(p_decisions jsonb, p_policy_version text)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('performance.alerts', 0));
    perform private.keep_alert_watches(p_decisions);
    perform private.set_alert_timers(
        private.clear_alerts(p_decisions)
        || private.keep_alerts(p_decisions)
        || private.raise_alerts(p_decisions, p_policy_version)
    );
end
$$;

create function worker.record_alerts(p_items jsonb, p_decisions jsonb, p_policy_version text)
returns jsonb
language plpgsql
set search_path = ''
as $$
begin
    perform private.hold_jobs(p_items);
    perform private.carry_out_alerts(p_decisions, p_policy_version);
    perform private.watch_responses();
    perform private.finish_jobs(array(
        select item.job_id from jsonb_to_recordset(p_items) as item (job_id bigint)
    ));
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'job_id', item.job_id, 'status', 'recorded'
        )), '[]')
        from jsonb_to_recordset(p_items) as item (job_id bigint)
    );
end
$$;
comment on function worker.record_alerts(jsonb, jsonb, text) is
    'Raises, keeps, escalates and ends alerts as decided and finishes the jobs, in one '
    'transaction. A rule or an alert that changed meanwhile is left as it is now. Decisions: '
    'rule_id, rule_version, desk_id, outcome (raise, watch, calm, hold, clear), value, ticket_id, '
    'alert_id, alert_version, is_resumed, step, watched_at, clear_reason, is_quiet. Answers '
    '[{"job_id", "status"}].';

-- -------------------------------------------------------------------------------------------------
-- What people do
-- -------------------------------------------------------------------------------------------------

-- Alerts of the house are every manager's; those of a desk its managers' and relationship
-- managers', to whom they escalate.
create function private.lock_alert(p_alert_id uuid)
returns public.alerts
language plpgsql
set search_path = ''
as $$
declare
    v_alert public.alerts;
begin
    perform private.require_staff();
    select known.* into v_alert
    from public.alerts known
    where known.id = p_alert_id
        and (
            known.desk_id = any (array(select private.my_alert_desk_ids()))
            or known.desk_id is null and exists (select private.my_overseen_desk_ids())
        )
    for update;
    if v_alert.id is null then
        perform private.refuse('PT404', 'alert_not_found', 'There is no such alert for you.');
    elsif not private.is_manager() and (v_alert.desk_id = any (array(
        select private.my_desk_ids_as(array['relationship_manager'])
    ))) is not true then
        perform private.refuse('PT403', 'manager_required', 'Managers of the desk may do this.');
    elsif v_alert.state = 'cleared' then
        perform private.refuse('PT409', 'alert_cleared', 'It is over already.');
    end if;
    return v_alert;
end
$$;

create function private.note_alert_step(
    p_alert public.alerts, p_kind text, p_details jsonb
)
returns void
language sql
set search_path = ''
as $$
    insert into public.alert_steps (alert_id, kind, actor_id, details)
    values (p_alert.id, p_kind, (select auth.uid()), p_details)
$$;

-- Definer: nobody holds a right to write alerts; the caller is checked as the lock is taken.
create function private.acknowledge_alert(p_alert_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_alert public.alerts := private.lock_alert(p_alert_id);
begin
    if v_alert.state <> 'acknowledged' then
        update public.alerts known
        set state = 'acknowledged',
            acknowledged_at = now(),
            acknowledged_by = (select auth.uid()),
            silenced_until = null
        where known.id = v_alert.id
        returning known.* into v_alert;
        perform private.note_alert_step(v_alert, 'acknowledged', '{}');
        perform private.set_alert_timers(array[v_alert.id]);
    end if;
    return to_jsonb(v_alert);
end
$$;

create function public.acknowledge_alert(p_alert_id uuid)
returns jsonb
language sql
set search_path = ''
as $$
    select private.acknowledge_alert(p_alert_id)
$$;
comment on function public.acknowledge_alert(uuid) is
    'Managers and relationship managers of the desk, admins; for alerts of the house every '
    'manager: I have seen it. It escalates no further and ends by itself. Answers the alert.';

-- Definer: nobody holds a right to write alerts; the caller is checked as the lock is taken.
create function private.silence_alert(p_alert_id uuid, p_until timestamptz, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_alert public.alerts := private.lock_alert(p_alert_id);
    v_reason text := private.require_text('reason', p_reason, 500);
begin
    if (p_until > now() and p_until <= now() + interval '30 days') is not true then
        perform private.refuse(
            'PT422', 'until_out_of_range', 'Until a moment within the next 30 days.'
        );
    end if;
    update public.alerts known
    set state = 'silenced', silenced_until = p_until
    where known.id = v_alert.id
    returning known.* into v_alert;
    perform private.note_alert_step(v_alert, 'silenced', jsonb_build_object(
        'until', p_until, 'reason', v_reason
    ));
    perform private.set_alert_timers(array[v_alert.id]);
    return to_jsonb(v_alert);
end
$$;

create function public.silence_alert(p_alert_id uuid, p_until timestamptz, p_reason text)
returns jsonb
language sql
set search_path = ''
as $$
    select private.silence_alert(p_alert_id, p_until, p_reason)
$$;
comment on function public.silence_alert(uuid, timestamptz, text) is
    'As acknowledge_alert: nobody is told anything more of it until that moment (at most 30 '
    'days), for this reason. If it is still bad then, the next step of its chain is counted from '
    'there. Answers the alert.';

create function public.get_alerts(p_state text default null, p_limit integer default 100)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    perform private.require_staff();
    if p_state not in ('open', 'acknowledged', 'silenced', 'cleared') then
        perform private.refuse(
            'PT422', 'state_unknown', 'One of open, acknowledged, silenced, cleared; or null.'
        );
    elsif (p_limit between 1 and 1000) is not true then
        perform private.refuse('PT422', 'limit_out_of_range', 'From 1 to 1000.');
    end if;
    return (
        select coalesce(jsonb_agg(found.line order by found.opened_at desc), '[]')
        from (
            select alert.opened_at, to_jsonb(alert) || jsonb_build_object(
                'name', rule.name, 'action', rule.action, 'threshold', alert.raise_threshold,
                'steps', (
                    select jsonb_agg(to_jsonb(step) order by step.id)
                    from public.alert_steps step where step.alert_id = alert.id
                )
            ) as line
            from public.alerts alert
            join public.alert_rules rule on rule.id = alert.rule_id
            where case when p_state is null then alert.state <> 'cleared'
                else alert.state = p_state end
            order by alert.opened_at desc
            limit p_limit
        ) found
    );
end
$$;
comment on function public.get_alerts(text, integer) is
    'Staff: the alerts I may see, newest first, with name, action and steps; those that are not '
    'over, or all in one state.';

revoke all on function
    private.find_response_limit(uuid, text, timestamptz, timestamptz), private.watch_responses(),
    private.expect_responses(uuid[], timestamptz[]),
    private.tg_support_tickets_expect_response(), private.tg_ticket_messages_expect_response(),
    private.list_alert_cases(), worker.alert_contexts(),
    private.list_alert_audience(text, uuid, uuid), private.find_action_audience(text),
    private.take_alert_step(public.alerts, text, integer, text),
    private.set_alert_timers(uuid[]), private.read_alert_decisions(jsonb),
    private.keep_alert_watches(jsonb), private.raise_alerts(jsonb, text),
    private.keep_alerts(jsonb), private.hold_alerts(jsonb), private.clear_alerts(jsonb),
    private.carry_out_alerts(jsonb, text), worker.record_alerts(jsonb, jsonb, text),
    private.lock_alert(uuid), private.note_alert_step(public.alerts, text, jsonb),
    private.acknowledge_alert(uuid), public.acknowledge_alert(uuid),
    private.silence_alert(uuid, timestamptz, text), public.silence_alert(uuid, timestamptz, text),
    public.get_alerts(text, integer)
from public, anon, authenticated, service_role;
grant execute on function
    private.watch_responses(), private.list_alert_cases(), worker.alert_contexts(),
    private.carry_out_alerts(jsonb, text), worker.record_alerts(jsonb, jsonb, text)
to service_role;
grant execute on function
    private.acknowledge_alert(uuid), public.acknowledge_alert(uuid),
    private.silence_alert(uuid, timestamptz, text), public.silence_alert(uuid, timestamptz, text),
    public.get_alerts(text, integer)
to authenticated;
