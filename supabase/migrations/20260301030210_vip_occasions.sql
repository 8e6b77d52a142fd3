-- Occasions: when the house has a reason to think of a client, and what it does then.
--
--   visit.*, purchase.*, membership.*, occasion.plan_requested (details, wishes or tier changed, or
--   the sweep), occasion.moment_reached (a timer), clock.hourly
--       -> vip.occasions (lib/vip/occasions.py): what is to come is planned anew from the client's
--          own facts; what has come becomes a message or a task; what lost its reason is called off
--   events out: occasion.plan_requested, .planned, .fired, .skipped, .cancelled; and whatever
--       private.queue_outreach and private.open_outreach_task announce, which ask the gate.
--
-- Rules are data. An event says only which client to look at; the plan follows from the rows, so
-- doing it again changes nothing. The write compares the facts with the rows under lock. Order of
-- locks: jobs, profiles by id, outreach by id.

-- -------------------------------------------------------------------------------------------------
-- Rules
-- -------------------------------------------------------------------------------------------------
create function private.has_known_placeholders(p_text text)
returns boolean
language sql
immutable
parallel safe
set search_path = ''
return regexp_replace(
    p_text, '\{(greeting|name|treatment|product|plan|date)\}', '', 'g'
) !~ '[{}]';

create table public.occasion_rules (
    rule text primary key,
    occasion text not null,
    offset_hours smallint not null,
    window_hours smallint not null,
    purpose text not null references public.outreach_purposes (purpose),
    channel text references public.contact_channels (channel),
    action text not null,
    vip_action text not null,
    minimum_tier text not null default 'standard' references public.service_levels (tier),
    subject_pl text not null,
    body_pl text not null,
    subject_en text not null,
    body_en text not null,
    is_active boolean not null default true,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint occasion_rules_rule_is_a_word check (rule ~ '^[a-z][a-z0-9_]{0,39}$'),
    constraint occasion_rules_occasion_is_known
        check (occasion in (
            'post_treatment_check', 'refill', 'course_step', 'membership_renewal', 'birthday',
            'name_day', 'first_visit_anniversary', 'missed_visit'
        )),
    constraint occasion_rules_days_are_whole
        check (
            offset_hours between -90 * 24 and 90 * 24
            and (occasion in ('post_treatment_check', 'missed_visit') or offset_hours % 24 = 0)
        ),
    constraint occasion_rules_window_is_sane check (window_hours between 1 and 90 * 24),
    constraint occasion_rules_actions_are_known
        check (
            action in ('message', 'task', 'none') and vip_action in ('message', 'task', 'none')
        ),
    constraint occasion_rules_texts_are_short
        check (
            private.is_clean_text(subject_pl, 120) and private.is_clean_text(body_pl, 1000)
            and private.is_clean_text(subject_en, 120) and private.is_clean_text(body_en, 1000)
        ),
    constraint occasion_rules_placeholders_are_known
        check (
            private.has_known_placeholders(subject_pl) and private.has_known_placeholders(body_pl)
            and private.has_known_placeholders(subject_en)
            and private.has_known_placeholders(body_en)
        )
);
comment on table public.occasion_rules is
    'What the house does on which occasion: when, for how long it is worth it, by whom, in which '
    'words. Written by save_occasion_rule.';
comment on column public.occasion_rules.offset_hours is
    'From the occasion; negative is before. Whole days where the occasion is a day.';
comment on column public.occasion_rules.window_hours is
    'How long after its moment it is still worth doing.';
comment on column public.occasion_rules.channel is 'Null: whichever the client likes best.';
comment on column public.occasion_rules.vip_action is
    'For clients with a team of their own: a task of theirs, a message, or nothing.';
comment on column public.occasion_rules.body_pl is
    'With {greeting}, {name}, {treatment}, {product}, {plan}, {date} where they make sense.';

