-- Corrective actions: what the house does about a standard that is not kept, until it is.
--
--   quality_audit.reviewed, quality_audit.completed, quality_desk.checked
--       -> quality.improvements (lib/quality/improvements.py) -> public.corrective_actions
--
-- Managers open them, or the house, where audits leave no doubt. Only later samples close one:
-- conversations that ended after it was opened, drawn at random, enough of them, the lower end of
-- the interval of their share of yes above the target. A regression opens it again. Nobody closes
-- one by hand; a manager may call it off and says why. Every change is kept with its cause.
-- Events out: quality_desk.checked, corrective_action.opened, .closed, .reopened, .cancelled.

insert into private.subscriptions (event_kind, worker, priority, collapses)
values
    ('quality_audit.reviewed', 'quality.improvements', -10, true),
    ('quality_audit.completed', 'quality.improvements', -10, true),
    ('quality_desk.checked', 'quality.improvements', -60, true);

-- -------------------------------------------------------------------------------------------------
-- The rules
-- -------------------------------------------------------------------------------------------------
create table public.improvement_rules (
    rule text primary key,
    closing_count smallint not null,
    target_percent smallint,
    opening_count smallint not null default 8,
    reopening_count smallint not null default 8,
    window_count smallint not null default 60,
    due_days smallint not null default 30,
    version integer not null default 1,
    updated_at timestamptz not null default now(),
    constraint improvement_rules_are_of_a_kind_or_a_standard check (
        rule in ('human', 'automatic', 'critical')
        or rule ~ '^[a-z][a-z_]{0,30}\.[a-z][a-z0-9_]{0,40}$'
    ),
    constraint improvement_rules_ask_enough
        check (closing_count >= 5 and opening_count >= 5 and reopening_count >= 5),
    constraint improvement_rules_target_is_a_share check (target_percent between 1 and 99),
    constraint improvement_rules_window_holds_them check (
        window_count between greatest(closing_count, opening_count, reopening_count) and 500
    ),
    constraint improvement_rules_due_within_a_year check (due_days between 1 and 365)
);
comment on table public.improvement_rules is
    'When corrective actions open, close and open again: the row of the standard''s own name, else '
    'of critical ones, else of what judges it.';
comment on column public.improvement_rules.closing_count is 'So many later samples at least.';
comment on column public.improvement_rules.target_percent is
    'The share of yes that has to be surely exceeded. Null: the standard''s own target.';
comment on column public.improvement_rules.opening_count is
    'The house opens one by itself on so many samples, surely below the standard''s target.';
comment on column public.improvement_rules.reopening_count is
    'A closed one opens again on so many samples since then at least, surely below the target.';
comment on column public.improvement_rules.window_count is
    'The newest so many samples count: an old fault does not stand in the way for ever.';
create trigger improvement_rules_bump_version
before update on public.improvement_rules
for each row execute function private.tg_bump_version();
create trigger improvement_rules_record
after insert or update or delete on public.improvement_rules
for each row execute function private.tg_record_configuration('rule');

-- Twenty without a fault, or twenty-five with one, surely exceed 80 percent; of what rules judge
-- there is plenty, so they ask for the standard's own target.
insert into public.improvement_rules (rule, closing_count, target_percent, window_count)
values ('human', 20, 80, 60), ('critical', 30, 85, 90), ('automatic', 40, null, 200);

create function private.find_improvement_rule(p_standard text, p_source text)
returns table (
    closing_count integer, target_percent integer, opening_count integer, reopening_count integer,
    window_count integer, due_days integer, standard_percent integer
)
language sql
stable
rows 1
set search_path = ''
as $$
    select
        known.closing_count, coalesce(known.target_percent, asked.target_percent),
        known.opening_count, known.reopening_count, known.window_count, known.due_days,
        asked.target_percent
    from public.quality_standards asked
    join public.improvement_rules known
        on known.rule in (asked.standard, p_source)
        or known.rule = 'critical' and asked.is_critical
    where asked.standard = p_standard and asked.is_current
    order by known.rule = asked.standard desc, known.rule = 'critical' desc
    limit 1
