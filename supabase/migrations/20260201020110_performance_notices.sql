-- Notices: who is told that a promise is half over, nearly over, or broken, each once.
--
--   promise.threshold_reached (a timer, set with every change of the promise)
--       -> performance.promises (lib/performance/promises.py) -> promise_notices, notifications
--
-- The assignee is told of warnings, the managers of the desk of a broken promise, and of the last
-- warning of a ticket nobody has. What was kept, paused or ended by the time the job runs is told
-- to nobody: the write looks again under lock.
-- Events out: promise.warned, promise.breached, promise.kept. Subject: the ticket; payload:
-- promise_id, kind, cycle, due_at, and for promise.warned the notice.
-- Order of locks: jobs, tickets by id (no more than a reference to them needs), the calendars,
-- promises by id.

-- -------------------------------------------------------------------------------------------------
-- Table
-- -------------------------------------------------------------------------------------------------
create table public.promise_notices (
    promise_id uuid not null references public.ticket_promises (id) on delete cascade,
    kind text not null,
    due_at timestamptz not null,
    noticed_at timestamptz not null default clock_timestamp(),
    primary key (promise_id, kind),
    constraint promise_notices_kind_is_known
        check (kind in ('first_warning', 'last_warning', 'breach'))
);
comment on table public.promise_notices is
    'What was told about a promise: each kind once, whoever asks how often. Append only.';
comment on column public.promise_notices.due_at is 'When it was to be told.';

insert into private.subscriptions (event_kind, worker, priority, collapses)
values ('promise.threshold_reached', 'performance.promises', 10, true);

-- -------------------------------------------------------------------------------------------------
-- Events
-- -------------------------------------------------------------------------------------------------

-- Definer: whoever kept or broke the promise may write no events.
create function private.tg_ticket_promises_announce()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_verb text;
    v_ticket_ids uuid[];
    v_payloads jsonb[];
begin
    for v_verb, v_ticket_ids, v_payloads in
        select
            case after.state when 'met' then 'kept' else 'breached' end,
            array_agg(after.ticket_id order by after.id),
            array_agg(jsonb_build_object(
                'promise_id', after.id, 'kind', after.kind, 'cycle', after.cycle,
                'due_at', after.due_at
            ) order by after.id)
        from present after
        join past before using (id)
        where after.state in ('met', 'breached') and after.state <> before.state
        group by after.state
    loop
        perform private.emit_events('promise.' || v_verb, v_ticket_ids, v_payloads);
    end loop;
    return null;
end
$$;

create trigger ticket_promises_announce
after update on public.ticket_promises
referencing old table as past new table as present
for each statement execute function private.tg_ticket_promises_announce();

-- Definer: whoever wrote the notice may write no events.
create function private.tg_promise_notices_announce()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.emit_events(
        'promise.warned',
        array_agg(promise.ticket_id order by promise.id),
        array_agg(jsonb_build_object(
            'promise_id', promise.id, 'kind', promise.kind, 'cycle', promise.cycle,
            'due_at', promise.due_at, 'notice', told.kind
        ) order by promise.id)
    )
    from told
    join public.ticket_promises promise on promise.id = told.promise_id
    where told.kind <> 'breach'
    having count(*) > 0;
    return null;
end
$$;

create trigger promise_notices_announce
after insert on public.promise_notices
referencing new table as told
for each statement execute function private.tg_promise_notices_announce();

-- -------------------------------------------------------------------------------------------------
-- Read
-- -------------------------------------------------------------------------------------------------

-- Definer: working time is counted with the owner's rights; only service_role may execute it.
create function private.list_notice_clocks(p_promise_ids uuid[])
returns table (
    promise_id uuid, ticket_id uuid, state text, is_ended boolean, due_at timestamptz,
    first_warning_at timestamptz, last_warning_at timestamptz
)
language sql
stable
security definer
rows 100
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set join_collapse_limit = 1
as $$
    select
        promise.id, promise.ticket_id, promise.state, promise.ended_at is not null,
        case when isfinite(promise.due_at) then promise.due_at end,
        private.find_due_at(
            last.calendar_id, last.starts_at,
            promise.first_warning_seconds * 1000000::bigint - used.microseconds
        ),
        private.find_due_at(
            last.calendar_id, last.starts_at,
            promise.last_warning_seconds * 1000000::bigint - used.microseconds
        )
    from unnest(p_promise_ids) asked (promise_id)
    join public.ticket_promises promise on promise.id = asked.promise_id
    left join public.promise_spans last
        on last.promise_id = promise.id and last.ends_at is null and promise.state = 'running'
    cross join lateral (
        select coalesce(sum(past.used_microseconds), 0)::bigint
        from public.promise_spans past
        where past.promise_id = promise.id and past.position < last.position
    ) used (microseconds)
