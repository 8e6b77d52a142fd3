-- Recovery desk: what went wrong for a client is one case with one owner, until it is made good.
--
--   survey.answered (3 or less), promise.breached (a VIP tier), sentiment.fell,
--   service.recovery_needed, or a person -> private.open_recovery_case
--   events out: recovery_case.opened, .assigned, .resolved, .reopened, .closed; subject: the case;
--   payload: client_id, ticket_id. What follows is decided by vip.recovery (lib/vip/recovery.py,
--   vip_recovery_watch); the doors for people stand in vip_recovery_doors.
--
-- One case a client: whatever goes wrong while it is open, or within a day of its opening, is a row
-- of recovery_triggers. The client is locked first, so two triggers at once agree on the case.
-- A case is the house's own view of a failure: the client reads none of it.
-- Order of locks: jobs, the client, cases by id, staff by id.

-- -------------------------------------------------------------------------------------------------
-- What can be chosen
-- -------------------------------------------------------------------------------------------------
create table public.recovery_causes (
    cause text primary key,
    label_pl text not null,
    label_en text not null,
    is_active boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint recovery_causes_cause_is_a_word check (cause ~ '^[a-z][a-z_]{0,39}$'),
    constraint recovery_causes_labels_are_short_text
        check (private.is_clean_text(label_pl, 120) and private.is_clean_text(label_en, 120))
);
comment on table public.recovery_causes is
    'The root causes a case can have. One that is not active any more stays on the cases it has.';

insert into public.recovery_causes (cause, label_pl, label_en)
values
    ('late_answer', 'Zbyt późna odpowiedź', 'Answered too late'),
    ('broken_word', 'Niedotrzymane słowo', 'A promise not kept'),
    ('staff_conduct', 'Zachowanie personelu', 'Conduct of staff'),
    ('wrong_information', 'Błędna informacja', 'Wrong information'),
    ('booking_mistake', 'Błąd w rezerwacji', 'A mistake in a booking'),
    ('billing_mistake', 'Błąd w rozliczeniu', 'A mistake in billing'),
    ('treatment_outcome', 'Efekt zabiegu', 'Outcome of a treatment'),
    ('product_fault', 'Wada produktu', 'A faulty product'),
    ('premises', 'Stan salonu lub sprzętu', 'State of the premises or equipment'),
    ('partner_failure', 'Zawiódł partner', 'A partner let us down'),
    ('unclear_expectation', 'Nieustalone oczekiwania', 'Expectations nobody had settled'),
    ('system_failure', 'Awaria systemu', 'A system failed'),
    ('no_failure_found', 'Nie stwierdzono błędu', 'No failure found');

create trigger recovery_causes_touch
before update on public.recovery_causes
for each row execute function private.tg_touch_row();
create trigger recovery_causes_record
after insert or update or delete on public.recovery_causes
for each row execute function private.tg_record_configuration('cause');

create table public.recovery_budgets (
    role text primary key,
    limit_minor integer not null,
    currency text not null default 'PLN',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint recovery_budgets_role_is_known check (private.is_staff_role(role)),
    constraint recovery_budgets_limit_is_sane check (limit_minor between 0 and 100000000),
    constraint recovery_budgets_are_in_the_houses_currency check (currency = 'PLN')
);
comment on table public.recovery_budgets is
    'Up to which sum a case may come to on the word of somebody in this role alone.';
comment on column public.recovery_budgets.limit_minor is 'Of the whole case, in grosze.';

insert into public.recovery_budgets (role, limit_minor)
values
    ('agent', 30000),
    ('concierge', 30000),
    ('relationship_manager', 50000),
    ('quality_auditor', 0),
    ('manager', 100000),
    ('executive', 1000000),
    ('admin', 1000000);

create trigger recovery_budgets_touch
before update on public.recovery_budgets
for each row execute function private.tg_touch_row();
create trigger recovery_budgets_record
after insert or update or delete on public.recovery_budgets
for each row execute function private.tg_record_configuration('role');

