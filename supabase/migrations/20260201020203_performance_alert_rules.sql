-- Rules of alerts as people write them: one object, judged field by field before it is saved.
-- Managers write those of their desk, admins all.

-- What is wrong with one field of a rule: the place and a sentence; null when nothing is. Whether
-- fields agree with each other is the business of private.require_coherent_rule.
create function private.judge_rule_field(p_field text, p_value jsonb)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
    v_text text := p_value #>> '{}';
    v_is_text boolean := jsonb_typeof(p_value) = 'string';
begin
    return case
        when p_field not in (
            'name', 'metric', 'desk_id', 'tier', 'channel_kind', 'direction', 'threshold',
            'clear_threshold', 'min_seconds', 'min_samples', 'severity', 'action', 'escalation',
            'cooldown_seconds', 'is_active'
        ) then 'there is no such field'
        when p_field in ('desk_id', 'tier', 'channel_kind') and p_value = 'null' then null
        when p_field = 'desk_id' and not private.is_uuid(p_value) then 'an id of a desk, or null'
        when p_field in ('threshold', 'clear_threshold') and case
            when jsonb_typeof(p_value) = 'number' then v_text::numeric between 0 and 1000000000
        end is not true then 'a number from 0 to 1000000000'
        when p_field in ('min_seconds', 'min_samples', 'cooldown_seconds') and case
            when jsonb_typeof(p_value) = 'number' then
                v_text ~ '^[0-9]{1,6}$' and v_text::integer between
                    (p_field = 'min_samples')::integer
                    and case p_field
                        when 'min_seconds' then 86400
                        when 'min_samples' then 100000
                        else 604800
                    end
        end is not true then 'a whole number within its limits'
        when p_field = 'is_active' and jsonb_typeof(p_value) <> 'boolean' then 'true or false'
        when not v_is_text and p_field in (
            'name', 'metric', 'tier', 'channel_kind', 'direction', 'severity', 'action'
        ) then 'a text'
        when p_field = 'name' and not private.is_clean_text(v_text, 80)
            then '1 to 80 characters without control characters'
        else private.judge_rule_word(p_field, v_text)
    end;
end
$$;

create function private.list_rule_words(p_field text)
returns text[]
language sql
stable
set search_path = ''
as $$
    select case p_field
        when 'metric' then array(
            select known.metric from public.alert_metrics known order by known.metric
        )
        when 'tier' then array(select known.tier from public.service_levels known order by 1)
        when 'channel_kind' then '{live,asynchronous}'
        when 'direction' then '{above,below}'
        when 'severity' then '{low,medium,high,critical}'
        when 'action' then
            '{escalate_to_vip_manager,immediate_notification,notify_managers,webhook}'
    end
$$;

create function private.judge_rule_word(p_field text, p_word text)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
    v_known text[] := private.list_rule_words(p_field);
begin
    if v_known is null or p_word = any (v_known) then
        return null;
    end if;
    return 'one of ' || array_to_string(v_known, ', ');
end
$$;

-- The place and what is wrong there; null when the chain is in order.
create function private.judge_escalation(p_escalation jsonb)
returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
    if jsonb_typeof(p_escalation) <> 'array' or jsonb_array_length(p_escalation) > 10 then
        return 'escalation: a list of at most 10 steps';
    end if;
    return (
        select case
            when jsonb_typeof(step.value) <> 'object'
                or step.value - '{after_seconds,to}'::text[] <> '{}'
                then format('escalation[%s]: {"after_seconds", "to"}', step.place - 1)
            when case when jsonb_typeof(step.value -> 'after_seconds') = 'number' then
                step.value ->> 'after_seconds' ~ '^[0-9]{1,6}$'
                and (step.value ->> 'after_seconds')::integer between 1 and 604800
            end is not true
                then format('escalation[%s].after_seconds: from 1 to 604800', step.place - 1)
            else format(
                'escalation[%s].to: managers, vip_managers, admins or the id of a colleague',
                step.place - 1
            )
        end
        from jsonb_array_elements(p_escalation) with ordinality as step (value, place)
        where jsonb_typeof(step.value) <> 'object'
            or step.value - '{after_seconds,to}'::text[] <> '{}'
            or (
                jsonb_typeof(step.value -> 'after_seconds') = 'number'
                and step.value ->> 'after_seconds' ~ '^[1-9][0-9]{0,5}$'
                and (step.value ->> 'after_seconds')::integer <= 604800
                and (
                    step.value ->> 'to' in ('managers', 'vip_managers', 'admins')
                    or private.is_uuid(step.value -> 'to')
                )
            ) is not true
        order by step.place
        limit 1
    );
