-- Tiers with a beginning and an end, and what a change of tier does to work that is under way.
--
--   a higher tier: the client's tickets that are not resolved have it at once. Their promises count
--     from that moment on if they are due earlier so (performance_promises), they move up in the
--     queue, and waiting ones are routed again;
--   a lower tier: a ticket is served to the end of its cycle as it was promised, and so is a
--     white-glove service; the next cycle begins in the tier the client has then.
--
--   tier_period.limited, tier_period.deadline_reached (a timer)
--       -> vip.tier_changes (lib/vip/tier_changes.py): the relationship manager is warned, the tier
--          ends
--   events out: client.tier_changed (orchestrator_workflows), tier_period.limited.
-- Whoever changes a tier (a function, a merge of clients, the SQL console), the same triggers keep
-- the periods. Order of locks: jobs, the client, tickets by id.

create table public.client_tier_periods (
    id uuid primary key default gen_random_uuid(),
    client_id uuid not null references public.profiles (id) on delete cascade,
    tier text not null references public.service_levels (tier),
    began_at timestamptz not null,
    valid_until timestamptz,
    next_tier text references public.service_levels (tier),
    warned_at timestamptz,
    ended_at timestamptz,
    end_cause text,
    reason text,
    set_by uuid,
    constraint client_tier_periods_end_after_they_begin
        check (ended_at >= began_at and valid_until > began_at),
    constraint client_tier_periods_limited_ones_say_what_follows
        check ((valid_until is null) = (next_tier is null) and next_tier <> tier),
    constraint client_tier_periods_warn_of_an_end
        check (warned_at is null or valid_until is not null),
    constraint client_tier_periods_end_with_a_cause
        check ((ended_at is null) = (end_cause is null)),
    constraint client_tier_periods_end_cause_is_known
        check (end_cause in ('changed', 'extended', 'expired')),
    constraint client_tier_periods_reason_is_short_text check (private.is_clean_text(reason, 500))
);
comment on table public.client_tier_periods is
    'Which tier a client had from when to when, and until when they are to have it. The row that '
    'has not ended is the tier of profiles; clients whose tier never changed have none.';
comment on column public.client_tier_periods.valid_until is 'Null: until somebody changes it.';
comment on column public.client_tier_periods.next_tier is 'Their tier after valid_until.';
comment on column public.client_tier_periods.set_by is
    'Null: the house itself, the server. No foreign key: it outlives people.';
create unique index client_tier_periods_one_at_a_time on public.client_tier_periods (client_id)
where ended_at is null;
comment on index public.client_tier_periods_one_at_a_time is
    'Serves the present period, and lets no second one in.';
create index client_tier_periods_client_id_idx on public.client_tier_periods (client_id, began_at);
comment on index public.client_tier_periods_client_id_idx is
    'Serves a client''s tiers in order, the policy and the foreign key.';
create index client_tier_periods_tier_idx on public.client_tier_periods (tier);
comment on index public.client_tier_periods_tier_idx is 'Serves the foreign key.';
create index client_tier_periods_next_tier_idx on public.client_tier_periods (next_tier);
comment on index public.client_tier_periods_next_tier_idx is 'Serves the foreign key.';

alter table public.routing_requests
    drop constraint routing_requests_reason_is_known,
    add constraint routing_requests_reason_is_known check (reason in (
        'asked_by_staff', 'capacity_found', 'client_merged', 'asked_by_workflow', 'tier_changed'
    ));

insert into private.subscriptions (event_kind, worker, priority, collapses)
values
    ('tier_period.limited', 'vip.tier_changes', 0, true),
    ('tier_period.deadline_reached', 'vip.tier_changes', 0, true);