-- -------------------------------------------------------------------------------------------------
-- Cases
-- -------------------------------------------------------------------------------------------------
create table public.recovery_cases (
    id uuid primary key default gen_random_uuid(),
    client_id uuid not null references public.profiles (id) on delete cascade,
    desk_id uuid not null references public.desks (id),
    tier text not null references public.service_levels (tier),
    ticket_id uuid references public.support_tickets (id) on delete set null,
    trigger text not null,
    state text not null default 'open',
    owner_id uuid references public.staff_members (id),
    owner_stage text,
    opened_at timestamptz not null default clock_timestamp(),
    began_at timestamptz not null default clock_timestamp(),
    assigned_at timestamptz,
    taken_at timestamptz,
    due_at timestamptz,
    callback_due_at timestamptz,
    called_back_at timestamptz,
    told text[] not null default '{}',
    cause text references public.recovery_causes (cause),
    resolution text,
    resolved_at timestamptz,
    resolved_by uuid,
    survey_id uuid,
    is_recovered boolean,
    reopened_count integer not null default 0,
    closed_at timestamptz,
    merged_into_id uuid references public.recovery_cases (id) on delete cascade,
    version integer not null default 1,
    updated_at timestamptz not null default now(),
    constraint recovery_cases_trigger_is_known
        check (trigger in ('survey', 'promise', 'sentiment', 'service', 'person')),
    constraint recovery_cases_state_is_known
        check (state in ('open', 'in_progress', 'resolved', 'closed')),
    constraint recovery_cases_nobody_owns_their_own check (owner_id <> client_id),
    constraint recovery_cases_owner_has_a_time_and_a_stage
        check (
            (owner_id is null) = (assigned_at is null)
            and (owner_id is null) = (owner_stage is null)
        ),
    constraint recovery_cases_stage_is_known
        check (owner_stage in (
            'relationship_manager', 'dedicated_agent', 'deputy_agent', 'manager', 'chosen'
        )),
    constraint recovery_cases_in_progress_are_somebodys
        check (state <> 'in_progress' or num_nonnulls(owner_id, taken_at) = 2),
    constraint recovery_cases_told_are_few check (cardinality(told) <= 8),
    constraint recovery_cases_resolution_is_text check (private.is_clean_text(resolution, 2000)),
    constraint recovery_cases_resolved_say_why_and_what
        check (
            state not in ('resolved', 'closed') or merged_into_id is not null
            or num_nonnulls(cause, resolution, resolved_at) = 3
        ),
    constraint recovery_cases_closed_have_a_time
        check ((state = 'closed') = (closed_at is not null)),
    constraint recovery_cases_merged_are_closed
        check (merged_into_id is null or state = 'closed' and merged_into_id <> id),
    constraint recovery_cases_times_follow_the_opening
        check (
            began_at >= opened_at and assigned_at >= opened_at and taken_at >= opened_at
            and resolved_at >= opened_at and closed_at >= opened_at
            and callback_due_at >= opened_at and called_back_at >= opened_at
        )
);
comment on table public.recovery_cases is
    'What went wrong for a client and how it is made good. Written by functions and the worker.';
comment on column public.recovery_cases.tier is 'The client''s when it was opened.';
comment on column public.recovery_cases.trigger is 'What opened it; all are in recovery_triggers.';
comment on column public.recovery_cases.owner_stage is
    'As whom they were given it; chosen: took it, or a manager gave it to them.';
comment on column public.recovery_cases.began_at is 'Opened, or opened again: its clocks count.';
comment on column public.recovery_cases.taken_at is 'When its owner first did something.';
comment on column public.recovery_cases.due_at is
    'The next moment by which somebody has to have done something; null once it is resolved.';
comment on column public.recovery_cases.callback_due_at is
    'By when we told the client that we would call them.';
comment on column public.recovery_cases.told is
    'Which delays were told to managers already: unowned, silence, callback, resolution.';
