-- The same for many tickets at once: each through the door that people use by hand, in a savepoint
-- of its own, so that one refusal changes nothing of that ticket and nothing of the others.
-- Order of locks: all tickets by id before the first change, so that two such calls never wait for
-- each other in a ring, whatever staff their doors lock afterwards.

-- Definer: nobody holds a right to lock tickets; only those the caller sees are locked.
create function private.begin_bulk(p_ticket_ids uuid[])
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.take_token(
        private.require_staff(), 'bulk_update_tickets', 30, interval '1 minute'
    );
    perform from public.support_tickets ticket
    where ticket.id = any (p_ticket_ids) and private.my_stance(ticket) is not null
    order by ticket.id
    for update;
end
$$;

-- The one argument that each action takes; '' for none, null for what is no action.
create function private.name_bulk_argument(p_action text)
returns text
language sql
immutable
set search_path = ''
as $$
    select case p_action
        when 'assign' then 'agent_id'
        when 'set_status' then 'status'
        when 'set_priority' then 'priority'
        when 'set_category' then 'category'
        when 'resolve' then 'resolution'
        when 'snooze' then 'until'
        when 'macro' then 'macro_id'
        when 'unassign' then ''
        when 'close' then ''
        when 'follow' then ''
    end
$$;

create function private.is_instant(p_text text)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return p_text::timestamptz is not null
        and p_text ~ '^(infinity|\d{4}-\d\d-\d\dT[0-9:.]{5,15}(Z|[+-]\d\d:?\d\d))$';
exception
    when data_exception then
        return false;
end
$$;

-- What is wrong with action and arguments, in a sentence; null when nothing is.
create function private.judge_bulk(p_action text, p_arguments jsonb)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
    v_name text := private.name_bulk_argument(p_action);
    v_value jsonb := p_arguments -> v_name;
    v_other text;
