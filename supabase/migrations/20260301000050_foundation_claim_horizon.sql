-- Claims look where a long transaction's jobs will appear, however late it commits.
--
-- The cursor of a claim says from which ready_at on live jobs can be (see foundation_claims). It
-- took a snapshot's xmax for the first transaction that had not begun to write at the horizon. But
-- xmax only follows the last one that has ended: one that writes for a second or two, begun before
-- the horizon, could stand behind it, and its jobs were passed over until the next full look, ten
-- seconds later. The horizon is now the next id to be given out.

-- Ids are given out in order, so whoever gets this one or a later one begins to write after this
-- transaction did. age() counts from one's own id, or, where there is none, from the next one.
create function private.find_next_xid()
returns bigint
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_xmax xid8 := pg_snapshot_xmax(pg_current_snapshot());
begin
    return v_xmax::text::bigint + age(v_xmax::xid);
end;
$$;
comment on function private.find_next_xid() is
    'This transaction''s id, or the next to be given out if it has none, without taking one.';

create or replace function private.next_cursor(p_wants jsonb, p_since jsonb, p_started timestamptz)
returns jsonb
language plpgsql
security invoker
set search_path = ''
as $$
declare
    -- In this order: the beginning of this transaction, ids given out, the snapshot, the look.
    v_next_xid bigint := private.find_next_xid();
    v_snapshot pg_snapshot := pg_current_snapshot();
    v_clock timestamptz := clock_timestamp();
    v_since jsonb := p_since;
begin
    if ((v_since ->> 'sweep_at')::timestamptz > p_started) is not true then
        -- This claim looked at everything; the next such is due when it costs no more than 1 %.
        v_since := jsonb_build_object(
            'horizon', coalesce(p_since -> 'horizon', 'null'),
            'sweep_at', v_clock + greatest('10 s', 100 * (v_clock - p_started))
        );
    end if;
    if (v_since -> 'horizon' ->> 1)::bigint > pg_snapshot_xmin(v_snapshot)::text::bigint then
        return v_since;
    end if;
    return v_since || jsonb_build_object(
        'horizon', jsonb_build_array(now(), v_next_xid),
        -- A worker that this claim did not ask for keeps its place: it only ever is a lower bound.
        'start_at', coalesce(v_since -> 'start_at', '{}') || (
            select coalesce(jsonb_object_agg(w.worker, private.advance_start(
                w.worker,
                private.find_start(v_since, w.worker, p_started),
                coalesce((v_since -> 'horizon' ->> 0)::timestamptz, '-infinity')
            )), '{}')
            from jsonb_object_keys(p_wants) as w (worker)
        )
    );
end;
$$;

revoke all on function private.find_next_xid() from public, anon, authenticated, service_role;
grant execute on function private.find_next_xid() to service_role;