comment on column public.recovery_cases.resolved_by is 'No foreign key: it outlives people.';
comment on column public.recovery_cases.survey_id is
    'The second survey, if the client was asked. No foreign key: surveys go by their own rules.';
comment on column public.recovery_cases.is_recovered is
    'What the client says in the second survey; null: not asked, or no answer yet.';
comment on column public.recovery_cases.merged_into_id is
    'Two accounts of one person had a case each: the one that goes on.';

create unique index recovery_cases_one_at_a_time on public.recovery_cases (client_id)
where state in ('open', 'in_progress');
comment on index public.recovery_cases_one_at_a_time is
    'Serves private.has_recent_complaint, and lets no second open case of a client in.';
create index recovery_cases_client_id_idx on public.recovery_cases (client_id, opened_at);
comment on index public.recovery_cases_client_id_idx is
    'Serves a client''s cases, the one of the last day, the policy and the foreign key.';
create index recovery_cases_desk_id_idx on public.recovery_cases (desk_id, state, due_at);
comment on index public.recovery_cases_desk_id_idx is
    'Serves a desk''s list by what is due, the policy and the foreign key.';
create index recovery_cases_owner_id_idx on public.recovery_cases (owner_id, state);
comment on index public.recovery_cases_owner_id_idx is
    'Serves somebody''s own cases, what they leave behind, the policy and the foreign key.';
create index recovery_cases_ticket_id_idx on public.recovery_cases (ticket_id);
comment on index public.recovery_cases_ticket_id_idx is 'Serves the foreign key.';
create index recovery_cases_cause_idx on public.recovery_cases (cause);
comment on index public.recovery_cases_cause_idx is 'Serves the foreign key.';
create index recovery_cases_merged_into_id_idx on public.recovery_cases (merged_into_id);
comment on index public.recovery_cases_merged_into_id_idx is 'Serves the foreign key.';
create index recovery_cases_survey_id_idx on public.recovery_cases (survey_id);
comment on index public.recovery_cases_survey_id_idx is
    'Serves writing back what the second survey says.';

create table public.recovery_triggers (
    id bigint generated always as identity primary key,
    case_id uuid not null references public.recovery_cases (id) on delete cascade,
    trigger text not null,
    subject_id uuid,
    ticket_id uuid references public.support_tickets (id) on delete set null,
    details jsonb not null default '{}',
    added_by uuid,
    added_at timestamptz not null default clock_timestamp(),
    constraint recovery_triggers_trigger_is_known
        check (trigger in ('survey', 'promise', 'sentiment', 'service', 'person')),
    constraint recovery_triggers_count_once unique (case_id, trigger, subject_id),
    constraint recovery_triggers_details_are_a_small_object
        check (jsonb_typeof(details) = 'object' and octet_length(details::text) <= 2000)
);
comment on table public.recovery_triggers is
    'Everything that went wrong in a case: the first opened it. Append only; ids, words, numbers.';
comment on column public.recovery_triggers.subject_id is
    'The survey, promise, message or service; null: a person said so.';
comment on column public.recovery_triggers.added_by is 'Null: the house itself.';
create index recovery_triggers_ticket_id_idx on public.recovery_triggers (ticket_id);
comment on index public.recovery_triggers_ticket_id_idx is 'Serves the foreign key.';

