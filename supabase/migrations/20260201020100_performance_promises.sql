-- Promises: what a client may expect and by when, counted in seconds of working time.
--
--   first_response   from the beginning of a cycle to the first public answer of a person
--   next_response    from the oldest client message nobody has answered to the next such answer
--   resolution       from the beginning of a cycle until it is resolved
--   given            an agent's own word ("by 15:00"), kept by the next public answer
--
-- A promise's clock runs while we have to do something (open, assigned, on hold) and stands still
-- while the client has to (pending, snoozed). Each change of that is a row of a ledger,
-- promise_spans, with its cause; private.derive_due_at reads due_at from it and nothing else.
--
-- What was promised stays promised. A lower tier changes nothing of what runs; a higher one counts
-- from that moment on and only if it is due earlier so. An urgent ticket that becomes a normal one
-- has normal targets again, in the tier it was promised; one that becomes urgent gets the better
-- target, counted from then. Nothing that was in time is broken by such a change. Other targets, in
-- promise_targets or service_levels, are for what begins later; another calendar counts from the
-- moment it was saved.
--
-- Written by triggers, whoever changes a ticket or writes a message. Giving a ticket to somebody
-- changes no promise and costs one look at the rows touched.
-- Events out: promise.threshold_reached (a timer; subject: the promise).
-- Order of locks: tickets by id, the calendars (private.hold_calendars), promises by id.

-- -------------------------------------------------------------------------------------------------
-- What is promised
-- -------------------------------------------------------------------------------------------------
create table public.promise_targets (
    id integer generated always as identity primary key,
    tier text not null references public.service_levels (tier) on delete cascade,
    kind text not null,
    is_live boolean not null,
    priority text,
    target_seconds integer,
    calendar_id uuid not null references public.calendars (id),
    first_warning_share numeric(3, 2) not null default 0.5,
    last_warning_share numeric(3, 2) not null default 0.8,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint promise_targets_say_it_once
        unique nulls not distinct (tier, kind, is_live, priority),
    constraint promise_targets_kind_is_known
        check (kind in ('first_response', 'next_response', 'resolution')),
    constraint promise_targets_priority_is_known
        check (priority in ('low', 'normal', 'high', 'urgent')),
    constraint promise_targets_seconds_are_sane check (target_seconds between 1 and 366 * 86400),
    constraint promise_targets_service_levels_say_first_responses
        check ((target_seconds is null) = (kind = 'first_response' and priority is null)),
    constraint promise_targets_warnings_come_before
        check (
            0 < first_warning_share and first_warning_share < last_warning_share
            and last_warning_share < 1
        )
);
comment on table public.promise_targets is
    'What each tier is promised on live channels and on others; a row for a priority outranks the '
    'one for any. Read it as current_promise_targets.';
comment on column public.promise_targets.priority is 'Null: whatever the priority.';
comment on column public.promise_targets.target_seconds is
    'Working seconds of the calendar. Null: first response, as service_levels says, which routing '
    'reads too.';
create index promise_targets_calendar_id_idx on public.promise_targets (calendar_id);
comment on index public.promise_targets_calendar_id_idx is 'Serves the foreign key.';

create trigger promise_targets_touch
before update on public.promise_targets
for each row execute function private.tg_touch_row();
create trigger promise_targets_record
after insert or update or delete on public.promise_targets
for each row execute function private.tg_record_configuration('id');

-- First responses are due around the clock: somebody is always there. What takes longer is
-- promised to VIP clients around the clock, to others in the hours of the salon.
insert into public.promise_targets (tier, kind, is_live, priority, target_seconds, calendar_id)
select
    made.tier, made.kind, made.is_live, made.priority, made.target_seconds,
    case
        when made.kind = 'first_response' or made.tier like 'vip%'
            or made.kind = 'next_response' and made.is_live
            then '00000000-0000-4000-8000-0000000000c2'::uuid
        else '00000000-0000-4000-8000-0000000000c1'
    end
from (
    select level.tier, 'first_response', is_live, null, null::integer
    from public.service_levels level, (values (true), (false)) each_kind (is_live)
    where level.tier in ('vip_platinum', 'vip_gold', 'premium', 'standard')
    union all
    values
        ('vip_platinum', 'next_response', true, null, 60),
        ('vip_gold', 'next_response', true, null, 120),
        ('premium', 'next_response', true, null, 300),
        ('standard', 'next_response', true, null, 900),
        ('vip_platinum', 'next_response', false, null, 3600),
        ('vip_gold', 'next_response', false, null, 7200),
        ('premium', 'next_response', false, null, 28800),
        ('standard', 'next_response', false, null, 39600),
        ('vip_platinum', 'resolution', true, null, 3600),
        ('vip_gold', 'resolution', true, null, 7200),
        ('premium', 'resolution', true, null, 28800),
        ('standard', 'resolution', true, null, 39600),
        ('vip_platinum', 'resolution', false, null, 14400),
        ('vip_gold', 'resolution', false, null, 28800),
        ('premium', 'resolution', false, null, 79200),
        ('standard', 'resolution', false, null, 118800),
        ('vip_platinum', 'resolution', true, 'urgent', 1800),
        ('vip_gold', 'resolution', true, 'urgent', 3600),
        ('vip_platinum', 'resolution', false, 'urgent', 7200),
        ('vip_gold', 'resolution', false, 'urgent', 14400),
        ('premium', 'resolution', false, 'urgent', 39600),
        ('standard', 'resolution', false, 'urgent', 79200)
) made (tier, kind, is_live, priority, target_seconds);

create view public.current_promise_targets
with (security_invoker = true)
as
select
    target.tier, target.kind, target.is_live, known.priority,
    coalesce(
        target.target_seconds,
        case
            when target.is_live then level.response_seconds else level.async_response_seconds
        end
    ) as target_seconds,
    target.calendar_id, target.first_warning_share, target.last_warning_share,
    target.id as target_id
from public.promise_targets target
join public.service_levels level on level.tier = target.tier
cross join (values ('low'), ('normal'), ('high'), ('urgent')) known (priority)
where target.priority = known.priority
    or target.priority is null and not exists (
        select from public.promise_targets special
        where special.tier = target.tier and special.kind = target.kind
            and special.is_live = target.is_live and special.priority = known.priority
    );
comment on view public.current_promise_targets is
    'For each tier, kind, kind of channel and priority the one target that counts. Staff.';

-- -------------------------------------------------------------------------------------------------
-- Promises and their ledger
-- -------------------------------------------------------------------------------------------------
create table public.ticket_promises (
    id uuid primary key default gen_random_uuid(),
    ticket_id uuid not null references public.support_tickets (id) on delete cascade,
    cycle integer not null,
    kind text not null,
    state text not null,
    tier text not null,
    calendar_id uuid references public.calendars (id),
    target_seconds integer not null,
    first_warning_seconds integer,
    last_warning_seconds integer,
    wording text,
    promised_by uuid,
    started_at timestamptz not null,
    due_at timestamptz,
    next_notice_at timestamptz,
    met_at timestamptz,
    breached_at timestamptz,
    ended_at timestamptz,
    end_cause text,
    constraint ticket_promises_kind_is_known
        check (kind in ('first_response', 'next_response', 'resolution', 'given')),
    constraint ticket_promises_state_is_known
        check (state in ('running', 'paused', 'met', 'breached', 'cancelled')),
    constraint ticket_promises_tier_is_a_word check (tier ~ '^[a-z][a-z0-9_]{0,30}$'),
    constraint ticket_promises_seconds_are_positive check (target_seconds >= 1),
    constraint ticket_promises_warnings_come_before
        check (first_warning_seconds < target_seconds and last_warning_seconds < target_seconds),
    constraint ticket_promises_given_ones_are_by_somebody
        check ((kind = 'given') = (num_nonnulls(wording, promised_by) = 2)),
    constraint ticket_promises_wording_is_text check (private.is_clean_text(wording, 500)),
    constraint ticket_promises_end_with_a_cause
        check ((ended_at is null) = (end_cause is null)),
    constraint ticket_promises_end_cause_is_a_word check (end_cause ~ '^[a-z][a-z_]{0,39}$'),
    constraint ticket_promises_only_running_ones_are_due
        check (
            case
                when state in ('running', 'breached') then due_at is not null
                when state = 'paused' then due_at is null
                else true
            end
        ),
    constraint ticket_promises_broken_at_their_due_time
        check ((state = 'breached') = (breached_at is not null) and breached_at = due_at),
    constraint ticket_promises_open_or_ended
        check (
            case
                when state in ('running', 'paused') then num_nonnulls(met_at, ended_at) = 0
                when state = 'met' then met_at = ended_at
                when state = 'cancelled' then met_at is null and ended_at is not null
                else met_at is null or met_at = ended_at
            end
        )
);
comment on table public.ticket_promises is
    'What a client was promised on a ticket: one row for each cycle and kind, for each wait for an '
    'answer, and for each word an agent gave. Written by triggers.';
comment on column public.ticket_promises.state is
    'running, paused; met: in time; breached: not in time (met_at: kept late, ended_at null: still '
    'owed); cancelled: not owed any more.';