insert into public.occasion_rules (
    rule, occasion, offset_hours, window_hours, purpose, action, vip_action,
    subject_pl, body_pl, subject_en, body_en
)
values
    (
        'post_treatment_check', 'post_treatment_check', 0, 48, 'service_reminder', 'message',
        'task',
        'Jak samopoczucie po zabiegu?',
        '{greeting}, pytamy o samopoczucie po zabiegu: {treatment}. Gdyby cokolwiek niepokoiło, '
        'prosimy o wiadomość, odpowiemy od razu.',
        'How do you feel after your treatment?',
        '{greeting}, we would like to know how you feel after your treatment: {treatment}. Should '
        'anything worry you, please write to us and we will answer at once.'
    ),
    (
        'refill', 'refill', -168, 240, 'marketing', 'message', 'task',
        'Czy odłożyć kolejne opakowanie?',
        '{greeting}, {product} wystarcza zwykle do {date}. Z przyjemnością odłożymy kolejne '
        'opakowanie.',
        'Shall we put the next one aside?',
        '{greeting}, {product} usually lasts until {date}. We will gladly put the next one aside '
        'for you.'
    ),
    (
        'course_step', 'course_step', -72, 240, 'service_reminder', 'message', 'task',
        'Czas na kolejną wizytę w serii',
        '{greeting}, kolejna wizyta w serii ({treatment}) przypada około {date}. Która godzina '
        'byłaby wygodna?',
        'Your next visit of the course is due',
        '{greeting}, the next visit of your course ({treatment}) is due around {date}. Which hour '
        'would suit you?'
    ),
    (
        'renewal_30', 'membership_renewal', -720, 240, 'service_reminder', 'message', 'task',
        'Członkostwo kończy się za miesiąc',
        '{greeting}, członkostwo {plan} trwa do {date}. Chętnie omówimy przedłużenie.',
        'Your membership ends in a month',
        '{greeting}, your membership {plan} runs until {date}. We will gladly talk about renewing '
        'it.'
    ),
    (
        'renewal_14', 'membership_renewal', -336, 168, 'service_reminder', 'message', 'task',
        'Członkostwo kończy się za dwa tygodnie',
        '{greeting}, członkostwo {plan} trwa do {date}. Przedłużenie zajmuje chwilę.',
        'Your membership ends in two weeks',
        '{greeting}, your membership {plan} runs until {date}. Renewing takes a moment.'
    ),
    (
        'renewal_3', 'membership_renewal', -72, 60, 'service_reminder', 'message', 'task',
        'Członkostwo kończy się za trzy dni',
        '{greeting}, członkostwo {plan} trwa do {date}.',
        'Your membership ends in three days',
        '{greeting}, your membership {plan} runs until {date}.'
    ),
    (
        'birthday', 'birthday', 0, 60, 'marketing', 'message', 'task',
        'Wszystkiego najlepszego',
        '{greeting}, z okazji urodzin życzymy wszystkiego, co najlepsze.',
        'Happy birthday',
        '{greeting}, we wish you all the best on your birthday.'
    ),
    (
        'name_day', 'name_day', 0, 60, 'marketing', 'message', 'task',
        'Najlepsze życzenia imieninowe',
        '{greeting}, z okazji imienin składamy najserdeczniejsze życzenia.',
        'Best wishes on your name day',
        '{greeting}, our warmest wishes on your name day.'
    ),
    (
        'first_visit_anniversary', 'first_visit_anniversary', 0, 120, 'marketing', 'message',
        'task',
        'Rocznica pierwszej wizyty',
        '{greeting}, dziękujemy: dziś mija kolejny rok od pierwszej wizyty u nas.',
        'The anniversary of your first visit',
        '{greeting}, thank you: another year has passed since your first visit.'
    ),
    (
        'missed_visit', 'missed_visit', 20, 72, 'service_reminder', 'message', 'task',
        'Czy umówić inny termin?',
        '{greeting}, wizyta ({treatment}) się nie odbyła. Mamy nadzieję, że wszystko w porządku, '
        'i chętnie znajdziemy inny termin.',
        'Shall we find another time?',
        '{greeting}, your visit ({treatment}) did not take place. We hope all is well and will '
        'gladly find another time.'
    );

create trigger occasion_rules_bump_version
before update on public.occasion_rules
for each row execute function private.tg_bump_version();
create trigger occasion_rules_record
after insert or update or delete on public.occasion_rules
for each row execute function private.tg_record_configuration('rule');

-- -------------------------------------------------------------------------------------------------
-- Occasions
-- -------------------------------------------------------------------------------------------------
create table public.occasions (
    id uuid primary key default gen_random_uuid(),
    client_id uuid not null references public.profiles (id) on delete cascade,
    rule text not null references public.occasion_rules (rule),
    subject_id uuid not null,
    occurrence smallint not null,
    round smallint not null default 1,
    state text not null default 'planned',
    reason text,
    due_at timestamptz not null,
    expires_at timestamptz not null,
    outreach_id uuid references public.outreach (id) on delete set null,
    task_id uuid references public.outreach_tasks (id) on delete set null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint occasions_come_once unique (client_id, rule, subject_id, occurrence),
    constraint occasions_occurrence_is_a_year
        check (occurrence = 0 or occurrence between 1900 and 2200),
    constraint occasions_state_is_known
        check (state in ('planned', 'fired', 'skipped', 'cancelled')),
    constraint occasions_reason_is_a_word check (reason ~ '^[a-z][a-z_]{0,39}$'),
    constraint occasions_without_effect_say_why
        check ((reason is not null) = (state in ('skipped', 'cancelled'))),
    constraint occasions_expire_after_their_moment check (expires_at > due_at)
);
comment on table public.occasions is
    'Each occasion of a client that was planned, and what became of it. Whether a message went is '
    'said by its row in outreach.';