end
$$;
comment on function private.judge_escalation(jsonb) is
    'What is wrong with a chain of steps, and where; null when nothing is.';

create function private.require_rule_fields(p_rule jsonb)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
    v_place text;
    v_problem text;
begin
    if jsonb_typeof(p_rule) is distinct from 'object' then
        perform private.refuse('PT400', 'rule_required', 'Send the rule as an object.');
    elsif octet_length(p_rule::text) > 8000 then
        perform private.refuse('PT413', 'rule_too_long', 'At most 8000 bytes.');
    end if;
    select field.key, private.judge_rule_field(field.key, field.value)
    into v_place, v_problem
    from jsonb_each(p_rule) field
    where field.key <> 'escalation' and private.judge_rule_field(field.key, field.value) is not null
    order by field.key
    limit 1;
    if v_place is not null then
        perform private.refuse(
            'PT422',
            case when v_place = 'metric' then 'unknown_metric' else 'rule_invalid' end,
            format('At %s: %s.', left(v_place, 60), v_problem)
        );
    elsif private.judge_escalation(p_rule -> 'escalation') is not null then
        perform private.refuse(
            'PT422', 'rule_invalid',
            format('At %s.', private.judge_escalation(p_rule -> 'escalation'))
        );
    end if;
end
$$;
comment on function private.require_rule_fields(jsonb) is
    'Refuses what cannot be a rule (PT422 rule_invalid or unknown_metric), naming the place.';

create function private.require_coherent_rule(p_rule public.alert_rules)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
    v_metric public.alert_metrics;
    v_problem text;
begin
    select known.* into v_metric from public.alert_metrics known where known.metric = p_rule.metric;
    v_problem := case
        when v_metric.metric is null then 'metric: say what is watched'
        when p_rule.raise_threshold is null then 'threshold: say when it alarms'
        when p_rule.severity is null then 'severity: low, medium, high or critical'
        when p_rule.action is null then 'action: say what is to be done'
        when p_rule.desk_id is not null and not v_metric.is_of_desk
            then 'desk_id: this metric is of the whole house'
        when p_rule.tier is not null and not v_metric.is_of_tier
            then 'tier: this metric knows no tiers'
        when p_rule.channel_kind is not null and not v_metric.is_of_channel
            then 'channel_kind: this metric knows no channels'
        when v_metric.unit = 'percent'
            and greatest(p_rule.raise_threshold, p_rule.clear_threshold) > 100
            then 'threshold: at most 100 percent'
        when p_rule.direction = 'above' and p_rule.clear_threshold > p_rule.raise_threshold
            then 'clear_threshold: at most the threshold'
        when p_rule.direction = 'below' and p_rule.clear_threshold < p_rule.raise_threshold
            then 'clear_threshold: at least the threshold'
    end;
    if v_problem is not null then
        perform private.refuse('PT422', 'rule_invalid', format('At %s.', v_problem));
    end if;
end
$$;

-- The rule with the fields of the object in place of its own; a new one begins with the metric's
-- direction, and ends its alerts where it raises them unless it says else.
create function private.apply_rule_fields(p_base public.alert_rules, p_rule jsonb)
returns public.alert_rules
language plpgsql
stable
set search_path = ''
as $$
declare
    v_rule public.alert_rules := jsonb_populate_record(
        p_base, p_rule - 'threshold' - 'escalation' - 'is_active'
    );
    v_metric public.alert_metrics;
begin
    select known.* into v_metric from public.alert_metrics known where known.metric = v_rule.metric;
    v_rule.raise_threshold := coalesce((p_rule ->> 'threshold')::numeric, p_base.raise_threshold);
    v_rule.clear_threshold := coalesce(
        (p_rule ->> 'clear_threshold')::numeric,
        case when not p_rule ? 'threshold' then p_base.clear_threshold end, v_rule.raise_threshold
    );
    v_rule.direction := coalesce(v_rule.direction, v_metric.direction);
    v_rule.name := coalesce(v_rule.name, v_metric.label);
    v_rule.escalation := coalesce(p_rule -> 'escalation', p_base.escalation, '[]');
    v_rule.is_active := coalesce((p_rule ->> 'is_active')::boolean, p_base.is_active, true);
    v_rule.min_seconds := coalesce(v_rule.min_seconds, 0);
    v_rule.min_samples := coalesce(v_rule.min_samples, 1);
    v_rule.cooldown_seconds := coalesce(v_rule.cooldown_seconds, 300);
    return v_rule;