comment on column public.ticket_promises.tier is 'Whose target it is: the best since it began.';
comment on column public.ticket_promises.calendar_id is 'Null: the clock on the wall.';
comment on column public.ticket_promises.target_seconds is 'Working seconds of the calendar.';
comment on column public.ticket_promises.first_warning_seconds is
    'Working seconds after which it is half over, and last_warning_seconds nearly; null: no '
    'warning.';
comment on column public.ticket_promises.promised_by is 'No foreign key: it outlives people.';
comment on column public.ticket_promises.started_at is
    'When it began to count: for a wait, when the client''s message was written.';
comment on column public.ticket_promises.due_at is
    'Null while paused; infinity: its calendar never opens again. Derived from the ledger.';
comment on column public.ticket_promises.next_notice_at is 'The next warning or the breach.';
comment on column public.ticket_promises.end_cause is
    'answered, resolved, closed, merged, reopened.';

create unique index ticket_promises_one_for_a_cycle
    on public.ticket_promises (ticket_id, cycle, kind)
    where kind in ('first_response', 'resolution');
comment on index public.ticket_promises_one_for_a_cycle is
    'Lets no second promise of one kind into a cycle.';
create unique index ticket_promises_one_wait_at_a_time on public.ticket_promises (ticket_id)
    where kind = 'next_response' and ended_at is null;
comment on index public.ticket_promises_one_wait_at_a_time is
    'The oldest unanswered message counts: no second wait beside it.';
create index ticket_promises_ticket_id_idx on public.ticket_promises (ticket_id, ended_at);
comment on index public.ticket_promises_ticket_id_idx is
    'Serves the triggers, which look for open ones, get_promises, and the foreign key.';
create index ticket_promises_calendar_id_idx on public.ticket_promises (calendar_id, ended_at);
comment on index public.ticket_promises_calendar_id_idx is
    'Serves what a changed calendar moves, and the foreign key.';

create table public.promise_spans (
    promise_id uuid not null references public.ticket_promises (id) on delete cascade,
    position smallint not null,
    is_running boolean not null,
    cause text not null,
    calendar_id uuid,
    calendar_version integer,
    target_seconds integer not null,
    starts_at timestamptz not null,
    ends_at timestamptz,
    due_at timestamptz,
    used_microseconds bigint not null default 0,
    primary key (promise_id, position),
    constraint promise_spans_cause_is_known
        check (cause in (
            'opened', 'reopened', 'client_wrote', 'late_message', 'given', 'pending', 'snoozed',
            'client_answered', 'resumed', 'priority_changed', 'tier_changed', 'channel_changed',
            'calendar_changed', 'due_changed', 'merged', 'restored'
        )),
    constraint promise_spans_end_after_they_start check (ends_at >= starts_at),
    constraint promise_spans_only_running_ones_use_time
        check (used_microseconds = 0 or is_running and ends_at is not null)
);
comment on table public.promise_spans is
    'The ledger: from when to when the clock of a promise ran or stood still, and why. Append '
    'only, but that the last row gets its end.';
comment on column public.promise_spans.position is
    'Order in time. A message that arrived late puts a span before the first.';
comment on column public.promise_spans.cause is 'Why it begins.';
comment on column public.promise_spans.calendar_id is
    'By whose hours it counts, and in which version. No foreign key: history outlives calendars.';
comment on column public.promise_spans.target_seconds is 'What the promise was from here on.';
comment on column public.promise_spans.due_at is
    'When it was due, as seen from here; null in a pause. A calendar forgets what it was before.';
comment on column public.promise_spans.used_microseconds is
    'Working time that passed, by the calendar as it was then.';

create unique index promise_spans_one_open_at_a_time on public.promise_spans (promise_id)
    where ends_at is null;
comment on index public.promise_spans_one_open_at_a_time is
    'Serves closing the last span; the clock of a promise runs or stands still, not both.';

-- -------------------------------------------------------------------------------------------------
-- From the ledger to moments
-- -------------------------------------------------------------------------------------------------

-- A promise must not keep a client's message out because somebody emptied a calendar: then it is
-- due at no time.
create function private.find_open_due_at(
    p_calendar_id uuid, p_from timestamptz, p_microseconds bigint
)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
begin
    return private.add_working_microseconds(p_calendar_id, p_from, p_microseconds);
exception
    when sqlstate 'PT409' then
        return 'infinity';
end
$$;

-- Around the clock there is nothing to look up.
create function private.find_due_at(
    p_calendar_id uuid, p_from timestamptz, p_microseconds bigint
)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
declare
    v_due_at timestamptz := p_from + greatest(p_microseconds, 0) * interval '1 microsecond';
begin
    if p_calendar_id is null or exists (
        select from private.calendar_layouts layout
        where layout.calendar_id = p_calendar_id
            and p_from >= layout.starts_at and v_due_at < layout.ends_at
            and layout.total_microseconds
                = extract(epoch from layout.ends_at - layout.starts_at) * 1000000
    ) then
        return v_due_at;
    end if;
    return private.find_open_due_at(p_calendar_id, p_from, greatest(p_microseconds, 0));
end
$$;
comment on function private.find_due_at(uuid, timestamptz, bigint) is
    'When so much working time will have passed; without a calendar by the clock on the wall, '
    'infinity where the calendar never opens again.';

create function private.count_working(
    p_calendar_id uuid, p_from timestamptz, p_to timestamptz
)
returns bigint
language plpgsql
stable
set search_path = ''
as $$
begin
    if p_calendar_id is null then
        return extract(epoch from p_to - p_from) * 1000000;
    end if;
    return private.working_microseconds_between(p_calendar_id, p_from, p_to);
end
$$;

-- How far the clock of a promise has come at a moment that is not before its last span.
create function private.count_used(p_promise_id uuid, p_at timestamptz)
returns bigint
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select coalesce(sum(
            case
                when span.ends_at is null and span.is_running then greatest(0,
                    private.count_working(span.calendar_id, span.starts_at, p_at)
                )
                else span.used_microseconds
            end
        ), 0)
        from public.promise_spans span
        where span.promise_id = p_promise_id
    );
end
$$;

-- What has ended is history: if its calendar has been laid out again since, only the ledger knows
-- what it said.
create function private.derive_due_at(p_promise_id uuid)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
declare
    v_last public.promise_spans;
    v_used bigint;
begin
    select span.* into v_last
    from public.promise_spans span where span.promise_id = p_promise_id
    order by span.position desc
    limit 1;
    if v_last.is_running is not true then
        return null;
    elsif v_last.ends_at is not null and exists (
        select from private.calendar_layouts layout
        where layout.calendar_id = v_last.calendar_id and layout.laid_out_at >= v_last.starts_at
    ) then
        return v_last.due_at;
    end if;
    select coalesce(sum(span.used_microseconds), 0) into v_used
    from public.promise_spans span
    where span.promise_id = p_promise_id and span.position < v_last.position;
    return private.find_due_at(
        v_last.calendar_id, v_last.starts_at, v_last.target_seconds * 1000000::bigint - v_used
    );
end
$$;
comment on function private.derive_due_at(uuid) is
    'When a promise is due, from its ledger, target and calendar alone; null while it is paused. '
    'Equal to ticket_promises.due_at, always.';

-- A warning that is past already when the promise begins or changes is not given.
create function private.find_next_notice(
    p_promise public.ticket_promises, p_from timestamptz, p_used_microseconds bigint,
    p_due_at timestamptz
)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
declare
    v_seconds integer;
    v_moment timestamptz;
begin
    if p_due_at > clock_timestamp() then
        foreach v_seconds in array
            array[p_promise.first_warning_seconds, p_promise.last_warning_seconds]
        loop
            v_moment := private.find_due_at(
                p_promise.calendar_id, p_from, v_seconds * 1000000::bigint - p_used_microseconds
            );
            if v_seconds is not null and v_moment > clock_timestamp() then
                return v_moment;
            end if;
        end loop;
    end if;
    return p_due_at;
end
$$;
comment on function private.find_next_notice(
    public.ticket_promises, timestamptz, bigint, timestamptz
) is
    'The next warning, otherwise the breach, for a clock that has run since p_from and had used so '
    'much before; null while it is paused.';

create function private.find_first_notice(
    p_calendar_id uuid, p_from timestamptz, p_first_seconds integer, p_last_seconds integer,
    p_due_at timestamptz
)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
declare
    v_promise public.ticket_promises;
    v_moment timestamptz := p_from + p_first_seconds * interval '1 second';
begin
    if p_calendar_id is null and v_moment > clock_timestamp() then
        return case when p_due_at is not null then v_moment end;
    end if;
    v_promise.calendar_id := p_calendar_id;
    v_promise.first_warning_seconds := p_first_seconds;
    v_promise.last_warning_seconds := p_last_seconds;
    return private.find_next_notice(v_promise, p_from, 0, p_due_at);
end
$$;

create or replace function private.find_response_due_at(
    p_tier text, p_channel text, p_from timestamptz
)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select private.find_due_at(
            target.calendar_id, p_from,
            1000000::bigint * coalesce(target.target_seconds, case
                when channel.is_live then level.response_seconds
                else level.async_response_seconds
            end)
        )
        from public.service_levels level
        cross join public.channels channel
        left join public.current_promise_targets target
            on target.tier = level.tier and target.is_live = channel.is_live
            and target.kind = 'first_response' and target.priority = 'normal'
        where level.tier = p_tier and channel.channel = p_channel
    );
