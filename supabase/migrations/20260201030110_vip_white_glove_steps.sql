-- How a white-glove service goes on: what its rows announce, what the worker reads and writes.
--
--   service.requested, .cancelled, .step_started, .step_completed, .step_failed, .step_skipped,
--   .step_reopened, .step_compensated, .deadline_reached (a timer), absence.started, agent.departed
--       -> vip.white_glove (lib/vip/white_glove.py): steps become ready, automatic ones are
--          executed, partners asked, owners given, what was done is undone; service states follow
--
-- An event says only which service to look at; what is decided follows from its rows. The write
-- compares all the decision was made from with the rows under lock and does it in one transaction:
-- a step is executed with its effect or not at all. Order of locks: jobs, services by id, staff by
-- id.

insert into private.subscriptions (event_kind, worker, priority, collapses)
select kind, 'vip.white_glove', 3, true
from unnest(array[
    'service.requested', 'service.cancelled', 'service.step_started', 'service.step_completed',
    'service.step_failed', 'service.step_skipped', 'service.step_reopened',
    'service.step_compensated', 'service.deadline_reached', 'absence.started', 'agent.departed'
]) as kind;

-- -------------------------------------------------------------------------------------------------
-- What changes of state leave behind
-- -------------------------------------------------------------------------------------------------
create function private.record_white_glove_change(
    p_service_id uuid, p_step_id uuid, p_request_id uuid, p_from_state text, p_to_state text
)
returns void
language sql
set search_path = ''
as $$
    insert into public.white_glove_history (
        service_id, step_id, request_id, from_state, to_state, changed_by, reason
    )
    select
        p_service_id, p_step_id, p_request_id, p_from_state, p_to_state, (select auth.uid()),
        nullif(current_setting('luxury.change_reason', true), '')
    where p_from_state is distinct from p_to_state
$$;

create function private.tg_white_glove_services_record()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.record_white_glove_change(
        new.id, null, null, case tg_op when 'UPDATE' then old.status end, new.status
    );
    return null;
end
$$;

create function private.tg_white_glove_steps_record()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.record_white_glove_change(
        new.service_id, new.id, null, old.state, new.state
    );
    return null;
end
$$;

create function private.tg_partner_requests_record()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.record_white_glove_change(
        new.service_id, null, new.id, case tg_op when 'UPDATE' then old.state end, new.state
    );
    return null;
end
$$;

create trigger white_glove_services_record
after insert or update of status on public.white_glove_services
for each row execute function private.tg_white_glove_services_record();
create trigger white_glove_steps_record
after update of state on public.white_glove_steps
for each row execute function private.tg_white_glove_steps_record();
create trigger partner_requests_record
after insert or update of state on public.partner_requests
for each row execute function private.tg_partner_requests_record();

create function private.tg_white_glove_services_emit()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    if tg_op = 'INSERT' then
        perform private.emit_events(
            'service.requested', array_agg(now_.id order by now_.id),
            array_agg(jsonb_build_object('service_type', now_.service_type) order by now_.id)
        )
        from now_
        having count(*) > 0;
        return null;
    end if;
    perform private.emit_events(
        'service.' || changed.status, array_agg(changed.id order by changed.id),
        array_agg(jsonb_build_object('service_type', changed.service_type) order by changed.id)
    )
    from (
        select now_.* from now_ join before_ on before_.id = now_.id
        where now_.status <> before_.status
            and now_.status in ('confirmed', 'delivered', 'verified', 'closed', 'cancelled')
    ) changed
    group by changed.status;
    return null;
end
$$;

create trigger white_glove_services_emit_birth
after insert on public.white_glove_services
referencing new table as now_
for each statement execute function private.tg_white_glove_services_emit();
create trigger white_glove_services_emit
after update on public.white_glove_services
referencing new table as now_ old table as before_
for each statement execute function private.tg_white_glove_services_emit();