begin
    if v_name is null then
        return 'p_action: one of assign, unassign, set_status, set_priority, set_category, '
            'resolve, close, snooze, follow, macro';
    elsif p_arguments is null or jsonb_typeof(p_arguments) <> 'object' then
        return 'p_arguments: an object';
    end if;
    select given.key into v_other from jsonb_object_keys(p_arguments) given (key)
    where given.key <> v_name limit 1;
    return case
        when v_other is not null then format('p_arguments.%s: not an argument', left(v_other, 40))
        when v_name = '' then null
        when v_value is null or jsonb_typeof(v_value) <> 'string'
            then format('p_arguments.%s: required, as text', v_name)
        when v_name in ('agent_id', 'macro_id') and not private.is_uuid(v_value)
            and v_value <> '"me"' then format('p_arguments.%s: an id', v_name)
        when v_name = 'until' and not private.is_instant(v_value #>> '{}')
            then 'p_arguments.until: an instant with its zone, or infinity'
    end;
end
$$;

-- At most 200 different tickets, each {"ticket_id", "version"}.
create function private.require_bulk_items(p_items jsonb)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
    v_place bigint;
begin
    if p_items is null or jsonb_typeof(p_items) <> 'array' then
        perform private.refuse('PT422', 'items_malformed', 'p_items: a list of tickets.');
    elsif jsonb_array_length(p_items) > 200 then
        perform private.refuse('PT413', 'too_many_tickets', 'At most 200 at once.');
    end if;
    select item.place - 1 into v_place
    from jsonb_array_elements(p_items) with ordinality item (value, place)
    where jsonb_typeof(item.value) <> 'object'
        or not coalesce(private.is_uuid(item.value -> 'ticket_id'), false)
        or coalesce(item.value ->> 'version', '1') !~ '^\d{1,9}$'
        or item.value - 'ticket_id' - 'version' <> '{}'
    limit 1;
    if v_place is not null then
        perform private.refuse(
            'PT422', 'items_malformed', format('p_items[%s]: {"ticket_id", "version"}.', v_place)
        );
    elsif (
        select count(*) <> count(distinct item ->> 'ticket_id')
        from jsonb_array_elements(p_items) item
    ) then
        perform private.refuse('PT422', 'ticket_named_twice', 'Each ticket once.');
    end if;
end
$$;

create function private.perform_bulk_action(
    p_ticket_id uuid, p_version integer, p_action text, p_argument text
)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_ticket public.support_tickets;
begin
    if p_action = 'macro' then
        perform public.apply_macro(p_argument::uuid, p_ticket_id, p_version);
        return;
    end if;
    select ticket.* into v_ticket
    from public.support_tickets ticket where ticket.id = p_ticket_id;
    if v_ticket.id is null then
        perform private.refuse('PT404', 'ticket_not_found', 'There is no such ticket for you.');
    elsif p_action <> 'follow' then
        perform private.require_version(v_ticket, p_version);
    end if;
    case p_action
        when 'assign' then perform private.perform_action(p_ticket_id, 'assign_to', p_argument);
        when 'unassign' then perform private.perform_action(p_ticket_id, 'assign_to', 'queue');
        when 'follow' then perform private.perform_action(p_ticket_id, 'add_follower', 'me');
        else perform private.perform_action(p_ticket_id, p_action, p_argument);
    end case;
end
$$;

-- One ticket, whole or not at all. Refusals and broken promises of the tables are this ticket's
-- own; anything else is trouble of the whole call. Long before the statement is cancelled and all
-- is lost, the rest is given back.
create function private.try_bulk_action(
    p_ticket_id uuid, p_version integer, p_action text, p_argument text
)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_code text;
    v_message text;
    v_hint text;
begin
    if clock_timestamp() > statement_timestamp() + interval '4 seconds' then
        return jsonb_build_object(
            'ticket_id', p_ticket_id, 'status', 'refused', 'code', 'out_of_time',
            'hint', 'Nothing was changed here: ask again for the rest.'
        );
    end if;
    perform private.perform_bulk_action(p_ticket_id, p_version, p_action, p_argument);
    return jsonb_build_object('ticket_id', p_ticket_id, 'status', 'done');
exception
    when others then
        get stacked diagnostics
            v_code = returned_sqlstate, v_message = message_text, v_hint = pg_exception_hint;
        if v_code !~ '^(PT4|23)' then
            raise;
        end if;
        return jsonb_build_object(
            'ticket_id', p_ticket_id, 'status', 'refused',
            'code', case when v_code ~ '^PT4' then v_message else 'not_possible' end,
            'hint', case when v_code ~ '^PT4' then v_hint else 'This ticket cannot be so.' end
        );
end
$$;

create function public.bulk_update_tickets(
    p_items jsonb, p_action text, p_arguments jsonb default '{}'
)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_fault text;
    v_argument text := p_arguments ->> private.name_bulk_argument(p_action);
    v_item record;
    v_answers jsonb := '{}';
begin
    perform private.require_staff();
    v_fault := private.judge_bulk(p_action, p_arguments);
    if v_fault is not null then
        perform private.refuse('PT422', 'bulk_malformed', v_fault || '.');
    end if;
    perform private.require_bulk_items(p_items);
    perform private.begin_bulk(
        array(select (item ->> 'ticket_id')::uuid from jsonb_array_elements(p_items) item)
    );
    for v_item in
        select (item ->> 'ticket_id')::uuid as id, (item ->> 'version')::integer as version
        from jsonb_array_elements(p_items) item
        order by 1
    loop
        v_answers := v_answers || jsonb_build_object(
            v_item.id::text,
            private.try_bulk_action(v_item.id, v_item.version, p_action, v_argument)
        );
    end loop;
    return coalesce((
        select jsonb_agg(v_answers -> (item.value ->> 'ticket_id') order by item.place)
        from jsonb_array_elements(p_items) with ordinality item (value, place)
    ), '[]');
end
$$;
comment on function public.bulk_update_tickets(jsonb, text, jsonb) is
    'Staff: one action on at most 200 tickets [{"ticket_id", "version"}]: assign {"agent_id": id '
    'or me}, unassign, set_status {"status"}, set_priority {"priority"}, set_category '
    '{"category"}, resolve {"resolution"}, close, snooze {"until"}, follow, macro {"macro_id"}. '
    'Answers, in the same order, [{"ticket_id", "status": "done"|"refused", "code", "hint"}].';

revoke all on function
    private.begin_bulk(uuid[]), private.name_bulk_argument(text), private.is_instant(text),
    private.judge_bulk(text, jsonb), private.require_bulk_items(jsonb),
    private.perform_bulk_action(uuid, integer, text, text),
    private.try_bulk_action(uuid, integer, text, text),
    public.bulk_update_tickets(jsonb, text, jsonb)
from public, anon, authenticated, service_role;
grant execute on function
    private.begin_bulk(uuid[]), private.name_bulk_argument(text), private.is_instant(text),
    private.is_uuid(jsonb), private.judge_bulk(text, jsonb), private.require_bulk_items(jsonb),
    private.require_version(public.support_tickets, integer),
    private.perform_bulk_action(uuid, integer, text, text),
    private.try_bulk_action(uuid, integer, text, text),
    public.bulk_update_tickets(jsonb, text, jsonb)
to authenticated;