end
$$;
comment on function private.find_response_due_at(text, text, timestamptz) is
    'When the first answer is due: by tier, by whether the client waits on the line, and by the '
    'calendar of that promise.';

-- -------------------------------------------------------------------------------------------------
-- The ledger's pen
-- -------------------------------------------------------------------------------------------------

-- Whoever writes promises shares this, whoever changes a calendar has it alone: so no promise is
-- counted by hours that are being replaced. Take it before promises are read or written.
create function private.hold_calendars()
returns void
language plpgsql
set search_path = ''
as $$
begin
    perform pg_catalog.pg_advisory_xact_lock_shared(hashtextextended('promises', 0));
end
$$;

create function private.close_spans(p_promise_ids uuid[], p_at timestamptz[])
returns void
language plpgsql
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
as $$
begin
    update public.promise_spans span
    set ends_at = greatest(
            span.starts_at, p_at[array_position(p_promise_ids, span.promise_id)]
        ),
        used_microseconds = case
            when span.is_running then private.count_working(
                span.calendar_id, span.starts_at, greatest(
                    span.starts_at, p_at[array_position(p_promise_ids, span.promise_id)]
                )
            )
            else 0
        end
    where span.promise_id = any (p_promise_ids) and span.ends_at is null;
end
$$;

-- A next span for each promise as its row now is, where the last one ended, but not before p_at.
create function private.add_spans(p_promise_ids uuid[], p_causes text[], p_at timestamptz)
returns void
language plpgsql
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set join_collapse_limit = 1
as $$
begin
    insert into public.promise_spans (
        promise_id, position, is_running, cause, calendar_id, calendar_version, target_seconds,
        due_at, starts_at
    )
    select
        promise.id, coalesce(last.position + 1, 1), promise.state <> 'paused', begun.cause,
        promise.calendar_id, calendar.version, promise.target_seconds, promise.due_at,
        case
            when last.ends_at is null then promise.started_at
            else greatest(last.ends_at, p_at)
        end
    from unnest(p_promise_ids, p_causes) begun (promise_id, cause)
    join public.ticket_promises promise on promise.id = begun.promise_id
    left join public.calendars calendar on calendar.id = promise.calendar_id
    left join lateral (
        select span.position, span.ends_at from public.promise_spans span
        where span.promise_id = promise.id
        order by span.position desc
        limit 1
    ) last on true;
end
$$;

-- After the ledger has changed: the moments that follow from it, and the timers for them.
create function private.settle_promises(p_promise_ids uuid[])
returns void
language plpgsql
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
    v_promise_ids uuid[];
    v_due_at timestamptz[];
    v_notice_at timestamptz[];
begin
    select array_agg(clock.promise_id), array_agg(clock.due_at), array_agg(clock.notice_at)
    into v_promise_ids, v_due_at, v_notice_at
    from private.read_clocks(p_promise_ids) clock;
    update public.promise_spans span
    set due_at = v_due_at[array_position(v_promise_ids, span.promise_id)]
    where span.promise_id = any (v_promise_ids) and span.ends_at is null;
    update public.ticket_promises promise
    set due_at = v_due_at[array_position(v_promise_ids, promise.id)],
        next_notice_at = v_notice_at[array_position(v_promise_ids, promise.id)]
    where promise.id = any (v_promise_ids);
    perform private.set_promise_timers(p_promise_ids);
end
$$;
comment on function private.settle_promises(uuid[]) is
    'Derives due_at and the next notice of these promises and moves their timers.';

-- What has broken stays due when it was.
create function private.read_clocks(p_promise_ids uuid[])
returns table (promise_id uuid, due_at timestamptz, notice_at timestamptz)
language sql
stable
rows 100
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set join_collapse_limit = 1
as $$
    select
        promise.id, due.at,
        private.find_next_notice(promise, last.starts_at, used.microseconds, due.at)
    from unnest(p_promise_ids) asked (promise_id)
    join public.ticket_promises promise on promise.id = asked.promise_id
    join public.promise_spans last on last.promise_id = promise.id and last.ends_at is null
    cross join lateral (
        select coalesce(sum(past.used_microseconds), 0)::bigint
        from public.promise_spans past
        where past.promise_id = promise.id and past.position < last.position
    ) used (microseconds)
    cross join lateral (
        select case when last.is_running then private.find_due_at(
            last.calendar_id, last.starts_at,
            last.target_seconds * 1000000::bigint - used.microseconds
        ) end
    ) due (at)
    where promise.state in ('running', 'paused')
$$;

create function private.set_promise_timers(p_promise_ids uuid[])
returns void
language plpgsql
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
    v_set_ids uuid[];
    v_set_at timestamptz[];
    v_cancelled_ids uuid[];
begin
    select
        array_agg(promise.id) filter (where isfinite(promise.next_notice_at)),
        array_agg(promise.next_notice_at) filter (where isfinite(promise.next_notice_at)),
        array_agg(promise.id) filter (where isfinite(promise.next_notice_at) is not true)
    into v_set_ids, v_set_at, v_cancelled_ids
    from public.ticket_promises promise where promise.id = any (p_promise_ids);
    if v_set_ids is not null then
        perform private.set_timers('promise.threshold_reached', v_set_ids, v_set_at);
    end if;
    if v_cancelled_ids is not null then
        perform private.cancel_timers('promise.threshold_reached', v_cancelled_ids);
    end if;
end
$$;

