-- Service cycles: each reopening starts a new one, and what the earlier ones were is never changed.
-- The cycle a ticket is in stands on the ticket; the moment it is reopened, the row as it was
-- becomes a row of ticket_cycles, whoever reopens it.

-- -------------------------------------------------------------------------------------------------
-- Table
-- -------------------------------------------------------------------------------------------------
create table public.ticket_cycles (
    ticket_id uuid not null references public.support_tickets (id) on delete cascade,
    cycle integer not null,
    channel text not null references public.channels (channel),
    tier text not null references public.service_levels (tier),
    began_at timestamptz not null,
    first_response_due_at timestamptz not null,
    first_responded_at timestamptz,
    assigned_at timestamptz,
    assignee_id uuid references public.staff_members (id),
    resolved_at timestamptz,
    closed_at timestamptz,
    resolution text,
    ended_at timestamptz not null,
    primary key (ticket_id, cycle),
    constraint ticket_cycles_count_from_one check (cycle >= 1),
    constraint ticket_cycles_resolution_is_text check (private.is_clean_text(resolution, 2000))
);
comment on table public.ticket_cycles is
    'Finished service cycles as they were when the ticket was reopened. Append only, written by a '
    'trigger; the cycle that is going on stands in support_tickets.';
comment on column public.ticket_cycles.began_at is 'Opening of the ticket, or its last reopening.';
comment on column public.ticket_cycles.assignee_id is 'Who had it at the end; null: nobody.';
comment on column public.ticket_cycles.ended_at is
    'The reopening that began the next cycle. Not checked against began_at: a moment written wrong '
    'by hand must not stop the client''s next word.';

create index ticket_cycles_assignee_id_idx on public.ticket_cycles (assignee_id, ended_at);
comment on index public.ticket_cycles_assignee_id_idx is
    'Serves the foreign key and whose solutions did not last.';

-- -------------------------------------------------------------------------------------------------
-- Write
-- -------------------------------------------------------------------------------------------------

-- Only what changes the cycle reaches these triggers: their conditions are judged before any call,
-- so routing and every other change pay nothing.
create function private.tg_support_tickets_refuse_cycle()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.refuse(
        'PT409', 'cycle_out_of_order', 'A ticket is reopened one cycle at a time.'
    );
    return null;
end
$$;

-- Cycles below one are refused by a check of the table.
create trigger support_tickets_refuse_cycle
before update on public.support_tickets
for each row when (new.cycle not in (old.cycle, old.cycle + 1) and new.cycle >= 1)
execute function private.tg_support_tickets_refuse_cycle();

-- Definer: nobody holds a right to write history, whoever reopened the ticket.
create function private.tg_support_tickets_keep_cycle()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    insert into public.ticket_cycles (
        ticket_id, cycle, channel, tier, began_at, first_response_due_at, first_responded_at,
        assigned_at, assignee_id, resolved_at, closed_at, resolution, ended_at
    )
    values (
        old.id, old.cycle, old.channel, old.tier, coalesce(old.reopened_at, old.opened_at),
        old.first_response_due_at, old.first_responded_at, old.assigned_at, old.assignee_id,
        old.resolved_at, old.closed_at, old.resolution, new.reopened_at
    );
    return null;
end
$$;

create trigger support_tickets_keep_cycle
after update on public.support_tickets
for each row when (new.cycle > old.cycle)
execute function private.tg_support_tickets_keep_cycle();

-- The ticket is gone before its cycles are deleted with it: only then may they go.
-- Definer: it must see the ticket whatever the caller may see.
create function private.tg_ticket_cycles_keep()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if tg_op = 'UPDATE' or exists (
        select from public.support_tickets ticket where ticket.id = old.ticket_id
    ) then
        perform private.refuse(
            'PT409', 'cycle_is_history', 'What happened in an earlier cycle cannot be changed.'
        );
    end if;
    return old;
end
$$;

create trigger ticket_cycles_keep
before update or delete on public.ticket_cycles
for each row execute function private.tg_ticket_cycles_keep();

-- A new service cycle: back to the queue, with clocks of its own. What the last one came to stands
-- in its row and no longer on the ticket.
create or replace function private.reopen(p_ticket public.support_tickets)
returns void
language plpgsql
set search_path = ''
as $$
begin
    update public.support_tickets ticket
    set status = 'open',
        assignee_id = null,
        assigned_at = null,
        cycle = ticket.cycle + 1,
        reopened_at = now(),
        first_response_due_at = private.find_response_due_at(ticket.tier, ticket.channel, now()),
        first_responded_at = null,
        last_message_at = now(),
        resolved_at = null,
        closed_at = null,
        resolution = null
    where ticket.id = p_ticket.id;
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Read
-- -------------------------------------------------------------------------------------------------
create view public.ticket_cycle_history
with (security_invoker = true)
as
select
    past.ticket_id, past.cycle, past.channel, past.tier, past.began_at, past.first_response_due_at,
    past.first_responded_at, past.assigned_at, past.assignee_id, past.resolved_at, past.closed_at,
    past.resolution, past.ended_at
from public.ticket_cycles past
union all
select
    ticket.id, ticket.cycle, ticket.channel, ticket.tier,
    coalesce(ticket.reopened_at, ticket.opened_at), ticket.first_response_due_at,
    ticket.first_responded_at, ticket.assigned_at, ticket.assignee_id, ticket.resolved_at,
    ticket.closed_at, ticket.resolution, null
from public.support_tickets ticket;
comment on view public.ticket_cycle_history is
    'Every cycle of the tickets one may see: the finished ones, and the present one, whose '
    'ended_at is null. Ask for one ticket: where ticket_id = ...';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.ticket_cycles, public.ticket_cycle_history
from anon, authenticated, service_role;
grant select on public.ticket_cycles, public.ticket_cycle_history to authenticated, service_role;
alter table public.ticket_cycles enable row level security;

create policy ticket_cycles_select_involved on public.ticket_cycles
for select to authenticated
using (
    exists (
        select from public.support_tickets ticket where ticket.id = ticket_cycles.ticket_id
    )
);

revoke all on function
    private.tg_support_tickets_refuse_cycle(), private.tg_support_tickets_keep_cycle(),
    private.tg_ticket_cycles_keep()
from public, anon, authenticated, service_role;