-- -------------------------------------------------------------------------------------------------
-- Gestures and approvals
-- -------------------------------------------------------------------------------------------------
create table public.recovery_gestures (
    id uuid primary key default gen_random_uuid(),
    case_id uuid not null references public.recovery_cases (id) on delete cascade,
    kind text not null,
    amount_minor integer not null,
    currency text not null default 'PLN',
    description text not null,
    state text not null,
    proposed_by uuid not null,
    proposed_role text not null,
    is_within_budget boolean not null,
    proposed_at timestamptz not null default clock_timestamp(),
    settled_at timestamptz,
    constraint recovery_gestures_kind_is_known
        check (kind in ('refund', 'credit', 'gift', 'free_treatment')),
    constraint recovery_gestures_amount_is_sane check (amount_minor between 1 and 100000000),
    constraint recovery_gestures_are_in_the_houses_currency check (currency = 'PLN'),
    constraint recovery_gestures_description_is_text
        check (private.is_clean_text(description, 500)),
    constraint recovery_gestures_role_is_known check (private.is_staff_role(proposed_role)),
    constraint recovery_gestures_state_is_known
        check (state in ('waiting', 'granted', 'refused', 'withdrawn')),
    constraint recovery_gestures_within_budget_need_nobody
        check (not is_within_budget or state in ('granted', 'withdrawn')),
    constraint recovery_gestures_settled_have_a_time
        check ((state = 'waiting') = (settled_at is null))
);
comment on table public.recovery_gestures is
    'What the house gives a client to make it good, in money''s worth. Above the budget of whoever '
    'proposes it, it waits for an approval.';
comment on column public.recovery_gestures.amount_minor is 'In grosze.';
comment on column public.recovery_gestures.proposed_by is 'No foreign key: it outlives people.';
comment on column public.recovery_gestures.is_within_budget is
    'Of the proposer, with what the case had come to by then.';
create index recovery_gestures_case_id_idx on public.recovery_gestures (case_id, proposed_at);
comment on index public.recovery_gestures_case_id_idx is
    'Serves a case''s gestures and their sum, and the foreign key.';

create table public.recovery_approvals (
    gesture_id uuid primary key references public.recovery_gestures (id) on delete cascade,
    is_approved boolean not null,
    decided_by uuid not null,
    decided_role text not null,
    limit_minor integer not null,
    total_minor integer not null,
    reason text,
    decided_at timestamptz not null default clock_timestamp(),
    constraint recovery_approvals_role_is_known check (private.is_staff_role(decided_role)),
    constraint recovery_approvals_stay_within_the_limit
        check (not is_approved or total_minor <= limit_minor),
    constraint recovery_approvals_refusals_say_why
        check (is_approved or reason is not null),
    constraint recovery_approvals_reason_is_short_text check (private.is_clean_text(reason, 500))
);
comment on table public.recovery_approvals is
    'Who decided on a gesture above its proposer''s budget: one decision each, never an edit.';
comment on column public.recovery_approvals.limit_minor is 'Of the decider''s role, then.';
comment on column public.recovery_approvals.total_minor is 'What the case comes to with it.';

create table public.recovery_history (
    id bigint generated always as identity primary key,
    case_id uuid not null references public.recovery_cases (id) on delete cascade,
    kind text not null,
    actor_id uuid,
    details jsonb not null default '{}',
    note text,
    occurred_at timestamptz not null default clock_timestamp(),
    constraint recovery_history_kind_is_a_word check (kind ~ '^[a-z][a-z_]{0,39}$'),
    constraint recovery_history_details_are_bounded
        check (jsonb_typeof(details) = 'object' and octet_length(details::text) <= 16384),
    constraint recovery_history_note_is_text check (private.is_clean_text(note, 2000))
);
comment on table public.recovery_history is
    'All that was done in a case and why: also who was considered as its owner. Append only.';
comment on column public.recovery_history.actor_id is 'Null: the house itself.';
create index recovery_history_case_id_idx on public.recovery_history (case_id, id);
comment on index public.recovery_history_case_id_idx is 'Serves a case''s timeline.';

create function private.record_recovery(
    p_case_id uuid, p_kind text, p_details jsonb default '{}', p_note text default null
)
returns void
language sql
set search_path = ''
as $$
    insert into public.recovery_history (case_id, kind, actor_id, details, note)
    values (p_case_id, p_kind, (select auth.uid()), p_details, p_note)
$$;

