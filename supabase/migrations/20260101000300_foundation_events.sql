-- Events: what happened, said once, by the trigger of the table where it happened.
-- Fan-out to the workers stands in foundation_jobs.

create table public.events (
    id bigint generated always as identity primary key,
    kind text not null,
    subject_id uuid,
    payload jsonb not null default '{}',
    cause_id bigint,
    depth smallint not null default 0,
    occurred_at timestamptz not null default now(),
    constraint events_kind_is_noun_dot_word
        check (kind ~ '^[a-z][a-z_]{0,39}\.[a-z][a-z_]{0,39}$'),
    constraint events_payload_is_a_small_object
        check (jsonb_typeof(payload) = 'object' and length(payload::text) <= 8000),
    constraint events_first_of_a_chain_has_no_cause
        check (depth = 0 or cause_id is not null),
    constraint events_chain_is_short
        check (depth between 0 and 8)
);

comment on table public.events is
    'Facts, append only: written by table triggers through private.emit_events, read by '
    'service_role, pruned by age. Kinds are noun.past_participle, ticks clock.<period>.';
comment on column public.events.subject_id is
    'The row it happened to; null for the clock.';
comment on column public.events.cause_id is
    'The event whose job led to this one. No foreign key: causes are pruned before effects.';
comment on column public.events.depth is
    'Steps since the first cause. Beyond 8 the chain is refused (LS003): no rings.';

revoke all on public.events from anon, authenticated, service_role;
revoke all on sequence public.events_id_seq from anon, authenticated, service_role;
grant select on public.events to service_role;
alter table public.events enable row level security;

-- The causes of this transaction, kept in the setting luxury.causes until its end:
-- {"<subject id>": [event id, depth], "deepest": [event id, depth]}.
-- A subject nobody held a job of is put down to the deepest cause, so that no ring stays hidden.
create function private.refuse_long_chains(p_causes jsonb, p_subject_ids uuid[])
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    if exists (
        select from unnest(p_subject_ids) as s (subject_id)
        where (coalesce(p_causes -> s.subject_id::text, p_causes -> 'deepest') ->> 1)::integer >= 8
    ) then
        raise exception using
            errcode = 'LS003',
            message = 'chain_too_long',
            hint = 'Events cause each other in a ring: some worker answers its own effect.';
    end if;
end;
$$;

comment on function private.refuse_long_chains(jsonb, uuid[]) is
    'Raises LS003 when an event about one of the subjects would be the ninth of its chain.';

-- Definer: whoever changes a row announces the change, but nobody may write events by hand.
-- The check of the caller is that only a trigger may call it.
create function private.emit_events(
    p_kind text,
    p_subject_ids uuid[],
    p_payloads jsonb[] default null
)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_causes jsonb := nullif(current_setting('luxury.causes', true), '')::jsonb;
begin
    if pg_trigger_depth() = 0 then
        perform private.refuse(
            'PT403', 'event_not_from_trigger', 'Change the row; its table announces what happened.'
        );
    end if;
    if (v_causes #>> '{deepest,1}')::integer >= 8 then
        perform private.refuse_long_chains(v_causes, p_subject_ids);
    end if;
    insert into public.events (kind, subject_id, payload, cause_id, depth)
    select
        p_kind,
        s.subject_id,
        coalesce(s.payload, '{}'),
        (c.cause ->> 0)::bigint,
        coalesce((c.cause ->> 1)::smallint + 1, 0)
    from unnest(p_subject_ids, p_payloads) with ordinality as s (subject_id, payload, position)
    cross join lateral (
        select coalesce(v_causes -> s.subject_id::text, v_causes -> 'deepest')
    ) as c (cause)
    order by s.position;
end;
$$;

comment on function private.emit_events(text, uuid[], jsonb[]) is
    'Announces one event per subject, in that order; payloads go with the subjects by position. '
    'For table triggers only, best one statement-level trigger with a transition table.';

revoke all on function
    private.refuse_long_chains(jsonb, uuid[]),
    private.emit_events(text, uuid[], jsonb[])
from public, anon, authenticated, service_role;

grant execute on function private.emit_events(text, uuid[], jsonb[])
    to authenticated, service_role;