-- A step that becomes ready by itself is no news: the worker made it so.
create function private.tg_white_glove_steps_emit()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.emit_events(
        'service.' || changed.event, array_agg(changed.service_id order by changed.position),
        array_agg(jsonb_build_object(
            'step_id', changed.id, 'step_key', changed.step_key
        ) order by changed.position)
    )
    from (
        select now_.*, case now_.state
            when 'in_progress' then 'step_started'
            when 'done' then 'step_completed'
            when 'failed' then 'step_failed'
            when 'skipped' then 'step_skipped'
            when 'compensated' then 'step_compensated'
            when 'ready' then case when before_.state <> 'waiting' then 'step_reopened' end
        end as event
        from now_ join before_ on before_.id = now_.id
        where now_.state <> before_.state
    ) changed
    where changed.event is not null
    group by changed.event;
    return null;
end
$$;

create function private.tg_white_glove_steps_keep_progress()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    update public.white_glove_services service
    set progress = counted.progress
    from (
        select step.service_id, jsonb_build_object(
            'done', count(*) filter (where step.state = 'done'),
            'total', count(*) filter (where step.state <> 'skipped'),
            'percent', coalesce(round(
                100.0 * count(*) filter (where step.state = 'done')
                / nullif(count(*) filter (where step.state <> 'skipped'), 0)
            ), 0),
            'current', coalesce(jsonb_agg(step.step_key order by step.position) filter (
                where step.is_client_visible
                    and step.state in ('ready', 'in_progress', 'compensating')
            ), '[]')
        ) as progress
        from public.white_glove_steps step
        where step.service_id in (select now_.service_id from now_)
        group by step.service_id
    ) counted
    where service.id = counted.service_id;
    return null;
end
$$;
comment on function private.tg_white_glove_steps_keep_progress() is
    'Any change of a step also moves its service''s version: whoever read it earlier notices.';

create trigger white_glove_steps_emit
after update on public.white_glove_steps
referencing new table as now_ old table as before_
for each statement execute function private.tg_white_glove_steps_emit();
create trigger white_glove_steps_keep_progress_at_birth
after insert on public.white_glove_steps
referencing new table as now_
for each statement execute function private.tg_white_glove_steps_keep_progress();
create trigger white_glove_steps_keep_progress
after update on public.white_glove_steps
referencing new table as now_
for each statement execute function private.tg_white_glove_steps_keep_progress();

-- -------------------------------------------------------------------------------------------------
-- What changes elsewhere does to services
-- -------------------------------------------------------------------------------------------------

-- Definer: whoever takes a consent back holds no right to write steps. It follows the row.
create function private.tg_consents_cancel_contacts()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_step_ids uuid[];
begin
    select array_agg(step.id) into v_step_ids
    from now_
    join public.white_glove_services service on service.client_id = now_.client_id
    join public.white_glove_steps step on step.service_id = service.id
    join public.playbook_steps plan
        on plan.service_type = step.service_type
        and plan.playbook_version = step.playbook_version and plan.step_key = step.step_key
    where now_.withdrawn_at is not null
        and plan.consent_purpose = now_.purpose and plan.contact_channel = now_.channel
        and step.state in ('waiting', 'ready', 'in_progress')
        and not private.has_consent(now_.client_id, now_.purpose, now_.channel);
    perform from public.white_glove_services service
    where service.id in (
        select step.service_id from public.white_glove_steps step where step.id = any (v_step_ids)
    )
    order by service.id
    for no key update;
    perform private.note_reason('consent_withdrawn');
    update public.white_glove_steps step
    set state = 'skipped', result = 'consent_withdrawn'
    where step.id = any (v_step_ids) and step.state in ('waiting', 'ready', 'in_progress');
    return null;
end
$$;

create trigger consents_cancel_contacts
after update on public.consents
referencing new table as now_
for each statement execute function private.tg_consents_cancel_contacts();

-- Definer: whoever merges clients holds no right to write services. Where the kept client has no
-- VIP profile the duplicate's own moves, and its services with it; else they move here.
create function private.tg_profiles_move_services()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if exists (
        select from public.white_glove_services ours
        join public.white_glove_services theirs
            on tstzrange(theirs.scheduled_at, theirs.ends_at)
                && tstzrange(ours.scheduled_at, ours.ends_at)
        where ours.client_id = new.merged_into_id and theirs.client_id = new.id
            and ours.closed_at is null and theirs.closed_at is null
            and (ours.scheduled_at is null) = (theirs.scheduled_at is null)
            and (ours.scheduled_at is not null or ours.service_type = theirs.service_type)
    ) then
        perform private.refuse(
            'PT409', 'services_collide', 'Both have a service at that time: cancel one first.'
        );
    end if;
    update public.white_glove_services service
    set client_id = new.merged_into_id
    where service.client_id = new.id and exists (
        select from public.vip_client_profiles kept where kept.client_id = new.merged_into_id
    );
    return null;