-- -------------------------------------------------------------------------------------------------
-- What may become of them, whoever changes the row
-- -------------------------------------------------------------------------------------------------
create function private.tg_recovery_cases_guard()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    if new.state <> old.state and format('%s %s', old.state, new.state) <> all (array[
        'open in_progress', 'open resolved', 'in_progress open', 'in_progress resolved',
        'resolved open', 'resolved closed', 'closed open'
    ]) and (new.merged_into_id is null or new.state <> 'closed') then
        perform private.refuse(
            'PT409', 'recovery_case_is_' || old.state, 'Not possible in this state of the case.'
        );
    end if;
    new.updated_at := now();
    new.version := old.version + 1;
    return new;
end
$$;

create trigger recovery_cases_guard
before update on public.recovery_cases
for each row execute function private.tg_recovery_cases_guard();

create function private.tg_recovery_gestures_guard()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    if (new.case_id, new.kind, new.amount_minor, new.currency, new.proposed_by,
        new.is_within_budget) <> (old.case_id, old.kind, old.amount_minor, old.currency,
        old.proposed_by, old.is_within_budget) and new.case_id = old.case_id
    then
        perform private.refuse('PT409', 'gesture_is_fixed', 'Withdraw it and propose another.');
    elsif old.state in ('refused', 'withdrawn') and new.state <> old.state then
        perform private.refuse('PT409', 'gesture_is_settled', 'It was decided already.');
    elsif new.state = 'granted' and old.state <> 'granted' and not exists (
        select from public.recovery_approvals approval
        where approval.gesture_id = new.id and approval.is_approved
            and approval.decided_by <> new.proposed_by
    ) then
        perform private.refuse(
            'PT409', 'approval_required', 'Somebody else has to approve it first.'
        );
    end if;
    return new;
end
$$;
comment on function private.tg_recovery_gestures_guard() is
    'What is above the proposer''s budget is granted by somebody else''s approval alone.';
create trigger recovery_gestures_guard
before update on public.recovery_gestures
for each row execute function private.tg_recovery_gestures_guard();
-- Also where triggers are switched off for a replica's or an import's sake.
alter table public.recovery_cases enable always trigger recovery_cases_guard;
alter table public.recovery_gestures enable always trigger recovery_gestures_guard;

-- -------------------------------------------------------------------------------------------------
-- Events
-- -------------------------------------------------------------------------------------------------

-- Definer: whoever opened the case may write no events.
create function private.tg_recovery_cases_announce()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if tg_op = 'INSERT' then
        perform private.emit_events(
            'recovery_case.opened', array_agg(now_.id order by now_.opened_at, now_.id),
            array_agg(private.describe_recovery_event(now_) order by now_.opened_at, now_.id)
        )
        from now_
        having count(*) > 0;
        return null;
    end if;
    perform private.emit_events(
        'recovery_case.' || change.verb, array_agg(change.id order by change.id),
        array_agg(change.payload order by change.id)
    )
    from (
        select now_.id, private.describe_recovery_event(now_) as payload, told.verb
        from now_ join before_ on before_.id = now_.id
        cross join lateral (
            values
                ('assigned', now_.owner_id is distinct from before_.owner_id
                    and now_.owner_id is not null),
                ('resolved', now_.state = 'resolved' and before_.state <> 'resolved'),
                ('reopened', now_.reopened_count > before_.reopened_count),
                ('closed', now_.state = 'closed' and before_.state <> 'closed')
        ) told (verb, has_happened)
        where told.has_happened
    ) change
    group by change.verb;
    return null;
end
$$;

create function private.describe_recovery_event(p_case public.recovery_cases)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'client_id', p_case.client_id, 'ticket_id', p_case.ticket_id, 'trigger', p_case.trigger,
        'state', p_case.state, 'is_recovered', p_case.is_recovered
    )
$$;

create trigger recovery_cases_announce_birth
after insert on public.recovery_cases
referencing new table as now_
for each statement execute function private.tg_recovery_cases_announce();
create trigger recovery_cases_announce
after update on public.recovery_cases
referencing new table as now_ old table as before_
for each statement execute function private.tg_recovery_cases_announce();

