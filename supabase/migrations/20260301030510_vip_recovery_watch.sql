-- What happens in recovery by itself: cases are opened, get an owner, are not forgotten.
--
--   survey.answered, promise.breached, sentiment.fell, service.recovery_needed
--       -> vip.recovery (lib/vip/recovery.py) -> a case, a further trigger of one, or nothing; what
--          a second survey says is written back
--   recovery_case.opened, .assigned, .callback_promised, .resolved, .reopened,
--   recovery_case.deadline_reached (a timer), agent.presence_changed, agent.departed,
--   absence.started
--       -> vip.recovery -> an owner who is at work, managers told of what is late, the next timer
--
-- What is decided follows from the rows of the case; the write compares its version under lock and
-- looks again whether the owner still works here. Order of locks: jobs, clients by id, cases by id,
-- staff by id.

insert into private.subscriptions (event_kind, worker, priority, collapses)
select made.kind, 'vip.recovery', 5, made.collapses
from (
    values
        ('survey.answered', false),
        ('promise.breached', false),
        ('sentiment.fell', false),
        ('service.recovery_needed', false),
        ('recovery_case.opened', true),
        ('recovery_case.assigned', true),
        ('recovery_case.callback_promised', true),
        ('recovery_case.resolved', true),
        ('recovery_case.reopened', true),
        ('recovery_case.deadline_reached', true),
        ('agent.presence_changed', true),
        ('agent.departed', true),
        ('absence.started', true)
) made (kind, collapses);

-- -------------------------------------------------------------------------------------------------
-- Read
-- -------------------------------------------------------------------------------------------------

-- Of each event that may be a failure: whose, and how grave.
create function private.read_recovery_triggers(p_items jsonb)
returns table (
    job_id bigint, trigger text, subject_id uuid, client_id uuid, ticket_id uuid, is_vip boolean,
    score integer, survey_kind text, case_id uuid, is_owed boolean, details jsonb
)
language plpgsql
stable
rows 50
set search_path = ''
as $$
begin
    return query
    select
        item.job_id, known.trigger,
        case known.trigger
            when 'promise' then promise.id
            when 'sentiment' then coalesce((item.payload ->> 'message_id')::uuid, item.subject_id)
            else item.subject_id
        end,
        client.id, ticket.id, coalesce(level.has_dedicated_agent, false),
        case when jsonb_typeof(item.payload -> 'csat') = 'number'
            then (item.payload ->> 'csat')::numeric::integer end,
        case when known.trigger = 'survey' then item.payload ->> 'kind' end,
        asked.id, promise.state is distinct from 'cancelled',
        jsonb_strip_nulls(jsonb_build_object(
            'csat', item.payload -> 'csat', 'promise_kind', promise.kind,
            'from', item.payload -> 'from', 'to', item.payload -> 'to',
            'service_type', item.payload -> 'service_type'
        ))
    from jsonb_to_recordset(p_items) as item (
        job_id bigint, kind text, subject_id uuid, payload jsonb
    )
    join (
        values
            ('survey.answered', 'survey'), ('promise.breached', 'promise'),
            ('sentiment.fell', 'sentiment'), ('service.recovery_needed', 'service')
    ) known (kind, trigger) on known.kind = item.kind
    left join public.ticket_promises promise
        on promise.id = (item.payload ->> 'promise_id')::uuid and known.trigger = 'promise'
    left join public.support_tickets ticket on ticket.id = case
        when known.trigger in ('promise', 'sentiment') then item.subject_id
        else (item.payload ->> 'ticket_id')::uuid
    end
    left join public.profiles client
        on client.id = coalesce((item.payload ->> 'client_id')::uuid, ticket.client_id)
    left join public.service_levels level on level.tier = coalesce(promise.tier, client.tier)
    left join public.recovery_cases asked
        on known.trigger = 'survey' and asked.survey_id = item.subject_id;
end
$$;