$$;

-- -------------------------------------------------------------------------------------------------
-- The actions
-- -------------------------------------------------------------------------------------------------
create table public.corrective_actions (
    id uuid primary key default gen_random_uuid(),
    standard text not null,
    standard_version integer not null,
    source text not null,
    scope text not null,
    desk_id uuid not null references public.desks (id),
    agent_id uuid references public.staff_members (id) on delete cascade,
    channel text references public.channels (channel),
    audit_id uuid references public.quality_audits (id) on delete set null,
    origin text not null,
    opened_by uuid,
    owner_id uuid references public.staff_members (id) on delete set null,
    due_on date not null,
    plan text,
    state text not null default 'open',
    counted_since_at timestamptz not null default now(),
    reopened_count smallint not null default 0,
    proof jsonb,
    cause jsonb not null,
    opened_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    closed_at timestamptz,
    cancelled_at timestamptz,
    constraint corrective_actions_standard_is_known foreign key (standard, standard_version)
        references public.quality_standards (standard, version),
    constraint corrective_actions_source_is_known check (source in ('human', 'automatic')),
    constraint corrective_actions_scope_is_named check (
        scope in ('agent', 'desk', 'channel') and (scope = 'agent') = (agent_id is not null)
        and (scope = 'channel') = (channel is not null)
    ),
    constraint corrective_actions_origin_is_known check (
        origin in ('manager', 'house') and (origin = 'manager') = (opened_by is not null)
    ),
    constraint corrective_actions_managers_have_a_plan check (origin = 'house' or plan is not null),
    constraint corrective_actions_plan_is_text check (private.is_clean_text(plan, 2000)),
    constraint corrective_actions_state_is_known check (state in ('open', 'closed', 'cancelled')),
    constraint corrective_actions_times_fit_the_state check (
        (state = 'closed') = (closed_at is not null)
        and (state = 'cancelled') = (cancelled_at is not null)
    ),
    constraint corrective_actions_closed_ones_have_proof
        check (state <> 'closed' or proof is not null),
    constraint corrective_actions_words_are_small_objects check (
        jsonb_typeof(cause) = 'object' and octet_length(cause::text) <= 50000
        and jsonb_typeof(proof) = 'object' and octet_length(proof::text) <= 50000
    )
);
comment on table public.corrective_actions is
    'What is done about a standard that is not kept, for an agent, a desk or one of its channels. '
    'Closed by later samples alone. Overseers of the desk see it, its owner, and whom it is about.';
comment on column public.corrective_actions.source is
    'What judges it: audits by people, or for automatic standards the rule itself.';
comment on column public.corrective_actions.audit_id is 'The audit that gave rise to it.';
comment on column public.corrective_actions.opened_by is
    'Null: the house. No foreign key: it outlives people.';
comment on column public.corrective_actions.plan is 'Null: the owner is still to write one.';
comment on column public.corrective_actions.counted_since_at is
    'Conversations that ended before do not count: opened, closed or opened again then.';
comment on column public.corrective_actions.proof is
    'On what it was closed, or opened again: {"passed", "count", "target_percent", "sample_ids"}.';
comment on column public.corrective_actions.cause is 'Of the last change.';
create unique index corrective_actions_one_open_each
    on public.corrective_actions (desk_id, standard, scope, agent_id, channel)
    nulls not distinct where state = 'open';
comment on index public.corrective_actions_one_open_each is
    'Serves what is under action; nothing is under two at a time.';
create index corrective_actions_desk_id_idx on public.corrective_actions (desk_id, state);
comment on index public.corrective_actions_desk_id_idx is
    'Serves the worker, a desk''s list, the policy and the foreign key.';