-- Definer: whoever changed the service may write no events.
create function private.tg_white_glove_services_call_recovery()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.emit_events(
        'service.recovery_needed', array_agg(now_.id order by now_.id),
        array_agg(jsonb_build_object(
            'service_type', now_.service_type, 'client_id', now_.client_id
        ) order by now_.id)
    )
    from now_ join before_ on before_.id = now_.id
    where now_.status = 'recovery' and before_.status <> 'recovery'
    having count(*) > 0;
    return null;
end
$$;

create trigger white_glove_services_call_recovery
after update on public.white_glove_services
referencing new table as now_ old table as before_
for each statement execute function private.tg_white_glove_services_call_recovery();

-- -------------------------------------------------------------------------------------------------
-- Open
-- -------------------------------------------------------------------------------------------------

-- The account that counts, locked. Whoever was recognised as somebody else is that somebody.
create function private.lock_recovery_client(p_client_id uuid)
returns public.profiles
language plpgsql
set search_path = ''
as $$
declare
    v_client public.profiles;
begin
    select client.* into v_client
    from public.profiles client
    where client.id = (
        select coalesce(asked.merged_into_id, asked.id)
        from public.profiles asked where asked.id = p_client_id
    )
    for no key update;
    return v_client;
end
$$;

-- The open one, otherwise the latest that was opened within a day.
create function private.find_recovery_case(p_client_id uuid)
returns public.recovery_cases
language plpgsql
set search_path = ''
as $$
declare
    v_case public.recovery_cases;
begin
    select known.* into v_case
    from public.recovery_cases known
    where known.client_id = p_client_id and known.merged_into_id is null
        and (known.state in ('open', 'in_progress')
            or known.began_at > clock_timestamp() - interval '24 hours')
    order by known.state in ('open', 'in_progress') desc, known.opened_at desc
    limit 1
    for no key update;
    return v_case;
end
$$;

create function private.reopen_recovery(p_case_id uuid, p_why text, p_note text default null)
returns void
language plpgsql
set search_path = ''
as $$
begin
    update public.recovery_cases known
    set state = 'open', owner_id = null, owner_stage = null, assigned_at = null, taken_at = null,
        began_at = clock_timestamp(), callback_due_at = null, called_back_at = null, told = '{}',
        resolved_at = null, resolved_by = null, resolution = null, closed_at = null,
        survey_id = null, reopened_count = known.reopened_count + 1
    where known.id = p_case_id;
    perform private.record_recovery(
        p_case_id, 'reopened', jsonb_build_object('why', p_why), p_note
    );
end
$$;

create function private.open_recovery_case(
    p_client_id uuid, p_trigger text, p_subject_id uuid, p_ticket_id uuid, p_details jsonb
)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
    v_client public.profiles := private.lock_recovery_client(p_client_id);
    v_case public.recovery_cases;
    v_is_new boolean;
begin
    if v_client.id is null then
        return null;
    end if;
    v_case := private.find_recovery_case(v_client.id);
    v_is_new := v_case.id is null;
    if v_is_new then
        insert into public.recovery_cases (client_id, desk_id, tier, ticket_id, trigger)
        values (v_client.id, v_client.desk_id, v_client.tier, p_ticket_id, p_trigger)
        returning * into v_case;
    end if;
    insert into public.recovery_triggers (
        case_id, trigger, subject_id, ticket_id, details, added_by
    )
    values (
        v_case.id, p_trigger, p_subject_id, p_ticket_id, coalesce(p_details, '{}'), auth.uid()
    )
    on conflict (case_id, trigger, subject_id) do nothing;
    if found then
        perform private.record_recovery(
            v_case.id, case when v_is_new then 'opened' else 'trigger_added' end,
            jsonb_build_object('trigger', p_trigger, 'subject_id', p_subject_id)
        );
        if v_case.state in ('resolved', 'closed') then
            perform private.reopen_recovery(v_case.id, 'trigger_added');
        end if;
    end if;
    return v_case.id;