-- A subject is a case, somebody who works here, or an absence of theirs: for the last two, the
-- cases they own and those without an owner that they could take.
create function private.list_recovery_subjects(p_subject_ids uuid[])
returns table (subject_id uuid, case_id uuid)
language plpgsql
stable
rows 50
set search_path = ''
as $$
begin
    return query
    select known.id, known.id
    from public.recovery_cases known
    where known.id = any (p_subject_ids)
    union
    select person.subject_id, known.id
    from (
        select staff.id, staff.id, staff.desk_id, staff.role
        from public.staff_members staff where staff.id = any (p_subject_ids)
        union all
        select absence.id, staff.id, staff.desk_id, staff.role
        from public.staff_absences absence
        join public.staff_members staff on staff.id = absence.staff_id
        where absence.id = any (p_subject_ids)
    ) person (subject_id, staff_id, desk_id, role)
    join public.recovery_cases known
        on known.state in ('open', 'in_progress') and (
            known.owner_id = person.staff_id
            or known.owner_id is null and (
                known.desk_id = person.desk_id and person.role = 'manager'
                or exists (
                    select from public.vip_client_profiles team
                    where team.client_id = known.client_id and person.staff_id in (
                        team.relationship_manager_id, team.dedicated_agent_id, team.deputy_agent_id
                    )
                )
            )
        );
end
$$;

-- Who could own it: the client's people in their order, then the managers of the desk.
create function private.list_recovery_candidates(p_case public.recovery_cases)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'staff_id', staff.id, 'stage', place.stage, 'is_online', staff.state = 'online',
            'is_on_leave', private.is_on_leave(staff.id),
            'case_count', (
                select count(*) from public.recovery_cases other
                where other.owner_id = staff.id and other.state in ('open', 'in_progress')
            )
        ) order by place.rank, staff.id), '[]')
        from (
            select chosen.staff_id, chosen.stage, chosen.rank
            from public.vip_client_profiles team
            cross join lateral (
                values
                    (team.relationship_manager_id, 'relationship_manager', 1),
                    (team.dedicated_agent_id, 'dedicated_agent', 2),
                    (team.deputy_agent_id, 'deputy_agent', 3)
            ) chosen (staff_id, stage, rank)
            where team.client_id = p_case.client_id
            union all
            select boss.id, 'manager', 4 from public.staff_members boss
            where boss.desk_id = p_case.desk_id and boss.role = 'manager'
        ) place
        join public.staff_members staff on staff.id = place.staff_id and staff.is_active
        where staff.id <> p_case.client_id
    );
end
$$;

create function private.describe_recovery_cases(p_case_ids uuid[])
returns table (case_id uuid, facts jsonb)
language plpgsql
stable
rows 50
set search_path = ''
as $$
begin
    return query
    select known.id, jsonb_build_object(
        'case_id', known.id, 'version', known.version, 'state', known.state,
        'began_at', known.began_at, 'owner_id', known.owner_id, 'assigned_at', known.assigned_at,
        'taken_at', known.taken_at, 'callback_due_at', known.callback_due_at,
        'called_back_at', known.called_back_at, 'resolved_at', known.resolved_at,
        'told', known.told, 'is_failed_recovery', known.is_recovered is false,
        'can_owner_stay', coalesce((
            select staff.is_active and not private.is_on_leave(staff.id)
            from public.staff_members staff where staff.id = known.owner_id
        ), false),
        'tried_ids', array(
            select distinct (given.details ->> 'owner_id')::uuid
            from public.recovery_history given
            where given.case_id = known.id and given.kind = 'given'
                and given.occurred_at >= known.began_at
        ),
        'candidates', private.list_recovery_candidates(known)
    )
    from public.recovery_cases known
    where known.id = any (p_case_ids) and known.state <> 'closed';
end
$$;