create index corrective_actions_agent_id_idx on public.corrective_actions (agent_id);
comment on index public.corrective_actions_agent_id_idx is 'Serves the policy and the foreign key.';
create index corrective_actions_owner_id_idx on public.corrective_actions (owner_id);
comment on index public.corrective_actions_owner_id_idx is 'Serves the policy and the foreign key.';
create index corrective_actions_channel_idx on public.corrective_actions (channel);
comment on index public.corrective_actions_channel_idx is 'Serves the foreign key.';
create index corrective_actions_audit_id_idx on public.corrective_actions (audit_id);
comment on index public.corrective_actions_audit_id_idx is 'Serves the foreign key.';
create index corrective_actions_standard_idx
    on public.corrective_actions (standard, standard_version);
comment on index public.corrective_actions_standard_idx is 'Serves the foreign key.';

create table public.corrective_action_changes (
    id bigint generated always as identity primary key,
    action_id uuid not null references public.corrective_actions (id) on delete cascade,
    change text not null,
    cause jsonb not null,
    actor_id uuid,
    changed_at timestamptz not null default clock_timestamp(),
    constraint corrective_action_changes_change_is_known
        check (change in ('opened', 'changed', 'closed', 'reopened', 'cancelled')),
    constraint corrective_action_changes_cause_is_an_object
        check (jsonb_typeof(cause) = 'object' and octet_length(cause::text) <= 50000)
);
comment on table public.corrective_action_changes is
    'Everything that ever happened to an action, and why. Append only, written by its trigger.';
comment on column public.corrective_action_changes.actor_id is
    'Null: the house. No foreign key: it outlives people.';
create index corrective_action_changes_action_id_idx
    on public.corrective_action_changes (action_id, id);
comment on index public.corrective_action_changes_action_id_idx is
    'Serves the history of an action and the foreign key.';

-- -------------------------------------------------------------------------------------------------
-- What may become of one
-- -------------------------------------------------------------------------------------------------

-- The rule again, whoever writes: what the samples do not show is not so.
create function private.is_mended(p_proof jsonb, p_rule record)
returns boolean
language plpgsql
immutable
set search_path = ''
as $$
declare
    v_count integer := (p_proof ->> 'count')::integer;
begin
    return coalesce(v_count >= p_rule.closing_count and 100 * (private.find_share_interval(
        (p_proof ->> 'passed')::integer, v_count
    ))[1] > p_rule.target_percent, false);
end
$$;

create function private.is_broken_again(p_proof jsonb, p_rule record)
returns boolean
language plpgsql
immutable
set search_path = ''
as $$
declare
    v_count integer := (p_proof ->> 'count')::integer;
begin
    return coalesce(v_count >= p_rule.reopening_count and 100 * (private.find_share_interval(
        (p_proof ->> 'passed')::integer, v_count
    ))[2] < p_rule.target_percent, false);
end
$$;

create function private.tg_corrective_actions_guard()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
    v_rule record;
begin
    if (new.id, new.standard, new.source, new.scope, new.desk_id, new.agent_id, new.channel)
        is distinct from
        (old.id, old.standard, old.source, old.scope, old.desk_id, old.agent_id, old.channel)
    then
        perform private.refuse('PT409', 'action_is_about_something', 'Open another one instead.');
    elsif old.state || ' ' || new.state not in (
        'open open', 'open closed', 'open cancelled', 'closed open', 'closed closed',
        'cancelled cancelled'
    ) then
        perform private.refuse('PT409', 'state_out_of_order', 'It cannot become that.');
    end if;
    select rule.* into v_rule
    from private.find_improvement_rule(new.standard, new.source) rule;
    if old.state = 'open' and new.state = 'closed' and not private.is_mended(new.proof, v_rule)
        or old.state = 'closed' and new.state = 'open'
            and not private.is_broken_again(new.proof, v_rule)
    then
        perform private.refuse(
            'PT409', 'samples_decide', 'Only later samples close an action or open it again.'
        );
    end if;
    new.updated_at := now();
    return new;