end
$$;
comment on function private.open_recovery_case(uuid, text, uuid, uuid, jsonb) is
    'The client''s case for what went wrong (trigger: survey, promise, sentiment, service, '
    'person): a new one, or the one that is open or not a day old. The same subject twice counts '
    'once. Null: no such client. For functions with the owner''s rights, after they have checked '
    'the caller.';

create function private.has_recent_complaint(p_client_id uuid, p_at timestamptz)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return exists (
        select from public.recovery_cases known
        where known.client_id = p_client_id and known.opened_at <= p_at
            and known.merged_into_id is null
            and (known.state in ('open', 'in_progress') or known.resolved_at > p_at)
    ) or exists (
        select from public.support_tickets ticket
        where ticket.client_id = p_client_id and ticket.category = 'complaint'
            and ticket.opened_at <= p_at
            and greatest(ticket.opened_at, ticket.reopened_at) > p_at - interval '14 days'
    );
end
$$;
comment on function private.has_recent_complaint(uuid, timestamptz) is
    'Whether this is no moment to offer the client something: a complaint within 14 days before '
    'it, or a recovery case that was open then.';

-- -------------------------------------------------------------------------------------------------
-- Two accounts turn out to be one person
-- -------------------------------------------------------------------------------------------------

insert into private.client_tables (kind, table_name)
values ('recovery_case', 'recovery_cases');

-- Definer: whoever merges clients holds no right to write cases. If both have an open one, the kept
-- client's goes on with all that went wrong and was given in either. Whoever turns out to be the
-- client does not own the case any more.
create function private.tg_profiles_merge_recovery()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_kept_id uuid := (
        select known.id from public.recovery_cases known
        where known.client_id = new.merged_into_id and known.state in ('open', 'in_progress')
    );
    v_gone_id uuid := (
        select known.id from public.recovery_cases known
        where known.client_id = new.id and known.state in ('open', 'in_progress')
    );
begin
    update public.recovery_cases known
    set owner_id = null, owner_stage = null, assigned_at = null, taken_at = null,
        state = case known.state when 'in_progress' then 'open' else known.state end
    where known.client_id = new.id and known.owner_id = new.merged_into_id;
    if v_kept_id is not null and v_gone_id is not null then
        insert into public.recovery_triggers (
            case_id, trigger, subject_id, ticket_id, details, added_by, added_at
        )
        select v_kept_id, was.trigger, was.subject_id, was.ticket_id, was.details, was.added_by,
            was.added_at
        from public.recovery_triggers was
        where was.case_id = v_gone_id
        on conflict (case_id, trigger, subject_id) do nothing;
        update public.recovery_gestures gesture
        set case_id = v_kept_id where gesture.case_id = v_gone_id;
        update public.recovery_cases known
        set state = 'closed', closed_at = clock_timestamp(), merged_into_id = v_kept_id
        where known.id = v_gone_id;
    end if;
    return null;
end
$$;

create trigger profiles_merge_recovery
after update of merged_into_id on public.profiles
for each row when (new.merged_into_id is not null and old.merged_into_id is null)
execute function private.tg_profiles_merge_recovery();

-- -------------------------------------------------------------------------------------------------
-- How well we make good
-- -------------------------------------------------------------------------------------------------
create view public.recovery_kpis
with (security_invoker = true)
as
select
    known.desk_id,
    known.tier,
    known.trigger,
    date_trunc('month', known.opened_at, 'Europe/Warsaw') as month_starts_at,
    count(*) as case_count,
    count(*) filter (
        where exists (
            select from public.recovery_history given
            where given.case_id = known.id and given.kind in ('given', 'taken')
                and given.occurred_at <= known.opened_at + interval '5 minutes'
        )
    ) as owned_in_time_count,
    count(*) filter (where known.resolved_at is not null) as resolved_count,
    percentile_cont(0.5) within group (
        order by extract(epoch from known.resolved_at - known.opened_at)::double precision
    ) as median_resolution_seconds,
    count(*) filter (where known.is_recovered is not null) as answered_count,
    count(*) filter (where known.is_recovered) as recovered_count,
    round(
        count(*) filter (where known.is_recovered)::numeric
            / nullif(count(*) filter (where known.is_recovered is not null), 0), 4
    ) as recovered_share,
    count(*) filter (where known.reopened_count > 0) as reopened_count,
    coalesce(sum(spent.total_minor), 0)::bigint as granted_minor