$$;

create function worker.promise_contexts(p_promise_ids uuid[])
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'read_at', clock_timestamp(),
        'clocks', coalesce(jsonb_agg(to_jsonb(clock) || jsonb_build_object('noticed', array(
            select told.kind from public.promise_notices told
            where told.promise_id = clock.promise_id
        ))), '[]')
    )
    from private.list_notice_clocks(p_promise_ids) clock
$$;
comment on function worker.promise_contexts(uuid[]) is
    'How these promises stand: {"read_at", "clocks": [{"promise_id", "ticket_id", "state", '
    '"is_ended", "due_at", "first_warning_at", "last_warning_at", "noticed"}]}; moments are null '
    'while a clock stands still. What is gone is missing.';

-- -------------------------------------------------------------------------------------------------
-- Write
-- -------------------------------------------------------------------------------------------------
create function private.list_managers(p_desk_id uuid)
returns uuid[]
language plpgsql
stable
set search_path = ''
as $$
begin
    return array(
        select staff.id from public.staff_members staff
        where staff.desk_id = p_desk_id and staff.role = 'manager' and staff.is_active
    );
end
$$;

create function private.tell_notices(p_promise_ids uuid[], p_kinds text[])
returns void
language plpgsql
set search_path = ''
set join_collapse_limit = 1
as $$
begin
    perform private.insert_notifications(
        array_agg(person.id),
        array_agg(case notice.kind when 'breach' then 'promise_breached' else 'promise_warned' end),
        array_agg(ticket.id),
        array_agg(jsonb_build_object(
            'promise_id', promise.id, 'kind', promise.kind, 'notice', notice.kind,
            'due_at', promise.due_at
        ))
    )
    from unnest(p_promise_ids, p_kinds) notice (promise_id, kind)
    join public.ticket_promises promise on promise.id = notice.promise_id
    join public.support_tickets ticket on ticket.id = promise.ticket_id
    cross join lateral (
        select ticket.assignee_id
        union
        select unnest(private.list_managers(ticket.desk_id))
        where notice.kind = 'breach'
            or notice.kind = 'last_warning' and ticket.assignee_id is null
    ) person (id)
    where person.id is not null and person.id <> ticket.client_id
    having count(*) > 0;
end
$$;