end
$$;
create trigger corrective_actions_guard
before update on public.corrective_actions
for each row execute function private.tg_corrective_actions_guard();

create function private.name_action_change(p_old_state text, p_new_state text)
returns text
language sql
immutable
set search_path = ''
as $$
    select case
        when p_old_state is null then 'opened'
        when p_old_state = p_new_state then 'changed'
        when p_new_state = 'open' then 'reopened'
        else p_new_state
    end
$$;

-- Definer: history, notices and events are nobody's to write; whoever changed the action is told of
-- in all three.
create function private.tg_corrective_actions_keep_history()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_change text := private.name_action_change(
        case when tg_op = 'UPDATE' then old.state end, new.state
    );
begin
    if tg_op = 'UPDATE' and (to_jsonb(new) - 'updated_at') = (to_jsonb(old) - 'updated_at') then
        return null;
    end if;
    insert into public.corrective_action_changes (action_id, change, cause, actor_id)
    values (new.id, v_change, new.cause, auth.uid());
    if v_change <> 'changed' or new.owner_id is distinct from old.owner_id then
        perform private.notify(
            array_remove(array[new.owner_id], null), 'corrective_action_' || v_change, null,
            jsonb_build_object(
                'action_id', new.id, 'standard', new.standard, 'due_on', new.due_on
            )
        );
    end if;
    if v_change <> 'changed' then
        perform private.emit_events(
            'corrective_action.' || v_change, array[new.id],
            array[jsonb_build_object('desk_id', new.desk_id, 'standard', new.standard)]
        );
    end if;
    return null;
end
$$;
create trigger corrective_actions_keep_history
after insert or update on public.corrective_actions
for each row execute function private.tg_corrective_actions_keep_history();

create function private.tg_corrective_action_changes_stay()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.refuse('PT409', 'history_stays', 'What happened is not rewritten.');
    return null;
end
$$;
create trigger corrective_action_changes_stay
before update on public.corrective_action_changes
for each row execute function private.tg_corrective_action_changes_stay();

-- Definer: emits for the worker that checked, and events are nobody's to write. Only where an
-- action waits for what rules judge: elsewhere nobody listens.
create function private.tg_quality_checks_announce()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_desk_ids uuid[] := array(
        select distinct action.desk_id
        from public.corrective_actions action
        where action.desk_id in (select made.desk_id from made)
            and action.source = 'automatic' and action.state <> 'cancelled'
    );
begin
    if v_desk_ids <> '{}' then
        perform private.emit_events('quality_desk.checked', v_desk_ids);
    end if;
    return null;
end
$$;
create trigger quality_checks_announce
after insert on public.quality_checks
referencing new table as made
for each statement execute function private.tg_quality_checks_announce();

-- -------------------------------------------------------------------------------------------------
-- The samples that count
-- -------------------------------------------------------------------------------------------------

-- What is at risk is drawn more densely. Of the denser stratum an even part is kept, by the
-- sample's own id, which nobody chose: so all that is left was drawn with the same probability,
-- and one sample more never changes which of the others count.
create function private.is_evenly_drawn(
    p_sample_id uuid, p_probability double precision, p_lowest double precision
)
returns boolean
language sql
immutable
set search_path = ''
as $$
    select ('x' || right(p_sample_id::text, 12))::bit(48)::bigint / 281474976710656.0
        < p_lowest / p_probability
$$;
comment on function private.is_evenly_drawn(uuid, double precision, double precision) is
    'Keeps a sample with the probability lowest / its own: the rest is as if drawn evenly.';