comment on column public.occasions.subject_id is
    'The visit, purchase, membership, or the client it is about.';
comment on column public.occasions.occurrence is 'The year, of what comes each year; else 0.';
comment on column public.occasions.round is
    'How often it was planned: what was called off may come back.';
create index occasions_outreach_id_idx on public.occasions (outreach_id);
comment on index public.occasions_outreach_id_idx is
    'Serves the foreign key and "on which occasion was this sent".';
create index occasions_task_id_idx on public.occasions (task_id);
comment on index public.occasions_task_id_idx is
    'Serves the foreign key and "on which occasion is this to be done".';
create trigger occasions_touch
before update on public.occasions
for each row execute function private.tg_touch_row();

-- Two accounts turn out to be one person: what was done for the visits of either was done.
insert into private.client_tables (kind, table_name) values ('occasion', 'occasions');

create table private.occasion_plans (
    client_id uuid primary key references public.profiles (id) on delete cascade,
    requested_at timestamptz not null default clock_timestamp(),
    planned_at timestamptz
);
comment on table private.occasion_plans is
    'Whose occasions are planned, when last, and when that was last asked for.';
create index occasion_plans_planned_at_idx on private.occasion_plans (planned_at nulls first);
comment on index private.occasion_plans_planned_at_idx is
    'Serves the sweep: whose plan is the oldest.';
revoke all on private.occasion_plans from anon, authenticated, service_role;
alter table private.occasion_plans enable row level security;

insert into private.subscriptions (event_kind, worker, priority, collapses)
select kind, 'vip.occasions', 0, true
from unnest(array[
    'visit.booked', 'visit.completed', 'visit.missed', 'visit.cancelled', 'visit.changed',
    'purchase.recorded', 'purchase.changed', 'membership.started', 'membership.ended',
    'membership.changed', 'occasion.plan_requested', 'occasion.moment_reached', 'clock.hourly'
]) as kind;

-- -------------------------------------------------------------------------------------------------
-- What asks for a plan
-- -------------------------------------------------------------------------------------------------
create function private.tg_occasion_plans_emit()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.emit_events('occasion.plan_requested', array[new.client_id]);
    return null;
end
$$;

create trigger occasion_plans_emit_birth
after insert on private.occasion_plans
for each row execute function private.tg_occasion_plans_emit();
create trigger occasion_plans_emit
after update of requested_at on private.occasion_plans
for each row when (new.requested_at <> old.requested_at)
execute function private.tg_occasion_plans_emit();