create function worker.recovery_contexts(p_items jsonb)
returns jsonb
language plpgsql
stable
set search_path = ''
set enable_seqscan = off
as $$
begin
    return (
        with asked as materialized (
            select subject.case_id, array_agg(subject.subject_id) as subject_ids
            from private.list_recovery_subjects(array(
                select item.subject_id
                from jsonb_to_recordset(p_items) as item (subject_id uuid)
            )) subject
            group by subject.case_id
        )
        select jsonb_build_object(
            'read_at', clock_timestamp(),
            'triggers', (
                select coalesce(jsonb_agg(to_jsonb(failure)), '[]')
                from private.read_recovery_triggers(p_items) failure
            ),
            'cases', (
                select coalesce(jsonb_agg(known.facts || jsonb_build_object(
                    'subject_ids', asked.subject_ids
                ) order by known.case_id), '[]')
                from private.describe_recovery_cases(array(select asked.case_id from asked)) known
                join asked on asked.case_id = known.case_id
            )
        )
    );
end
$$;
comment on function worker.recovery_contexts(jsonb) is
    'For jobs [{"job_id", "kind", "subject_id", "payload"}], as of one moment: {"read_at", '
    '"triggers": what may be a failure, by job, "cases": those the jobs'' subjects are about, with '
    'who could own them}. Cases that are closed are missing.';

-- -------------------------------------------------------------------------------------------------
-- Write
-- -------------------------------------------------------------------------------------------------
create function private.read_recovery_plans(p_items jsonb)
returns table (
    job_id bigint, case_id uuid, version integer, owner_id uuid, owner_stage text, reason text,
    candidates jsonb, policy_version text, told text[], tells jsonb, due_at timestamptz,
    look_again_at timestamptz, is_closed boolean
)
language sql
immutable
rows 50
set search_path = ''
as $$
    select item.job_id, plan.*
    from jsonb_to_recordset(p_items) as item (job_id bigint, plans jsonb)
    cross join jsonb_to_recordset(item.plans) as plan (
        case_id uuid, version integer, owner_id uuid, owner_stage text, reason text,
        candidates jsonb, policy_version text, told text[], tells jsonb, due_at timestamptz,
        look_again_at timestamptz, is_closed boolean
    )
$$;