-- Audits of VIP clients alone, of complaints, or of some channels only speak of nobody else. A
-- conversation that was drawn twice counts once.
create function private.list_audited_samples(
    p_standard text, p_scope text, p_desk_id uuid, p_agent_id uuid, p_channel text,
    p_since timestamptz
)
returns table (id uuid, is_pass boolean, happened_at timestamptz)
language sql
stable
rows 100
set search_path = ''
as $$
    select distinct on (sample.ticket_id, sample.cycle)
        review.id, coalesce(finding.decided_answer, finding.answer) = 'yes', review.happened_at
    from public.quality_reviews review
    join public.quality_findings finding
        on finding.review_id = review.id and finding.standard = p_standard
    join public.quality_samples sample on sample.id = review.sample_id
    join public.quality_audits audit on audit.id = sample.audit_id
    cross join lateral (
        select min(drawn.inclusion_probability) as lowest
        from public.quality_samples drawn where drawn.audit_id = audit.id
    ) draw
    where review.desk_id = p_desk_id and review.kind = 'audit' and review.happened_at > p_since
        and coalesce(finding.decided_answer, finding.answer) <> 'not_applicable'
        and audit.audit_type in ('periodic', 'spot_check')
        and (audit.agent_id is null or audit.agent_id = p_agent_id)
        and (p_scope <> 'agent' or review.agent_id = p_agent_id)
        and (audit.channels = '{}' or p_channel = any (audit.channels))
        and (p_scope <> 'channel' or review.channel = p_channel)
        and private.is_evenly_drawn(sample.id, sample.inclusion_probability, draw.lowest)
    order by sample.ticket_id, sample.cycle, sample.drawn_at, sample.id
$$;

-- Rules look at every conversation: a sample with the probability 1.
create function private.list_checked_samples(
    p_standard text, p_scope text, p_desk_id uuid, p_agent_id uuid, p_channel text,
    p_since timestamptz
)
returns table (id uuid, is_pass boolean, happened_at timestamptz)
language sql
stable
rows 1000
set search_path = ''
as $$
    select known.ticket_id, found.answer = 'yes', known.ended_at
    from public.quality_checks known
    join public.quality_check_results found
        on found.ticket_id = known.ticket_id and found.cycle = known.cycle
        and found.standard = p_standard and found.answer <> 'not_applicable'
    where known.desk_id = p_desk_id and known.ended_at > p_since
        and (p_scope <> 'agent' or known.agent_id = p_agent_id)
        and (p_scope <> 'channel' or known.channel = p_channel)
$$;

-- The newest so many; of those that ended together the failed ones first, so that no order of
-- writing decides what counts.
create function private.list_action_samples(
    p_action public.corrective_actions, p_limit integer
)
returns table (id uuid, is_pass boolean, happened_at timestamptz)
language plpgsql
stable
rows 100
set search_path = ''
as $$
begin
    if p_action.source = 'human' then
        return query
        select sample.* from private.list_audited_samples(
            p_action.standard, p_action.scope, p_action.desk_id, p_action.agent_id,
            p_action.channel, p_action.counted_since_at
        ) sample
        order by sample.happened_at desc, sample.is_pass, sample.id limit p_limit;
    else
        return query
        select sample.* from private.list_checked_samples(
            p_action.standard, p_action.scope, p_action.desk_id, p_action.agent_id,
            p_action.channel, p_action.counted_since_at
        ) sample
        order by sample.happened_at desc, sample.is_pass, sample.id limit p_limit;
    end if;
end
$$;
comment on function private.list_action_samples(public.corrective_actions, integer) is
    'The conversations since then by which an action stands or falls, at most p_limit.';

-- -------------------------------------------------------------------------------------------------
-- The worker reads
-- -------------------------------------------------------------------------------------------------
create function private.describe_samples(
    p_action public.corrective_actions, p_rule record
)
returns jsonb
language plpgsql
stable
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return jsonb_build_object(
        'closing_count', p_rule.closing_count, 'reopening_count', p_rule.reopening_count,
        'opening_count', p_rule.opening_count, 'window_count', p_rule.window_count,
        'target_percent', p_rule.target_percent, 'standard_percent', p_rule.standard_percent,
        'samples', (
            select coalesce(jsonb_agg(to_jsonb(sample)), '[]')
            from private.list_action_samples(p_action, p_rule.window_count) sample
        )
    );