create function private.lock_noticed_rows(p_promise_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
begin
    perform from public.support_tickets ticket
    where ticket.id = any (array(
        select promise.ticket_id from public.ticket_promises promise
        where promise.id = any (p_promise_ids)
    ))
    order by ticket.id
    for key share;
    perform private.hold_calendars();
    perform from public.ticket_promises promise
    where promise.id = any (p_promise_ids)
    order by promise.id
    for update;
end
$$;

-- recorded  it is as it was when the notice was decided
-- stale     it is due at another time now: read it afresh
-- gone      nothing is due, or nothing is owed any more
create function private.judge_notices(p_items jsonb)
returns table (job_id bigint, promise_id uuid, notice text, status text)
language sql
stable
rows 100
set search_path = ''
as $$
    select
        item.job_id, item.promise_id, item.notice,
        case
            when promise.id is null or promise.ended_at is not null or promise.state = 'paused'
                then 'gone'
            when promise.due_at is distinct from item.due_at then 'stale'
            when item.notice is null or promise.state = 'breached' and item.notice <> 'breach'
                then 'gone'
            else 'recorded'
        end
    from jsonb_to_recordset(p_items) as item (
        job_id bigint, promise_id uuid, due_at timestamptz, notice text
    )
    left join public.ticket_promises promise on promise.id = item.promise_id
$$;

create function private.write_notices(p_promise_ids uuid[], p_kinds text[])
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_promise_ids uuid[];
    v_kinds text[];
begin
    with told as (
        insert into public.promise_notices (promise_id, kind, due_at)
        select
            clock.promise_id, made.kind,
            case made.kind
                when 'breach' then clock.due_at
                when 'last_warning' then clock.last_warning_at
                else clock.first_warning_at
            end
        from unnest(p_promise_ids, p_kinds) made (promise_id, kind)
        join private.list_notice_clocks(p_promise_ids) clock using (promise_id)
        on conflict do nothing
        returning promise_id, kind
    )
    select array_agg(told.promise_id), array_agg(told.kind) into v_promise_ids, v_kinds
    from told;
    perform private.break_overdue(array(
        select told.promise_id from unnest(v_promise_ids, v_kinds) told (promise_id, kind)
        where told.kind = 'breach'
    ), clock_timestamp());
    update public.ticket_promises promise
    set next_notice_at = null
    where promise.id = any (p_promise_ids) and promise.state = 'breached';
    perform private.tell_notices(v_promise_ids, v_kinds);
end
$$;

-- Definer: not even the service key may write promises but through here; only service_role may
-- execute it.
create function private.record_promise_notices(p_items jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_promise_ids uuid[] := array(
        select item.promise_id from jsonb_to_recordset(p_items) as item (promise_id uuid)
        where item.promise_id is not null
    );
    v_judged jsonb;
begin
    perform private.lock_noticed_rows(v_promise_ids);
    v_judged := (
        select coalesce(jsonb_agg(to_jsonb(judged)), '[]')
        from private.judge_notices(p_items) judged
    );
    perform private.write_notices(array_agg(made.promise_id), array_agg(made.notice))
    from jsonb_to_recordset(v_judged) as made (promise_id uuid, notice text, status text)
    where made.status = 'recorded'
    having count(*) > 0;
    -- The timer has gone off: what still runs needs the next one.
    perform private.settle_promises(array(
        select promise.id from public.ticket_promises promise
        where promise.id = any (v_promise_ids) and promise.state = 'running'
    ));
    return v_judged;
end
$$;

create function worker.record_promises(p_items jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_judged jsonb;
begin
    perform private.hold_jobs(p_items);
    v_judged := private.record_promise_notices(p_items);
    perform private.finish_jobs(array(
        select judged.job_id
        from jsonb_to_recordset(v_judged) as judged (job_id bigint, status text)
        where judged.status <> 'stale'
    ));
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'job_id', judged.job_id, 'status', judged.status
        )), '[]')
        from jsonb_to_recordset(v_judged) as judged (job_id bigint, status text)
    );
end
$$;
comment on function worker.record_promises(jsonb) is
    'Writes notices, breaks what is broken, tells people, sets the next timers and finishes the '
    'jobs. Items: job_id, fence, promise_id, due_at as read, notice or null. Answers [{"job_id", '
    '"status"}]: recorded; stale when it is due at another time now; gone when nothing is to tell.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.promise_notices from anon, authenticated, service_role;
grant select on public.promise_notices to authenticated, service_role;
alter table public.promise_notices enable row level security;

create policy promise_notices_select_staff on public.promise_notices
for select to authenticated
using (
    exists (
        select from public.ticket_promises promise where promise.id = promise_notices.promise_id
    )
);

revoke all on function
    private.tg_ticket_promises_announce(),
    private.tg_promise_notices_announce(),
    private.list_notice_clocks(uuid[]),
    worker.promise_contexts(uuid[]),
    private.list_managers(uuid),
    private.tell_notices(uuid[], text[]),
    private.lock_noticed_rows(uuid[]),
    private.judge_notices(jsonb),
    private.write_notices(uuid[], text[]),
    private.record_promise_notices(jsonb),
    worker.record_promises(jsonb)
from public, anon, authenticated, service_role;

grant execute on function
    private.list_notice_clocks(uuid[]),
    worker.promise_contexts(uuid[]),
    private.record_promise_notices(jsonb),
    worker.record_promises(jsonb)
to service_role;