-- -------------------------------------------------------------------------------------------------
-- Periods
-- -------------------------------------------------------------------------------------------------
create function private.end_tier_periods(p_client_id uuid, p_cause text)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_period_id uuid;
begin
    update public.client_tier_periods period
    set ended_at = greatest(clock_timestamp(), period.began_at), end_cause = p_cause
    where period.client_id = p_client_id and period.ended_at is null
    returning period.id into v_period_id;
    if v_period_id is not null then
        perform private.cancel_timers('tier_period.deadline_reached', array[v_period_id]);
    end if;
end
$$;

create function private.begin_tier_period(
    p_client_id uuid, p_tier text, p_valid_until timestamptz, p_next_tier text
)
returns void
language sql
set search_path = ''
as $$
    insert into public.client_tier_periods (
        client_id, tier, began_at, valid_until, next_tier, reason, set_by
    )
    values (
        p_client_id, p_tier, clock_timestamp(), p_valid_until, p_next_tier,
        nullif(current_setting('luxury.change_reason', true), ''), (select auth.uid())
    )
$$;

-- The first change of a tier also writes down what was before.
create function private.keep_tier_periods(p_past public.profiles, p_tier text)
returns void
language plpgsql
set search_path = ''
as $$
begin
    if not exists (
        select from public.client_tier_periods period where period.client_id = p_past.id
    ) then
        insert into public.client_tier_periods (client_id, tier, began_at)
        values (p_past.id, p_past.tier, p_past.created_at);
    end if;
    perform private.end_tier_periods(p_past.id, 'changed');
    perform private.begin_tier_period(p_past.id, p_tier, null, null);
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Work under way
-- -------------------------------------------------------------------------------------------------

-- Tickets are not raised by a merge of clients, which can be undone.
create function private.raise_tickets(p_client_id uuid, p_tier text)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_ticket_ids uuid[] := array(
        select ticket.id
        from public.support_tickets ticket
        join public.service_levels was on was.tier = ticket.tier
        join public.service_levels becomes on becomes.tier = p_tier
        where ticket.client_id = p_client_id and ticket.status not in ('resolved', 'closed')
            and becomes.boost > was.boost
            and coalesce(current_setting('luxury.is_merging', true), '') = ''
        order by ticket.id
        for no key update of ticket
    );
begin
    if v_ticket_ids <> '{}' then
        update public.support_tickets ticket
        set tier = p_tier where ticket.id = any (v_ticket_ids);
        -- Who looks after a client of the new tier may be somebody else.
        insert into public.routing_requests (ticket_id, reason)
        select ticket.id, 'tier_changed' from public.support_tickets ticket
        where ticket.id = any (v_ticket_ids) and ticket.status = 'open'
        order by ticket.id;
    end if;
end
$$;

-- Definer: whoever changed the tier may write neither periods nor tickets.
create function private.tg_profiles_follow_tier()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.keep_tier_periods(old, new.tier);
    perform private.raise_tickets(new.id, new.tier);
    return null;
end
$$;

create trigger profiles_follow_tier
after update of tier on public.profiles
for each row when (old.tier is distinct from new.tier)
execute function private.tg_profiles_follow_tier();

-- The higher of the two tiers: nobody loses a promise by being recognised.
create or replace function private.merge_tiers(p_merge public.client_merges)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_from text;
    v_to text;
begin
    select kept.tier, merged.tier into v_from, v_to
    from public.profiles kept
    join public.service_levels kept_level on kept_level.tier = kept.tier
    cross join public.profiles merged
    join public.service_levels merged_level on merged_level.tier = merged.tier
    where kept.id = p_merge.kept_client_id and merged.id = p_merge.merged_client_id
        and merged_level.boost > kept_level.boost;
    if v_to is not null then
        insert into public.client_merge_items (merge_id, kind, row_id, details)
        values (
            p_merge.id, 'tier', p_merge.kept_client_id,
            jsonb_build_object('from', v_from, 'to', v_to)
        );
        perform set_config('luxury.is_merging', 'true', true);
        update public.profiles client set tier = v_to where client.id = p_merge.kept_client_id;
        perform set_config('luxury.is_merging', '', true);
    end if;