end
$$;

-- An audit of several channels, but not of all, speaks of no single scope.
create function private.name_audit_scope(p_audit public.quality_audits)
returns table (scope text, channel text)
language sql
stable
rows 1
set search_path = ''
as $$
    select
        case
            when p_audit.agent_id is not null then 'agent'
            when p_audit.channels <> '{}' then 'channel'
            else 'desk'
        end,
        p_audit.channels[1]
    where p_audit.channels = '{}' or cardinality(p_audit.channels) = 1 and p_audit.agent_id is null
$$;

-- What completed audits of the last 90 days found fault with and nothing is done about. What a
-- manager called off is looked at anew from then on.
create function private.list_unattended_faults(p_desk_id uuid)
returns setof public.corrective_actions
language sql
stable
rows 20
set search_path = ''
as $$
    select (jsonb_populate_record(null::public.corrective_actions, jsonb_build_object(
        'standard', fault.standard, 'source', 'human', 'scope', fault.scope,
        'desk_id', p_desk_id, 'agent_id', fault.agent_id, 'channel', fault.channel,
        'audit_id', fault.audit_id, 'counted_since_at', greatest(
            now() - interval '90 days',
            max(known.cancelled_at)
        )
    ))).*
    from (
        select
            finding.standard, made.scope, audit.agent_id, made.channel,
            (array_agg(audit.id order by audit.completed_at desc))[1] as audit_id
        from public.quality_audits audit
        join public.quality_reviews review on review.audit_id = audit.id
        join public.quality_findings finding
            on finding.review_id = review.id
            and coalesce(finding.decided_answer, finding.answer) = 'no'
        cross join lateral private.name_audit_scope(audit) made
        where audit.desk_id = p_desk_id and audit.status = 'completed'
            and audit.completed_at > now() - interval '90 days'
            and audit.audit_type in ('periodic', 'spot_check')
        group by finding.standard, made.scope, audit.agent_id, made.channel
    ) fault
    left join public.corrective_actions known
        on known.desk_id = p_desk_id and known.standard = fault.standard
        and known.scope = fault.scope and known.agent_id is not distinct from fault.agent_id
        and known.channel is not distinct from fault.channel
    group by fault.standard, fault.scope, fault.agent_id, fault.channel, fault.audit_id
    having count(*) filter (where known.state in ('open', 'closed')) = 0
$$;

create function private.find_judged_desk_id(p_subject_id uuid)
returns uuid
language sql
stable
set search_path = ''
as $$
    select coalesce(
        (select audit.desk_id from public.quality_audits audit where audit.id = p_subject_id),
        (select desk.id from public.desks desk where desk.id = p_subject_id)
    )
$$;

-- Definer: actions and judgements are read with the owner's rights; only service_role may execute
-- it. A closed one is watched for a year.
create function private.describe_improvements(p_desk_id uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
    select jsonb_build_object(
        'desk_id', p_desk_id,
        'actions', (
            select coalesce(jsonb_agg(private.describe_samples(action, rule) || jsonb_build_object(
                'action_id', action.id, 'state', action.state
            ) order by action.id), '[]')
            from public.corrective_actions action
            cross join lateral private.find_improvement_rule(action.standard, action.source) rule
            where action.desk_id = p_desk_id and (
                action.state = 'open'
                or action.state = 'closed' and action.closed_at > now() - interval '1 year'
            )
        ),
        'faults', (
            select coalesce(jsonb_agg(private.describe_samples(fault, rule) || jsonb_build_object(
                'standard', fault.standard, 'scope', fault.scope, 'agent_id', fault.agent_id,
                'channel', fault.channel, 'audit_id', fault.audit_id, 'due_days', rule.due_days
            ) order by fault.standard, fault.scope, fault.agent_id, fault.channel), '[]')
            from private.list_unattended_faults(p_desk_id) fault
            cross join lateral private.find_improvement_rule(fault.standard, fault.source) rule
        )
    )
$$;

create function worker.improvement_contexts(p_subject_ids uuid[])
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(found.facts || jsonb_build_object(
        'subject_id', asked.id, 'fingerprint', md5(found.facts::text)
    ) order by asked.id), '[]')
    from (select distinct named.id from unnest(p_subject_ids) named (id)) asked
    cross join lateral private.find_judged_desk_id(asked.id) desk (id)
    cross join lateral private.describe_improvements(desk.id) found (facts)
    where desk.id is not null