create function private.request_occasion_plans(p_client_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
begin
    insert into private.occasion_plans as plan (client_id)
    select client.id from public.profiles client
    where client.id = any (p_client_ids)
    order by client.id
    on conflict (client_id) do update set requested_at = clock_timestamp();
end
$$;

-- Definer: who changes a client's details holds no right to plan.
create function private.tg_profiles_request_plan()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.request_occasion_plans(array[new.id]);
    return null;
end
$$;

create trigger profiles_request_plan
after update of birth_on, given_name, time_zone, tier, merged_into_id on public.profiles
for each row when (
    (new.birth_on, new.given_name, new.time_zone, new.tier, new.merged_into_id)
        is distinct from
        (old.birth_on, old.given_name, old.time_zone, old.tier, old.merged_into_id)
)
execute function private.tg_profiles_request_plan();

-- Definer: as above.
create function private.tg_outreach_preferences_request_plan()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.request_occasion_plans(array[new.client_id]);
    return null;
end
$$;

create trigger outreach_preferences_request_plan
after update of name_day_month, name_day_day on public.outreach_preferences
for each row when (
    (new.name_day_month, new.name_day_day)
        is distinct from (old.name_day_month, old.name_day_day)
)
execute function private.tg_outreach_preferences_request_plan();

-- Once a day for everybody, a portion an hour: what an event has missed, rules that changed, and
-- clients the house knew before it planned.
create function private.sweep_occasions(p_limit integer)
returns integer
language plpgsql
set search_path = ''
as $$
declare
    v_client_ids uuid[];
begin
    select array_agg(client.id) into v_client_ids
    from (
        select known.id
        from public.profiles known
        left join private.occasion_plans plan on plan.client_id = known.id
        where known.merged_into_id is null
            and (
                plan.client_id is not null or known.birth_on is not null
                or exists (select from public.visits visit where visit.client_id = known.id)
                or exists (
                    select from public.purchases purchase where purchase.client_id = known.id
                )
                or exists (
                    select from public.memberships held where held.client_id = known.id
                )
            )
            and (
                greatest(plan.planned_at, plan.requested_at) < now() - interval '20 hours'
                or plan.client_id is null
            )
        order by plan.planned_at nulls first, known.id
        limit p_limit
    ) client;
    perform private.request_occasion_plans(v_client_ids);
    return coalesce(cardinality(v_client_ids), 0);
end
$$;
comment on function private.sweep_occasions(integer) is
    'Asks for a new plan for those whose last is older than 20 hours, at most so many at once. '
    'Asking again right away finds nobody.';

-- Definer: deleting an account takes these rows along, and Auth has no right in private.
create function private.tg_occasions_emit()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if tg_op = 'INSERT' or new.state <> old.state then
        perform private.emit_events(
            'occasion.' || new.state, array[new.id],
            array[jsonb_strip_nulls(jsonb_build_object(
                'client_id', new.client_id, 'rule', new.rule, 'reason', new.reason,
                'outreach_id', new.outreach_id, 'task_id', new.task_id
            ))]
        );
    end if;
    return null;
end
$$;

create trigger occasions_emit
after insert or update of state on public.occasions
for each row execute function private.tg_occasions_emit();

-- -------------------------------------------------------------------------------------------------
-- Read
-- -------------------------------------------------------------------------------------------------
create function private.list_occasion_clients(p_subject_ids uuid[])
returns table (subject_id uuid, client_id uuid)
language plpgsql
stable
rows 100
set search_path = ''
as $$
begin
    return query
    select client.id, client.id
    from public.profiles client where client.id = any (p_subject_ids)
    union all
    select visit.id, visit.client_id
    from public.visits visit where visit.id = any (p_subject_ids)
    union all
    select purchase.id, purchase.client_id
    from public.purchases purchase where purchase.id = any (p_subject_ids)
    union all
    select held.id, held.client_id
    from public.memberships held where held.id = any (p_subject_ids)
    union all
    select occasion.id, occasion.client_id
    from public.occasions occasion where occasion.id = any (p_subject_ids);
end
$$;

create function private.describe_occasion_visits(p_client_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'id', visit.id, 'treatment_id', visit.treatment_id, 'name_pl', offered.name_pl,
            'name_en', offered.name_en, 'status', visit.status, 'starts_at', visit.starts_at,
            'ended_at', visit.ended_at, 'check_after_hours', offered.check_after_hours,
            'course_sessions', offered.course_sessions,
            'course_gap_days', offered.course_gap_days
        ) order by visit.starts_at, visit.id), '[]')
        from public.visits visit
        join public.treatments offered on offered.id = visit.treatment_id
        where visit.client_id = p_client_id and visit.status in ('booked', 'completed', 'missed')
            and visit.starts_at > now() - interval '400 days'
    );
end
$$;

create function private.describe_occasion_purchases(p_client_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'id', purchase.id, 'product_id', purchase.product_id, 'name_pl', product.name_pl,
            'name_en', product.name_en, 'lasts_days', product.lasts_days,
            'quantity', purchase.quantity, 'purchased_at', purchase.purchased_at
        ) order by purchase.purchased_at, purchase.id), '[]')
        from public.purchases purchase
        join public.products product on product.id = purchase.product_id
        where purchase.client_id = p_client_id and product.lasts_days is not null
            and product.is_active
            and (purchase.refunded_minor < purchase.amount_minor or purchase.amount_minor = 0)
            and purchase.purchased_at > now() - interval '800 days'
    );
end
$$;

create function private.describe_occasion_memberships(p_client_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'id', held.id, 'name_pl', plan.name_pl, 'name_en', plan.name_en,
            'ends_on', held.ends_on
        ) order by held.ends_on, held.id), '[]')
        from public.memberships held
        join public.membership_plans plan on plan.id = held.plan_id
        where held.client_id = p_client_id and held.status = 'active'
            and held.renewed_by_id is null
    );
end
$$;

create function private.describe_known_occasions(p_client_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'id', occasion.id, 'rule', occasion.rule, 'subject_id', occasion.subject_id,
            'occurrence', occasion.occurrence, 'state', occasion.state,
            'due_at', occasion.due_at, 'expires_at', occasion.expires_at,
            'is_waiting', coalesce(going.state = 'queued', false)
                or coalesce(task.state = 'open', false)
        ) order by occasion.due_at, occasion.id), '[]')
        from public.occasions occasion
        left join public.outreach going on going.id = occasion.outreach_id
        left join public.outreach_tasks task on task.id = occasion.task_id
        where occasion.client_id = p_client_id
    );
