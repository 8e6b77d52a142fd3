-- A change of what a ticket is about is told once: its line of the timeline and its event come from
-- one trigger, which looks at the row once.
-- Events out: ticket.details_changed.

drop trigger support_tickets_announce_details on public.support_tickets;
drop function private.tg_support_tickets_announce_details();

-- Definer: the timeline can be written by nobody else, whoever changed the ticket.
create or replace function private.tg_support_tickets_tell_details()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_changed text[];
    v_details jsonb;
begin
    select
        array_agg(field.name order by field.place),
        jsonb_object_agg(field.name, case
            -- Texts stay out of the timeline: that it changed is all it tells.
            when field.name = 'subject' then '{}'
            else jsonb_build_object('from', field.past, 'to', field.present)
        end)
    into v_changed, v_details
    from (
        values
            (1, 'subject', old.subject, new.subject),
            (2, 'category', old.category, new.category),
            (3, 'priority', old.priority, new.priority),
            (4, 'language', old.language, new.language)
    ) field (place, name, past, present)
    where field.past <> field.present;
    insert into public.ticket_events (ticket_id, cycle, kind, actor_id, details)
    values (new.id, new.cycle, 'details_changed', (select auth.uid()), v_details);
    perform private.emit_events('ticket.details_changed', array[new.id], array[
        jsonb_build_object('cycle', new.cycle, 'changed', v_changed)
    ]);
    return null;
end
$$;