$$;
comment on function worker.improvement_contexts(uuid[]) is
    'Of audits or desks: [{"subject_id", "desk_id", "actions", "faults", "fingerprint"}], each of '
    'the two with its rule and the samples that count, newest first.';

-- -------------------------------------------------------------------------------------------------
-- The worker writes
-- -------------------------------------------------------------------------------------------------
create function private.read_proof(p_decision jsonb)
returns jsonb
language sql
immutable
set search_path = ''
as $$
    select jsonb_build_object(
        'kind', 'samples', 'passed', p_decision -> 'passed', 'count', p_decision -> 'count',
        'target_percent', p_decision -> 'target_percent', 'sample_ids', p_decision -> 'sample_ids'
    )
$$;

create function private.store_verdict(p_decision jsonb)
returns void
language sql
set search_path = ''
as $$
    update public.corrective_actions action
    set state = case p_decision ->> 'kind' when 'close' then 'closed' else 'open' end,
        closed_at = case when p_decision ->> 'kind' = 'close' then now() end,
        reopened_count = action.reopened_count + (p_decision ->> 'kind' = 'reopen')::integer,
        counted_since_at = now(),
        proof = private.read_proof(p_decision),
        cause = private.read_proof(p_decision)
    where action.id = (p_decision ->> 'action_id')::uuid
$$;

-- A manager of the desk is to look after it: whoever has been there longest.
create function private.store_fault(p_desk_id uuid, p_decision jsonb)
returns void
language sql
set search_path = ''
as $$
    insert into public.corrective_actions (
        standard, standard_version, source, scope, desk_id, agent_id, channel, audit_id, origin,
        owner_id, due_on, proof, cause
    )
    select
        known.standard, known.version, 'human', p_decision ->> 'scope', p_desk_id,
        (p_decision ->> 'agent_id')::uuid, p_decision ->> 'channel',
        (p_decision ->> 'audit_id')::uuid, 'house',
        (
            select staff.id from public.staff_members staff
            join public.profiles person on person.id = staff.id
            where staff.desk_id = p_desk_id and staff.role = 'manager' and staff.is_active
            order by person.created_at, staff.id limit 1
        ),
        (now() at time zone 'Europe/Warsaw')::date + (p_decision ->> 'due_days')::integer,
        private.read_proof(p_decision), private.read_proof(p_decision)
    from public.quality_standards known
    where known.standard = p_decision ->> 'standard' and known.is_current
    on conflict do nothing
$$;

-- Definer: nobody holds a right to write actions; only service_role may execute it, with jobs it
-- holds. What was judged meanwhile is read afresh.
create function private.store_improvements(p_plan jsonb)
returns text
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_desk_id uuid := private.find_judged_desk_id((p_plan ->> 'subject_id')::uuid);
    v_decision jsonb;
begin
    if v_desk_id is null then
        return 'gone';
    end if;
    perform pg_advisory_xact_lock(hashtextextended('corrective_actions ' || v_desk_id::text, 0));
    perform from public.corrective_actions action
    where action.desk_id = v_desk_id order by action.id for update;
    if md5(private.describe_improvements(v_desk_id)::text) <> p_plan ->> 'fingerprint' then
        return 'stale';
    end if;
    for v_decision in
        select made.value from jsonb_array_elements(p_plan -> 'decisions') made (value)
    loop
        if v_decision ->> 'kind' = 'open' then
            perform private.store_fault(v_desk_id, v_decision);
        else
            perform private.store_verdict(v_decision);
        end if;
    end loop;
    return 'recorded';
