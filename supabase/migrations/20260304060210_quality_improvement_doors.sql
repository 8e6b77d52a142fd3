-- What people do with corrective actions: open one, plan, hand it over, call it off; the rules by
-- which samples close them. Nobody closes one by hand: there is no door for it.
-- Events out: those of the table.

-- -------------------------------------------------------------------------------------------------
-- Opening
-- -------------------------------------------------------------------------------------------------
create function private.require_action_desk(p_desk_id uuid)
returns uuid
language plpgsql
stable
set search_path = ''
as $$
declare
    v_desk_id uuid := private.require_quality_desk(p_desk_id);
begin
    if v_desk_id not in (select private.my_managed_desk_ids()) then
        perform private.refuse('PT403', 'manager_required', 'Managers of the desk decide on this.');
    end if;
    return v_desk_id;
end
$$;

create function private.require_action_owner(p_owner_id uuid, p_desk_id uuid)
returns uuid
language plpgsql
stable
set search_path = ''
as $$
begin
    if not exists (
        select from public.staff_members staff
        where staff.id = p_owner_id and staff.is_active
            and (staff.desk_id = p_desk_id or staff.role = 'admin')
    ) then
        perform private.refuse('PT404', 'owner_not_found', 'Somebody who works at this desk.');
    end if;
    return p_owner_id;
end
$$;

create function private.require_due_on(p_due_on date)
returns date
language plpgsql
stable
set search_path = ''
as $$
declare
    v_today date := (now() at time zone 'Europe/Warsaw')::date;
begin
    if p_due_on is null or p_due_on not between v_today and v_today + 365 then
        perform private.refuse('PT422', 'due_out_of_range', 'From today on, within a year.');
    end if;
    return p_due_on;
end
$$;

create function private.require_action_terms(
    p_standard text, p_scope text, p_desk_id uuid, p_agent_id uuid, p_channel text,
    p_audit_id uuid
)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if not exists (
        select from public.quality_standards known
        where known.standard = p_standard and known.is_current and known.is_active
    ) then
        perform private.refuse('PT404', 'standard_not_found', 'No standard of this house.');
    elsif p_scope is null or p_scope not in ('agent', 'desk', 'channel')
        or (p_scope = 'agent') <> (p_agent_id is not null)
        or (p_scope = 'channel') <> (p_channel is not null)
    then
        perform private.refuse(
            'PT422', 'unknown_scope', 'desk; agent, with the agent; or channel, with the channel.'
        );
    elsif p_agent_id is not null and not exists (
        select from public.staff_members staff
        where staff.id = p_agent_id and staff.desk_id = p_desk_id
    ) then
        perform private.refuse('PT404', 'agent_not_found', 'Nobody of this desk.');
    elsif p_channel is not null and not exists (
        select from public.channels known where known.channel = p_channel
    ) then
        perform private.refuse('PT422', 'unknown_channel', 'Not a channel of this house.');
    elsif p_audit_id is not null and not exists (
        select from public.quality_audits audit
        where audit.id = p_audit_id and audit.desk_id = p_desk_id
    ) then
        perform private.refuse('PT404', 'audit_not_found', 'There is no such audit for you.');
    end if;
end
$$;

