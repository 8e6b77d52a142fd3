-- Recovery desk: the doors. Staff open cases by hand, take them, promise and make the call, propose
-- gestures, decide on those of others, resolve, and open again. Each door changes rows and leaves
-- the clocks to the worker. The first thing an owner does takes the case.

-- -------------------------------------------------------------------------------------------------
-- Who may
-- -------------------------------------------------------------------------------------------------

-- How the caller stands to it; null: it does not exist for them. Whoever is the client is nothing
-- else, also if they work here.
create function private.my_recovery_stance(p_case public.recovery_cases)
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
    return case
        when p_case.id is null then null
        when private.is_service() then 'service'
        when p_case.client_id = private.my_client_id() then null
        when p_case.desk_id = any (array(select private.my_managed_desk_ids())) then 'manager'
        when p_case.owner_id = private.my_staff_id() then 'owner'
        when p_case.client_id = any (array(select private.my_dedicated_client_ids())) then 'team'
        when p_case.desk_id = any (array(select private.my_overseen_desk_ids())) then 'overseer'
        when p_case.client_id = any (array(select private.my_live_client_ids())) then 'team'
    end;
end
$$;

create function private.lock_recovery_case(p_case_id uuid, p_stances text[])
returns public.recovery_cases
language plpgsql
set search_path = ''
as $$
declare
    v_case public.recovery_cases;
    v_stance text;
begin
    if not private.is_service() then
        perform private.require_signed_in();
    end if;
    select known.* into v_case
    from public.recovery_cases known where known.id = p_case_id
    for no key update;
    v_stance := private.my_recovery_stance(v_case);
    if v_stance is null then
        perform private.refuse(
            'PT404', 'recovery_case_not_found', 'There is no such case for you.'
        );
    elsif v_stance <> all (p_stances) then
        perform private.refuse('PT403', 'not_yours_to_change', 'You may see this case only.');
    end if;
    return v_case;
end
$$;

create function private.require_recovery_state(p_case public.recovery_cases, p_states text[])
returns void
language plpgsql
immutable
set search_path = ''
as $$
begin
    if p_case.state <> all (p_states) then
        perform private.refuse(
            'PT409', 'recovery_case_is_' || p_case.state, 'Not possible in this state of the case.'
        );
    end if;
end
$$;

-- The first thing its owner does. Of others it changes nothing.
create function private.take_as_owner(p_case public.recovery_cases)
returns void
language plpgsql
set search_path = ''
as $$
begin
    if p_case.owner_id = private.my_staff_id() and p_case.taken_at is null then
        update public.recovery_cases known
        set state = case known.state when 'open' then 'in_progress' else known.state end,
            taken_at = clock_timestamp()
        where known.id = p_case.id;
        perform private.record_recovery(p_case.id, 'taken');
    end if;
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Read
-- -------------------------------------------------------------------------------------------------
create function private.describe_recovery_case(p_case_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select to_jsonb(known) || jsonb_build_object(
            'granted_minor', private.sum_gestures(known.id),
            'is_awaiting_approval', exists (
                select from public.recovery_gestures waiting
                where waiting.case_id = known.id and waiting.state = 'waiting'
            ),
            'triggers', (
                select coalesce(jsonb_agg(to_jsonb(had) - 'case_id' order by had.id), '[]')
                from public.recovery_triggers had where had.case_id = known.id
            ),
            'gestures', (
                select coalesce(jsonb_agg(
                    to_jsonb(gesture) - 'case_id'
                        || jsonb_build_object('approval', to_jsonb(approval) - 'gesture_id')
                    order by gesture.proposed_at, gesture.id
                ), '[]')
                from public.recovery_gestures gesture
                left join public.recovery_approvals approval on approval.gesture_id = gesture.id
                where gesture.case_id = known.id
            ),
            'history', (
                select coalesce(jsonb_agg(to_jsonb(done) - 'case_id' order by done.id), '[]')
                from public.recovery_history done where done.case_id = known.id
            )
        )
        from public.recovery_cases known where known.id = p_case_id
    );
end
$$;

create function private.sum_gestures(p_case_id uuid)
returns integer
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select coalesce(sum(gesture.amount_minor), 0)::integer
        from public.recovery_gestures gesture
        where gesture.case_id = p_case_id and gesture.state = 'granted'
    );