end
$$;

-- In the order of the desks, so that two batches never wait for each other.
create function worker.record_improvements(p_items jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_results jsonb;
begin
    perform private.hold_jobs(p_items);
    select coalesce(jsonb_agg(jsonb_build_object('job_id', item.job_id, 'status', case
        when jsonb_typeof(item.plan) = 'object' then private.store_improvements(item.plan)
        else 'gone'
    end)), '[]') into v_results
    from (
        select (said.value ->> 'job_id')::bigint as job_id, said.value -> 'plan' as plan
        from jsonb_array_elements(p_items) said
        order by said.value #>> '{plan,desk_id}', said.value #>> '{plan,subject_id}'
    ) item;
    perform private.finish_jobs(array(
        select (told.value ->> 'job_id')::bigint from jsonb_array_elements(v_results) told
        where told.value ->> 'status' <> 'stale'
    ));
    return v_results;
end
$$;
comment on function worker.record_improvements(jsonb) is
    'What becomes of actions, and the end of the jobs, in one transaction: job_id, fence, plan '
    '{"subject_id", "desk_id", "fingerprint", "decisions": [{"kind": close or reopen, "action_id", '
    '"passed", "count", "target_percent", "sample_ids"}, or "kind": open with "standard", "scope", '
    '"agent_id", "channel", "audit_id", "due_days"]} or null. Answers [{"job_id", "status"}]: '
    'recorded, stale (judged meanwhile), gone.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.improvement_rules, public.corrective_actions,
    public.corrective_action_changes
from anon, authenticated, service_role;
revoke all on sequence public.corrective_action_changes_id_seq
from anon, authenticated, service_role;
grant select on public.improvement_rules, public.corrective_actions,
    public.corrective_action_changes
to authenticated, service_role;
alter table public.improvement_rules enable row level security;
alter table public.corrective_actions enable row level security;
alter table public.corrective_action_changes enable row level security;

create policy improvement_rules_select_staff on public.improvement_rules
for select to authenticated
using ((select private.is_staff()));
create policy corrective_actions_select_concerned on public.corrective_actions
for select to authenticated
using (
    owner_id = (select private.my_staff_id())
    or agent_id = (select private.my_staff_id())
    or desk_id in (select private.my_quality_desk_ids())
);
create policy corrective_action_changes_select_concerned on public.corrective_action_changes
for select to authenticated
using (exists (
    select from public.corrective_actions action
    where action.id = corrective_action_changes.action_id
));

revoke all on function
    private.find_improvement_rule(text, text), private.is_mended(jsonb, record),
    private.is_broken_again(jsonb, record), private.tg_corrective_actions_guard(),
    private.name_action_change(text, text), private.tg_corrective_actions_keep_history(),
    private.tg_corrective_action_changes_stay(), private.tg_quality_checks_announce(),
    private.is_evenly_drawn(uuid, double precision, double precision),
    private.list_audited_samples(text, text, uuid, uuid, text, timestamptz),
    private.list_checked_samples(text, text, uuid, uuid, text, timestamptz),
    private.list_action_samples(public.corrective_actions, integer),
    private.describe_samples(public.corrective_actions, record),
    private.list_unattended_faults(uuid), private.name_audit_scope(public.quality_audits),
    private.find_judged_desk_id(uuid), private.describe_improvements(uuid),
    worker.improvement_contexts(uuid[]), private.read_proof(jsonb),
    private.store_verdict(jsonb), private.store_fault(uuid, jsonb),
    private.store_improvements(jsonb), worker.record_improvements(jsonb)
from public, anon, authenticated, service_role;
grant execute on function
    private.find_judged_desk_id(uuid), private.describe_improvements(uuid),
    worker.improvement_contexts(uuid[]), private.store_improvements(jsonb),
    worker.record_improvements(jsonb)
to service_role;