create function private.lock_recovery_rows(p_items jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_case_ids uuid[] := array(
        select plan.case_id from private.read_recovery_plans(p_items) plan
    );
begin
    perform from public.profiles client
    where client.id in (
        select unnest(array[asked.id, asked.merged_into_id])
        from public.profiles asked
        where asked.id in (
            select (item.whole #>> '{trigger,client_id}')::uuid
            from jsonb_array_elements(p_items) item (whole)
            union all
            select known.client_id from public.recovery_cases known
            where known.id = any (v_case_ids)
        )
    )
    order by client.id
    for no key update;
    perform from public.recovery_cases known
    where known.id = any (v_case_ids)
    order by known.id
    for no key update;
    perform from public.staff_members staff
    where staff.id in (
        select plan.owner_id from private.read_recovery_plans(p_items) plan
    )
    order by staff.id
    for share;
end
$$;

-- What the client says of the way it was made good.
create function private.write_recovery_back(p_case_id uuid, p_is_recovered boolean)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_state text;
begin
    update public.recovery_cases known
    set is_recovered = p_is_recovered,
        state = case when p_is_recovered and known.state = 'resolved' then 'closed'
            else known.state end,
        closed_at = case when p_is_recovered and known.state = 'resolved' then clock_timestamp()
            else known.closed_at end
    where known.id = p_case_id
    returning known.state into v_state;
    perform private.record_recovery(
        p_case_id, case when p_is_recovered then 'recovered' else 'not_recovered' end
    );
    if not p_is_recovered and v_state in ('resolved', 'closed') then
        perform private.reopen_recovery(p_case_id, 'not_recovered');
    end if;
end
$$;

create function private.apply_recovery_triggers(p_items jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_trigger record;
begin
    for v_trigger in
        select made.*
        from jsonb_array_elements(p_items) item (whole)
        cross join jsonb_to_record(item.whole -> 'trigger') as made (
            verdict text, trigger text, subject_id uuid, client_id uuid, ticket_id uuid,
            case_id uuid, details jsonb
        )
        where jsonb_typeof(item.whole -> 'trigger') = 'object'
        order by made.client_id
    loop
        case v_trigger.verdict
            when 'open' then
                perform private.open_recovery_case(
                    v_trigger.client_id, v_trigger.trigger, v_trigger.subject_id,
                    v_trigger.ticket_id, v_trigger.details
                );
            when 'recovered', 'not_recovered' then
                perform private.write_recovery_back(
                    v_trigger.case_id, v_trigger.verdict = 'recovered'
                );
        end case;
    end loop;
end
$$;

create function private.give_recovery_case(
    p_case_id uuid, p_owner_id uuid, p_stage text, p_reason text, p_details jsonb
)
returns void
language plpgsql
set search_path = ''
as $$
begin
    update public.recovery_cases known
    set owner_id = p_owner_id, owner_stage = p_stage, assigned_at = clock_timestamp(),
        taken_at = null, state = 'open',
        told = array_remove(known.told, 'silence')
    where known.id = p_case_id;
    perform private.record_recovery(p_case_id, 'given', p_details || jsonb_build_object(
        'owner_id', p_owner_id, 'stage', p_stage, 'reason', p_reason
    ));
    perform private.notify(
        array[p_owner_id], 'recovery_case_given',
        (select known.ticket_id from public.recovery_cases known where known.id = p_case_id),
        jsonb_build_object('case_id', p_case_id, 'stage', p_stage, 'reason', p_reason)
    );
end
$$;

create function private.carry_out_recovery(p_case_id uuid, p_plan jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_told text[] := array(select jsonb_array_elements_text(p_plan -> 'told'));
    v_tell jsonb;
begin
    if p_plan ->> 'owner_id' is not null then
        perform private.give_recovery_case(
            p_case_id, (p_plan ->> 'owner_id')::uuid, p_plan ->> 'owner_stage',
            p_plan ->> 'reason', jsonb_build_object(
                'candidates', p_plan -> 'candidates', 'policy_version', p_plan -> 'policy_version'
            )
        );
    end if;
    for v_tell in select jsonb_array_elements(p_plan -> 'tells') loop
        perform private.notify(
            array(select jsonb_array_elements_text(v_tell -> 'recipient_ids')::uuid),
            v_tell ->> 'kind', null,
            jsonb_build_object('case_id', p_case_id, 'delay', v_tell ->> 'delay')
        );
        perform private.record_recovery(
            p_case_id, 'escalated', jsonb_build_object('delay', v_tell ->> 'delay')
        );
    end loop;
    update public.recovery_cases known
    set told = v_told, due_at = (p_plan ->> 'due_at')::timestamptz
    where known.id = p_case_id
        and (known.told, known.due_at)
            is distinct from (v_told, (p_plan ->> 'due_at')::timestamptz);
    if (p_plan ->> 'is_closed')::boolean then
        update public.recovery_cases known
        set state = 'closed', closed_at = clock_timestamp() where known.id = p_case_id;
        perform private.record_recovery(p_case_id, 'closed', '{"why": "time_passed"}');
    end if;
    perform private.set_recovery_timer(p_case_id, (p_plan ->> 'look_again_at')::timestamptz);
end
$$;

create function private.set_recovery_timer(p_case_id uuid, p_at timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
begin
    if p_at is null then
        perform private.cancel_timers('recovery_case.deadline_reached', array[p_case_id]);
    else
        perform private.set_timers('recovery_case.deadline_reached', array[p_case_id], array[p_at]);
    end if;
end
$$;

-- stale: it changed since it was read, or its owner does not work here any more.
create function private.judge_recovery_plans(p_items jsonb)
returns table (job_id bigint, case_id uuid, plan jsonb, status text)
language plpgsql
stable
rows 50
set search_path = ''
as $$
begin
    return query
    select
        made.job_id, made.case_id, to_jsonb(made),
        case
            when known.id is null or known.state = 'closed' then 'gone'
            when known.version <> made.version then 'stale'
            when made.owner_id is not null and not exists (
                select from public.staff_members staff
                where staff.id = made.owner_id and staff.is_active
                    and not private.is_on_leave(staff.id)
            ) then 'stale'
            else 'recorded'
        end
    from private.read_recovery_plans(p_items) made
    left join public.recovery_cases known on known.id = made.case_id;
end
$$;

-- Definer: not even the service key may write cases but through here; only service_role may execute
-- it. Each step is a statement of its own: it must see what others committed while we waited.
create function private.apply_recovery(p_items jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_judged jsonb;
begin
    perform private.lock_recovery_rows(p_items);
    v_judged := (
        select coalesce(jsonb_agg(to_jsonb(judged) order by judged.case_id), '[]')
        from private.judge_recovery_plans(p_items) judged
    );
    perform private.apply_recovery_triggers(p_items);
    perform private.carry_out_recovery(made.case_id, made.plan)
    from jsonb_to_recordset(v_judged) as made (case_id uuid, plan jsonb, status text)
    where made.status = 'recorded';
    return (
        select coalesce(jsonb_agg(jsonb_build_object('job_id', item.job_id, 'status', case
            when 'stale' = any (known.statuses) then 'stale'
            when 'recorded' = any (known.statuses) or jsonb_typeof(item.trigger) = 'object'
                then 'recorded'
            else 'gone'
        end)), '[]')
        from jsonb_to_recordset(p_items) as item (job_id bigint, trigger jsonb)
        cross join lateral (
            select array(
                select judged.status
                from jsonb_to_recordset(v_judged) as judged (job_id bigint, status text)
                where judged.job_id = item.job_id
            ) as statuses
        ) known
    );
end
$$;

create function worker.record_recovery(p_items jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
begin
    perform private.hold_jobs(p_items);
    return private.finish_decided(private.apply_recovery(p_items));
end
$$;
comment on function worker.record_recovery(jsonb) is
    'Effect and end of recovery jobs, in one transaction. Items: job_id, fence, trigger (verdict '
    'open, recovered or not_recovered; null: nothing), plans [{case_id, version, owner_id, '
    'owner_stage, reason, candidates, policy_version, told, tells, due_at, look_again_at, '
    'is_closed}]. Answers [{"job_id", "status"}]: recorded, stale (a case changed meanwhile and '
    'the job is still held), gone.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on function
    private.read_recovery_triggers(jsonb), private.list_recovery_subjects(uuid[]),
    private.list_recovery_candidates(public.recovery_cases),
    private.describe_recovery_cases(uuid[]), worker.recovery_contexts(jsonb),
    private.read_recovery_plans(jsonb), private.lock_recovery_rows(jsonb),
    private.write_recovery_back(uuid, boolean), private.apply_recovery_triggers(jsonb),
    private.give_recovery_case(uuid, uuid, text, text, jsonb),
    private.carry_out_recovery(uuid, jsonb), private.set_recovery_timer(uuid, timestamptz),
    private.judge_recovery_plans(jsonb), private.apply_recovery(jsonb),
    worker.record_recovery(jsonb)
from public, anon, authenticated, service_role;
grant execute on function
    private.read_recovery_triggers(jsonb), private.list_recovery_subjects(uuid[]),
    private.list_recovery_candidates(public.recovery_cases),
    private.describe_recovery_cases(uuid[]), worker.recovery_contexts(jsonb),
    private.apply_recovery(jsonb), worker.record_recovery(jsonb)
to service_role;