end
$$;

-- Definer: whoever reopens the ticket may not read the client's profile, nor count working time.
create function private.tg_support_tickets_begin_in_tier()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    select client.tier into new.tier
    from public.profiles client where client.id = new.client_id;
    if new.tier <> old.tier then
        new.first_response_due_at := private.find_response_due_at(
            new.tier, new.channel, new.reopened_at
        );
    end if;
    return new;
end
$$;

create trigger support_tickets_begin_in_tier
before update of cycle on public.support_tickets
for each row when (new.cycle > old.cycle)
execute function private.tg_support_tickets_begin_in_tier();
comment on column public.support_tickets.tier is
    'The client''s when the cycle began, or the better one they were given since.';

-- -------------------------------------------------------------------------------------------------
-- Managers set tiers
-- -------------------------------------------------------------------------------------------------
create function private.require_tier_terms(
    p_tier text, p_valid_until timestamptz, p_next_tier text
)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if not exists (select from public.service_levels level where level.tier = p_tier)
        or p_next_tier is not null
        and not exists (select from public.service_levels level where level.tier = p_next_tier)
    then
        perform private.refuse('PT422', 'unknown_tier', 'Not a tier of this house.');
    elsif p_next_tier is not null and p_valid_until is null then
        perform private.refuse('PT422', 'valid_until_required', 'Say until when the first holds.');
    elsif p_next_tier = p_tier then
        perform private.refuse('PT422', 'next_tier_is_the_same', 'Then it has no end.');
    elsif p_valid_until is not null and (p_valid_until between clock_timestamp()
        + interval '1 minute' and clock_timestamp() + interval '10 years') is not true
    then
        perform private.refuse('PT422', 'valid_until_out_of_range', 'Within ten years from now.');
    end if;
end
$$;

-- The same tier with another end is a period of its own; with the same end it is nothing new. What
-- has just begun only gets its end.
create function private.limit_tier(
    p_client public.profiles, p_tier text, p_valid_until timestamptz, p_next_tier text
)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_period public.client_tier_periods;
begin
    select period.* into v_period
    from public.client_tier_periods period
    where period.client_id = p_client.id and period.ended_at is null;
    if (v_period.valid_until, v_period.next_tier)
        is not distinct from (p_valid_until, p_next_tier)
    then
        return;
    elsif p_client.tier <> p_tier then
        update public.client_tier_periods period
        set valid_until = p_valid_until, next_tier = p_next_tier where period.id = v_period.id;
        return;
    elsif v_period.id is null then
        insert into public.client_tier_periods (client_id, tier, began_at)
        values (p_client.id, p_client.tier, p_client.created_at);
    end if;
    perform private.end_tier_periods(p_client.id, 'extended');
    perform private.begin_tier_period(p_client.id, p_tier, p_valid_until, p_next_tier);
end
$$;

drop function public.set_client_tier(uuid, text, text);
drop function private.set_client_tier(uuid, text, text);