end
$$;

-- One text for one state, whatever the caller's time zone: see the fingerprint.
create function private.list_occasion_cases(p_client_ids uuid[])
returns table (client_id uuid, facts jsonb)
language plpgsql
stable
rows 50
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return query
    select client.id, jsonb_build_object(
        'client_id', client.id, 'locale', client.locale, 'time_zone', client.time_zone,
        'boost', level.boost, 'is_gone', client.merged_into_id is not null,
        'is_vip', level.has_dedicated_agent and exists (
            select from public.vip_client_profiles vip where vip.client_id = client.id
        ),
        'given_name', client.given_name, 'family_name', client.family_name,
        'gender', client.gender, 'form_of_address', client.form_of_address,
        'birth_on', client.birth_on,
        'chosen_name_day', case when wish.name_day_month is not null
            then jsonb_build_array(wish.name_day_month, wish.name_day_day) end,
        'name_days', (
            select coalesce(
                jsonb_agg(jsonb_build_array(kept.month, kept.day) order by kept.month, kept.day),
                '[]'
            )
            from public.name_days kept
            where kept.folded_name = private.fold_text(btrim(client.given_name))
        ),
        'first_visit_at', (
            select min(visit.starts_at) from public.visits visit
            where visit.client_id = client.id and visit.status = 'completed'
        ),
        'visits', private.describe_occasion_visits(client.id),
        'purchases', private.describe_occasion_purchases(client.id),
        'memberships', private.describe_occasion_memberships(client.id),
        'occasions', private.describe_known_occasions(client.id)
    )
    from public.profiles client
    join public.service_levels level on level.tier = client.tier
    left join public.outreach_preferences wish on wish.client_id = client.id
    where client.id = any (p_client_ids);
end
$$;
comment on function private.list_occasion_cases(uuid[]) is
    'All that a plan of occasions looks at, client by client.';

create function private.list_occasion_rules()
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(to_jsonb(known) || jsonb_build_object(
        'minimum_boost', level.boost
    ) order by known.rule), '[]')
    from public.occasion_rules known
    join public.service_levels level on level.tier = known.minimum_tier
$$;

-- Definer: the server's key may not read everything a plan follows from; executable by it alone.
create function private.read_occasion_contexts(p_subject_ids uuid[])
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
set enable_seqscan = off
as $$
begin
    return (
        with asked as materialized (
            select asked.client_id, array_agg(asked.subject_id) as subject_ids
            from private.list_occasion_clients(p_subject_ids) asked
            group by asked.client_id
        )
        select jsonb_build_object(
            'read_at', now(),
            'rules', private.list_occasion_rules(),
            'cases', coalesce(jsonb_agg(found.facts || jsonb_build_object(
                'fingerprint', md5(found.facts::text), 'subject_ids', asked.subject_ids
            ) order by found.client_id), '[]')
        )
        from private.list_occasion_cases(array(select asked.client_id from asked)) found
        join asked on asked.client_id = found.client_id
    );
end
$$;

create function worker.occasion_contexts(p_subject_ids uuid[])
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.read_occasion_contexts(p_subject_ids)
$$;
comment on function worker.occasion_contexts(uuid[]) is
    'For clients, visits, purchases, memberships and occasions: every client concerned with all '
    'that their occasions follow from, as of one moment, and the rules: {"read_at", "rules", '
    '"cases"}.';

-- -------------------------------------------------------------------------------------------------
-- Write
-- -------------------------------------------------------------------------------------------------
create function private.read_occasion_plans(p_items jsonb)
returns table (job_id bigint, client_id uuid, fingerprint text, operations jsonb)
language sql
immutable
rows 50
set search_path = ''
as $$
    select item.job_id, plan.client_id, plan.fingerprint, plan.operations
    from jsonb_to_recordset(p_items) as item (job_id bigint, plans jsonb)
    cross join jsonb_to_recordset(item.plans) as plan (
        client_id uuid, fingerprint text, operations jsonb
    )
$$;