end
$$;

create trigger profiles_move_services
after update of merged_into_id on public.profiles
for each row when (new.merged_into_id is not null and old.merged_into_id is null)
execute function private.tg_profiles_move_services();

-- -------------------------------------------------------------------------------------------------
-- Read
-- -------------------------------------------------------------------------------------------------
create function private.describe_white_glove_steps(p_service_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'id', step.id, 'key', step.step_key, 'phase', plan.phase, 'kind', plan.kind,
            'owner_role', plan.owner_role, 'owner_id', step.owner_id, 'state', step.state,
            'due_at', step.due_at, 'due_base', plan.due_base, 'due_seconds', plan.due_seconds,
            'depends_on_keys', plan.depends_on_keys, 'partner_kind', plan.partner_kind,
            'answer_seconds', plan.answer_seconds, 'undo_kind', plan.undo_kind,
            'on_failure', plan.on_failure, 'max_attempts', plan.max_attempts,
            'attempt', step.attempt, 'overdue_level', step.overdue_level,
            'executed_rank', step.executed_rank, 'result', step.result,
            'has_consent', plan.consent_purpose is null or private.has_consent(
                service.client_id, plan.consent_purpose, plan.contact_channel
            ),
            'requests', (
                select coalesce(jsonb_agg(jsonb_build_object(
                    'id', request.id, 'partner_id', request.partner_id, 'state', request.state,
                    'expires_at', request.expires_at
                ) order by request.asked_at, request.id), '[]')
                from public.partner_requests request where request.step_id = step.id
            ),
            'partner_ids', array(
                select partner.id from public.partners partner
                where partner.kind = plan.partner_kind and partner.is_active
                order by partner.rank, partner.id
            )
        ) order by step.position), '[]')
        from public.white_glove_steps step
        join public.white_glove_services service on service.id = step.service_id
        join public.playbook_steps plan
            on plan.service_type = step.service_type
            and plan.playbook_version = step.playbook_version and plan.step_key = step.step_key
        where step.service_id = p_service_id
    );
end
$$;

-- Who could do it: agents of the desk, with what keeps them away from now on.
create function private.describe_white_glove_staff(p_desk_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'id', staff.id, 'role', staff.role,
            'leaves', (
                select coalesce(jsonb_agg(jsonb_build_array(absence.starts_at, absence.ends_at)
                    order by absence.starts_at), '[]')
                from public.staff_absences absence
                where absence.staff_id = staff.id and absence.ends_at > now()
            ),
            'engagements', (
                select coalesce(jsonb_agg(jsonb_build_array(
                    other.id, other.scheduled_at, other.ends_at
                ) order by other.scheduled_at, other.id), '[]')
                from public.white_glove_services other
                where other.assigned_agent_id = staff.id and other.closed_at is null
                    and other.scheduled_at is not null
            )
        ) order by staff.id), '[]')
        from public.staff_members staff
        where staff.desk_id = p_desk_id and staff.is_active and private.is_agent_role(staff.role)
    );
end
$$;