-- Definer: nobody holds a right to write tiers; managers write through here.
create function private.set_client_tier(
    p_client_id uuid, p_tier text, p_reason text, p_valid_until timestamptz, p_next_tier text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_client public.profiles := private.lock_client_as_manager(p_client_id);
    v_next_tier text := p_next_tier;
begin
    perform private.note_reason(private.require_text('reason', p_reason, 500));
    if p_valid_until is not null and p_next_tier is null then
        select level.tier into v_next_tier
        from public.service_levels level order by level.boost, level.tier limit 1;
    end if;
    perform private.require_tier_terms(p_tier, p_valid_until, v_next_tier);
    update public.profiles client
    set tier = p_tier
    where client.id = v_client.id and client.tier <> p_tier;
    perform private.limit_tier(v_client, p_tier, p_valid_until, v_next_tier);
    insert into public.vip_client_profiles (client_id, tier)
    select v_client.id, level.tier
    from public.service_levels level
    where level.tier = p_tier and level.has_dedicated_agent
    on conflict (client_id) do nothing;
    return jsonb_build_object(
        'client_id', v_client.id, 'tier', p_tier, 'valid_until', p_valid_until,
        'next_tier', v_next_tier
    );
end
$$;

create function public.set_client_tier(
    p_client_id uuid, p_tier text, p_reason text, p_valid_until timestamptz default null,
    p_next_tier text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_client_tier(p_client_id, p_tier, p_reason, p_valid_until, p_next_tier)
$$;
comment on function public.set_client_tier(uuid, text, text, timestamptz, text) is
    'Managers of the client''s desk, the server: a new tier, why, and (or null) until when; after '
    'that next_tier, or the lowest. A better tier counts for open tickets at once; a lower one '
    'takes nothing away that was promised. Answers {"client_id", "tier", "valid_until", '
    '"next_tier"}.';

-- -------------------------------------------------------------------------------------------------
-- The end of a period
-- -------------------------------------------------------------------------------------------------
create function private.tg_client_tier_periods_announce()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    if new.valid_until is not null then
        perform private.emit_events(
            'tier_period.limited', array[new.id],
            array[jsonb_build_object('client_id', new.client_id, 'valid_until', new.valid_until)]
        );
    end if;
    return null;
end
$$;

create trigger client_tier_periods_announce
after insert or update of valid_until on public.client_tier_periods
for each row execute function private.tg_client_tier_periods_announce();

create function worker.tier_change_contexts(p_period_ids uuid[])
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'read_at', clock_timestamp(),
        'periods', coalesce(jsonb_agg(jsonb_build_object(
            'period_id', period.id, 'valid_until', period.valid_until,
            'is_warned', period.warned_at is not null
        )), '[]')
    )
    from public.client_tier_periods period
    where period.id = any (p_period_ids) and period.ended_at is null
        and period.valid_until is not null
$$;
comment on function worker.tier_change_contexts(uuid[]) is
    'Of these periods those that run and have an end: {"read_at", "periods": [{"period_id", '
    '"valid_until", "is_warned"}]}.';

create function private.lock_tier_period(p_period_id uuid)
returns public.client_tier_periods
language plpgsql
set search_path = ''
as $$
declare
    v_period public.client_tier_periods;
begin
    perform from public.profiles client
    where client.id = (
        select known.client_id from public.client_tier_periods known where known.id = p_period_id
    )
    for no key update;
    select known.* into v_period
    from public.client_tier_periods known
    where known.id = p_period_id and known.ended_at is null;
    return v_period;
end
$$;

-- The relationship manager; without one the other people of the client, or the managers.
create function private.tell_of_tier(p_period public.client_tier_periods, p_kind text)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_team uuid[] := (
        select array_remove(case
            when team.relationship_manager_id is not null
                then array[team.relationship_manager_id]
            else array[team.dedicated_agent_id, team.deputy_agent_id]
        end, null)
        from public.vip_client_profiles team where team.client_id = p_period.client_id
    );
begin
    if coalesce(cardinality(v_team), 0) = 0 then
        v_team := private.list_managers((
            select client.desk_id from public.profiles client where client.id = p_period.client_id
        ));
    end if;
    perform private.notify(array_remove(v_team, p_period.client_id), p_kind, null,
        jsonb_build_object(
            'client_id', p_period.client_id, 'tier', p_period.tier,
            'valid_until', p_period.valid_until, 'next_tier', p_period.next_tier
        ));
end
$$;

create function private.carry_out_tier_change(
    p_period_id uuid, p_verdict text, p_look_again_at timestamptz
)
returns text
language plpgsql
set search_path = ''
as $$
declare
    v_period public.client_tier_periods := private.lock_tier_period(p_period_id);
begin
    if v_period.id is null then
        return 'gone';
    end if;
    case p_verdict
        when 'end' then
            perform private.note_reason('tier_expired');
            perform private.end_tier_periods(v_period.client_id, 'expired');
            update public.profiles client
            set tier = v_period.next_tier where client.id = v_period.client_id;
            perform private.tell_of_tier(v_period, 'tier_ended');
        when 'warn' then
            update public.client_tier_periods period
            set warned_at = clock_timestamp() where period.id = p_period_id;
            perform private.tell_of_tier(v_period, 'tier_ending');
        else null;
    end case;
    if p_look_again_at is not null then
        perform private.set_timers(
            'tier_period.deadline_reached', array[p_period_id], array[p_look_again_at]
        );
    end if;
    return 'recorded';
end
$$;

-- Definer: not even the service key may write tiers but through here; only service_role may
-- execute it.
create function private.apply_tier_changes(p_items jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_item record;
    v_results jsonb := '[]';
begin
    for v_item in
        select item.*
        from jsonb_to_recordset(p_items) as item (
            job_id bigint, period_id uuid, verdict text, look_again_at timestamptz
        )
        left join public.client_tier_periods period on period.id = item.period_id
        order by period.client_id, item.job_id
    loop
        v_results := v_results || jsonb_build_object(
            'job_id', v_item.job_id, 'status', private.carry_out_tier_change(
                v_item.period_id, v_item.verdict, v_item.look_again_at
            )
        );
    end loop;
    return v_results;
end
$$;

create function worker.record_tier_changes(p_items jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_results jsonb;
begin
    perform private.hold_jobs(p_items);
    v_results := private.apply_tier_changes(p_items);
    perform private.finish_jobs(array(
        select result.job_id from jsonb_to_recordset(v_results) as result (job_id bigint)
    ));
    return v_results;
end
$$;
comment on function worker.record_tier_changes(jsonb) is
    'Warns of tiers that end, ends them, and finishes the jobs. Items: job_id, fence, period_id, '
    'verdict (warn, end or null), look_again_at. Answers [{"job_id", "status"}]: recorded, or gone '
    'when the period has ended.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.client_tier_periods from anon, authenticated, service_role;
grant select on public.client_tier_periods to authenticated, service_role;
alter table public.client_tier_periods enable row level security;

-- Never one's own: an agent may be a client too, and the reasons are the house's.
create policy client_tier_periods_select_staff on public.client_tier_periods
for select to authenticated
using (
    client_id <> (select private.my_client_id())
    and (
        client_id = any (array(select private.my_dedicated_client_ids()))
        or exists (
            select from public.profiles client
            where client.id = client_tier_periods.client_id
                and client.desk_id = any (array(select private.my_overseen_desk_ids()))
        )
    )
);

revoke all on function
    private.end_tier_periods(uuid, text),
    private.begin_tier_period(uuid, text, timestamptz, text),
    private.keep_tier_periods(public.profiles, text), private.raise_tickets(uuid, text),
    private.tg_profiles_follow_tier(),
    private.tg_support_tickets_begin_in_tier(),
    private.require_tier_terms(text, timestamptz, text),
    private.limit_tier(public.profiles, text, timestamptz, text),
    private.set_client_tier(uuid, text, text, timestamptz, text),
    public.set_client_tier(uuid, text, text, timestamptz, text),
    private.tg_client_tier_periods_announce(), worker.tier_change_contexts(uuid[]),
    private.lock_tier_period(uuid), private.tell_of_tier(public.client_tier_periods, text),
    private.carry_out_tier_change(uuid, text, timestamptz), private.apply_tier_changes(jsonb),
    worker.record_tier_changes(jsonb)
from public, anon, authenticated, service_role;
grant execute on function
    private.set_client_tier(uuid, text, text, timestamptz, text),
    public.set_client_tier(uuid, text, text, timestamptz, text)
to authenticated, service_role;
grant execute on function
    worker.tier_change_contexts(uuid[]), private.apply_tier_changes(jsonb),
    worker.record_tier_changes(jsonb)
to service_role;