-- What was called off may come back, what was done may not.
create function private.plan_occasion(p_client_id uuid, p_operation jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_occasion public.occasions;
begin
    insert into public.occasions as known (
        client_id, rule, subject_id, occurrence, due_at, expires_at
    )
    values (
        p_client_id, p_operation ->> 'rule', (p_operation ->> 'subject_id')::uuid,
        (p_operation ->> 'occurrence')::smallint, (p_operation ->> 'due_at')::timestamptz,
        (p_operation ->> 'expires_at')::timestamptz
    )
    on conflict (client_id, rule, subject_id, occurrence) do update
    set state = 'planned', reason = null, due_at = excluded.due_at,
        expires_at = excluded.expires_at, outreach_id = null, task_id = null,
        round = known.round + case known.state when 'cancelled' then 1 else 0 end
    where known.state in ('planned', 'cancelled')
    returning known.* into v_occasion;
    if v_occasion.id is not null then
        perform private.set_timers(
            'occasion.moment_reached', array[v_occasion.id], array[v_occasion.due_at]
        );
    end if;
end
$$;

create function private.end_occasion(p_occasion public.occasions, p_state text, p_reason text)
returns void
language plpgsql
set search_path = ''
as $$
begin
    perform private.cancel_timers('occasion.moment_reached', array[p_occasion.id]);
    if p_occasion.outreach_id is not null then
        perform private.cancel_outreach_rows(array[p_occasion.outreach_id], 'occasion_gone');
    end if;
    if p_occasion.task_id is not null then
        perform private.close_outreach_tasks(array[p_occasion.task_id], 'occasion_gone');
    end if;
    update public.occasions known
    set state = p_state, reason = p_reason
    where known.id = p_occasion.id;
end
$$;

create function private.fire_occasion(p_occasion public.occasions, p_operation jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_key text := concat_ws(':', p_occasion.subject_id, p_occasion.occurrence, p_occasion.round);
    v_purpose text := p_operation ->> 'purpose';
    v_details jsonb := jsonb_build_object(
        'occasion_id', p_occasion.id, 'subject', p_operation ->> 'subject',
        'body', p_operation ->> 'body', 'expires_at', p_occasion.expires_at
    );
    v_outreach_id uuid;
    v_task_id uuid;
begin
    perform private.cancel_timers('occasion.moment_reached', array[p_occasion.id]);
    if p_operation ->> 'action' = 'message' then
        v_outreach_id := private.queue_outreach(
            p_occasion.client_id, v_purpose, p_occasion.rule, p_operation ->> 'channel',
            p_occasion.due_at, v_key, v_details
        );
    else
        v_task_id := private.open_outreach_task(
            p_occasion.client_id, p_occasion.rule, null, greatest(p_occasion.due_at, now()),
            p_occasion.expires_at, v_key,
            v_details - 'expires_at' || jsonb_build_object('purpose', v_purpose)
        );
        if v_task_id is null then
            perform private.end_occasion(p_occasion, 'skipped', coalesce(
                private.find_task_obstacle(p_occasion.client_id, v_purpose), 'quiet_hours'
            ));
            return;
        end if;
    end if;
    update public.occasions known
    set state = 'fired', outreach_id = v_outreach_id, task_id = v_task_id
    where known.id = p_occasion.id;
end
$$;

create function private.apply_occasion_operation(p_client_id uuid, p_operation jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_occasion public.occasions;
begin
    if p_operation ->> 'op' = 'plan' then
        perform private.plan_occasion(p_client_id, p_operation);
        return;
    end if;
    select known.* into strict v_occasion
    from public.occasions known
    where known.id = (p_operation ->> 'id')::uuid and known.client_id = p_client_id
    for update;
    case p_operation ->> 'op'
        when 'fire' then perform private.fire_occasion(v_occasion, p_operation);
        when 'skip' then
            perform private.end_occasion(v_occasion, 'skipped', p_operation ->> 'reason');
        when 'cancel' then
            perform private.end_occasion(v_occasion, 'cancelled', p_operation ->> 'reason');
    end case;
end
$$;
comment on function private.apply_occasion_operation(uuid, jsonb) is
    'op: plan (rule, subject_id, occurrence, due_at, expires_at), fire (id, action, purpose, '
    'channel, subject, body), skip and cancel (id, reason).';

create function private.carry_out_occasions(p_items jsonb, p_client_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
begin
    perform private.apply_occasion_operation(plan.client_id, operation.value)
    from private.read_occasion_plans(p_items) plan
    cross join jsonb_array_elements(plan.operations) with ordinality operation (value, place)
    where plan.client_id = any (p_client_ids)
    order by plan.client_id, operation.place;
    insert into private.occasion_plans as plan (client_id, planned_at)
    select done.id, now() from unnest(p_client_ids) done (id)
    on conflict (client_id) do update set planned_at = excluded.planned_at;
end
$$;

-- Definer: nobody may write occasions by hand; only service_role may execute it. What is judged
-- must include what others committed while we waited for the locks, so each step is a statement of
-- its own.
create function private.apply_occasions(p_items jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
    v_recorded uuid[];
    v_stale uuid[];
begin
    if exists (select from jsonb_array_elements(p_items) item where item -> 'subject_id' = 'null')
    then
        perform private.sweep_occasions(5000);
    end if;
    perform private.lock_clients(
        array(select plan.client_id from private.read_occasion_plans(p_items) plan)
    );
    select
        array_agg(plan.client_id) filter (where md5(found.facts::text) = plan.fingerprint),
        array_agg(plan.client_id) filter (where md5(found.facts::text) <> plan.fingerprint)
    into v_recorded, v_stale
    from private.read_occasion_plans(p_items) plan
    join private.list_occasion_cases(
        array(select each_.client_id from private.read_occasion_plans(p_items) each_)
    ) found on found.client_id = plan.client_id;
    perform private.carry_out_occasions(p_items, v_recorded);
    return (
        select coalesce(jsonb_agg(jsonb_build_object('job_id', item -> 'job_id', 'status', case
            when item -> 'subject_id' = 'null' then 'recorded'
            when jsonb_array_length(item -> 'plans') = 0 then 'gone'
            when (item #>> '{plans,0,client_id}')::uuid = any (v_stale) then 'stale'
            else 'recorded'
        end)), '[]')
        from jsonb_array_elements(p_items) item
    );
end
$$;

create function worker.record_occasions(p_items jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
begin
    perform private.hold_jobs(p_items);
    return private.finish_decided(private.apply_occasions(p_items));
end
$$;
comment on function worker.record_occasions(jsonb) is
    'Effect and end of jobs about occasions, in one transaction. Items: job_id, fence, subject_id '
    '(null: the sweep), plans [{client_id, fingerprint, operations}], one at most. Answers '
    '[{"job_id", "status"}]: recorded, stale (the facts changed meanwhile and the job is still '
    'held), gone.';

-- -------------------------------------------------------------------------------------------------
-- People
-- -------------------------------------------------------------------------------------------------
create function public.get_client_occasions(p_client_id uuid, p_days integer default 90)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(to_jsonb(found) order by found.due_at, found.id), '[]')
    from (
        select known.* from public.occasions known
        where known.client_id = p_client_id
            and known.due_at between now() - make_interval(days => least(p_days, 400))
                and now() + make_interval(days => least(p_days, 400))
        order by known.due_at, known.id
        limit 200
    ) found
$$;
comment on function public.get_client_occasions(uuid, integer) is
    'Staff who look after the client: what is planned for them, was done or left, this many days '
    'back and ahead.';

create function private.require_occasion_rule(p_rule text, p_changes jsonb)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
    v_field text;
begin
    if (p_rule ~ '^[a-z][a-z0-9_]{0,39}$') is not true then
        perform private.refuse('PT422', 'rule_malformed', 'A lower case word of 40 at most.');
    elsif p_changes is null or jsonb_typeof(p_changes) <> 'object' or p_changes = '{}'
        or octet_length(p_changes::text) > 8000
    then
        perform private.refuse('PT400', 'changes_required', 'Send {"window_hours": 48}.');
    end if;
    select field.key into v_field
    from jsonb_each(p_changes) field
    where jsonb_typeof(field.value) is distinct from case
        when field.key in ('offset_hours', 'window_hours') then 'number'
        when field.key = 'is_active' then 'boolean'
        when field.key = 'channel' and field.value = 'null' then 'null'
        when field.key in (
            'occasion', 'purpose', 'channel', 'action', 'vip_action', 'minimum_tier',
            'subject_pl', 'body_pl', 'subject_en', 'body_en'
        ) then 'string'
    end
    order by field.key
    limit 1;
    if v_field is not null then
        perform private.refuse('PT422', 'field_malformed', 'Not so: ' || left(v_field, 40));
    end if;
end
$$;

-- Definer: nobody holds a right to write rules; admins write through here. What the constraints
-- promise is what is checked: their names say which.
create function private.save_occasion_rule(
    p_rule text, p_changes jsonb, p_version integer, p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_rule public.occasion_rules;
    v_problem text;
begin
    perform private.require_admin();
    perform private.require_occasion_rule(p_rule, p_changes);
    perform private.note_reason(p_reason);
    perform pg_advisory_xact_lock(hashtextextended('occasion rule ' || p_rule, 0));
    select known.* into v_rule from public.occasion_rules known where known.rule = p_rule;
    if v_rule.version <> p_version then
        perform private.refuse('PT409', 'stale_version', 'The rule has changed: read it again.');
    end if;
    v_rule := private.write_occasion_rule(jsonb_populate_record(
        v_rule, p_changes || jsonb_build_object('rule', p_rule)
    ));
    return to_jsonb(v_rule);
exception
    when check_violation or foreign_key_violation or not_null_violation or data_exception then
        get stacked diagnostics v_problem = constraint_name;
        perform private.refuse(
            'PT422', 'rule_invalid', coalesce(nullif(v_problem, ''), 'A field is missing.')
        );
end
$$;

create function private.write_occasion_rule(p_rule public.occasion_rules)
returns public.occasion_rules
language plpgsql
set search_path = ''
as $$
declare
    v_rule public.occasion_rules;
begin
    insert into public.occasion_rules as known (
        rule, occasion, offset_hours, window_hours, purpose, channel, action, vip_action,
        minimum_tier, subject_pl, body_pl, subject_en, body_en, is_active
    )
    values (
        p_rule.rule, p_rule.occasion, coalesce(p_rule.offset_hours, 0), p_rule.window_hours,
        p_rule.purpose, p_rule.channel, p_rule.action, coalesce(p_rule.vip_action, p_rule.action),
        coalesce(p_rule.minimum_tier, 'standard'), p_rule.subject_pl, p_rule.body_pl,
        p_rule.subject_en, p_rule.body_en, coalesce(p_rule.is_active, true)
    )
    on conflict (rule) do update
    set occasion = excluded.occasion, offset_hours = excluded.offset_hours,
        window_hours = excluded.window_hours, purpose = excluded.purpose,
        channel = excluded.channel, action = excluded.action, vip_action = excluded.vip_action,
        minimum_tier = excluded.minimum_tier, subject_pl = excluded.subject_pl,
        body_pl = excluded.body_pl, subject_en = excluded.subject_en,
        body_en = excluded.body_en, is_active = excluded.is_active
    returning known.* into v_rule;
    return v_rule;
end
$$;

create function public.save_occasion_rule(
    p_rule text, p_changes jsonb, p_version integer default null, p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.save_occasion_rule(p_rule, p_changes, p_version, p_reason)
$$;
comment on function public.save_occasion_rule(text, jsonb, integer, text) is
    'Admins: changes a rule, or makes one with all its fields: occasion, offset_hours, '
    'window_hours, purpose, channel, action, vip_action, minimum_tier, subject_pl, body_pl, '
    'subject_en, body_en, is_active. What is planned follows within a day. Answers the rule.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.occasion_rules, public.occasions from anon, authenticated, service_role;
grant select on public.occasion_rules, public.occasions to authenticated, service_role;
alter table public.occasion_rules enable row level security;
alter table public.occasions enable row level security;

create policy occasion_rules_select_staff on public.occasion_rules
for select to authenticated
using ((select private.is_staff()));

-- Never one's own: a surprise is one.
create policy occasions_select_staff on public.occasions
for select to authenticated
using (
    client_id <> (select private.my_client_id()) and (
        client_id = any (array(select private.my_live_client_ids()))
        or client_id = any (array(select private.my_dedicated_client_ids()))
        or exists (
            select from public.profiles client
            where client.id = occasions.client_id
                and client.desk_id = any (array(select private.my_overseen_desk_ids()))
        )
    )
);

revoke all on function
    private.has_known_placeholders(text), private.tg_occasion_plans_emit(),
    private.request_occasion_plans(uuid[]), private.tg_profiles_request_plan(),
    private.tg_outreach_preferences_request_plan(), private.sweep_occasions(integer),
    private.tg_occasions_emit(), private.list_occasion_clients(uuid[]),
    private.describe_occasion_visits(uuid), private.describe_occasion_purchases(uuid),
    private.describe_occasion_memberships(uuid), private.describe_known_occasions(uuid),
    private.list_occasion_cases(uuid[]), private.list_occasion_rules(),
    private.read_occasion_contexts(uuid[]), worker.occasion_contexts(uuid[]),
    private.read_occasion_plans(jsonb), private.plan_occasion(uuid, jsonb),
    private.end_occasion(public.occasions, text, text),
    private.fire_occasion(public.occasions, jsonb),
    private.apply_occasion_operation(uuid, jsonb),
    private.carry_out_occasions(jsonb, uuid[]), private.apply_occasions(jsonb),
    worker.record_occasions(jsonb), public.get_client_occasions(uuid, integer),
    private.require_occasion_rule(text, jsonb),
    private.save_occasion_rule(text, jsonb, integer, text),
    private.write_occasion_rule(public.occasion_rules),
    public.save_occasion_rule(text, jsonb, integer, text)
from public, anon, authenticated, service_role;
grant execute on function
    private.read_occasion_contexts(uuid[]), worker.occasion_contexts(uuid[]),
    private.apply_occasions(jsonb), worker.record_occasions(jsonb)
to service_role;
grant execute on function
    private.save_occasion_rule(text, jsonb, integer, text),
    public.save_occasion_rule(text, jsonb, integer, text),
    public.get_client_occasions(uuid, integer)
to authenticated, service_role;
