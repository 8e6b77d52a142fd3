-- White-glove services: the doors. Clients ask, confirm, decline and cancel; staff do the steps and
-- take down what partners say. Each door changes a row and leaves the rest to the worker.

-- -------------------------------------------------------------------------------------------------
-- Who may
-- -------------------------------------------------------------------------------------------------

-- How the caller stands to it; null: it does not exist for them. Whoever is the client is nothing
-- else, also if they work here.
create function private.my_service_stance(p_client_id uuid, p_desk_id uuid)
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
    return case
        when private.is_service() then 'service'
        when p_client_id = private.my_client_id()
            or private.is_delegate_of(private.my_client_id(), p_client_id) then 'client'
        when p_desk_id = any (array(select private.my_managed_desk_ids())) then 'manager'
        when p_desk_id = any (array(select private.my_queue_desk_ids()))
            or p_client_id = any (array(select private.my_dedicated_client_ids())) then 'agent'
        when p_desk_id = any (array(select private.my_overseen_desk_ids())) then 'overseer'
    end;
end
$$;

create function private.require_service_stance(p_stance text, p_stances text[], p_missing text)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if p_stance is null then
        perform private.refuse('PT404', p_missing || '_not_found', 'There is none for you.');
    elsif p_stance <> all (p_stances) then
        perform private.refuse(
            'PT403', case when 'agent' = any (p_stances) then 'agent_required'
                when 'client' = any (p_stances) then 'client_required' else 'manager_required' end,
            'This is for others to do.'
        );
    end if;
end
$$;

create function private.lock_white_glove_service(
    p_service_id uuid, p_stances text[], p_missing text default 'service'
)
returns public.white_glove_services
language plpgsql
set search_path = ''
as $$
declare
    v_service public.white_glove_services;
begin
    if not private.is_service() then
        perform private.require_signed_in();
    end if;
    select service.* into v_service
    from public.white_glove_services service
    where service.id = p_service_id
    for no key update;
    perform private.require_service_stance(
        case when v_service.id is not null
            then private.my_service_stance(v_service.client_id, v_service.desk_id) end,
        p_stances, p_missing
    );
    return v_service;
end
$$;
comment on function private.lock_white_glove_service(uuid, text[], text) is
    'Locks the service and refuses whoever may not act on it; a foreign one is like none at all.';

create function private.require_service_version(
    p_service public.white_glove_services, p_version integer
)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if p_version <> p_service.version then
        perform private.refuse(
            'PT409', 'version_stale', 'Somebody changed it meanwhile: read it again.'
        );
    end if;
end
$$;

create function private.lock_white_glove_step(p_step_id uuid, p_version integer)
returns public.white_glove_steps
language plpgsql
set search_path = ''
as $$
declare
    v_service public.white_glove_services;
    v_step public.white_glove_steps;
begin
    v_service := private.lock_white_glove_service(
        (select step.service_id from public.white_glove_steps step where step.id = p_step_id),
        '{agent,manager,service}', 'step'
    );
    perform private.require_service_version(v_service, p_version);
    select step.* into v_step
    from public.white_glove_steps step where step.id = p_step_id;
    return v_step;
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Ask for one
-- -------------------------------------------------------------------------------------------------

-- Locks the client, so that two requests of theirs come one after the other.
create function private.lock_white_glove_client(p_client_id uuid, p_stances text[])
returns public.profiles
language plpgsql
set search_path = ''
as $$
declare
    v_client public.profiles;
begin
    if not private.is_service() then
        perform private.require_signed_in();
    end if;
    select client.* into v_client
    from public.profiles client
    where client.id = (
        select coalesce(asked.merged_into_id, asked.id)
        from public.profiles asked where asked.id = p_client_id
    )
    for no key update;
    perform private.require_service_stance(
        case when v_client.id is not null
            then private.my_service_stance(v_client.id, v_client.desk_id) end,
        p_stances, 'client'
    );
    return v_client;
end
$$;