-- A change of the ticket's row only where the moment is another one. Whoever edits a calendar must
-- not wait here for somebody who waits for the calendar: a ticket that is being changed is skipped.
create function private.keep_tickets_in_step(p_ticket_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_moved record;
begin
    for v_moved in select moved.ticket_id, moved.due_at from private.list_moved(p_ticket_ids) moved
    loop
        perform from public.support_tickets ticket
        where ticket.id = v_moved.ticket_id
        for no key update skip locked;
        if found then
            update public.support_tickets ticket
            set first_response_due_at = v_moved.due_at
            where ticket.id = v_moved.ticket_id;
        end if;
    end loop;
end
$$;
comment on function private.keep_tickets_in_step(uuid[]) is
    'Tells these tickets when their first response is due now.';

create function private.list_moved(p_ticket_ids uuid[])
returns table (ticket_id uuid, due_at timestamptz)
language sql
stable
rows 10
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set join_collapse_limit = 1
as $$
    select ticket.id, promise.due_at
    from unnest(p_ticket_ids) asked (ticket_id)
    join public.support_tickets ticket on ticket.id = asked.ticket_id
    join public.ticket_promises promise
        on promise.ticket_id = ticket.id and promise.cycle = ticket.cycle
    where promise.kind = 'first_response' and promise.state = 'running'
        and isfinite(promise.due_at) and promise.due_at <> ticket.first_response_due_at
    order by ticket.id
$$;

-- -------------------------------------------------------------------------------------------------
-- Begin
-- -------------------------------------------------------------------------------------------------

-- A share of a target in whole seconds; of one second there is none.
create function private.share_seconds(p_target_seconds integer, p_share numeric)
returns integer
language sql
immutable
parallel safe
set search_path = ''
return nullif(floor(p_target_seconds * p_share)::integer, 0);

-- What the ticket says of its first response was told to the client: that is what is promised.
-- Whoever opens it asked private.find_response_due_at, so it is what the target says.
create function private.count_promised(
    p_calendar_id uuid, p_from timestamptz, p_due_at timestamptz
)
returns integer
language plpgsql
stable
set search_path = ''
as $$
begin
    -- Around the clock, as first responses are unless an admin says otherwise.
    if private.find_due_at(
        p_calendar_id, p_from, (extract(epoch from p_due_at - p_from) * 1000000)::bigint
    ) = p_due_at then
        return greatest(1, least(extract(epoch from p_due_at - p_from), 366 * 86400));
    end if;
    return greatest(1, least(
        private.count_working(p_calendar_id, p_from, p_due_at) / 1000000, 366 * 86400
    ));
end
$$;

-- Around the clock it is plain arithmetic, for a year from when it begins at least.
create function private.list_new_promises(
    p_kind text, p_ticket_ids uuid[], p_started_at timestamptz[]
)
returns table (
    ticket_id uuid, cycle integer, kind text, state text, tier text, calendar_id uuid,
    target_seconds integer, first_warning_share numeric, last_warning_share numeric,
    started_at timestamptz, is_around_the_clock boolean
)
language sql
stable
rows 100
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set join_collapse_limit = 1
as $$
    select
        ticket.id, ticket.cycle, p_kind,
        case
            when ticket.status = 'pending' and p_kind <> 'next_response' then 'paused'
            else 'running'
        end,
        ticket.tier, target.calendar_id,
        case
            when p_kind <> 'first_response' then target.target_seconds
            when hours.are_all then greatest(1, least(
                extract(epoch from ticket.first_response_due_at - wanted.started_at), 366 * 86400
            ))
            else private.count_promised(
                target.calendar_id, wanted.started_at, ticket.first_response_due_at
            )
        end,
        target.first_warning_share, target.last_warning_share, wanted.started_at, hours.are_all
    from unnest(p_ticket_ids, p_started_at) wanted (ticket_id, started_at)
    join public.support_tickets ticket on ticket.id = wanted.ticket_id
    join public.channels channel on channel.channel = ticket.channel
    cross join lateral (
        select known.* from public.promise_targets known
        where known.tier = ticket.tier and known.kind = p_kind
            and known.is_live = channel.is_live
            and (known.priority = ticket.priority or known.priority is null)
        order by known.priority nulls last
        limit 1
    ) target
    join private.calendar_layouts layout on layout.calendar_id = target.calendar_id
    cross join lateral (
        select wanted.started_at >= layout.starts_at
            and wanted.started_at < layout.ends_at - interval '367 days'
            and layout.total_microseconds
                = extract(epoch from layout.ends_at - layout.starts_at) * 1000000
    ) hours (are_all)
$$;

create function private.insert_promises(
    p_kind text, p_ticket_ids uuid[], p_started_at timestamptz[]
)
returns uuid[]
language sql
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
as $$
    with begun as (
        insert into public.ticket_promises as promise (
            ticket_id, cycle, kind, state, tier, calendar_id, target_seconds,
            first_warning_seconds, last_warning_seconds, started_at, due_at, next_notice_at
        )
        select
            new.ticket_id, new.cycle, new.kind, new.state, new.tier, new.calendar_id,
            new.target_seconds, warn.first_seconds, warn.last_seconds, new.started_at, due.at,
            private.find_first_notice(
                case when not new.is_around_the_clock then new.calendar_id end,
                new.started_at, warn.first_seconds, warn.last_seconds, due.at
            )
        from private.list_new_promises(p_kind, p_ticket_ids, p_started_at) new
        cross join lateral (
            select
                nullif(floor(new.target_seconds * new.first_warning_share)::integer, 0),
                nullif(floor(new.target_seconds * new.last_warning_share)::integer, 0)
        ) warn (first_seconds, last_seconds)
        cross join lateral (
            select case
                when new.state = 'paused' then null
                when new.is_around_the_clock
                    then new.started_at + new.target_seconds * interval '1 second'
                else private.find_due_at(
                    new.calendar_id, new.started_at, new.target_seconds * 1000000::bigint
                )
            end
        ) due (at)
        on conflict do nothing
        returning promise.id
    )
    select coalesce(array_agg(begun.id), '{}') from begun
$$;
comment on function private.insert_promises(text, uuid[], timestamptz[]) is
    'A promise of this kind for each ticket whose tier has a target. It counts from started_at, '
    'also if that is past. Then call private.start_promises.';

-- The first span of the ledger, and the first timer.
create function private.start_promises(p_promise_ids uuid[], p_cause text)
returns void
language plpgsql
set search_path = ''
as $$
begin
    if cardinality(p_promise_ids) > 0 then
        perform private.add_spans(
            p_promise_ids, array_fill(p_cause, array[cardinality(p_promise_ids)]), null
        );
        perform private.set_promise_timers(p_promise_ids);
    end if;
end
$$;

create function private.open_promises(p_ticket_ids uuid[], p_cause text)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_ticket_ids uuid[];
    v_began_at timestamptz[];
    v_asking_ids uuid[];
    v_asked_at timestamptz[];
begin
    select
        array_agg(ticket.id),
        array_agg(coalesce(ticket.reopened_at, ticket.opened_at)),
        array_agg(ticket.id) filter (where ticket.first_responded_at is null),
        array_agg(coalesce(ticket.reopened_at, ticket.opened_at))
            filter (where ticket.first_responded_at is null)
    into v_ticket_ids, v_began_at, v_asking_ids, v_asked_at
    from public.support_tickets ticket
    where ticket.id = any (p_ticket_ids) and ticket.status not in ('resolved', 'closed');
    perform private.start_promises(
        private.insert_promises('first_response', v_asking_ids, v_asked_at)
        || private.insert_promises('resolution', v_ticket_ids, v_began_at),
        p_cause
    );
end
$$;
comment on function private.open_promises(uuid[], text) is
    'What a cycle begins with: a first response and a resolution. Twice is once.';

-- What the client has written since the last answer, and nobody has answered.
create function private.find_unanswered(p_ticket public.support_tickets)
returns timestamptz
language plpgsql
stable
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
as $$
begin
    return (
        select case when count(*) > 0 then least(min(said.created_at), clock_timestamp()) end
        from public.ticket_messages said
        where said.ticket_id = p_ticket.id and said.author_kind = 'client' and not said.is_internal
            and said.created_at >= coalesce(p_ticket.reopened_at, p_ticket.opened_at)
            and said.created_at > coalesce(greatest(p_ticket.first_responded_at, (
                select answer.created_at
                from public.ticket_messages answer
                where answer.ticket_id = p_ticket.id and answer.author_kind = 'agent'
                    and not answer.is_internal
                order by answer.created_at desc
                limit 1
            )), '-infinity')
    );
end
$$;
comment on function private.find_unanswered(public.support_tickets) is
    'When the oldest message was written that no person has answered; null: there is none.';

-- Also while the ticket is pending: the client has written, so it is our turn. Before the first
-- response it is the first response that is awaited.
create function private.begin_waits(p_ticket_ids uuid[], p_cause text)
returns void
language plpgsql
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
    v_ticket_ids uuid[];
    v_asked_at timestamptz[];
begin
    v_ticket_ids := array(
        select promise.ticket_id from public.ticket_promises promise
        where promise.ticket_id = any (p_ticket_ids) and promise.ended_at is null
            and promise.kind in ('first_response', 'next_response')
    );
    select array_agg(waiting.id), array_agg(waiting.asked_at) into v_ticket_ids, v_asked_at
    from (
        select ticket.id, private.find_unanswered(ticket) as asked_at
        from public.support_tickets ticket
        where ticket.id = any (p_ticket_ids) and ticket.status not in ('resolved', 'closed')
            and ticket.id <> all (v_ticket_ids)
    ) waiting
    where waiting.asked_at is not null;
    if v_ticket_ids is not null then
        perform private.start_promises(
            private.insert_promises('next_response', v_ticket_ids, v_asked_at), p_cause
        );
    end if;
end
$$;

-- A message that arrives later than a younger one: the wait began with it.
create function private.add_late_span(p_promise public.ticket_promises, p_asked_at timestamptz)
returns void
language sql
set search_path = ''
as $$
    insert into public.promise_spans (
        promise_id, position, is_running, cause, calendar_id, calendar_version, target_seconds,
        starts_at, ends_at, due_at, used_microseconds
    )
    select
        p_promise.id, first.position - 1, true, 'late_message', first.calendar_id,
        first.calendar_version, first.target_seconds, p_asked_at, p_promise.started_at,
        private.find_due_at(
            first.calendar_id, p_asked_at, first.target_seconds * 1000000::bigint
        ),
        private.count_working(first.calendar_id, p_asked_at, p_promise.started_at)
    from public.promise_spans first
    where first.promise_id = p_promise.id
    order by first.position
    limit 1;
    update public.ticket_promises promise
    set started_at = p_asked_at
    where promise.id = p_promise.id;
$$;

create function private.lengthen_waits(p_ticket_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_late record;
begin
    for v_late in
        select promise, private.find_unanswered(ticket) as asked_at
        from public.ticket_promises promise
        join public.support_tickets ticket on ticket.id = promise.ticket_id
        where promise.ticket_id = any (p_ticket_ids) and promise.kind = 'next_response'
            and promise.ended_at is null
        order by promise.id
    loop
        if v_late.asked_at < (v_late.promise).started_at then
            perform private.add_late_span(v_late.promise, v_late.asked_at);
            perform private.settle_promises(array[(v_late.promise).id]);
        end if;
    end loop;
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Change
-- -------------------------------------------------------------------------------------------------

-- Before anything changes: what was due by then and is still owed is broken, also if the worker has
-- not come to it yet. Its timer stays, so that somebody is told.
create function private.break_overdue(p_promise_ids uuid[], p_at timestamptz)
returns void
language sql
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
as $$
    update public.ticket_promises promise
    set state = 'breached', breached_at = promise.due_at
    where promise.id = any (p_promise_ids) and promise.state = 'running'
        and promise.due_at <= p_at
$$;

-- Those of these tickets whose clock can still be changed, locked; the overdue are none of them.
create function private.lock_clocks(p_ticket_ids uuid[], p_states text[], p_at timestamptz)
returns uuid[]
language plpgsql
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
    v_promise_ids uuid[];
begin
    select array_agg(open.id) into v_promise_ids
    from (
        select promise.id from public.ticket_promises promise
        where promise.ticket_id = any (p_ticket_ids) and promise.ended_at is null
            and promise.kind <> 'given' and promise.state = any (p_states)
        order by promise.id
        for update
    ) open;
    perform private.break_overdue(v_promise_ids, p_at);
    return array(
        select promise.id from public.ticket_promises promise
        where promise.id = any (v_promise_ids) and promise.state = any (p_states)
    );
end
$$;

-- What an agent gave their word for is due by the clock on the wall, whatever the ticket's status.
create function private.switch_clocks(
    p_ticket_ids uuid[], p_causes text[], p_state text, p_at timestamptz
)
returns void
language plpgsql
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
    v_promise_ids uuid[] := private.lock_clocks(
        p_ticket_ids, array[case p_state when 'paused' then 'running' else 'paused' end], p_at
    );
    v_causes text[];
begin
    if v_promise_ids = '{}' then
        return;
    end if;
    perform private.close_spans(
        v_promise_ids, array_fill(p_at, array[cardinality(v_promise_ids)])
    );
    with switched as (
        update public.ticket_promises promise
        set state = p_state, due_at = case p_state when 'running' then 'infinity'::timestamptz end
        where promise.id = any (v_promise_ids)
        returning promise.id, promise.ticket_id
    )
    select
        array_agg(switched.id),
        array_agg(p_causes[array_position(p_ticket_ids, switched.ticket_id)])
    into v_promise_ids, v_causes
    from switched;
    perform private.add_spans(v_promise_ids, v_causes, p_at);
    perform private.settle_promises(v_promise_ids);
end
$$;
comment on function private.switch_clocks(uuid[], text[], text, timestamptz) is
    'Pauses the clocks of these tickets, or lets them run again, each with its cause.';

-- Who answers at 10:02 what was due at 10:01 was late, whenever we hear of it; and who answered in
-- time was in time, also if we hear of it after the breach. A paused promise is never late.
create function private.fulfil_promises(
    p_promise_ids uuid[], p_met_at timestamptz[], p_cause text
)
returns void
language plpgsql
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
as $$
begin
    if p_promise_ids is null then
        return;
    end if;
    perform private.close_spans(p_promise_ids, p_met_at);
    update public.ticket_promises promise
    set met_at = greatest(promise.started_at, p_met_at[array_position(p_promise_ids, promise.id)]),
        ended_at = greatest(
            promise.started_at, p_met_at[array_position(p_promise_ids, promise.id)]
        ),
        end_cause = p_cause,
        next_notice_at = null,
        state = case
            when p_met_at[array_position(p_promise_ids, promise.id)] > promise.due_at
                then 'breached'
            else 'met'
        end,
        breached_at = case
            when p_met_at[array_position(p_promise_ids, promise.id)] > promise.due_at
                then promise.due_at
        end
    where promise.id = any (p_promise_ids);
    perform private.cancel_timers('promise.threshold_reached', p_promise_ids);
end
$$;

create function private.cancel_promises(
    p_promise_ids uuid[], p_cause text, p_at timestamptz
)
returns void
language plpgsql
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
as $$
begin
    if p_promise_ids is null then
        return;
    end if;
    perform private.break_overdue(p_promise_ids, p_at);
    perform private.close_spans(
        p_promise_ids, array_fill(p_at, array[cardinality(p_promise_ids)])
    );
    update public.ticket_promises promise
    set state = case promise.state when 'breached' then 'breached' else 'cancelled' end,
        ended_at = greatest(promise.started_at, p_at),
        end_cause = p_cause,
        next_notice_at = null
    where promise.id = any (p_promise_ids);
    perform private.cancel_timers('promise.threshold_reached', p_promise_ids);
end
$$;
comment on function private.cancel_promises(uuid[], text, timestamptz) is
    'Not owed any more. What was overdue by then stays broken.';

-- A resolved ticket owes nothing: the resolution is done, and with it goes what was still to say.
create function private.end_promises(p_ticket_ids uuid[], p_cause text, p_at timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_done_ids uuid[];
    v_done_at timestamptz[];
    v_other_ids uuid[];
begin
    select
        array_agg(open.id) filter (where open.is_done),
        array_agg(open.resolved_at) filter (where open.is_done),
        array_agg(open.id) filter (where not open.is_done)
    into v_done_ids, v_done_at, v_other_ids
    from (
        select
            promise.id, ticket.resolved_at,
            promise.kind = 'resolution' and promise.cycle = ticket.cycle
                and p_cause in ('resolved', 'closed') as is_done
        from public.ticket_promises promise
        join public.support_tickets ticket on ticket.id = promise.ticket_id
        where promise.ticket_id = any (p_ticket_ids) and promise.ended_at is null
            and (p_cause <> 'reopened' or promise.cycle < ticket.cycle)
        order by promise.id
        for update of promise
    ) open;
    perform private.fulfil_promises(v_done_ids, v_done_at, p_cause);
    perform private.cancel_promises(v_other_ids, p_cause, p_at);
end
$$;

-- The kept ticket owes what the merged one did: an answer, if it has nobody waiting itself, and
-- what an agent gave their word for.
create function private.carry_promises(p_ticket_ids uuid[], p_at timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_kept_ids uuid[];
begin
    update public.ticket_promises promise
    set ticket_id = kept.id, cycle = kept.cycle
    from public.support_tickets merged
    join public.support_tickets kept on kept.id = merged.merged_into_id
    where promise.ticket_id = merged.id and merged.id = any (p_ticket_ids)
        and kept.status not in ('resolved', 'closed')
        and promise.kind = 'given' and promise.ended_at is null;
    select array_agg(distinct kept.id) into v_kept_ids
    from public.support_tickets merged
    join public.support_tickets kept on kept.id = merged.merged_into_id
    join public.ticket_promises owed on owed.ticket_id = merged.id and owed.ended_at is null
    where merged.id = any (p_ticket_ids) and kept.status not in ('resolved', 'closed')
        and owed.kind in ('first_response', 'next_response')
        and not exists (
            select from public.ticket_promises open
            where open.ticket_id = kept.id and open.ended_at is null
                and open.kind in ('first_response', 'next_response')
        );
    if v_kept_ids is not null then
        perform private.start_promises(private.insert_promises(
            'next_response', v_kept_ids, array_fill(p_at, array[cardinality(v_kept_ids)])
        ), 'merged');
    end if;
end
$$;

-- A ticket that is worked on again in the same cycle (a merge undone, a change by hand) owes what
-- it owed. While it was done no clock ran.
create function private.restore_promises(p_ticket_ids uuid[], p_at timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_promise_ids uuid[];
begin
    with restored as (
        update public.ticket_promises promise
        set met_at = null, ended_at = null, end_cause = null,
            state = case
                when promise.breached_at is not null then 'breached'
                when ticket.status = 'pending' then 'paused'
                else 'running'
            end,
            due_at = case
                when promise.breached_at is not null then promise.due_at
                when ticket.status <> 'pending' then 'infinity'::timestamptz
            end
        from public.support_tickets ticket
        where ticket.id = any (p_ticket_ids) and promise.ticket_id = ticket.id
            and promise.cycle = ticket.cycle and promise.kind <> 'given'
            and promise.end_cause in ('resolved', 'closed', 'merged')
            and (promise.kind = 'resolution' or promise.met_at is null)
        returning promise.id, promise.state
    )
    select array_agg(restored.id) filter (where restored.state <> 'breached') into v_promise_ids
    from restored;
    if v_promise_ids is null then
        perform private.open_promises(p_ticket_ids, 'restored');
        return;
    end if;
    perform private.add_spans(
        v_promise_ids, array_fill('restored'::text, array[cardinality(v_promise_ids)]), p_at
    );
    perform private.settle_promises(v_promise_ids);
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Other terms
-- -------------------------------------------------------------------------------------------------

-- See the rule at the top. Terms are compared by the moments they come to, because seconds of two
-- calendars are not the same.
create function private.list_new_terms(
    p_promise_ids uuid[], p_ticket_ids uuid[], p_causes text[], p_at timestamptz
)
returns table (
    promise_id uuid, cause text, tier text, calendar_id uuid, target_seconds integer,
    first_warning_share numeric, last_warning_share numeric
)
language sql
stable
rows 10
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set join_collapse_limit = 1
as $$
    select
        promise.id, changed.cause, target.tier, target.calendar_id,
        case
            when due.from_beginning_at > due.kept_at then target.target_seconds
            else ceil(used.microseconds / 1000000.0)::integer + target.target_seconds
        end,
        target.first_warning_share, target.last_warning_share
    from unnest(p_ticket_ids, p_causes) changed (ticket_id, cause)
    join public.support_tickets ticket on ticket.id = changed.ticket_id
    join public.channels channel on channel.channel = ticket.channel
    join public.ticket_promises promise
        on promise.ticket_id = ticket.id and promise.id = any (p_promise_ids)
    join public.current_promise_targets target
        on target.kind = promise.kind and target.is_live = channel.is_live
        and target.priority = ticket.priority
        and target.tier
            = case changed.cause when 'tier_changed' then ticket.tier else promise.tier end
    cross join lateral (select private.count_used(promise.id, p_at)) used (microseconds)
    cross join lateral (
        select
            private.find_due_at(promise.calendar_id, p_at,
                promise.target_seconds * 1000000::bigint - used.microseconds),
            private.find_due_at(target.calendar_id, p_at,
                target.target_seconds * 1000000::bigint - used.microseconds),
            private.find_due_at(target.calendar_id, p_at, target.target_seconds * 1000000::bigint)
    ) due (kept_at, from_beginning_at, from_now_at)
    where due.from_now_at < due.kept_at
        or due.from_beginning_at > due.kept_at and changed.cause <> 'tier_changed'
$$;

create function private.change_terms(
    p_ticket_ids uuid[], p_causes text[], p_at timestamptz
)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_promise_ids uuid[] := private.lock_clocks(p_ticket_ids, '{running,paused}', p_at);
    v_causes text[];
begin
    with changed as (
        update public.ticket_promises promise
        set tier = terms.tier, calendar_id = terms.calendar_id,
            target_seconds = terms.target_seconds,
            first_warning_seconds
                = private.share_seconds(terms.target_seconds, terms.first_warning_share),
            last_warning_seconds
                = private.share_seconds(terms.target_seconds, terms.last_warning_share)
        from private.list_new_terms(v_promise_ids, p_ticket_ids, p_causes, p_at) terms
        where promise.id = terms.promise_id
        returning promise.id, terms.cause
    )
    select array_agg(changed.id), array_agg(changed.cause) into v_promise_ids, v_causes
    from changed;
    if v_promise_ids is not null then
        perform private.close_spans(
            v_promise_ids, array_fill(p_at, array[cardinality(v_promise_ids)])
        );
        perform private.add_spans(v_promise_ids, v_causes, p_at);
        perform private.settle_promises(v_promise_ids);
    end if;
end
$$;

-- Somebody wrote another moment on the ticket itself: then that is what is promised.
create function private.move_first_responses(p_ticket_ids uuid[], p_at timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_promise_ids uuid[] := private.lock_clocks(p_ticket_ids, '{running}', p_at);
begin
    with moved as (
        update public.ticket_promises promise
        set target_seconds = new.seconds,
            first_warning_seconds
                = nullif(least(promise.first_warning_seconds, new.seconds - 1), 0),
            last_warning_seconds
                = nullif(least(promise.last_warning_seconds, new.seconds - 1), 0)
        from public.support_tickets ticket
        cross join lateral (
            select greatest(1, (
                private.count_used(due.id, p_at) + private.count_working(
                    due.calendar_id, p_at, ticket.first_response_due_at
                )
            ) / 1000000)::integer
            from public.ticket_promises due
            where due.ticket_id = ticket.id and due.kind = 'first_response'
                and due.cycle = ticket.cycle
        ) new (seconds)
        where ticket.id = promise.ticket_id and promise.id = any (v_promise_ids)
            and promise.kind = 'first_response'
            and promise.due_at <> ticket.first_response_due_at
        returning promise.id
    )
    select array_agg(moved.id) into v_promise_ids from moved;
    if v_promise_ids is not null then
        perform private.close_spans(
            v_promise_ids, array_fill(p_at, array[cardinality(v_promise_ids)])
        );
        perform private.add_spans(
            v_promise_ids, array_fill('due_changed'::text, array[cardinality(v_promise_ids)]), p_at
        );
        perform private.settle_promises(v_promise_ids);
    end if;
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Kept by triggers
-- -------------------------------------------------------------------------------------------------

-- Definer: promises can be written by nobody else, whoever opened the ticket.
create function private.tg_support_tickets_open_promises()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_ticket_ids uuid[] := array(
        select born.id from born where born.status not in ('resolved', 'closed') order by born.id
    );
begin
    if v_ticket_ids <> '{}' then
        perform private.hold_calendars();
        perform private.open_promises(v_ticket_ids, 'opened');
    end if;
    return null;
end
$$;

create trigger support_tickets_open_promises
after insert on public.support_tickets
referencing new table as born
for each statement execute function private.tg_support_tickets_open_promises();

-- What a change of tickets is to their promises; most changes are none. In the order of the steps:
-- 1 a new cycle, 2 answered, 3 done, 4 worked on again, 5 stands still, 6 runs again, 7 other
-- terms, 8 another first_response_due_at.
create function private.list_promise_steps(
    p_past public.support_tickets[], p_present public.support_tickets[]
)
returns table (step integer, ticket_id uuid, cause text)
language sql
stable
rows 10
set search_path = ''
as $$
    select change.step, new.id, change.cause
    from unnest(p_present) new
    join unnest(p_past) old on old.id = new.id
    cross join lateral (
        select old.status in ('resolved', 'closed'), new.status in ('resolved', 'closed')
    ) done (was, is_now)
    cross join lateral (
        values
            (1, new.cycle > old.cycle, 'reopened'),
            (2, new.first_responded_at is not null and old.first_responded_at is null, 'answered'),
            (3, not done.was and done.is_now, case
                when new.merged_into_id is not null then 'merged' else new.status
            end),
            (4, done.was and not done.is_now and new.cycle = old.cycle, 'restored'),
            (5, new.status = 'pending' and old.status <> 'pending', case
                when new.snoozed_until is null then 'pending' else 'snoozed'
            end),
            (6, old.status = 'pending' and new.status <> 'pending' and not done.is_now, case
                when old.status <> 'pending' then null
                when private.is_client_waiting(new.id) then 'client_answered'
                else 'resumed'
            end),
            (7, (new.tier, new.priority, new.channel) <> (old.tier, old.priority, old.channel), case
                when new.tier <> old.tier then 'tier_changed'
                when new.priority <> old.priority then 'priority_changed'
                else 'channel_changed'
            end),
            (8, new.first_response_due_at <> old.first_response_due_at
                and new.cycle = old.cycle, 'due_changed')
    ) change (step, has_happened, cause)
    where change.has_happened and (change.step < 5 or new.cycle = old.cycle)
$$;

create function private.take_promise_steps(
    p_step integer, p_ticket_ids uuid[], p_causes text[], p_at timestamptz
)
returns void
language plpgsql
set search_path = ''
as $$
begin
    case p_step
        when 1 then
            perform private.end_promises(p_ticket_ids, 'reopened', p_at);
            perform private.open_promises(p_ticket_ids, 'reopened');
        when 2 then
            perform private.answer_first(p_ticket_ids);
        when 3 then
            perform private.carry_promises(array(
                select gone.id from unnest(p_ticket_ids, p_causes) gone (id, cause)
                where gone.cause = 'merged'
            ), p_at);
            perform private.end_promises(
                array_agg(done.ticket_id), done.cause, p_at
            )
            from unnest(p_ticket_ids, p_causes) done (ticket_id, cause)
            group by done.cause;
        when 4 then
            perform private.restore_promises(p_ticket_ids, p_at);
        when 5 then
            perform private.switch_clocks(p_ticket_ids, p_causes, 'paused', p_at);
        when 6 then
            perform private.switch_clocks(p_ticket_ids, p_causes, 'running', p_at);
            perform private.keep_tickets_in_step(p_ticket_ids);
        when 7 then
            perform private.change_terms(p_ticket_ids, p_causes, p_at);
            perform private.keep_tickets_in_step(p_ticket_ids);
        when 8 then
            perform private.move_first_responses(p_ticket_ids, p_at);
    end case;
end
$$;

create function private.answer_first(p_ticket_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
begin
    perform private.fulfil_promises(
        array_agg(promise.id), array_agg(ticket.first_responded_at), 'answered'
    )
    from public.ticket_promises promise
    join public.support_tickets ticket on ticket.id = promise.ticket_id
    where ticket.id = any (p_ticket_ids) and promise.kind = 'first_response'
        and promise.cycle = ticket.cycle and promise.ended_at is null
    having count(*) > 0;
end
$$;

-- Definer: promises can be written by nobody else, whoever changed the ticket.
create function private.tg_support_tickets_keep_promises()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_past public.support_tickets[];
    v_present public.support_tickets[];
    v_next record;
begin
    -- Who has a ticket is no matter of promises: routing pays for this look and no more.
    select array_agg(before::public.support_tickets), array_agg(after::public.support_tickets)
    into v_past, v_present
    from present after
    join past before using (id)
    where after.status <> before.status
            and (
                after.status in ('pending', 'resolved', 'closed')
                or before.status in ('pending', 'resolved', 'closed')
            )
        or after.first_response_due_at <> before.first_response_due_at
        or after.tier <> before.tier
        or after.priority <> before.priority
        or after.first_responded_at is not null and before.first_responded_at is null
        or after.cycle <> before.cycle
        or after.channel <> before.channel;
    if v_present is null then
        return null;
    end if;
    perform private.hold_calendars();
    for v_next in
        select change.step, array_agg(change.ticket_id) as ids, array_agg(change.cause) as causes
        from private.list_promise_steps(v_past, v_present) change
        group by change.step
        order by change.step
    loop
        perform private.take_promise_steps(
            v_next.step, v_next.ids, v_next.causes, clock_timestamp()
        );
    end loop;
    return null;
end
$$;

create trigger support_tickets_keep_promises
after update on public.support_tickets
referencing old table as past new table as present
for each statement execute function private.tg_support_tickets_keep_promises();

-- A public answer of a person keeps every promise that was waiting for one when it was written.
-- What the client has written and nobody has answered, looked at after that, is a wait.
--
-- Definer: promises can be written by nobody else, whoever wrote the message.
create function private.tg_ticket_messages_keep_promises()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_ticket_ids uuid[] := array(
        select distinct said.ticket_id from said
        where not said.is_internal and said.author_kind in ('client', 'agent')
        order by said.ticket_id
    );
begin
    if v_ticket_ids = '{}' then
        return null;
    end if;
    perform private.hold_calendars();
    perform private.fulfil_promises(
        array_agg(answered.promise_id), array_agg(answered.at), 'answered'
    )
    from (
        select owed.id as promise_id, least(min(said.created_at), clock_timestamp()) as at
        from said
        join public.ticket_promises owed on owed.ticket_id = said.ticket_id
        where said.author_kind = 'agent' and not said.is_internal and owed.ended_at is null
            and owed.kind in ('first_response', 'next_response', 'given')
            and said.created_at >= owed.started_at
        group by owed.id
    ) answered
    having count(*) > 0;
    perform private.begin_waits(v_ticket_ids, 'client_wrote');
    if exists (select from said where said.created_at < now()) then
        perform private.lengthen_waits(v_ticket_ids);
    end if;
    return null;
end
$$;

create trigger ticket_messages_keep_promises
after insert on public.ticket_messages
referencing new table as said
for each statement execute function private.tg_ticket_messages_keep_promises();

-- -------------------------------------------------------------------------------------------------
-- Another calendar: from now on
-- -------------------------------------------------------------------------------------------------

-- A calendar forgets its hours when it is laid out again. What they came to until now is written
-- down before that, from the rows that go; a calendar without any had no working time.
--
-- Definer: promises can be written by nobody else, whoever changed the calendar.
create function private.tg_calendar_spans_close_promise_spans()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_at timestamptz;
begin
    perform pg_catalog.pg_advisory_xact_lock(hashtextextended('promises', 0));
    v_at := clock_timestamp();
    perform private.break_overdue(array_agg(promise.id), v_at)
    from public.ticket_promises promise
    where promise.calendar_id in (select distinct was.calendar_id from was)
        and promise.ended_at is null;
    update public.promise_spans span
    set ends_at = v_at,
        used_microseconds = (
            select coalesce(sum(extract(epoch from
                least(was.closes_at, v_at) - greatest(was.opens_at, span.starts_at)
            ) * 1000000), 0)
            from was
            where was.calendar_id = span.calendar_id
                and was.opens_at < v_at and was.closes_at > span.starts_at
        )
    from public.ticket_promises promise
    where promise.calendar_id in (select distinct was.calendar_id from was)
        and promise.ended_at is null and promise.state in ('running', 'breached')
        and span.promise_id = promise.id and span.ends_at is null
        -- What began in this transaction begins with the new hours.
        and span.starts_at < now();
    return null;
end
$$;

create trigger calendar_spans_close_promise_spans
after delete on private.calendar_spans
referencing old table as was
for each statement execute function private.tg_calendar_spans_close_promise_spans();

-- Definer: promises can be written by nobody else, whoever changed the calendar.
create function private.tg_calendar_layouts_move_promises()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_promise_ids uuid[];
    v_closed_ids uuid[];
begin
    perform pg_catalog.pg_advisory_xact_lock(hashtextextended('promises', 0));
    v_promise_ids := array(
        select promise.id from public.ticket_promises promise
        where promise.calendar_id = new.calendar_id and promise.ended_at is null
            and promise.state = 'running'
        order by promise.id
        for update
    );
    update public.promise_spans span
    set ends_at = now()
    where span.promise_id = any (v_promise_ids) and span.ends_at is null
        and span.starts_at < now();
    v_closed_ids := array(
        select moved.id from unnest(v_promise_ids) moved (id)
        where not exists (
            select from public.promise_spans span
            where span.promise_id = moved.id and span.ends_at is null
        )
    );
    perform private.add_spans(
        v_closed_ids, array_fill('calendar_changed'::text, array[cardinality(v_closed_ids)]),
        now()
    );
    perform private.settle_promises(v_promise_ids);
    perform private.keep_tickets_in_step(array(
        select promise.ticket_id from public.ticket_promises promise
        where promise.id = any (v_promise_ids)
    ));
    return null;
end
$$;

create trigger calendar_layouts_move_promises
after insert or update on private.calendar_layouts
for each row execute function private.tg_calendar_layouts_move_promises();

-- -------------------------------------------------------------------------------------------------
-- Admins set targets
-- -------------------------------------------------------------------------------------------------
create function private.require_sound_target(p_target public.promise_targets)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if not exists (
        select from public.service_levels level where level.tier = p_target.tier
    ) then
        perform private.refuse('PT404', 'tier_not_found', 'There is no such tier.');
    elsif not exists (
        select from public.calendars calendar where calendar.id = p_target.calendar_id
    ) then
        perform private.refuse('PT404', 'calendar_not_found', 'There is no such calendar.');
    elsif p_target.kind is null or p_target.is_live is null
        or p_target.kind not in ('first_response', 'next_response', 'resolution')
        or p_target.priority not in ('low', 'normal', 'high', 'urgent')
    then
        perform private.refuse(
            'PT422', 'unknown_target', 'first_response, next_response or resolution; a priority.'
        );
    elsif p_target.kind = 'first_response' and p_target.priority is null
        and p_target.target_seconds is not null
    then
        perform private.refuse(
            'PT409', 'said_by_service_level', 'set_service_level says it for every priority.'
        );
    elsif p_target.target_seconds not between 1 and 366 * 86400
        or p_target.target_seconds is null
        and (p_target.kind <> 'first_response' or p_target.priority is not null)
        or p_target.first_warning_share <= 0 or p_target.last_warning_share >= 1
        or p_target.first_warning_share >= p_target.last_warning_share
    then
        perform private.refuse(
            'PT422', 'target_out_of_range', 'From 1 second to a year; warnings in order before it.'
        );
    end if;
end
$$;

-- Definer: nobody holds a right to write targets; admins write through here.
create function private.set_promise_target(
    p_wanted public.promise_targets, p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_target public.promise_targets;
begin
    perform private.require_admin();
    select target.* into v_target
    from public.promise_targets target
    where target.tier = p_wanted.tier and target.kind = p_wanted.kind
        and target.is_live = p_wanted.is_live
        and target.priority is not distinct from p_wanted.priority
    for update;
    v_target := jsonb_populate_record(
        v_target, '{"first_warning_share": 0.5, "last_warning_share": 0.8}'::jsonb
            || jsonb_strip_nulls(to_jsonb(v_target)) || jsonb_strip_nulls(to_jsonb(p_wanted))
    );
    perform private.require_sound_target(v_target);
    perform private.note_reason(p_reason);
    insert into public.promise_targets as known (
        tier, kind, is_live, priority, target_seconds, calendar_id, first_warning_share,
        last_warning_share
    )
    values (
        v_target.tier, v_target.kind, v_target.is_live, v_target.priority,
        v_target.target_seconds, v_target.calendar_id, v_target.first_warning_share,
        v_target.last_warning_share
    )
    on conflict (tier, kind, is_live, priority) do update
    set target_seconds = excluded.target_seconds,
        calendar_id = excluded.calendar_id,
        first_warning_share = excluded.first_warning_share,
        last_warning_share = excluded.last_warning_share
    returning known.* into v_target;
    return to_jsonb(v_target);
end
$$;

create function public.set_promise_target(
    p_tier text,
    p_kind text,
    p_is_live boolean,
    p_priority text default null,
    p_target_seconds integer default null,
    p_calendar_id uuid default null,
    p_first_warning_share numeric default null,
    p_last_warning_share numeric default null,
    p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_promise_target(
        row(
            null, p_tier, p_kind, p_is_live, p_priority, p_target_seconds, p_calendar_id,
            -- Whatever does not fit the column is simply out of range.
            case
                when p_first_warning_share between 0 and 1 then p_first_warning_share
                else p_first_warning_share * 0
            end,
            case
                when p_last_warning_share between 0 and 1 then p_last_warning_share
                else p_last_warning_share * 0
            end,
            null, null
        )::public.promise_targets,
        p_reason
    )
$$;
comment on function public.set_promise_target(
    text, text, boolean, text, integer, uuid, numeric, numeric, text
) is
    'Admins: what a tier is promised (first_response, next_response, resolution) on live channels '
    'or others, for one priority or (null) any. Null keeps what is there; what runs keeps its '
    'target. First responses for any priority are set_service_level''s. Answers the row.';

-- Definer: nobody holds a right to write targets; admins write through here.
create function private.delete_promise_target(
    p_tier text, p_kind text, p_is_live boolean, p_priority text, p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.require_admin();
    if p_priority is null then
        perform private.refuse(
            'PT409', 'target_is_the_last', 'Only those for one priority can go: change it instead.'
        );
    end if;
    perform private.note_reason(p_reason);
    delete from public.promise_targets target
    where target.tier = p_tier and target.kind = p_kind and target.is_live = p_is_live
        and target.priority = p_priority;
    if not found then
        perform private.refuse('PT404', 'target_not_found', 'No target for this priority alone.');
    end if;
    return jsonb_build_object('tier', p_tier, 'kind', p_kind, 'priority', p_priority);
end
$$;

create function public.delete_promise_target(
    p_tier text, p_kind text, p_is_live boolean, p_priority text, p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.delete_promise_target(p_tier, p_kind, p_is_live, p_priority, p_reason)
$$;
comment on function public.delete_promise_target(text, text, boolean, text, text) is
    'Admins: this priority has no target of its own any more, but that of any priority.';

-- -------------------------------------------------------------------------------------------------
-- An agent's word
-- -------------------------------------------------------------------------------------------------

-- Whole seconds: what people say has no parts of one. Warned a quarter of an hour before, or half
-- way to what is sooner than half an hour.
--
-- Definer: nobody holds a right to write promises; the stance is checked first.
create function private.make_promise(p_ticket_id uuid, p_due_at timestamptz, p_text text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
    v_wording text := private.require_text('text', p_text, 500);
    v_now timestamptz := date_trunc('second', clock_timestamp());
    v_due_at timestamptz := date_trunc('second', p_due_at);
    v_seconds integer;
    v_ticket public.support_tickets;
    v_promise public.ticket_promises;
begin
    if (v_due_at - v_now between interval '1 minute' and interval '90 days') is not true then
        perform private.refuse('PT422', 'due_out_of_range', 'From a minute to 90 days ahead.');
    end if;
    v_ticket := private.lock_ticket_as(p_ticket_id, array['assignee', 'manager']);
    perform private.require_status(v_ticket, array['open', 'assigned', 'pending', 'on_hold']);
    perform private.require_few_promises(p_ticket_id);
    v_seconds := extract(epoch from v_due_at - v_now);
    perform private.hold_calendars();
    insert into public.ticket_promises (
        ticket_id, cycle, kind, state, tier, target_seconds, last_warning_seconds, wording,
        promised_by, started_at, due_at, next_notice_at
    )
    values (
        p_ticket_id, v_ticket.cycle, 'given', 'running', v_ticket.tier, v_seconds,
        v_seconds - least(900, v_seconds / 2), v_wording, v_staff_id, v_now, v_due_at,
        v_due_at - make_interval(secs => least(900, v_seconds / 2))
    )
    returning * into v_promise;
    perform private.start_promises(array[v_promise.id], 'given');
    return to_jsonb(v_promise);
end
$$;

create function private.require_few_promises(p_ticket_id uuid)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if (
        select count(*) from public.ticket_promises promise
        where promise.ticket_id = p_ticket_id and promise.kind = 'given'
            and promise.ended_at is null
    ) >= 5 then
        perform private.refuse('PT409', 'too_many_promises', 'Keep one of these five first.');
    end if;
end
$$;

create function public.make_promise(p_ticket_id uuid, p_due_at timestamptz, p_text text)
returns jsonb
language sql
set search_path = ''
as $$
    select private.make_promise(p_ticket_id, p_due_at, p_text)
$$;
comment on function public.make_promise(uuid, timestamptz, text) is
    'Assignee or manager: what we have told the client will happen by then, from a minute to 90 '
    'days ahead. The next public answer keeps it, so tell the client first. Answers the promise.';

create function private.describe_promise(p_promise public.ticket_promises)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return to_jsonb(p_promise) || jsonb_build_object(
        'spans', (
            select jsonb_agg(to_jsonb(span) - 'promise_id' order by span.position)
            from public.promise_spans span where span.promise_id = p_promise.id
        ),
        'notices', (
            select coalesce(jsonb_agg(to_jsonb(notice) - 'promise_id' order by notice.noticed_at),
                '[]')
            from public.promise_notices notice where notice.promise_id = p_promise.id
        )
    );
end
$$;

-- Definer: a client reads no promises but those that were given to them in words; the stance is
-- checked first.
create function private.get_promises(p_ticket_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_ticket public.support_tickets;
    v_stance text;
begin
    select ticket.* into v_ticket
    from public.support_tickets ticket where ticket.id = p_ticket_id;
    v_stance := private.my_stance(v_ticket);
    if v_stance is null then
        perform private.refuse('PT404', 'ticket_not_found', 'There is no such ticket for you.');
    end if;
    return jsonb_build_object('read_at', clock_timestamp(), 'promises', (
        select coalesce(jsonb_agg(
            case v_stance
                when 'client' then jsonb_build_object(
                    'id', promise.id, 'kind', promise.kind, 'wording', promise.wording,
                    'started_at', promise.started_at, 'due_at', promise.due_at,
                    'state', promise.state, 'met_at', promise.met_at
                )
                else private.describe_promise(promise)
            end
            order by promise.started_at, promise.kind
        ), '[]')
        from public.ticket_promises promise
        where promise.ticket_id = p_ticket_id
            and (v_stance <> 'client' or promise.kind = 'given')
    ));
end
$$;

create function public.get_promises(p_ticket_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    perform private.require_signed_in();
    return private.get_promises(p_ticket_id);
end
$$;
comment on function public.get_promises(uuid) is
    'Whoever sees the ticket: {"read_at", "promises"}, the oldest first. For staff each with its '
    'ledger "spans" and its "notices"; for the client those an agent gave, without either.';

-- -------------------------------------------------------------------------------------------------
-- What is owed already
-- -------------------------------------------------------------------------------------------------

-- What was broken before anybody counted is broken, but no alarm.
do $$
declare
    v_ticket_ids uuid[] := array(
        select ticket.id from public.support_tickets ticket
        where ticket.status not in ('resolved', 'closed')
    );
    v_broken_ids uuid[];
begin
    perform private.open_promises(v_ticket_ids, 'opened');
    perform private.begin_waits(v_ticket_ids, 'client_wrote');
    v_broken_ids := array(
        select promise.id from public.ticket_promises promise where promise.due_at <= now()
    );
    perform private.break_overdue(v_broken_ids, now());
    update public.ticket_promises promise
    set next_notice_at = null
    where promise.id = any (v_broken_ids);
    perform private.cancel_timers('promise.threshold_reached', v_broken_ids);
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.promise_targets, public.current_promise_targets, public.ticket_promises,
    public.promise_spans
from anon, authenticated, service_role;
revoke all on sequence public.promise_targets_id_seq from anon, authenticated, service_role;
grant select on public.promise_targets, public.current_promise_targets, public.ticket_promises,
    public.promise_spans
to authenticated, service_role;

alter table public.promise_targets enable row level security;
alter table public.ticket_promises enable row level security;
alter table public.promise_spans enable row level security;

create policy promise_targets_select_staff on public.promise_targets
for select to authenticated
using ((select private.is_staff()));

-- Not for the client, also not for one who works here.
create policy ticket_promises_select_staff on public.ticket_promises
for select to authenticated
using (
    (select private.is_staff())
    and exists (
        select from public.support_tickets ticket
        where ticket.id = ticket_promises.ticket_id
            and ticket.client_id <> (select private.my_client_id())
    )
);

create policy promise_spans_select_staff on public.promise_spans
for select to authenticated
using (
    exists (
        select from public.ticket_promises promise where promise.id = promise_spans.promise_id
    )
);

revoke all on function
    private.find_open_due_at(uuid, timestamptz, bigint),
    private.find_due_at(uuid, timestamptz, bigint),
    private.count_working(uuid, timestamptz, timestamptz),
    private.count_used(uuid, timestamptz),
    private.derive_due_at(uuid),
    private.find_next_notice(public.ticket_promises, timestamptz, bigint, timestamptz),
    private.find_first_notice(uuid, timestamptz, integer, integer, timestamptz),
    private.hold_calendars(),
    private.close_spans(uuid[], timestamptz[]),
    private.add_spans(uuid[], text[], timestamptz),
    private.settle_promises(uuid[]),
    private.read_clocks(uuid[]),
    private.set_promise_timers(uuid[]),
    private.keep_tickets_in_step(uuid[]),
    private.list_moved(uuid[]),
    private.share_seconds(integer, numeric),
    private.count_promised(uuid, timestamptz, timestamptz),
    private.list_new_promises(text, uuid[], timestamptz[]),
    private.insert_promises(text, uuid[], timestamptz[]),
    private.start_promises(uuid[], text),
    private.open_promises(uuid[], text),
    private.find_unanswered(public.support_tickets),
    private.begin_waits(uuid[], text),
    private.add_late_span(public.ticket_promises, timestamptz),
    private.lengthen_waits(uuid[]),
    private.break_overdue(uuid[], timestamptz),
    private.lock_clocks(uuid[], text[], timestamptz),
    private.switch_clocks(uuid[], text[], text, timestamptz),
    private.fulfil_promises(uuid[], timestamptz[], text),
    private.cancel_promises(uuid[], text, timestamptz),
    private.end_promises(uuid[], text, timestamptz),
    private.carry_promises(uuid[], timestamptz),
    private.restore_promises(uuid[], timestamptz),
    private.list_new_terms(uuid[], uuid[], text[], timestamptz),
    private.change_terms(uuid[], text[], timestamptz),
    private.move_first_responses(uuid[], timestamptz),
    private.tg_support_tickets_open_promises(),
    private.list_promise_steps(public.support_tickets[], public.support_tickets[]),
    private.take_promise_steps(integer, uuid[], text[], timestamptz),
    private.answer_first(uuid[]),
    private.tg_support_tickets_keep_promises(),
    private.tg_ticket_messages_keep_promises(),
    private.tg_calendar_spans_close_promise_spans(),
    private.tg_calendar_layouts_move_promises(),
    private.require_sound_target(public.promise_targets),
    private.set_promise_target(public.promise_targets, text),
    public.set_promise_target(text, text, boolean, text, integer, uuid, numeric, numeric, text),
    private.delete_promise_target(text, text, boolean, text, text),
    public.delete_promise_target(text, text, boolean, text, text),
    private.make_promise(uuid, timestamptz, text),
    private.require_few_promises(uuid),
    public.make_promise(uuid, timestamptz, text),
    private.describe_promise(public.ticket_promises),
    private.get_promises(uuid),
    public.get_promises(uuid)
from public, anon, authenticated, service_role;

grant execute on function
    private.set_promise_target(public.promise_targets, text),
    public.set_promise_target(text, text, boolean, text, integer, uuid, numeric, numeric, text),
    private.delete_promise_target(text, text, boolean, text, text),
    public.delete_promise_target(text, text, boolean, text, text)
to authenticated, service_role;
grant execute on function
    private.make_promise(uuid, timestamptz, text),
    public.make_promise(uuid, timestamptz, text),
    private.get_promises(uuid),
    public.get_promises(uuid)
to authenticated;