from public.recovery_cases known
cross join lateral (
    select sum(gesture.amount_minor) as total_minor
    from public.recovery_gestures gesture
    where gesture.case_id = known.id and gesture.state = 'granted'
) spent
where known.merged_into_id is null
group by 1, 2, 3, 4;
comment on view public.recovery_kpis is
    'Recovery success by desk, tier, first trigger and month of Warsaw, of the cases one may see. '
    'recovered_share: of the clients who answered the second survey; money in grosze.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.recovery_causes, public.recovery_budgets, public.recovery_cases,
    public.recovery_triggers, public.recovery_gestures, public.recovery_approvals,
    public.recovery_history, public.recovery_kpis
from anon, authenticated, service_role;
revoke all on sequence public.recovery_triggers_id_seq, public.recovery_history_id_seq
from anon, authenticated, service_role;
grant select on public.recovery_causes, public.recovery_budgets, public.recovery_cases,
    public.recovery_triggers, public.recovery_gestures, public.recovery_approvals,
    public.recovery_history, public.recovery_kpis
to authenticated, service_role;

alter table public.recovery_causes enable row level security;
alter table public.recovery_budgets enable row level security;
alter table public.recovery_cases enable row level security;
alter table public.recovery_triggers enable row level security;
alter table public.recovery_gestures enable row level security;
alter table public.recovery_approvals enable row level security;
alter table public.recovery_history enable row level security;

create policy recovery_causes_select_staff on public.recovery_causes
for select to authenticated
using ((select private.is_staff()));

create policy recovery_budgets_select_staff on public.recovery_budgets
for select to authenticated
using ((select private.is_staff()));

-- Never one's own: somebody who works here may be a client too, and this is about them.
create policy recovery_cases_select_staff on public.recovery_cases
for select to authenticated
using (
    client_id <> (select private.my_client_id())
    and (
        owner_id = (select private.my_staff_id())
        or client_id = any (array(select private.my_live_client_ids()))
        or client_id = any (array(select private.my_dedicated_client_ids()))
        or desk_id = any (array(select private.my_overseen_desk_ids()))
    )
);

create policy recovery_triggers_select_staff on public.recovery_triggers
for select to authenticated
using (
    exists (
        select from public.recovery_cases known where known.id = recovery_triggers.case_id
    )
);

create policy recovery_gestures_select_staff on public.recovery_gestures
for select to authenticated
using (
    exists (
        select from public.recovery_cases known where known.id = recovery_gestures.case_id
    )
);

create policy recovery_approvals_select_staff on public.recovery_approvals
for select to authenticated
using (
    exists (
        select from public.recovery_gestures gesture
        where gesture.id = recovery_approvals.gesture_id
    )
);

create policy recovery_history_select_staff on public.recovery_history
for select to authenticated
using (
    exists (
        select from public.recovery_cases known where known.id = recovery_history.case_id
    )
);

revoke all on function
    private.record_recovery(uuid, text, jsonb, text), private.tg_recovery_cases_guard(),
    private.tg_recovery_gestures_guard(), private.tg_recovery_cases_announce(),
    private.describe_recovery_event(public.recovery_cases),
    private.tg_white_glove_services_call_recovery(), private.lock_recovery_client(uuid),
    private.find_recovery_case(uuid), private.reopen_recovery(uuid, text, text),
    private.open_recovery_case(uuid, text, uuid, uuid, jsonb),
    private.has_recent_complaint(uuid, timestamptz), private.tg_profiles_merge_recovery()
from public, anon, authenticated, service_role;
grant execute on function private.has_recent_complaint(uuid, timestamptz) to service_role;