create function private.require_entitlement(p_client public.profiles)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if not exists (
        select from public.feature_flags flag
        where flag.flag = 'white_glove_service' and flag.is_enabled
    ) then
        perform private.refuse(
            'PT409', 'white_glove_disabled', 'White-glove services are switched off.'
        );
    elsif not exists (
        select from public.service_levels level
        where level.tier = p_client.tier and level.has_white_glove
    ) then
        perform private.refuse(
            'PT403', 'tier_not_entitled', 'This tier has no white-glove service.'
        );
    end if;
end
$$;

create function private.require_playbook(
    p_service_type text, p_scheduled_at timestamptz, p_customizations jsonb
)
returns public.playbooks
language plpgsql
stable
set search_path = ''
as $$
declare
    v_playbook public.playbooks;
begin
    select known.* into v_playbook
    from public.playbooks known
    where known.service_type = p_service_type and known.is_current;
    if v_playbook.service_type is null then
        perform private.refuse('PT422', 'unknown_service_type', 'Not a service of this house.');
    elsif v_playbook.is_scheduled and p_scheduled_at is null then
        perform private.refuse('PT422', 'schedule_required', 'Say when it shall be.');
    elsif p_scheduled_at is not null and (
        p_scheduled_at <= now() or p_scheduled_at > now() + interval '2 years'
    ) then
        perform private.refuse('PT422', 'schedule_out_of_range', 'From now to two years ahead.');
    elsif jsonb_typeof(p_customizations) is distinct from 'object' then
        perform private.refuse('PT422', 'customizations_malformed', 'An object is needed.');
    elsif octet_length(p_customizations::text) > 8192 then
        perform private.refuse('PT413', 'customizations_too_long', 'At most 8192 bytes.');
    end if;
    return v_playbook;
end
$$;

-- Of the same client only, so the id tells the caller nothing they may not know.
create function private.refuse_collision(
    p_client_id uuid, p_playbook public.playbooks, p_scheduled_at timestamptz
)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
    v_ends_at timestamptz := p_scheduled_at + make_interval(secs => p_playbook.duration_seconds);
    v_other_id uuid := (
        select other.id from public.white_glove_services other
        where other.client_id = p_client_id and other.closed_at is null
            and case when p_scheduled_at is null
                then other.scheduled_at is null and other.service_type = p_playbook.service_type
                else tstzrange(other.scheduled_at, other.ends_at)
                    && tstzrange(p_scheduled_at, v_ends_at) and other.scheduled_at is not null
            end
        order by other.scheduled_at
        limit 1
    );
begin
    if v_other_id is not null then
        raise exception using
            errcode = 'PT409', message = 'service_collides', detail = v_other_id::text,
            hint = 'The client has this service (see details) at that time: cancel it first.';
    end if;
end
$$;

create function private.insert_white_glove_service(
    p_client public.profiles, p_playbook public.playbooks, p_scheduled_at timestamptz,
    p_customizations jsonb
)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
    v_service_id uuid;
begin
    insert into public.vip_client_profiles (client_id, tier)
    values (p_client.id, p_client.tier)
    on conflict (client_id) do nothing;
    insert into public.white_glove_services (
        client_id, desk_id, service_type, playbook_version, tier, priority, scheduled_at, ends_at,
        requested_by, customizations
    )
    select
        p_client.id, p_client.desk_id, p_playbook.service_type, p_playbook.playbook_version,
        level.tier, case when level.boost >= 10 then 'urgent' when level.boost >= 5 then 'high'
            else 'normal' end,
        p_scheduled_at, p_scheduled_at + make_interval(secs => p_playbook.duration_seconds),
        auth.uid(), p_customizations
    from public.service_levels level
    where level.tier = p_client.tier
    returning id into strict v_service_id;
    insert into public.white_glove_steps (
        service_id, service_type, playbook_version, step_key, position, is_client_visible
    )
    select
        v_service_id, plan.service_type, plan.playbook_version, plan.step_key, plan.position,
        plan.is_client_visible
    from public.playbook_steps plan
    where plan.service_type = p_playbook.service_type
        and plan.playbook_version = p_playbook.playbook_version
    order by plan.position;
    return v_service_id;
end
$$;

