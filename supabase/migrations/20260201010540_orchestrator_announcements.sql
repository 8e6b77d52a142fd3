-- What happened to tickets, told at less cost: routing changes hundreds of rows in a statement, and
-- lists of whole rows, with details of what did not happen, took longer than the telling.

-- Emits what the timeline was just told of these tickets, by kind, for those kinds that are events.
create function private.announce_told(p_kinds text[], p_ticket_ids uuid[], p_details jsonb[])
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_kind text;
    v_ticket_ids uuid[];
    v_payloads jsonb[];
begin
    for v_kind, v_ticket_ids, v_payloads in
        select
            told.kind, array_agg(told.ticket_id order by told.place),
            array_agg(told.details order by told.place)
        from unnest(p_kinds, p_ticket_ids, p_details) with ordinality
            as told (kind, ticket_id, details, place)
        where told.kind in ('assigned', 'unassigned', 'resolved', 'reopened', 'closed')
        group by told.kind
    loop
        perform private.emit_events('ticket.' || v_kind, v_ticket_ids, v_payloads);
    end loop;
end
$$;

-- Definer: the timeline can be written by nobody else, whoever changed the ticket.
create or replace function private.tg_support_tickets_announce_changes()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_told record;
begin
    with told as (
        insert into public.ticket_events (ticket_id, cycle, kind, actor_id, details)
        select
            after.id, after.cycle, change.kind, (select auth.uid()),
            case when change.kind = 'assigned' then jsonb_build_object(
                'assignee_id', after.assignee_id, 'previous_assignee_id', before.assignee_id
            ) when change.kind in ('unassigned', 'reopened') then
                jsonb_build_object('previous_assignee_id', before.assignee_id)
            when change.kind = 'status_changed' then
                jsonb_build_object('from', before.status, 'to', after.status)
            else '{}' end
        from present after
        join past before on before.id = after.id
        cross join lateral (values
            ('first_responded', before.first_responded_at is null
                and after.first_responded_at is not null),
            ('reopened', after.cycle > before.cycle),
            ('assigned', after.assignee_id is distinct from before.assignee_id
                and after.assignee_id is not null),
            ('unassigned', after.assignee_id is null and after.cycle = before.cycle
                and before.assignee_id is not null),
            ('resolved', after.status = 'resolved' and before.status <> 'resolved'),
            ('closed', after.status = 'closed' and before.status <> 'closed'),
            ('status_changed', after.status <> before.status
                and after.assignee_id = before.assignee_id
                and after.status in ('assigned', 'pending', 'on_hold'))
        ) change (kind, has_happened)
        where change.has_happened
        order by after.number
        returning kind, ticket_id, details || jsonb_build_object('cycle', cycle) as payload
    )
    select array_agg(kind) as kinds, array_agg(ticket_id) as ids, array_agg(payload) as payloads
    into v_told from told;
    perform private.announce_told(v_told.kinds, v_told.ids, v_told.payloads);
    return null;
end
$$;

drop function private.list_ticket_changes(public.support_tickets[], public.support_tickets[]);

revoke all on function private.announce_told(text[], uuid[], jsonb[])
from public, anon, authenticated, service_role;