end
$$;

-- Without a desk a manager means their own, an admin the whole house.
create function private.require_rule_desk(p_desk_id uuid, p_metric text)
returns uuid
language plpgsql
stable
set search_path = ''
as $$
declare
    v_is_of_desk boolean := (
        select known.is_of_desk from public.alert_metrics known where known.metric = p_metric
    );
begin
    if private.is_service() or private.is_admin() then
        if p_desk_id is not null
            and not exists (select from public.desks desk where desk.id = p_desk_id)
        then
            perform private.refuse('PT404', 'desk_not_found', 'There is no such desk.');
        end if;
        return p_desk_id;
    elsif not private.is_manager() then
        perform private.require_signed_in();
        perform private.refuse('PT403', 'manager_required', 'Managers of the desk may do this.');
    elsif not v_is_of_desk then
        perform private.require_admin();
    elsif p_desk_id <> all (array(select private.my_managed_desk_ids())) then
        perform private.refuse('PT404', 'desk_not_found', 'There is no such desk for you.');
    end if;
    return coalesce(p_desk_id, (select me.desk_id from private.my_staff_row() me));
end
$$;

create function private.require_colleagues(p_escalation jsonb)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
    v_place bigint := (
        select step.place
        from jsonb_array_elements(p_escalation) with ordinality as step (value, place)
        where private.is_uuid(step.value -> 'to') and not exists (
            select from public.staff_members staff
            where staff.id = (step.value ->> 'to')::uuid and staff.is_active
        )
        order by step.place
        limit 1
    );
begin
    if v_place is not null then
        perform private.refuse(
            'PT404', 'colleague_not_found',
            format('At escalation[%s].to: nobody works here by that id.', v_place - 1)
        );
    end if;
end
$$;

create function private.describe_rule(p_rule public.alert_rules)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select to_jsonb(p_rule) || jsonb_build_object('threshold', p_rule.raise_threshold)
$$;