end
$$;

-- Definer: answers are built from rows whose policies were asked already by the stance.
create function private.get_recovery_case(p_case_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_case public.recovery_cases;
begin
    if not private.is_service() then
        perform private.require_signed_in();
    end if;
    select known.* into v_case from public.recovery_cases known where known.id = p_case_id;
    if private.my_recovery_stance(v_case) is null then
        perform private.refuse(
            'PT404', 'recovery_case_not_found', 'There is no such case for you.'
        );
    end if;
    return private.describe_recovery_case(p_case_id);
end
$$;

create function public.get_recovery_case(p_case_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.get_recovery_case(p_case_id)
$$;
comment on function public.get_recovery_case(uuid) is
    'Staff who see the case, the server: the case with "triggers", "gestures" (each with its '
    '"approval"), "granted_minor", "is_awaiting_approval" and "history" (also who was considered '
    'as its owner, and why not they).';

create function public.get_recovery_cases(p_state text default null, p_limit integer default 50)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    perform private.require_staff();
    if (p_limit between 1 and 200) is not true then
        perform private.refuse('PT400', 'limit_invalid', 'From 1 to 200 cases.');
    elsif p_state not in ('open', 'in_progress', 'resolved', 'closed') then
        perform private.refuse(
            'PT422', 'unknown_state', 'One of open, in_progress, resolved, closed, or null.'
        );
    end if;
    return (
        select coalesce(jsonb_agg(
            to_jsonb(listed) || jsonb_build_object('client_name', client.display_name)
            order by listed.due_at nulls last, listed.opened_at desc, listed.id
        ), '[]')
        from (
            select known.* from public.recovery_cases known
            where known.state = p_state
                or p_state is null and known.state in ('open', 'in_progress')
            order by known.due_at nulls last, known.opened_at desc, known.id
            limit p_limit
        ) listed
        left join public.profiles client on client.id = listed.client_id
    );
end
$$;
comment on function public.get_recovery_cases(text, integer) is
    'Staff: the cases they see, what is due first; without a state those that are not resolved.';

-- -------------------------------------------------------------------------------------------------
-- Open, take, give, call
-- -------------------------------------------------------------------------------------------------

-- Definer: nobody holds a right to write cases; whether the caller serves the client is checked.
create function private.open_recovery_by_hand(p_client_id uuid, p_reason text, p_ticket_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_reason text := private.require_text('reason', p_reason, 500);
    v_client public.profiles;
    v_case_id uuid;
begin
    if not private.is_service() then
        perform private.require_staff();
    end if;
    v_client := private.lock_recovery_client(p_client_id);
    if v_client.id is null or not private.is_service() and (
        v_client.id = private.my_client_id()
        or v_client.id <> all (array(select private.my_live_client_ids()))
        and v_client.id <> all (array(select private.my_dedicated_client_ids()))
        and v_client.desk_id <> all (array(select private.my_overseen_desk_ids()))
    ) then
        perform private.refuse('PT404', 'client_not_found', 'There is no such client for you.');
    elsif p_ticket_id is not null and not exists (
        select from public.support_tickets ticket
        where ticket.id = p_ticket_id and ticket.client_id = v_client.id
            and (private.is_service() or private.my_stance(ticket) is not null)
    ) then
        perform private.refuse('PT404', 'ticket_not_found', 'There is no such ticket for you.');
    end if;
    v_case_id := private.open_recovery_case(v_client.id, 'person', null, p_ticket_id, '{}');
    perform private.record_recovery(v_case_id, 'reason_given', '{}', v_reason);
    return private.describe_recovery_case(v_case_id);
end
$$;

create function public.open_recovery_case(
    p_client_id uuid, p_reason text, p_ticket_id uuid default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.open_recovery_by_hand(p_client_id, p_reason, p_ticket_id)
$$;
comment on function public.open_recovery_case(uuid, text, uuid) is
    'Staff who serve or oversee the client, the server: something went wrong for them. If a case '
    'is open, or not a day old, it is that one. Answers the case as get_recovery_case.';

-- Definer: nobody holds a right to write cases; the stance is checked first. Whoever has begun is
-- not robbed of the case by a colleague.
create function private.take_recovery_case(p_case_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_case public.recovery_cases := private.lock_recovery_case(
        p_case_id, '{manager,owner,team}'
    );
    v_staff_id uuid := private.require_staff();
begin
    perform private.require_recovery_state(v_case, '{open,in_progress}');
    if v_case.owner_id <> v_staff_id and v_case.taken_at is not null
        and private.my_recovery_stance(v_case) <> 'manager'
    then
        perform private.refuse('PT409', 'case_taken', 'A colleague is on it already.');
    end if;
    update public.recovery_cases known
    set owner_id = v_staff_id, owner_stage = 'chosen', assigned_at = clock_timestamp(),
        told = array_remove(known.told, 'silence')
    where known.id = p_case_id and known.owner_id is distinct from v_staff_id;
    update public.recovery_cases known
    set state = 'in_progress', taken_at = clock_timestamp()
    where known.id = p_case_id and (known.taken_at is null or v_case.owner_id <> v_staff_id);
    if found then
        perform private.record_recovery(p_case_id, 'taken');
    end if;
    return private.describe_recovery_case(p_case_id);
end
$$;

create function public.take_recovery_case(p_case_id uuid)
returns jsonb
language sql
set search_path = ''
as $$
    select private.take_recovery_case(p_case_id)
$$;
comment on function public.take_recovery_case(uuid) is
    'Its owner, the client''s people, managers of the desk: I am on it. 409 case_taken when a '
    'colleague has begun (managers may take it all the same). Answers the case.';

-- Definer: nobody holds a right to write cases; managers of the desk give them to their people.
create function private.assign_recovery_case(p_case_id uuid, p_staff_id uuid, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_case public.recovery_cases := private.lock_recovery_case(p_case_id, '{manager,service}');
    v_reason text := private.require_text('reason', p_reason, 500);
begin
    perform private.require_recovery_state(v_case, '{open,in_progress}');
    if p_staff_id = v_case.client_id or not exists (
        select from public.staff_members staff
        where staff.id = p_staff_id and staff.is_active and staff.desk_id = v_case.desk_id
            and (private.is_agent_role(staff.role) or staff.role = 'manager')
    ) then
        perform private.refuse('PT404', 'agent_not_found', 'Nobody of this desk has this id.');
    end if;
    perform private.give_recovery_case(p_case_id, p_staff_id, 'chosen', 'chosen_by_manager', '{}');
    perform private.record_recovery(p_case_id, 'reason_given', '{}', v_reason);
    return private.describe_recovery_case(p_case_id);
end
$$;

create function public.assign_recovery_case(p_case_id uuid, p_staff_id uuid, p_reason text)
returns jsonb
language sql
set search_path = ''
as $$
    select private.assign_recovery_case(p_case_id, p_staff_id, p_reason)
$$;
comment on function public.assign_recovery_case(uuid, uuid, text) is
    'Managers of the desk, the server: somebody else owns the case from now on. Answers it.';

-- Definer: nobody holds a right to write cases; the stance is checked first.
create function private.promise_recovery_callback(p_case_id uuid, p_due_at timestamptz)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_case public.recovery_cases := private.lock_recovery_case(p_case_id, '{manager,owner}');
begin
    if (p_due_at between clock_timestamp() and clock_timestamp() + interval '30 days') is not true
    then
        perform private.refuse('PT422', 'due_out_of_range', 'Within 30 days from now.');
    end if;
    perform private.require_recovery_state(v_case, '{open,in_progress}');
    perform private.take_as_owner(v_case);
    update public.recovery_cases known
    set callback_due_at = p_due_at, called_back_at = null,
        told = array_remove(known.told, 'callback')
    where known.id = p_case_id;
    perform private.record_recovery(
        p_case_id, 'callback_promised', jsonb_build_object('due_at', p_due_at)
    );
    return private.describe_recovery_case(p_case_id);
end
$$;

create function public.promise_recovery_callback(p_case_id uuid, p_due_at timestamptz)
returns jsonb
language sql
set search_path = ''
as $$
    select private.promise_recovery_callback(p_case_id, p_due_at)
$$;
comment on function public.promise_recovery_callback(uuid, timestamptz) is
    'Owner, managers of the desk: the client was told that we call by then. If nobody has, owner '
    'and managers hear of it at that moment. Answers the case.';

-- Definer: nobody holds a right to write cases; the stance is checked first.
create function private.record_recovery_callback(p_case_id uuid, p_note text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_case public.recovery_cases := private.lock_recovery_case(p_case_id, '{manager,owner,team}');
    v_note text := case when p_note is not null then private.require_text('note', p_note, 2000) end;
begin
    perform private.require_recovery_state(v_case, '{open,in_progress}');
    perform private.take_as_owner(v_case);
    update public.recovery_cases known
    set called_back_at = clock_timestamp() where known.id = p_case_id;
    perform private.record_recovery(p_case_id, 'called_back', jsonb_build_object(
        'was_in_time', coalesce(v_case.callback_due_at >= clock_timestamp(), true)
    ), v_note);
    return private.describe_recovery_case(p_case_id);
end
$$;

create function public.record_recovery_callback(p_case_id uuid, p_note text default null)
returns jsonb
language sql
set search_path = ''
as $$
    select private.record_recovery_callback(p_case_id, p_note)
$$;
comment on function public.record_recovery_callback(uuid, text) is
    'Owner, the client''s people, managers: we have called them. Answers the case.';

-- -------------------------------------------------------------------------------------------------
-- Gestures
-- -------------------------------------------------------------------------------------------------
create function private.my_recovery_limit()
returns public.recovery_budgets
language plpgsql
stable
set search_path = ''
as $$
declare
    v_budget public.recovery_budgets;
begin
    select budget.* into v_budget
    from private.my_staff_row() me
    join public.recovery_budgets budget on budget.role = me.role;
    return v_budget;
end
$$;

create function private.require_gesture(p_kind text, p_amount_minor integer, p_total integer)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if p_kind is null or p_kind not in ('refund', 'credit', 'gift', 'free_treatment') then
        perform private.refuse(
            'PT422', 'unknown_gesture', 'One of refund, credit, gift, free_treatment.'
        );
    elsif (p_amount_minor between 1 and 100000000) is not true then
        perform private.refuse('PT422', 'amount_out_of_range', 'From one grosz to a million PLN.');
    elsif p_total::bigint + p_amount_minor > (
        select max(budget.limit_minor) from public.recovery_budgets budget
    ) then
        perform private.refuse(
            'PT422', 'above_every_budget', 'Nobody of the house may grant so much in one case.'
        );
    end if;
end
$$;

-- Whoever of the desk may decide on it; admins too, if nobody there may.
create function private.ask_for_approval(p_case public.recovery_cases, p_total integer)
returns void
language plpgsql
set search_path = ''
as $$
begin
    perform private.notify(
        array(
            select staff.id from public.staff_members staff
            join public.recovery_budgets budget on budget.role = staff.role
            where staff.is_active and budget.limit_minor >= p_total
                and staff.id <> p_case.client_id
                and (staff.desk_id = p_case.desk_id or staff.role = 'admin')
                and staff.role in ('manager', 'executive', 'admin')
        ),
        'recovery_approval_asked', p_case.ticket_id,
        jsonb_build_object('case_id', p_case.id, 'total_minor', p_total)
    );
end
$$;

-- Definer: nobody holds a right to write gestures; stance and budget are checked first, under the
-- lock of the case, so that the sum is what it is.
create function private.add_recovery_gesture(
    p_case_id uuid, p_kind text, p_amount_minor integer, p_description text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
    v_description text := private.require_text('description', p_description, 500);
    v_case public.recovery_cases := private.lock_recovery_case(p_case_id, '{manager,owner,team}');
    v_total integer := private.sum_gestures(p_case_id);
    v_budget public.recovery_budgets := private.my_recovery_limit();
    v_is_within boolean;
begin
    perform private.require_gesture(p_kind, p_amount_minor, v_total);
    perform private.require_recovery_state(v_case, '{open,in_progress}');
    perform private.take_as_owner(v_case);
    v_total := v_total + p_amount_minor;
    v_is_within := v_total <= coalesce(v_budget.limit_minor, 0);
    insert into public.recovery_gestures (
        case_id, kind, amount_minor, description, state, proposed_by, proposed_role,
        is_within_budget, settled_at
    )
    select
        p_case_id, p_kind, p_amount_minor, v_description,
        case when v_is_within then 'granted' else 'waiting' end, me.id, me.role, v_is_within,
        case when v_is_within then clock_timestamp() end
    from private.my_staff_row() me;
    perform private.record_recovery(p_case_id, 'gesture_proposed', jsonb_build_object(
        'kind', p_kind, 'amount_minor', p_amount_minor, 'is_within_budget', v_is_within
    ));
    if not v_is_within then
        perform private.ask_for_approval(v_case, v_total);
    end if;
    return private.describe_recovery_case(p_case_id);
end
$$;

create function public.add_recovery_gesture(
    p_case_id uuid, p_kind text, p_amount_minor integer, p_description text
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.add_recovery_gesture(p_case_id, p_kind, p_amount_minor, p_description)
$$;
comment on function public.add_recovery_gesture(uuid, text, integer, text) is
    'Owner, the client''s people, managers: a refund, credit, gift or free_treatment, worth so '
    'many grosze. Granted at once while the case stays within the caller''s budget, otherwise it '
    'waits for somebody with a higher one. Answers the case.';

create function private.lock_waiting_gesture(p_gesture_id uuid, p_stances text[])
returns public.recovery_gestures
language plpgsql
set search_path = ''
as $$
declare
    v_case public.recovery_cases;
    v_gesture public.recovery_gestures;
begin
    v_case := private.lock_recovery_case((
        select gesture.case_id from public.recovery_gestures gesture
        where gesture.id = p_gesture_id
    ), p_stances);
    select gesture.* into v_gesture
    from public.recovery_gestures gesture where gesture.id = p_gesture_id;
    perform private.require_recovery_state(v_case, '{open,in_progress}');
    if v_gesture.state <> 'waiting' then
        perform private.refuse('PT409', 'gesture_is_settled', 'It was decided already.');
    end if;
    return v_gesture;
end
$$;

-- Definer: nobody holds a right to write approvals; budget and stance are checked first.
create function private.decide_recovery_gesture(
    p_gesture_id uuid, p_is_approved boolean, p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
    v_reason text := case when p_reason is not null or not p_is_approved
        then private.require_text('reason', p_reason, 500) end;
    v_gesture public.recovery_gestures := private.lock_waiting_gesture(
        p_gesture_id, '{manager,owner,team,overseer}'
    );
    v_total integer := private.sum_gestures(v_gesture.case_id) + v_gesture.amount_minor;
    v_budget public.recovery_budgets := private.my_recovery_limit();
begin
    if v_gesture.proposed_by = v_staff_id then
        perform private.refuse('PT403', 'own_gesture', 'Somebody else decides on this.');
    elsif coalesce(v_budget.limit_minor, 0) < v_total then
        perform private.refuse('PT403', 'budget_too_small', 'It is above your own budget too.');
    end if;
    insert into public.recovery_approvals (
        gesture_id, is_approved, decided_by, decided_role, limit_minor, total_minor, reason
    )
    values (
        p_gesture_id, p_is_approved, v_staff_id, v_budget.role, v_budget.limit_minor, v_total,
        v_reason
    );
    update public.recovery_gestures gesture
    set state = case when p_is_approved then 'granted' else 'refused' end,
        settled_at = clock_timestamp()
    where gesture.id = p_gesture_id;
    perform private.record_recovery(
        v_gesture.case_id,
        case when p_is_approved then 'gesture_approved' else 'gesture_refused' end,
        jsonb_build_object('gesture_id', p_gesture_id)
    );
    perform private.notify(
        array[v_gesture.proposed_by], 'recovery_gesture_decided', null, jsonb_build_object(
            'case_id', v_gesture.case_id, 'gesture_id', p_gesture_id, 'is_approved', p_is_approved
        )
    );
    return private.describe_recovery_case(v_gesture.case_id);
end
$$;

create function public.approve_recovery_gesture(p_gesture_id uuid, p_reason text default null)
returns jsonb
language sql
set search_path = ''
as $$
    select private.decide_recovery_gesture(p_gesture_id, true, p_reason)
$$;
comment on function public.approve_recovery_gesture(uuid, text) is
    'Staff who see the case and whose budget suffices for all of it, never who proposed it. 403 '
    'own_gesture, budget_too_small. Answers the case.';

create function public.refuse_recovery_gesture(p_gesture_id uuid, p_reason text)
returns jsonb
language sql
set search_path = ''
as $$
    select private.decide_recovery_gesture(p_gesture_id, false, p_reason)
$$;
comment on function public.refuse_recovery_gesture(uuid, text) is
    'As approve_recovery_gesture: no, and why. Answers the case.';

-- Definer: nobody holds a right to write gestures; only who proposed it, or a manager, comes here.
create function private.withdraw_recovery_gesture(p_gesture_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
    v_gesture public.recovery_gestures := private.lock_waiting_gesture(
        p_gesture_id, '{manager,owner,team}'
    );
begin
    if v_gesture.proposed_by <> v_staff_id and not private.is_manager() then
        perform private.refuse('PT403', 'not_your_gesture', 'A colleague has proposed this.');
    end if;
    update public.recovery_gestures gesture
    set state = 'withdrawn', settled_at = clock_timestamp()
    where gesture.id = p_gesture_id;
    perform private.record_recovery(
        v_gesture.case_id, 'gesture_withdrawn', jsonb_build_object('gesture_id', p_gesture_id)
    );
    return private.describe_recovery_case(v_gesture.case_id);
end
$$;

create function public.withdraw_recovery_gesture(p_gesture_id uuid)
returns jsonb
language sql
set search_path = ''
as $$
    select private.withdraw_recovery_gesture(p_gesture_id)
$$;
comment on function public.withdraw_recovery_gesture(uuid) is
    'Who proposed it, managers: it need not be decided any more. Answers the case.';

-- -------------------------------------------------------------------------------------------------
-- Resolve, open again, close
-- -------------------------------------------------------------------------------------------------

-- The client is asked once more; whether and how, success_surveys decides.
create function private.ask_recovery_survey(p_case public.recovery_cases)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_survey_id uuid;
begin
    v_survey_id := private.create_survey(
        'recovery', p_case.client_id, p_case.ticket_id,
        (
            select ticket.cycle from public.support_tickets ticket
            where ticket.id = p_case.ticket_id
        ),
        p_case.id
    );
    update public.recovery_cases known
    set survey_id = v_survey_id, is_recovered = null where known.id = p_case.id;
end
$$;

-- Definer: nobody holds a right to write cases; the stance is checked first.
create function private.resolve_recovery_case(
    p_case_id uuid, p_cause text, p_resolution text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_case public.recovery_cases := private.lock_recovery_case(p_case_id, '{manager,owner}');
    v_resolution text := private.require_text('resolution', p_resolution, 2000);
begin
    perform private.require_recovery_state(v_case, '{open,in_progress}');
    if p_cause is null then
        perform private.refuse('PT400', 'cause_required', 'Say what the root cause was.');
    elsif not exists (
        select from public.recovery_causes known where known.cause = p_cause and known.is_active
    ) then
        perform private.refuse('PT422', 'unknown_cause', 'Not a cause of the list.');
    elsif exists (
        select from public.recovery_gestures waiting
        where waiting.case_id = p_case_id and waiting.state = 'waiting'
    ) then
        perform private.refuse('PT409', 'approval_pending', 'A gesture waits to be decided.');
    elsif v_case.callback_due_at is not null and v_case.called_back_at is null then
        perform private.refuse('PT409', 'callback_pending', 'We have promised to call first.');
    end if;
    perform private.take_as_owner(v_case);
    update public.recovery_cases known
    set state = 'resolved', cause = p_cause, resolution = v_resolution,
        resolved_at = clock_timestamp(), resolved_by = auth.uid(), due_at = null
    where known.id = p_case_id;
    perform private.record_recovery(
        p_case_id, 'resolved', jsonb_build_object('cause', p_cause), v_resolution
    );
    perform private.ask_recovery_survey(v_case);
    return private.describe_recovery_case(p_case_id);
end
$$;

create function public.resolve_recovery_case(p_case_id uuid, p_cause text, p_resolution text)
returns jsonb
language sql
set search_path = ''
as $$
    select private.resolve_recovery_case(p_case_id, p_cause, p_resolution)
$$;
comment on function public.resolve_recovery_case(uuid, text, text) is
    'Owner, managers of the desk: the root cause (a word of recovery_causes) and what was done. '
    '409 approval_pending, callback_pending. The client is asked once more. Answers the case.';

-- Definer: nobody holds a right to write cases; the stance is checked first. The client may have
-- another open case by now: what is open is one.
create function private.reopen_recovery_by_hand(p_case_id uuid, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_reason text := private.require_text('reason', p_reason, 500);
    v_case public.recovery_cases;
begin
    perform private.lock_recovery_client((
        select known.client_id from public.recovery_cases known where known.id = p_case_id
    ));
    v_case := private.lock_recovery_case(p_case_id, '{manager,owner,team,service}');
    perform private.require_recovery_state(v_case, '{resolved,closed}');
    if v_case.merged_into_id is not null or exists (
        select from public.recovery_cases other
        where other.client_id = v_case.client_id and other.state in ('open', 'in_progress')
    ) then
        perform private.refuse('PT409', 'another_case_open', 'The client has an open case.');
    end if;
    perform private.reopen_recovery(p_case_id, 'asked_by_staff', v_reason);
    return private.describe_recovery_case(p_case_id);
end
$$;

create function public.reopen_recovery_case(p_case_id uuid, p_reason text)
returns jsonb
language sql
set search_path = ''
as $$
    select private.reopen_recovery_by_hand(p_case_id, p_reason)
$$;
comment on function public.reopen_recovery_case(uuid, text) is
    'Staff of the case, the server: it is not made good after all. Answers the case.';

-- Definer: nobody holds a right to write cases; the stance is checked first.
create function private.close_recovery_case(p_case_id uuid, p_note text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_case public.recovery_cases := private.lock_recovery_case(p_case_id, '{manager,service}');
    v_note text := case when p_note is not null then private.require_text('note', p_note, 2000) end;
begin
    perform private.require_recovery_state(v_case, '{resolved}');
    update public.recovery_cases known
    set state = 'closed', closed_at = clock_timestamp() where known.id = p_case_id;
    perform private.record_recovery(p_case_id, 'closed', '{"why": "asked_by_staff"}', v_note);
    perform private.cancel_timers('recovery_case.deadline_reached', array[p_case_id]);
    return private.describe_recovery_case(p_case_id);
end
$$;

create function public.close_recovery_case(p_case_id uuid, p_note text default null)
returns jsonb
language sql
set search_path = ''
as $$
    select private.close_recovery_case(p_case_id, p_note)
$$;
comment on function public.close_recovery_case(uuid, text) is
    'Managers of the desk, the server: a resolved case is done, without waiting for what the '
    'client says. Answers the case.';

-- -------------------------------------------------------------------------------------------------
-- Admins set lists and budgets
-- -------------------------------------------------------------------------------------------------

-- Definer: nobody holds a right to write budgets; admins write through here.
create function private.set_recovery_budget(p_role text, p_limit_minor integer, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_budget public.recovery_budgets;
begin
    perform private.require_admin();
    if (p_limit_minor between 0 and 100000000) is not true then
        perform private.refuse('PT422', 'limit_out_of_range', 'At most a million PLN, in grosze.');
    end if;
    perform private.note_reason(p_reason);
    update public.recovery_budgets budget
    set limit_minor = p_limit_minor where budget.role = p_role
    returning * into v_budget;
    if v_budget.role is null then
        perform private.refuse('PT404', 'role_not_found', 'There is no such role.');
    end if;
    return to_jsonb(v_budget);
end
$$;

create function public.set_recovery_budget(
    p_role text, p_limit_minor integer, p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_recovery_budget(p_role, p_limit_minor, p_reason)
$$;
comment on function public.set_recovery_budget(text, integer, text) is
    'Admins: up to how many grosze a case may come to on the word of this role alone.';

-- Definer: nobody holds a right to write causes; admins write through here.
create function private.save_recovery_cause(
    p_cause text, p_label_pl text, p_label_en text, p_is_active boolean, p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_cause public.recovery_causes;
    v_label_pl text := private.require_text('label', p_label_pl, 120);
    v_label_en text := private.require_text('label', p_label_en, 120);
begin
    perform private.require_admin();
    if p_cause is null or p_cause !~ '^[a-z][a-z_]{0,39}$' then
        perform private.refuse('PT422', 'cause_malformed', 'One word in small letters.');
    end if;
    perform private.note_reason(p_reason);
    insert into public.recovery_causes as known (cause, label_pl, label_en, is_active)
    values (p_cause, v_label_pl, v_label_en, coalesce(p_is_active, true))
    on conflict (cause) do update
    set label_pl = excluded.label_pl, label_en = excluded.label_en, is_active = excluded.is_active
    returning known.* into v_cause;
    return to_jsonb(v_cause);
end
$$;

create function public.save_recovery_cause(
    p_cause text, p_label_pl text, p_label_en text, p_is_active boolean default true,
    p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.save_recovery_cause(p_cause, p_label_pl, p_label_en, p_is_active, p_reason)
$$;
comment on function public.save_recovery_cause(text, text, text, boolean, text) is
    'Admins: a root cause that cases can have, or one that no new case gets any more.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on function
    private.my_recovery_stance(public.recovery_cases), private.lock_recovery_case(uuid, text[]),
    private.require_recovery_state(public.recovery_cases, text[]),
    private.take_as_owner(public.recovery_cases), private.describe_recovery_case(uuid),
    private.sum_gestures(uuid), private.get_recovery_case(uuid), public.get_recovery_case(uuid),
    public.get_recovery_cases(text, integer), private.open_recovery_by_hand(uuid, text, uuid),
    public.open_recovery_case(uuid, text, uuid), private.take_recovery_case(uuid),
    public.take_recovery_case(uuid), private.assign_recovery_case(uuid, uuid, text),
    public.assign_recovery_case(uuid, uuid, text),
    private.promise_recovery_callback(uuid, timestamptz),
    public.promise_recovery_callback(uuid, timestamptz),
    private.record_recovery_callback(uuid, text), public.record_recovery_callback(uuid, text),
    private.my_recovery_limit(), private.require_gesture(text, integer, integer),
    private.ask_for_approval(public.recovery_cases, integer),
    private.add_recovery_gesture(uuid, text, integer, text),
    public.add_recovery_gesture(uuid, text, integer, text),
    private.lock_waiting_gesture(uuid, text[]),
    private.decide_recovery_gesture(uuid, boolean, text),
    public.approve_recovery_gesture(uuid, text), public.refuse_recovery_gesture(uuid, text),
    private.withdraw_recovery_gesture(uuid), public.withdraw_recovery_gesture(uuid),
    private.ask_recovery_survey(public.recovery_cases),
    private.resolve_recovery_case(uuid, text, text), public.resolve_recovery_case(uuid, text, text),
    private.reopen_recovery_by_hand(uuid, text), public.reopen_recovery_case(uuid, text),
    private.close_recovery_case(uuid, text), public.close_recovery_case(uuid, text),
    private.set_recovery_budget(text, integer, text),
    public.set_recovery_budget(text, integer, text),
    private.save_recovery_cause(text, text, text, boolean, text),
    public.save_recovery_cause(text, text, text, boolean, text)
from public, anon, authenticated, service_role;

grant execute on function
    private.get_recovery_case(uuid), public.get_recovery_case(uuid),
    private.open_recovery_by_hand(uuid, text, uuid), public.open_recovery_case(uuid, text, uuid),
    private.assign_recovery_case(uuid, uuid, text), public.assign_recovery_case(uuid, uuid, text),
    private.reopen_recovery_by_hand(uuid, text), public.reopen_recovery_case(uuid, text),
    private.close_recovery_case(uuid, text), public.close_recovery_case(uuid, text),
    private.set_recovery_budget(text, integer, text),
    public.set_recovery_budget(text, integer, text),
    private.save_recovery_cause(text, text, text, boolean, text),
    public.save_recovery_cause(text, text, text, boolean, text)
to authenticated, service_role;
grant execute on function
    public.get_recovery_cases(text, integer), private.take_recovery_case(uuid),
    public.take_recovery_case(uuid), private.promise_recovery_callback(uuid, timestamptz),
    public.promise_recovery_callback(uuid, timestamptz),
    private.record_recovery_callback(uuid, text), public.record_recovery_callback(uuid, text),
    private.add_recovery_gesture(uuid, text, integer, text),
    public.add_recovery_gesture(uuid, text, integer, text),
    private.decide_recovery_gesture(uuid, boolean, text),
    public.approve_recovery_gesture(uuid, text), public.refuse_recovery_gesture(uuid, text),
    private.withdraw_recovery_gesture(uuid), public.withdraw_recovery_gesture(uuid),
    private.resolve_recovery_case(uuid, text, text), public.resolve_recovery_case(uuid, text, text)
to authenticated;