-- One text for one state, whatever the caller's time zone: see the fingerprint. A service is open
-- until it is closed, and while something done for a cancelled one is still to be undone.
create function private.list_white_glove_cases(p_service_ids uuid[])
returns table (service_id uuid, facts jsonb)
language plpgsql
stable
rows 50
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return query
    select service.id, jsonb_build_object(
        'service_id', service.id, 'client_id', service.client_id, 'status', service.status,
        'version', service.version,
        'is_entitled', level.has_white_glove and flag.is_enabled,
        'started_at', service.created_at, 'scheduled_at', service.scheduled_at,
        'ends_at', service.ends_at, 'assigned_agent_id', service.assigned_agent_id,
        'team', array_remove(array[
            vip.dedicated_agent_id, vip.deputy_agent_id, vip.relationship_manager_id
        ], null),
        'steps', private.describe_white_glove_steps(service.id),
        'staff', private.describe_white_glove_staff(service.desk_id),
        'manager_ids', array(
            select boss.id from public.staff_members boss
            where boss.desk_id = service.desk_id and boss.is_active and boss.role = 'manager'
            order by boss.id
        )
    )
    from public.white_glove_services service
    join public.profiles client on client.id = service.client_id
    join public.service_levels level on level.tier = client.tier
    join public.vip_client_profiles vip on vip.client_id = service.client_id
    join public.feature_flags flag on flag.flag = 'white_glove_service'
    where service.id = any (p_service_ids) and (
        service.closed_at is null
        or service.status = 'cancelled' and exists (
            select from public.white_glove_steps step
            join public.playbook_steps plan using (service_type, playbook_version, step_key)
            where step.service_id = service.id
                and step.state not in ('skipped', 'failed', 'compensated')
                and not (step.state = 'done' and plan.undo_kind = 'none')
        )
    );
end
$$;
comment on function private.list_white_glove_cases(uuid[]) is
    'All that a decision looks at, of those services that are not over.';

-- A subject is a service, somebody who works here, or an absence of theirs: for the last two, every
-- service in which something is theirs to do.
create function private.list_white_glove_subjects(p_subject_ids uuid[])
returns table (subject_id uuid, service_id uuid)
language plpgsql
stable
rows 100
set search_path = ''
as $$
begin
    return query
    select service.id, service.id
    from public.white_glove_services service
    where service.id = any (p_subject_ids)
    union
    select person.subject_id, service.id
    from (
        select asked.id, asked.id from unnest(p_subject_ids) asked (id)
        union all
        select absence.id, absence.staff_id from public.staff_absences absence
        where absence.id = any (p_subject_ids)
    ) person (subject_id, staff_id)
    join public.white_glove_services service
        on service.closed_at is null and (
            service.assigned_agent_id = person.staff_id
            or exists (
                select from public.white_glove_steps step
                where step.service_id = service.id and step.owner_id = person.staff_id
                    and step.state in ('waiting', 'ready', 'in_progress', 'compensating')
            )
        );
end
$$;

create function private.count_open_steps(p_service_ids uuid[])
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select coalesce(jsonb_object_agg(counted.owner_id, counted.steps), '{}')
        from (
            select step.owner_id, count(*) as steps
            from public.white_glove_steps step
            join public.white_glove_services service
                on service.id = step.service_id and service.closed_at is null
            where step.owner_id is not null and step.state in ('waiting', 'ready', 'in_progress')
                and service.desk_id in (
                    select asked.desk_id from public.white_glove_services asked
                    where asked.id = any (p_service_ids)
                )
            group by step.owner_id
        ) counted
    );
end
$$;

-- The pinned plans: one made while the tables were empty must not meet full ones.
create function worker.white_glove_contexts(p_subject_ids uuid[])
returns jsonb
language plpgsql
stable
set search_path = ''
set enable_seqscan = off
as $$
begin
    return (
        with asked as materialized (
            select asked.service_id, array_agg(asked.subject_id) as subject_ids
            from private.list_white_glove_subjects(p_subject_ids) asked
            group by asked.service_id
        )
        select jsonb_build_object(
            'read_at', now(),
            'cases', coalesce(jsonb_agg(found.facts || jsonb_build_object(
                'fingerprint', md5(found.facts::text), 'subject_ids', asked.subject_ids
            ) order by found.service_id), '[]'),
            'open_steps', private.count_open_steps(array(select asked.service_id from asked))
        )
        from private.list_white_glove_cases(array(select asked.service_id from asked)) found
        join asked on asked.service_id = found.service_id
    );
end
$$;
comment on function worker.white_glove_contexts(uuid[]) is
    'For services, staff and absences: every service concerned that is not over, with its steps, '
    'requests and who could do them, as of one moment; and how many open steps each owner has.';