-- Definer: nobody holds a right to write services; for whom it is and who asks is checked first.
create function private.start_white_glove_service(
    p_client_id uuid, p_service_type text, p_scheduled_at timestamptz, p_customizations jsonb,
    p_idempotency_key text, p_stances text[]
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_client public.profiles := private.lock_white_glove_client(p_client_id, p_stances);
    v_actor_id uuid := coalesce(auth.uid(), v_client.id);
    v_playbook public.playbooks;
    v_service_id uuid;
    v_answer jsonb;
begin
    if p_idempotency_key is not null then
        v_answer := private.begin_once(
            v_actor_id, p_idempotency_key, 'white_glove_service',
            jsonb_build_array(v_client.id, p_service_type, p_scheduled_at, p_customizations)
        );
        if v_answer is not null then
            return v_answer;
        end if;
    end if;
    perform private.require_entitlement(v_client);
    v_playbook := private.require_playbook(p_service_type, p_scheduled_at, p_customizations);
    perform private.refuse_collision(v_client.id, v_playbook, p_scheduled_at);
    perform private.note_reason(null);
    v_service_id := private.insert_white_glove_service(
        v_client, v_playbook, p_scheduled_at, p_customizations
    );
    v_answer := private.read_white_glove_service(v_service_id);
    return private.finish_once(v_actor_id, p_idempotency_key, v_answer);
end
$$;

create function public.trigger_white_glove_service(
    p_client_id uuid, p_service_type text, p_scheduled_at timestamptz default null,
    p_customizations jsonb default '{}', p_idempotency_key text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.start_white_glove_service(
        p_client_id, p_service_type, p_scheduled_at, p_customizations, p_idempotency_key,
        '{agent,manager,service}'
    )
$$;
comment on function public.trigger_white_glove_service(uuid, text, timestamptz, jsonb, text) is
    'Agents and managers of the client''s desk, the server: the house begins a service for this '
    'client. 403 tier_not_entitled; 409 service_collides with the other service''s id in details. '
    'Answers the service: id, client_id, service_type, status, priority, scheduled_at, '
    'assigned_agent_id, customizations, progress, notifications, created_at, updated_at, steps.';

create function public.activate_white_glove_service(
    p_client_id uuid, p_service_type text, p_scheduled_at timestamptz default null,
    p_customizations jsonb default '{}', p_idempotency_key text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.start_white_glove_service(
        p_client_id, p_service_type, p_scheduled_at, p_customizations, p_idempotency_key,
        '{client,agent,manager,service}'
    )
$$;
comment on function public.activate_white_glove_service(uuid, text, timestamptz, jsonb, text) is
    'Clients for themselves, their delegates, and whoever may trigger one: ask for a service. '
    'Refusals and answer as trigger_white_glove_service.';

-- -------------------------------------------------------------------------------------------------
-- Read
-- -------------------------------------------------------------------------------------------------

-- Definer: answers are built from rows that clients and delegates may not read themselves; whoever
-- calls it has been let in by a door. Staff get what stands behind it too.
create function private.read_white_glove_service(p_service_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_service public.white_glove_services;
    v_stance text;
    v_answer jsonb;
begin
    select service.* into v_service
    from public.white_glove_services service where service.id = p_service_id;
    v_stance := case when v_service.id is not null
        then private.my_service_stance(v_service.client_id, v_service.desk_id) end;
    perform private.require_service_stance(
        v_stance, '{client,agent,manager,overseer,service}', 'service'
    );
    select jsonb_build_object('title_pl', known.title_pl, 'title_en', known.title_en)
    into v_answer
    from public.playbooks known
    where known.service_type = v_service.service_type
        and known.playbook_version = v_service.playbook_version;
    v_answer := v_answer || private.describe_service_steps(v_service.id, v_stance <> 'client');
    if v_stance = 'client' then
        return v_answer || to_jsonb(v_service) - array[
            'desk_id', 'playbook_version', 'tier', 'requested_by'
        ];
    end if;
    return v_answer || to_jsonb(v_service) || private.describe_service_files(v_service.id);
end
$$;

create function private.describe_service_steps(p_service_id uuid, p_is_staff boolean)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select jsonb_build_object('steps', coalesce(jsonb_agg(
            jsonb_build_object(
                'step_key', step.step_key, 'title_pl', plan.title_pl, 'title_en', plan.title_en,
                'kind', plan.kind, 'state', step.state, 'due_at', step.due_at,
                'executed_at', step.executed_at, 'result', step.result,
                'is_confirmed_by_client', plan.is_confirmed_by_client
            ) || case when p_is_staff then jsonb_build_object(
                'id', step.id, 'phase', plan.phase, 'owner_role', plan.owner_role,
                'owner_id', step.owner_id, 'depends_on_keys', plan.depends_on_keys,
                'attempt', step.attempt, 'overdue_level', step.overdue_level,
                'compensated_at', step.compensated_at, 'undo_kind', plan.undo_kind,
                'undo_title_pl', plan.undo_title_pl, 'undo_title_en', plan.undo_title_en,
                'is_client_visible', step.is_client_visible
            ) else '{}' end
            order by step.position
        ), '[]'))
        from public.white_glove_steps step
        join public.playbook_steps plan using (service_type, playbook_version, step_key)
        where step.service_id = p_service_id and (p_is_staff or step.is_client_visible)
    );
end
$$;

create function private.describe_service_files(p_service_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return jsonb_build_object(
        'partner_requests', (
            select coalesce(jsonb_agg(
                to_jsonb(request) || jsonb_build_object('partner_name', partner.name)
                order by request.asked_at, request.id
            ), '[]')
            from public.partner_requests request
            join public.partners partner on partner.id = request.partner_id
            where request.service_id = p_service_id
        ),
        'collides_with_ids', array(
            select collision.other_service_id from public.white_glove_collisions collision
            where collision.service_id = p_service_id
            order by collision.other_service_id
        ),
        'history', (
            select coalesce(jsonb_agg(to_jsonb(change) - 'service_id' order by change.id), '[]')
            from public.white_glove_history change where change.service_id = p_service_id
        )
    );
end
$$;

create function public.get_white_glove_service(p_service_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.read_white_glove_service(p_service_id)
$$;
comment on function public.get_white_glove_service(uuid) is
    'Whoever may see the service: as trigger_white_glove_service answers, the steps in order. The '
    'client sees what concerns them; staff also owners, partners'' requests and the history.';

-- -------------------------------------------------------------------------------------------------
-- Clients answer
-- -------------------------------------------------------------------------------------------------

-- Definer: nobody holds a right to write steps; it must be their own service, or of whom they
-- speak for.
create function private.answer_white_glove_service(
    p_service_id uuid, p_is_confirmed boolean, p_reason text, p_version integer
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_service public.white_glove_services := private.lock_white_glove_service(
        p_service_id, '{client,service}'
    );
    v_step_id uuid;
    v_phase text;
begin
    perform private.require_service_version(v_service, p_version);
    select step.id, plan.phase into v_step_id, v_phase
    from public.white_glove_steps step
    join public.playbook_steps plan using (service_type, playbook_version, step_key)
    where step.service_id = v_service.id and step.state = 'in_progress'
        and plan.kind = 'wait_client'
    order by step.position
    limit 1;
    if v_step_id is null then
        perform private.refuse('PT409', 'nothing_to_confirm', 'Nothing waits for the client.');
    end if;
    perform private.note_reason(case when not p_is_confirmed
        then private.require_text('reason', p_reason, 500) end);
    if p_is_confirmed then
        update public.white_glove_steps step
        set state = 'done', result = 'confirmed' where step.id = v_step_id;
    elsif v_phase = 'prepare' then
        update public.white_glove_services service
        set status = 'cancelled' where service.id = v_service.id;
    else
        update public.white_glove_steps step
        set state = 'failed', result = 'declined' where step.id = v_step_id;
    end if;
    return private.read_white_glove_service(v_service.id);
end
$$;

create function public.confirm_white_glove_service(
    p_service_id uuid, p_version integer default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.answer_white_glove_service(p_service_id, true, null, p_version)
$$;
comment on function public.confirm_white_glove_service(uuid, integer) is
    'The client, their delegate: yes to what is proposed, or to what was delivered. 409 '
    'nothing_to_confirm. Answers the service.';

create function public.decline_white_glove_service(
    p_service_id uuid, p_reason text, p_version integer default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.answer_white_glove_service(p_service_id, false, p_reason, p_version)
$$;
comment on function public.decline_white_glove_service(uuid, text, integer) is
    'The client, their delegate: no. Before it is confirmed this cancels the service; after it was '
    'delivered a manager hears of it and it goes to recovery. Answers the service.';

-- Definer: as above; staff may cancel too.
create function private.cancel_white_glove_service(
    p_service_id uuid, p_reason text, p_version integer
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_service public.white_glove_services := private.lock_white_glove_service(
        p_service_id, '{client,agent,manager,service}'
    );
begin
    perform private.require_service_version(v_service, p_version);
    perform private.note_reason(private.require_text('reason', p_reason, 500));
    if v_service.status in ('delivered', 'verified', 'closed', 'cancelled') then
        perform private.refuse(
            'PT409', 'service_not_cancellable', 'It was delivered or cancelled already.'
        );
    end if;
    update public.white_glove_services service
    set status = 'cancelled' where service.id = v_service.id;
    return private.read_white_glove_service(v_service.id);
end
$$;

create function public.cancel_white_glove_service(
    p_service_id uuid, p_reason text, p_version integer default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.cancel_white_glove_service(p_service_id, p_reason, p_version)
$$;
comment on function public.cancel_white_glove_service(uuid, text, integer) is
    'The client, their delegate, agents and managers of the desk, the server: no more of it, until '
    'it is delivered. What was done is undone, the last first. Answers the service.';

-- -------------------------------------------------------------------------------------------------
-- Staff do steps
-- -------------------------------------------------------------------------------------------------

-- Definer: nobody holds a right to write steps; only staff who serve the client come here.
create function private.move_white_glove_step(
    p_step_id uuid, p_move text, p_note text, p_version integer
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_step public.white_glove_steps := private.lock_white_glove_step(p_step_id, p_version);
    v_kind text := (
        select plan.kind from public.playbook_steps plan
        where plan.service_type = v_step.service_type
            and plan.playbook_version = v_step.playbook_version
            and plan.step_key = v_step.step_key
    );
begin
    if v_step.state = 'compensating' and p_move = 'done' then
        null;
    elsif v_kind <> 'task' then
        perform private.refuse(
            'PT409', 'step_is_not_a_task', 'It waits for the client, a partner or the house.'
        );
    elsif v_step.state <> 'ready' and (v_step.state <> 'in_progress' or p_move = 'in_progress') then
        perform private.refuse('PT409', 'step_not_open', 'It is not time for it, or it is done.');
    end if;
    perform private.note_reason(case p_move
        when 'failed' then private.require_text('reason', p_note, 500) else p_note
    end);
    update public.white_glove_steps step
    set state = case when v_step.state = 'compensating' then 'compensated' else p_move end,
        result = case p_move
            when 'done' then case when v_step.state = 'compensating' then 'undone'
                else 'completed' end
            when 'failed' then 'failed'
        end
    where step.id = v_step.id;
    return private.read_white_glove_service(v_step.service_id);
end
$$;

create function public.start_white_glove_step(p_step_id uuid, p_version integer default null)
returns jsonb
language sql
set search_path = ''
as $$
    select private.move_white_glove_step(p_step_id, 'in_progress', null, p_version)
$$;
comment on function public.start_white_glove_step(uuid, integer) is
    'Agents and managers of the desk, the server: somebody is on it. Answers the service.';

create function public.complete_white_glove_step(
    p_step_id uuid, p_note text default null, p_version integer default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.move_white_glove_step(p_step_id, 'done', p_note, p_version)
$$;
comment on function public.complete_white_glove_step(uuid, text, integer) is
    'Agents and managers of the desk, the server: a task is done, or what was to be undone is. The '
    'note is for staff alone. 409 step_not_open when it is done already. Answers the service.';

create function public.fail_white_glove_step(
    p_step_id uuid, p_reason text, p_version integer default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.move_white_glove_step(p_step_id, 'failed', p_reason, p_version)
$$;
comment on function public.fail_white_glove_step(uuid, text, integer) is
    'Agents and managers of the desk, the server: a task could not be done. It is tried again as '
    'often as the playbook says, then skipped, held for a manager or everything is undone. Answers '
    'the service.';

-- Definer: nobody holds a right to write steps; managers decide here about a held service.
create function private.resume_white_glove_service(
    p_service_id uuid, p_reason text, p_version integer
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_service public.white_glove_services := private.lock_white_glove_service(
        p_service_id, '{manager,service}'
    );
    v_owner_ids uuid[];
begin
    perform private.require_service_version(v_service, p_version);
    perform private.note_reason(private.require_text('reason', p_reason, 500));
    if v_service.status <> 'recovery' or exists (
        select from public.white_glove_steps step
        join public.playbook_steps plan using (service_type, playbook_version, step_key)
        where step.service_id = v_service.id and (
            step.state in ('compensating', 'compensated')
            or step.state = 'failed' and plan.on_failure = 'compensate'
        )
    ) then
        perform private.refuse(
            'PT409', 'service_not_held', 'Only what is held in recovery can go on.'
        );
    end if;
    with again as (
        update public.white_glove_steps step
        set state = 'ready', result = null, attempt = 0, overdue_level = 0
        where step.service_id = v_service.id and step.state = 'failed'
        returning step.owner_id, step.step_key
    )
    select array_agg(again.owner_id) into v_owner_ids from again where again.owner_id is not null;
    perform private.notify(
        v_owner_ids, 'white_glove_resumed', null, jsonb_build_object('service_id', v_service.id)
    );
    return private.read_white_glove_service(v_service.id);
end
$$;

create function public.resume_white_glove_service(
    p_service_id uuid, p_reason text, p_version integer default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.resume_white_glove_service(p_service_id, p_reason, p_version)
$$;
comment on function public.resume_white_glove_service(uuid, text, integer) is
    'Managers of the desk, the server: what failed in a held service is tried again. Answers the '
    'service.';

-- -------------------------------------------------------------------------------------------------
-- Partners
-- -------------------------------------------------------------------------------------------------

-- Definer: nobody holds a right to write requests; only staff who serve the client come here. A
-- partner that said yes and fails is declined later: the step is open again and the next is asked.
create function private.answer_partner_request(
    p_request_id uuid, p_is_accepted boolean, p_note text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_service public.white_glove_services := private.lock_white_glove_service(
        (
            select asked.service_id from public.partner_requests asked
            where asked.id = p_request_id
        ), '{agent,manager,service}', 'partner_request'
    );
    v_request public.partner_requests;
begin
    select asked.* into v_request
    from public.partner_requests asked where asked.id = p_request_id;
    if p_is_accepted is null then
        perform private.refuse('PT400', 'answer_required', 'Say true or false.');
    elsif v_service.closed_at is not null or v_request.state <> 'asked' and (
        p_is_accepted or v_request.state <> 'accepted'
        or v_service.status in ('delivered', 'verified', 'recovery')
    ) then
        perform private.refuse('PT409', 'request_not_open', 'It was answered, or it is too late.');
    end if;
    perform private.note_reason(p_note);
    update public.partner_requests asked
    set state = case when p_is_accepted then 'accepted' else 'declined' end,
        answered_by = auth.uid()
    where asked.id = v_request.id;
    update public.white_glove_steps step
    set state = case when p_is_accepted then 'done' else 'ready' end,
        result = case when p_is_accepted then 'partner_accepted' end
    where step.id = v_request.step_id;
    return private.read_white_glove_service(v_service.id);
end
$$;

create function public.answer_partner_request(
    p_request_id uuid, p_is_accepted boolean, p_note text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.answer_partner_request(p_request_id, p_is_accepted, p_note)
$$;
comment on function public.answer_partner_request(uuid, boolean, text) is
    'Agents and managers of the desk, the server: what the partner said. No after a yes means they '
    'let us down: the next one is asked. Answers the service.';

-- Definer: nobody holds a right to write partners; managers write through here.
create function private.save_partner(
    p_name text, p_kind text, p_rank integer, p_is_active boolean, p_partner_id uuid, p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_name text := private.require_text('name', p_name, 120);
    v_kind text := private.require_text('kind', p_kind, 40);
    v_partner public.partners;
begin
    if not private.is_service() then
        perform private.require_signed_in();
        if not private.is_manager() then
            perform private.refuse('PT403', 'manager_required', 'Only managers may do this.');
        end if;
    end if;
    if v_kind !~ '^[a-z][a-z_]{0,39}$' or (p_rank between 1 and 1000) is not true then
        perform private.refuse('PT422', 'partner_malformed', 'A lower case kind; rank 1 to 1000.');
    end if;
    perform private.note_reason(p_reason);
    insert into public.partners as known (id, name, kind, rank, is_active)
    values (
        coalesce(p_partner_id, gen_random_uuid()), v_name, v_kind, p_rank,
        coalesce(p_is_active, true)
    )
    on conflict (id) do update
    set name = excluded.name, kind = excluded.kind, rank = excluded.rank,
        is_active = excluded.is_active
    returning * into v_partner;
    return to_jsonb(v_partner);
exception
    when unique_violation then
        perform private.refuse('PT409', 'partner_name_taken', 'There is one of this name.');
end
$$;

create function public.save_partner(
    p_name text, p_kind text, p_rank integer default 100, p_is_active boolean default true,
    p_partner_id uuid default null, p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.save_partner(p_name, p_kind, p_rank, p_is_active, p_partner_id, p_reason)
$$;
comment on function public.save_partner(text, text, integer, boolean, uuid, text) is
    'Managers, the server: a partner of the house, new or (with its id) changed. Kinds are those '
    'playbooks ask for, e.g. chauffeur; the lowest rank is asked first.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on
    public.playbooks, public.playbook_steps, public.partners, public.white_glove_services,
    public.white_glove_steps, public.partner_requests, public.white_glove_history,
    public.white_glove_collisions
from anon, authenticated, service_role;
revoke all on sequence public.white_glove_history_id_seq from anon, authenticated, service_role;
grant select on
    public.playbooks, public.playbook_steps, public.partners, public.white_glove_services,
    public.white_glove_steps, public.partner_requests, public.white_glove_history,
    public.white_glove_collisions
to authenticated, service_role;
alter table public.playbooks enable row level security;
alter table public.playbook_steps enable row level security;
alter table public.partners enable row level security;
alter table public.white_glove_services enable row level security;
alter table public.white_glove_steps enable row level security;
alter table public.partner_requests enable row level security;
alter table public.white_glove_history enable row level security;
alter table public.white_glove_collisions enable row level security;

create policy playbooks_select_everybody on public.playbooks
for select to authenticated
using ((select auth.uid()) is not null);

create policy playbook_steps_select_staff on public.playbook_steps
for select to authenticated
using ((select private.is_staff()));

create policy partners_select_staff on public.partners
for select to authenticated
using ((select private.is_staff()));

create policy white_glove_services_select_concerned on public.white_glove_services
for select to authenticated
using (
    client_id = (select private.my_client_id())
    or desk_id = any (array(select private.my_desk_ids()))
    or client_id = any (array(select private.my_dedicated_client_ids()))
);

-- Of a service one may see. Its client sees their steps; the rest is not for clients, also not for
-- one who works here.
create policy white_glove_steps_select_concerned on public.white_glove_steps
for select to authenticated
using (
    exists (
        select from public.white_glove_services service
        where service.id = white_glove_steps.service_id and (
            white_glove_steps.is_client_visible
            or service.client_id <> (select private.my_client_id())
        )
    )
);

create policy partner_requests_select_staff on public.partner_requests
for select to authenticated
using (
    exists (
        select from public.white_glove_services service
        where service.id = partner_requests.service_id
            and service.client_id <> (select private.my_client_id())
    )
);

create policy white_glove_history_select_staff on public.white_glove_history
for select to authenticated
using (
    exists (
        select from public.white_glove_services service
        where service.id = white_glove_history.service_id
            and service.client_id <> (select private.my_client_id())
    )
);

create policy white_glove_collisions_select_staff on public.white_glove_collisions
for select to authenticated
using (
    exists (
        select from public.white_glove_services service
        where service.id = white_glove_collisions.service_id
            and service.client_id <> (select private.my_client_id())
    )
);

revoke all on function
    private.tg_playbook_steps_check(), private.require_transition(text, text, text),
    private.tg_white_glove_services_guard(), private.tg_white_glove_steps_guard(),
    private.tg_partner_requests_guard(), private.my_service_stance(uuid, uuid),
    private.require_service_stance(text, text[], text),
    private.lock_white_glove_service(uuid, text[], text),
    private.require_service_version(public.white_glove_services, integer),
    private.lock_white_glove_step(uuid, integer), private.lock_white_glove_client(uuid, text[]),
    private.require_entitlement(public.profiles),
    private.require_playbook(text, timestamptz, jsonb),
    private.refuse_collision(uuid, public.playbooks, timestamptz),
    private.insert_white_glove_service(public.profiles, public.playbooks, timestamptz, jsonb),
    private.start_white_glove_service(uuid, text, timestamptz, jsonb, text, text[]),
    public.trigger_white_glove_service(uuid, text, timestamptz, jsonb, text),
    public.activate_white_glove_service(uuid, text, timestamptz, jsonb, text),
    private.read_white_glove_service(uuid), private.describe_service_steps(uuid, boolean),
    private.describe_service_files(uuid), public.get_white_glove_service(uuid),
    private.answer_white_glove_service(uuid, boolean, text, integer),
    public.confirm_white_glove_service(uuid, integer),
    public.decline_white_glove_service(uuid, text, integer),
    private.cancel_white_glove_service(uuid, text, integer),
    public.cancel_white_glove_service(uuid, text, integer),
    private.move_white_glove_step(uuid, text, text, integer),
    public.start_white_glove_step(uuid, integer),
    public.complete_white_glove_step(uuid, text, integer),
    public.fail_white_glove_step(uuid, text, integer),
    private.resume_white_glove_service(uuid, text, integer),
    public.resume_white_glove_service(uuid, text, integer),
    private.answer_partner_request(uuid, boolean, text),
    public.answer_partner_request(uuid, boolean, text),
    private.save_partner(text, text, integer, boolean, uuid, text),
    public.save_partner(text, text, integer, boolean, uuid, text)
from public, anon, authenticated, service_role;
grant execute on function
    private.start_white_glove_service(uuid, text, timestamptz, jsonb, text, text[]),
    public.trigger_white_glove_service(uuid, text, timestamptz, jsonb, text),
    public.activate_white_glove_service(uuid, text, timestamptz, jsonb, text),
    private.read_white_glove_service(uuid), public.get_white_glove_service(uuid),
    private.answer_white_glove_service(uuid, boolean, text, integer),
    public.confirm_white_glove_service(uuid, integer),
    public.decline_white_glove_service(uuid, text, integer),
    private.cancel_white_glove_service(uuid, text, integer),
    public.cancel_white_glove_service(uuid, text, integer),
    private.move_white_glove_step(uuid, text, text, integer),
    public.start_white_glove_step(uuid, integer),
    public.complete_white_glove_step(uuid, text, integer),
    public.fail_white_glove_step(uuid, text, integer),
    private.resume_white_glove_service(uuid, text, integer),
    public.resume_white_glove_service(uuid, text, integer),
    private.answer_partner_request(uuid, boolean, text),
    public.answer_partner_request(uuid, boolean, text),
    private.save_partner(text, text, integer, boolean, uuid, text),
    public.save_partner(text, text, integer, boolean, uuid, text)
to authenticated, service_role;

do $$
declare
    v_table text;
begin
    foreach v_table in array array['white_glove_services', 'white_glove_steps'] loop
        if not exists (
            select from pg_catalog.pg_publication_tables published
            where published.pubname = 'supabase_realtime'
                and published.schemaname = 'public' and published.tablename = v_table
        ) then
            execute format('alter publication supabase_realtime add table public.%I', v_table);
        end if;
    end loop;
end
$$;