-- Definer: nobody holds a right to write actions; managers of the desk alone get through.
create function private.open_corrective_action(
    p_standard text, p_plan text, p_due_on date, p_owner_id uuid, p_scope text, p_agent_id uuid,
    p_channel text, p_desk_id uuid, p_audit_id uuid
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_quality_role();
    v_desk_id uuid := private.require_action_desk(p_desk_id);
    v_owner_id uuid := coalesce(p_owner_id, v_staff_id);
    v_action public.corrective_actions;
begin
    perform private.require_action_terms(
        p_standard, p_scope, v_desk_id, p_agent_id, p_channel, p_audit_id
    );
    insert into public.corrective_actions (
        standard, standard_version, source, scope, desk_id, agent_id, channel, audit_id, origin,
        opened_by, owner_id, due_on, plan, cause
    )
    select
        known.standard, known.version,
        case known.kind when 'automatic' then 'automatic' else 'human' end, p_scope, v_desk_id,
        p_agent_id, p_channel, p_audit_id, 'manager', v_staff_id,
        private.require_action_owner(v_owner_id, v_desk_id), private.require_due_on(p_due_on),
        private.require_text('plan', p_plan, 2000),
        jsonb_strip_nulls(jsonb_build_object('kind', 'manager', 'audit_id', p_audit_id))
    from public.quality_standards known
    where known.standard = p_standard and known.is_current
    returning * into v_action;
    return to_jsonb(v_action);
exception
    when unique_violation then
        perform private.refuse('PT409', 'already_under_action', 'Somebody is working on it.');
end
$$;

create function public.open_corrective_action(
    p_standard text,
    p_plan text,
    p_due_on date,
    p_owner_id uuid default null,
    p_scope text default 'desk',
    p_agent_id uuid default null,
    p_channel text default null,
    p_desk_id uuid default null,
    p_audit_id uuid default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.open_corrective_action(
        p_standard, p_plan, p_due_on, p_owner_id, p_scope, p_agent_id, p_channel, p_desk_id,
        p_audit_id
    )
$$;
comment on function public.open_corrective_action(
    text, text, date, uuid, text, uuid, text, uuid, uuid
) is
    'Managers: something is done about a standard, at the desk, by one agent or on one channel; '
    'the owner (the caller, unless named) is told. Only samples of conversations that end from now '
    'on close it. Answers the action.';

-- -------------------------------------------------------------------------------------------------
-- Changing
-- -------------------------------------------------------------------------------------------------
create function private.lock_corrective_action(p_action_id uuid)
returns public.corrective_actions
language plpgsql
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
    v_action public.corrective_actions;
begin
    select action.* into v_action
    from public.corrective_actions action
    where action.id = p_action_id and (
        v_staff_id in (action.owner_id, action.agent_id)
        or action.desk_id in (select private.my_quality_desk_ids())
    )
    for update;
    if v_action.id is null then
        perform private.refuse('PT404', 'action_not_found', 'There is no such action for you.');
    end if;
    return v_action;
end
$$;

-- A state is not among what people may change: that it is refused with a word of its own tells
-- them whose it is.
create function private.require_action_changes(
    p_action public.corrective_actions, p_changes jsonb
)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if p_changes ?| array['state', 'closed_at', 'proof'] then
        perform private.refuse(
            'PT409', 'samples_decide', 'Only later samples close an action or open it again.'
        );
    elsif jsonb_typeof(p_changes) is distinct from 'object' or p_changes = '{}'
        or octet_length(p_changes::text) > 10000
        or p_changes - array['owner_id', 'due_on', 'plan'] <> '{}'
        or exists (
            select from jsonb_each(p_changes) given where jsonb_typeof(given.value) <> 'string'
        )
    then
        perform private.refuse('PT422', 'changes_malformed', 'owner_id, due_on or plan.');
    elsif p_action.state <> 'open' then
        perform private.refuse('PT409', 'action_not_open', 'It is closed or called off.');
    elsif p_action.desk_id not in (select private.my_managed_desk_ids())
        and not (p_action.owner_id = auth.uid() and p_changes - 'plan' = '{}')
    then
        perform private.refuse(
            'PT403', 'manager_required', 'Managers of the desk; of the plan its owner as well.'
        );
    end if;
end
$$;

-- Definer: nobody holds a right to write actions; managers of the desk, for the plan its owner.
create function private.set_corrective_action(p_action_id uuid, p_changes jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_action public.corrective_actions := private.lock_corrective_action(p_action_id);
begin
    perform private.require_action_changes(v_action, p_changes);
    update public.corrective_actions action
    set owner_id = case
            when p_changes ? 'owner_id' then private.require_action_owner(
                (p_changes ->> 'owner_id')::uuid, action.desk_id
            )
            else action.owner_id
        end,
        due_on = case
            when p_changes ? 'due_on' then private.require_due_on((p_changes ->> 'due_on')::date)
            else action.due_on
        end,
        plan = case
            when p_changes ? 'plan' then private.require_text('plan', p_changes ->> 'plan', 2000)
            else action.plan
        end,
        cause = jsonb_build_object('kind', 'hand', 'changes', p_changes)
    where action.id = v_action.id
    returning action.* into v_action;
    return to_jsonb(v_action);
exception
    when invalid_text_representation or datetime_field_overflow or invalid_datetime_format then
        perform private.refuse('PT422', 'changes_malformed', 'owner_id, due_on or plan.');
end
$$;

create function public.set_corrective_action(p_action_id uuid, p_changes jsonb)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_corrective_action(p_action_id, p_changes)
$$;
comment on function public.set_corrective_action(uuid, jsonb) is
    'Managers: {"owner_id", "due_on", "plan"} of an open action; its owner: the plan. Nobody sets '
    'its state (409, samples_decide). Answers the action.';

-- Definer: nobody holds a right to write actions; managers of the desk alone get through.
create function private.cancel_corrective_action(p_action_id uuid, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_action public.corrective_actions := private.lock_corrective_action(p_action_id);
begin
    if v_action.desk_id not in (select private.my_managed_desk_ids()) then
        perform private.refuse('PT403', 'manager_required', 'Managers of the desk decide on this.');
    elsif v_action.state <> 'open' then
        perform private.refuse('PT409', 'action_not_open', 'It is closed or called off.');
    end if;
    update public.corrective_actions action
    set state = 'cancelled', cancelled_at = now(), cause = jsonb_build_object(
        'kind', 'manager', 'reason', private.require_text('reason', p_reason, 500)
    )
    where action.id = v_action.id
    returning action.* into v_action;
    return to_jsonb(v_action);
end
$$;

create function public.cancel_corrective_action(p_action_id uuid, p_reason text)
returns jsonb
language sql
set search_path = ''
as $$
    select private.cancel_corrective_action(p_action_id, p_reason)
$$;
comment on function public.cancel_corrective_action(uuid, text) is
    'Managers: an open action is called off, and why. It counts as nothing mended; the house looks '
    'at the fault anew from then on. Answers the action.';

-- -------------------------------------------------------------------------------------------------
-- Reading
-- -------------------------------------------------------------------------------------------------
create function private.describe_action(p_action public.corrective_actions)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select to_jsonb(p_action) - 'proof' - 'cause' || jsonb_build_object(
        'text_pl', known.text_pl, 'text_en', known.text_en,
        'is_overdue', p_action.state = 'open'
            and p_action.due_on < (now() at time zone 'Europe/Warsaw')::date,
        'progress', jsonb_build_object(
            'passed', seen.passed, 'count', seen.count, 'needed_count', rule.closing_count,
            'target_percent', rule.target_percent,
            'low_percent', round(
                100 * (private.find_share_interval(seen.passed, seen.count))[1]::numeric, 1
            )
        ),
        'history', (
            select coalesce(jsonb_agg(to_jsonb(kept) - 'action_id' order by kept.id), '[]')
            from public.corrective_action_changes kept where kept.action_id = p_action.id
        )
    )
    from public.quality_standards known
    cross join lateral private.find_improvement_rule(p_action.standard, p_action.source) rule
    cross join lateral (
        select count(*) filter (where sample.is_pass) as passed, count(*) as count
        from private.list_action_samples(p_action, rule.window_count) sample
    ) seen
    where known.standard = p_action.standard and known.version = p_action.standard_version
$$;

-- Definer: progress is counted over judgements of which people see only some; the policy's own
-- conditions choose the actions.
create function private.get_corrective_actions(p_state text, p_standard text)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
    v_desk_ids uuid[] := array(select private.my_quality_desk_ids());
begin
    return (
        select coalesce(jsonb_agg(
            private.describe_action(action)
            order by action.state <> 'open', action.due_on, action.id
        ), '[]')
        from (
            select known.*
            from public.corrective_actions known
            where (known.desk_id = any (v_desk_ids)
                    or v_staff_id in (known.owner_id, known.agent_id))
                and (p_state is null or known.state = p_state)
                and (p_standard is null or known.standard = p_standard)
            order by known.state <> 'open', known.due_on, known.id
            limit 200
        ) action
    );
end
$$;

create function public.get_corrective_actions(
    p_state text default null, p_standard text default null
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.get_corrective_actions(p_state, p_standard)
$$;
comment on function public.get_corrective_actions(text, text) is
    'Overseers of the desk; an agent: those they own or that are about them. Open ones first, by '
    'due date, at most 200: each with its text, "is_overdue", "progress" towards closing '
    '{"passed", "count", "needed_count", "low_percent", "target_percent"} and "history".';

-- -------------------------------------------------------------------------------------------------
-- The rules
-- -------------------------------------------------------------------------------------------------

-- Definer: nobody holds a right to write rules; admins write through here.
create function private.set_improvement_rule(p_rule text, p_changes jsonb, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_fields constant text[] := array[
        'closing_count', 'target_percent', 'opening_count', 'reopening_count', 'window_count',
        'due_days'
    ];
    v_rule public.improvement_rules;
begin
    perform private.require_admin();
    if jsonb_typeof(p_changes) is distinct from 'object' or p_changes = '{}'
        or p_changes - v_fields <> '{}'
    then
        perform private.refuse('PT422', 'rule_malformed', 'See public.improvement_rules.');
    elsif not exists (
        select from public.quality_standards known where known.standard = p_rule
        union all
        select from public.improvement_rules known where known.rule = p_rule
    ) then
        perform private.refuse('PT404', 'standard_not_found', 'No standard of this house.');
    end if;
    perform private.note_reason(p_reason);
    insert into public.improvement_rules (rule, closing_count) values (p_rule, 20)
    on conflict do nothing;
    select known.* into v_rule
    from public.improvement_rules known where known.rule = p_rule for update;
    return private.write_improvement_rule(jsonb_populate_record(v_rule, p_changes));
exception
    when invalid_text_representation or numeric_value_out_of_range or check_violation
        or not_null_violation
    then
        perform private.refuse('PT422', 'rule_malformed', 'See public.improvement_rules.');
end
$$;

create function private.write_improvement_rule(p_rule public.improvement_rules)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_rule public.improvement_rules;
begin
    update public.improvement_rules known
    set closing_count = p_rule.closing_count, target_percent = p_rule.target_percent,
        opening_count = p_rule.opening_count, reopening_count = p_rule.reopening_count,
        window_count = p_rule.window_count, due_days = p_rule.due_days
    where known.rule = p_rule.rule
    returning known.* into v_rule;
    return to_jsonb(v_rule);
end
$$;

create function public.set_improvement_rule(
    p_rule text, p_changes jsonb, p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_improvement_rule(p_rule, p_changes, p_reason)
$$;
comment on function public.set_improvement_rule(text, jsonb, text) is
    'Admins: by how many samples and which share corrective actions open, close and open again; '
    'for human, automatic, critical, or one standard by name, e.g. (''service.follow_up'', '
    '{"closing_count": 40}). A target_percent of null is the standard''s own. Answers the rule.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on function
    private.require_action_desk(uuid), private.require_action_owner(uuid, uuid),
    private.require_due_on(date),
    private.require_action_terms(text, text, uuid, uuid, text, uuid),
    private.open_corrective_action(
        text, text, date, uuid, text, uuid, text, uuid, uuid
    ),
    public.open_corrective_action(
        text, text, date, uuid, text, uuid, text, uuid, uuid
    ),
    private.lock_corrective_action(uuid),
    private.require_action_changes(public.corrective_actions, jsonb),
    private.set_corrective_action(uuid, jsonb), public.set_corrective_action(uuid, jsonb),
    private.cancel_corrective_action(uuid, text), public.cancel_corrective_action(uuid, text),
    private.describe_action(public.corrective_actions),
    private.get_corrective_actions(text, text), public.get_corrective_actions(text, text),
    private.set_improvement_rule(text, jsonb, text),
    private.write_improvement_rule(public.improvement_rules),
    public.set_improvement_rule(text, jsonb, text)
from public, anon, authenticated, service_role;
grant execute on function
    private.open_corrective_action(
        text, text, date, uuid, text, uuid, text, uuid, uuid
    ),
    public.open_corrective_action(
        text, text, date, uuid, text, uuid, text, uuid, uuid
    ),
    private.set_corrective_action(uuid, jsonb), public.set_corrective_action(uuid, jsonb),
    private.cancel_corrective_action(uuid, text), public.cancel_corrective_action(uuid, text),
    private.get_corrective_actions(text, text), public.get_corrective_actions(text, text)
to authenticated;
grant execute on function
    private.set_improvement_rule(text, jsonb, text), public.set_improvement_rule(text, jsonb, text)
to authenticated, service_role;
