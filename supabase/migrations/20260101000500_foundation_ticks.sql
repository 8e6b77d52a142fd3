-- Ticks: time as an event. Every replica may say that a moment has come; the first one counts.

create table private.ticks (
    kind text not null,
    due_at timestamptz not null,
    emitted_at timestamptz not null default now(),
    primary key (kind, due_at),
    constraint ticks_kind_is_a_clock check (kind ~ '^clock\.[a-z][a-z_]{0,39}$'),
    constraint ticks_due_at_is_a_moment check (isfinite(due_at))
);

comment on table private.ticks is
    'Moments already announced, one row each, so that a second replica''s tick does nothing.';

create index ticks_emitted_at_idx on private.ticks (emitted_at);
comment on index private.ticks_emitted_at_idx is
    'Serves: pruning by age.';

revoke all on private.ticks from anon, authenticated, service_role;
grant select, insert on private.ticks to service_role;
alter table private.ticks enable row level security;

create function private.tg_ticks_announce()
returns trigger
language plpgsql
security invoker
set search_path = ''
as $$
begin
    perform private.emit_events(new.kind, array[null::uuid], array[
        jsonb_build_object('due_at', new.due_at)
    ]);
    return null;
end;
$$;

comment on function private.tg_ticks_announce() is
    'Announces a tick: event of its kind, no subject, payload {"due_at"}.';

-- Row by row: ticks come one at a time.
create trigger ticks_announce
after insert on private.ticks
for each row execute function private.tg_ticks_announce();

create function worker.emit_tick(p_kind text, p_due_at timestamptz)
returns jsonb
language plpgsql
security invoker
set search_path = ''
as $$
begin
    if (p_kind ~ '^clock\.[a-z][a-z_]{0,39}$' and isfinite(p_due_at)) is not true then
        perform private.refuse(
            'PT400', 'tick_invalid', 'Send a kind like clock.minutely and the moment it was due.'
        );
    end if;
    insert into private.ticks (kind, due_at) values (p_kind, p_due_at)
    on conflict (kind, due_at) do nothing;
    return jsonb_build_object('emitted', found);
end;
$$;

comment on function worker.emit_tick(text, timestamptz) is
    'Announces that a moment has come: {"emitted": true}, or false when it was announced before.';

-- Housekeeping -------------------------------------------------------------------------------

insert into private.subscriptions (event_kind, worker, collapses)
values ('clock.hourly', 'foundation.housekeeping', true);

-- Definer: events are append only for everybody; age is the only reason to delete one, and this
-- the only place. Executable by service_role alone; a week is the least that is kept.
create function private.delete_old_rows(p_keep interval, p_limit integer)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_before timestamptz := now() - greatest(p_keep, '7 days');
    v_events bigint;
    v_ticks bigint;
    v_heartbeats bigint;
begin
    -- Ids follow time closely enough: the oldest are found without an index on the time.
    delete from public.events e
    using (select o.id from public.events o order by o.id limit p_limit) o
    where e.id = o.id and e.occurred_at < v_before;
    get diagnostics v_events = row_count;
    delete from private.ticks t
    using (select o.kind, o.due_at from private.ticks o order by o.emitted_at limit p_limit) o
    where t.kind = o.kind and t.due_at = o.due_at and t.emitted_at < v_before;
    get diagnostics v_ticks = row_count;
    delete from private.worker_heartbeats h where h.beat_at < v_before;
    get diagnostics v_heartbeats = row_count;
    return jsonb_build_object(
        'pruned', v_events + v_ticks + v_heartbeats,
        'events', v_events, 'ticks', v_ticks, 'heartbeats', v_heartbeats
    );
end;
$$;

comment on function private.delete_old_rows(interval, integer) is
    'Deletes events, ticks and heartbeats older than p_keep, at most p_limit of each kind.';

create function worker.prune_events(p_keep interval, p_limit integer default 10000)
returns jsonb
language plpgsql
security invoker
set search_path = ''
as $$
begin
    if (p_keep >= '7 days' and p_limit between 1 and 100000) is not true then
        perform private.refuse(
            'PT400', 'prune_invalid', 'Keep at least 7 days; prune 1 to 100000 rows at a time.'
        );
    end if;
    return private.delete_old_rows(p_keep, p_limit);
end;
$$;

comment on function worker.prune_events(interval, integer) is
    'Deletes events, ticks and heartbeats older than p_keep (7 days at least), the oldest p_limit '
    'of each at most: {"pruned": n, "events": n, "ticks": n, "heartbeats": n}. Call again until '
    'fewer than p_limit were pruned.';

revoke all on function
    private.tg_ticks_announce(),
    private.delete_old_rows(interval, integer),
    worker.emit_tick(text, timestamptz),
    worker.prune_events(interval, integer)
from public, anon, authenticated, service_role;

grant execute on function
    private.delete_old_rows(interval, integer),
    worker.emit_tick(text, timestamptz),
    worker.prune_events(interval, integer)
to service_role;