-- -------------------------------------------------------------------------------------------------
-- Write
-- -------------------------------------------------------------------------------------------------
create function private.read_white_glove_plans(p_items jsonb)
returns table (
    job_id bigint, service_id uuid, fingerprint text, operations jsonb, look_again_at timestamptz
)
language sql
immutable
rows 50
set search_path = ''
as $$
    select item.job_id, plan.service_id, plan.fingerprint, plan.operations, plan.look_again_at
    from jsonb_to_recordset(p_items) as item (job_id bigint, plans jsonb)
    cross join jsonb_to_recordset(item.plans) as plan (
        service_id uuid, fingerprint text, operations jsonb, look_again_at timestamptz
    )
$$;

create function private.tell_of_service(p_service_id uuid, p_operation jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_recipients uuid[] := array(
        select jsonb_array_elements_text(p_operation -> 'recipient_ids')::uuid
    );
    v_note jsonb := jsonb_build_object(
        'at', now(), 'step', p_operation ->> 'step_key', 'kind', p_operation ->> 'kind'
    );
begin
    perform private.notify(
        v_recipients, p_operation ->> 'kind', null,
        jsonb_build_object('service_id', p_service_id, 'step_key', p_operation ->> 'step_key')
    );
    update public.white_glove_services service
    set notifications = case
        when jsonb_array_length(service.notifications) >= 50 then service.notifications - 0
        else service.notifications
    end || v_note
    where service.id = p_service_id and service.client_id = any (v_recipients);
end
$$;

create function private.give_service(p_service_id uuid, p_operation jsonb)
returns void
language plpgsql
set search_path = ''
as $$
begin
    update public.white_glove_services service
    set assigned_agent_id = (p_operation ->> 'agent_id')::uuid
    where service.id = p_service_id;
    insert into public.white_glove_collisions (service_id, other_service_id, agent_id)
    select p_service_id, other.id::uuid, (p_operation ->> 'agent_id')::uuid
    from jsonb_array_elements_text(p_operation -> 'collides_with_ids') other (id)
    on conflict do nothing;
end
$$;

create function private.apply_white_glove_operation(p_service_id uuid, p_operation jsonb)
returns void
language plpgsql
set search_path = ''
as $$
begin
    perform private.note_reason(p_operation ->> 'reason');
    case p_operation ->> 'op'
        when 'status' then
            update public.white_glove_services service
            set status = p_operation ->> 'status'
            where service.id = p_service_id;
        when 'assign' then
            perform private.give_service(p_service_id, p_operation);
        when 'step' then
            update public.white_glove_steps step
            set state = p_operation ->> 'state', owner_id = (p_operation ->> 'owner_id')::uuid,
                due_at = (p_operation ->> 'due_at')::timestamptz,
                result = p_operation ->> 'result',
                attempt = (p_operation ->> 'attempt')::smallint,
                overdue_level = (p_operation ->> 'overdue_level')::smallint
            where step.id = (p_operation ->> 'step_id')::uuid and step.service_id = p_service_id;
        when 'ask' then
            insert into public.partner_requests (service_id, step_id, partner_id, expires_at)
            values (
                p_service_id, (p_operation ->> 'step_id')::uuid,
                (p_operation ->> 'partner_id')::uuid, (p_operation ->> 'expires_at')::timestamptz
            );
        when 'settle' then
            update public.partner_requests request
            set state = p_operation ->> 'state'
            where request.id = (p_operation ->> 'request_id')::uuid
                and request.service_id = p_service_id;
        when 'tell' then
            perform private.tell_of_service(p_service_id, p_operation);
    end case;
end
$$;

create function private.carry_out_white_glove(p_items jsonb, p_service_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_plan record;
    v_operation jsonb;
begin
    for v_plan in
        select * from private.read_white_glove_plans(p_items) plan
        where plan.service_id = any (p_service_ids)
        order by plan.service_id
    loop
        for v_operation in select jsonb_array_elements(v_plan.operations) loop
            perform private.apply_white_glove_operation(v_plan.service_id, v_operation);
        end loop;
        if v_plan.look_again_at is null then
            perform private.cancel_timers('service.deadline_reached', array[v_plan.service_id]);
        else
            perform private.set_timers(
                'service.deadline_reached', array[v_plan.service_id], array[v_plan.look_again_at]
            );
        end if;
    end loop;
end
$$;

-- Nobody else is given an agent's time between the judgement and the write.
create function private.lock_white_glove_rows(p_items jsonb)
returns void
language plpgsql
set search_path = ''
as $$
begin
    perform from public.white_glove_services service
    where service.id = any (
        array(select plan.service_id from private.read_white_glove_plans(p_items) plan)
    )
    order by service.id
    for no key update;
    perform from public.staff_members staff
    where staff.id = any (array(
        select (operation ->> 'agent_id')::uuid
        from private.read_white_glove_plans(p_items) plan
        cross join jsonb_array_elements(plan.operations) operation
        where operation ->> 'op' = 'assign'
    ))
    order by staff.id
    for no key update;
end
$$;

-- Definer: not even the service key may write services but through here; only service_role may
-- execute it. What is judged must include what others committed while we waited for the locks, so
-- each step is a statement of its own.
create function private.apply_white_glove(p_items jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
    v_recorded uuid[];
    v_stale uuid[];
begin
    perform private.lock_white_glove_rows(p_items);
    select
        array_agg(plan.service_id) filter (where md5(found.facts::text) = plan.fingerprint),
        array_agg(plan.service_id) filter (where md5(found.facts::text) <> plan.fingerprint)
    into v_recorded, v_stale
    from private.read_white_glove_plans(p_items) plan
    join private.list_white_glove_cases(
        array(select each_.service_id from private.read_white_glove_plans(p_items) each_)
    ) found on found.service_id = plan.service_id;
    perform private.carry_out_white_glove(p_items, v_recorded);
    return (
        select coalesce(jsonb_agg(jsonb_build_object('job_id', item.job_id, 'status', case
            when exists (
                select from private.read_white_glove_plans(jsonb_build_array(item.whole)) plan
                where plan.service_id = any (v_stale)
            ) then 'stale'
            when exists (
                select from private.read_white_glove_plans(jsonb_build_array(item.whole)) plan
                where plan.service_id = any (v_recorded)
            ) then 'recorded'
            else 'gone'
        end)), '[]')
        from (
            select (whole ->> 'job_id')::bigint as job_id, whole
            from jsonb_array_elements(p_items) whole
        ) item
    );
end
$$;

create function worker.record_white_glove(p_items jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_results jsonb;
begin
    perform private.hold_jobs(p_items);
    v_results := private.apply_white_glove(p_items);
    perform private.finish_jobs(array(
        select result.job_id
        from jsonb_to_recordset(v_results) as result (job_id bigint, status text)
        where result.status <> 'stale'
    ));
    return v_results;
end
$$;
comment on function worker.record_white_glove(jsonb) is
    'Effect and end of white-glove jobs, in one transaction. Items: job_id, fence, plans '
    '[{service_id, fingerprint, operations, look_again_at}]. Answers [{"job_id", "status"}]: '
    'recorded, stale (the service changed meanwhile and the job is still held), gone (it is over).';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on function
    private.record_white_glove_change(uuid, uuid, uuid, text, text),
    private.tg_white_glove_services_record(), private.tg_white_glove_steps_record(),
    private.tg_partner_requests_record(), private.tg_white_glove_services_emit(),
    private.tg_white_glove_steps_emit(), private.tg_white_glove_steps_keep_progress(),
    private.tg_consents_cancel_contacts(), private.tg_profiles_move_services(),
    private.describe_white_glove_steps(uuid), private.describe_white_glove_staff(uuid),
    private.list_white_glove_cases(uuid[]), private.list_white_glove_subjects(uuid[]),
    private.count_open_steps(uuid[]), private.read_white_glove_plans(jsonb),
    private.tell_of_service(uuid, jsonb), private.give_service(uuid, jsonb),
    private.apply_white_glove_operation(uuid, jsonb),
    private.carry_out_white_glove(jsonb, uuid[]), private.lock_white_glove_rows(jsonb),
    private.apply_white_glove(jsonb), worker.white_glove_contexts(uuid[]),
    worker.record_white_glove(jsonb)
from public, anon, authenticated, service_role;
grant execute on function
    private.describe_white_glove_steps(uuid), private.describe_white_glove_staff(uuid),
    private.list_white_glove_cases(uuid[]), private.list_white_glove_subjects(uuid[]),
    private.count_open_steps(uuid[]), private.apply_white_glove(jsonb),
    worker.white_glove_contexts(uuid[]), worker.record_white_glove(jsonb)
to service_role;