-- Definer: nobody holds a right to write rules; managers and admins write through here.
create function private.create_performance_alert(p_rule jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_rule public.alert_rules;
begin
    if not private.is_service() then
        perform private.require_staff();
    end if;
    perform private.require_rule_fields(p_rule);
    v_rule := private.apply_rule_fields(null::public.alert_rules, p_rule);
    v_rule.desk_id := private.require_rule_desk(v_rule.desk_id, v_rule.metric);
    perform private.require_coherent_rule(v_rule);
    perform private.require_colleagues(v_rule.escalation);
    -- One at a time, or two could both find the last free place.
    perform pg_advisory_xact_lock(hashtextextended('alert_rules', 0));
    if 100 <= (
        select count(*) from public.alert_rules known
        where known.desk_id is not distinct from v_rule.desk_id
    ) then
        perform private.refuse('PT409', 'too_many_rules', 'A desk has at most 100 rules.');
    end if;
    insert into public.alert_rules as made (
        name, metric, desk_id, tier, channel_kind, direction, raise_threshold, clear_threshold,
        min_seconds, min_samples, severity, action, escalation, cooldown_seconds, is_active
    )
    values (
        v_rule.name, v_rule.metric, v_rule.desk_id, v_rule.tier, v_rule.channel_kind,
        v_rule.direction, v_rule.raise_threshold, v_rule.clear_threshold, v_rule.min_seconds,
        v_rule.min_samples, v_rule.severity, v_rule.action, v_rule.escalation,
        v_rule.cooldown_seconds, v_rule.is_active
    )
    returning made.* into v_rule;
    return private.describe_rule(v_rule);
end
$$;

create function public.create_performance_alert(p_rule jsonb)
returns jsonb
language sql
set search_path = ''
as $$
    select private.create_performance_alert(p_rule)
$$;
comment on function public.create_performance_alert(jsonb) is
    'Managers for their desk, admins anywhere: a new rule. {"metric", "threshold", "severity", '
    '"action"} and, as wanted, "name", "desk_id", "tier", "channel_kind", "direction", '
    '"clear_threshold", "min_seconds", "min_samples", "escalation", "cooldown_seconds", '
    '"is_active". What cannot be is refused with its place. Answers the rule.';

create function private.lock_alert_rule(p_rule_id uuid, p_version integer)
returns public.alert_rules
language plpgsql
set search_path = ''
as $$
declare
    v_rule public.alert_rules;
begin
    select known.* into v_rule
    from public.alert_rules known
    where known.id = p_rule_id
        and (
            private.is_service()
            or known.desk_id = any (array(select private.my_alert_desk_ids()))
            or known.desk_id is null and exists (select private.my_alert_desk_ids())
        )
    for update;
    if v_rule.id is null then
        perform private.refuse('PT404', 'alert_rule_not_found', 'There is no such rule for you.');
    elsif v_rule.desk_id is null then
        perform private.require_admin();
    elsif not private.is_service()
        and v_rule.desk_id <> all (array(select private.my_managed_desk_ids()))
    then
        perform private.refuse('PT403', 'manager_required', 'Managers of the desk may do this.');
    elsif v_rule.version <> p_version then
        perform private.refuse('PT409', 'stale_version', 'The rule has changed: read it again.');
    end if;
    return v_rule;
end
$$;

-- Definer: nobody holds a right to write rules; managers and admins write through here.
create function private.update_performance_alert(
    p_rule_id uuid, p_changes jsonb, p_version integer
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_rule public.alert_rules;
begin
    if not private.is_service() then
        perform private.require_staff();
    end if;
    v_rule := private.lock_alert_rule(p_rule_id, p_version);
    perform private.require_rule_fields(p_changes);
    if p_changes ?| '{metric,desk_id}' then
        perform private.refuse(
            'PT422', 'rule_invalid', 'At metric or desk_id: make a new rule instead.'
        );
    end if;
    v_rule := private.apply_rule_fields(v_rule, p_changes);
    perform private.require_coherent_rule(v_rule);
    perform private.require_colleagues(v_rule.escalation);
    update public.alert_rules known
    set name = v_rule.name,
        tier = v_rule.tier,
        channel_kind = v_rule.channel_kind,
        direction = v_rule.direction,
        raise_threshold = v_rule.raise_threshold,
        clear_threshold = v_rule.clear_threshold,
        min_seconds = v_rule.min_seconds,
        min_samples = v_rule.min_samples,
        severity = v_rule.severity,
        action = v_rule.action,
        escalation = v_rule.escalation,
        cooldown_seconds = v_rule.cooldown_seconds,
        is_active = v_rule.is_active
    where known.id = v_rule.id
    returning known.* into v_rule;
    return private.describe_rule(v_rule);
end
$$;

create function public.update_performance_alert(
    p_rule_id uuid, p_changes jsonb, p_version integer default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.update_performance_alert(p_rule_id, p_changes, p_version)
$$;
comment on function public.update_performance_alert(uuid, jsonb, integer) is
    'Managers of the desk, admins: other values for a rule, {"is_active": false} switches it off. '
    'Fields as in create_performance_alert, but for metric and desk_id. The version, if given, '
    'must be the present one (PT409). A new threshold without a clear_threshold sets both. '
    'Answers the rule.';

revoke all on function
    private.judge_rule_field(text, jsonb), private.list_rule_words(text),
    private.judge_rule_word(text, text),
    private.judge_escalation(jsonb), private.require_rule_fields(jsonb),
    private.require_coherent_rule(public.alert_rules),
    private.apply_rule_fields(public.alert_rules, jsonb), private.require_rule_desk(uuid, text),
    private.require_colleagues(jsonb), private.describe_rule(public.alert_rules),
    private.create_performance_alert(jsonb), public.create_performance_alert(jsonb),
    private.lock_alert_rule(uuid, integer),
    private.update_performance_alert(uuid, jsonb, integer),
    public.update_performance_alert(uuid, jsonb, integer)
from public, anon, authenticated, service_role;
grant execute on function
    private.create_performance_alert(jsonb), public.create_performance_alert(jsonb),
    private.update_performance_alert(uuid, jsonb, integer),
    public.update_performance_alert(uuid, jsonb, integer)
to authenticated, service_role;
