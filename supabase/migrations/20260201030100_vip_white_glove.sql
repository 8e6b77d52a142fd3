-- White-glove services: what the house does personally for a VIP client, step by step.
-- A playbook says what is done by whom and when, and what undoes it; a service is one run of it.
--
--   requested, qualified, planned, confirmed, in_progress, delivered, verified, closed;
--   branches: waiting_client, waiting_partner (from planned and in_progress), recovery, cancelled
--
-- events out: service.requested, service.confirmed, .delivered, .verified, .closed, .cancelled,
--   service.step_started, .step_completed, .step_failed, .step_skipped, .step_reopened,
--   .step_compensated; the subject is the service. What follows is decided by vip.white_glove
--   (lib/vip/white_glove.py); the doors for people stand in vip_white_glove_doors.

-- -------------------------------------------------------------------------------------------------
-- Playbooks
-- -------------------------------------------------------------------------------------------------
create table public.playbooks (
    service_type text not null,
    playbook_version smallint not null,
    title_pl text not null,
    title_en text not null,
    duration_seconds integer not null,
    is_scheduled boolean not null,
    is_current boolean not null default true,
    created_at timestamptz not null default now(),
    primary key (service_type, playbook_version),
    constraint playbooks_service_type_is_a_word check (service_type ~ '^[a-z][a-z_]{0,49}$'),
    constraint playbooks_version_counts_from_one check (playbook_version >= 1),
    constraint playbooks_duration_is_sane check (duration_seconds between 60 and 30 * 86400),
    constraint playbooks_titles_are_short_text
        check (private.is_clean_text(title_pl, 120) and private.is_clean_text(title_en, 120))
);
comment on table public.playbooks is
    'The kinds of white-glove service there are. A change is a new version: services that run keep '
    'theirs.';
comment on column public.playbooks.is_scheduled is
    'It happens at an agreed time and takes duration_seconds of the client''s; else it begins when '
    'it is asked for.';
create unique index playbooks_one_current on public.playbooks (service_type) where is_current;
comment on index public.playbooks_one_current is
    'Serves the start of a service, and lets no second current version in.';

create table public.playbook_steps (
    service_type text not null,
    playbook_version smallint not null,
    step_key text not null,
    position smallint not null,
    phase text not null,
    kind text not null,
    owner_role text not null,
    title_pl text not null,
    title_en text not null,
    due_base text not null,
    due_seconds integer not null,
    depends_on_keys text[] not null default '{}',
    partner_kind text,
    answer_seconds integer,
    consent_purpose text references public.consent_purposes (purpose),
    contact_channel text references public.channels (channel),
    undo_kind text not null default 'none',
    undo_title_pl text,
    undo_title_en text,
    on_failure text not null default 'hold',
    max_attempts smallint not null default 1,
    is_client_visible boolean not null default true,
    is_confirmed_by_client boolean generated always as (kind = 'wait_client') stored,
    primary key (service_type, playbook_version, step_key),
    constraint playbook_steps_belong_to_a_playbook
        foreign key (service_type, playbook_version)
        references public.playbooks (service_type, playbook_version) on delete cascade,
    constraint playbook_steps_positions_differ unique (service_type, playbook_version, position),
    constraint playbook_steps_step_key_is_a_word check (step_key ~ '^[a-z][a-z_]{0,39}$'),
    constraint playbook_steps_phase_is_known check (phase in ('prepare', 'deliver', 'verify')),
    constraint playbook_steps_kind_is_known
        check (kind in ('task', 'notify', 'wait_client', 'partner_request')),
    constraint playbook_steps_owner_role_is_known
        check (owner_role in ('dedicated_agent', 'concierge', 'partner', 'house')),
    constraint playbook_steps_kinds_have_their_owners
        check (
            (kind = 'notify') = (owner_role = 'house')
            and (kind = 'partner_request') = (owner_role = 'partner')
        ),
    constraint playbook_steps_titles_are_short_text
        check (private.is_clean_text(title_pl, 120) and private.is_clean_text(title_en, 120)),
    constraint playbook_steps_due_base_is_known check (due_base in ('start', 'schedule')),
    constraint playbook_steps_due_is_within_a_quarter
        check (due_seconds between -90 * 86400 and 90 * 86400),
    constraint playbook_steps_depends_on_few check (cardinality(depends_on_keys) <= 8),
    constraint playbook_steps_partners_are_asked_in_time
        check (
            (kind = 'partner_request') = (partner_kind is not null and answer_seconds is not null)
            and partner_kind ~ '^[a-z][a-z_]{0,39}$' and answer_seconds between 60 and 7 * 86400
        ),
    constraint playbook_steps_contacts_name_purpose_and_channel
        check ((consent_purpose is null) = (contact_channel is null)),
    constraint playbook_steps_undo_kind_is_known
        check (undo_kind in ('none', 'task', 'notify', 'partner')),
    constraint playbook_steps_undo_says_what_it_is
        check (
            (undo_kind = 'none') = (undo_title_pl is null)
            and (undo_kind = 'none') = (undo_title_en is null)
            and private.is_clean_text(undo_title_pl, 120)
            and private.is_clean_text(undo_title_en, 120)
        ),
    constraint playbook_steps_only_partners_are_called_off
        check (undo_kind <> 'partner' or kind = 'partner_request'),
    constraint playbook_steps_on_failure_is_known
        check (on_failure in ('skip', 'hold', 'compensate')),
    constraint playbook_steps_attempts_are_few check (max_attempts between 1 and 5)
);
comment on table public.playbook_steps is
    'What is done in a playbook: by whom, until when, after what, and what undoes it.';
comment on column public.playbook_steps.phase is
    'prepare: before the service is confirmed; deliver: the service itself; verify: after it.';
comment on column public.playbook_steps.kind is
    'task: a person does it; notify: the house tells the client once it is due; wait_client: the '
    'client says yes; partner_request: a partner does.';
comment on column public.playbook_steps.due_seconds is
    'From the start or the agreed time; negative is before it. A notify step goes out then, '
    'everything else is to be done by then.';
comment on column public.playbook_steps.undo_kind is
    'What undoes the step when the service is cancelled: a task of its owner, a word to the '
    'client, or calling the partner off.';
comment on column public.playbook_steps.on_failure is
    'When it has failed for good: skip it, hold the service until a person decides, or compensate '
    'what was done and cancel.';

create function private.tg_playbook_steps_check()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    if tg_op = 'UPDATE' then
        perform private.refuse('PT409', 'playbook_is_fixed', 'Write a new version instead.');
    elsif exists (
        select from unnest(new.depends_on_keys) needed (step_key)
        where not exists (
            select from public.playbook_steps earlier
            where earlier.service_type = new.service_type
                and earlier.playbook_version = new.playbook_version
                and earlier.step_key = needed.step_key and earlier.position < new.position
        )
    ) then
        perform private.refuse(
            'PT422', 'dependency_unknown', 'A step depends on earlier steps of its playbook only.'
        );
    end if;
    return new;
end
$$;
comment on function private.tg_playbook_steps_check() is
    'Steps are never edited, and depend only on what stands before them: no rings.';
create trigger playbook_steps_check
before insert or update on public.playbook_steps
for each row execute function private.tg_playbook_steps_check();

create trigger playbooks_record
after insert or update or delete on public.playbooks
for each row execute function private.tg_record_configuration('service_type');

-- -------------------------------------------------------------------------------------------------
-- Which state follows which
-- -------------------------------------------------------------------------------------------------
create table private.white_glove_transitions (
    machine text not null,
    from_state text not null,
    to_state text not null,
    primary key (machine, from_state, to_state),
    constraint white_glove_transitions_machine_is_known
        check (machine in ('service', 'step', 'partner_request')),
    constraint white_glove_transitions_lead_somewhere check (from_state <> to_state)
);
comment on table private.white_glove_transitions is
    'The allowed changes of state; triggers refuse every other one, whoever makes it.';
revoke all on private.white_glove_transitions from anon, authenticated, service_role;
alter table private.white_glove_transitions enable row level security;

insert into private.white_glove_transitions (machine, from_state, to_state)
select allowed.machine, allowed.from_state, next.to_state
from (
    values
        ('service', 'requested', '{qualified,cancelled}'::text[]),
        ('service', 'qualified', '{planned,recovery,cancelled}'),
        ('service', 'planned', '{confirmed,waiting_client,waiting_partner,recovery,cancelled}'),
        (
            'service', 'waiting_client',
            '{planned,confirmed,in_progress,waiting_partner,recovery,cancelled}'
        ),
        (
            'service', 'waiting_partner',
            '{planned,confirmed,in_progress,waiting_client,recovery,cancelled}'
        ),
        ('service', 'confirmed', '{in_progress,recovery,cancelled}'),
        (
            'service', 'in_progress',
            '{delivered,waiting_client,waiting_partner,recovery,cancelled}'
        ),
        ('service', 'delivered', '{verified,recovery}'),
        ('service', 'verified', '{closed}'),
        ('service', 'recovery', '{planned,confirmed,in_progress,delivered,cancelled}'),
        ('step', 'waiting', '{ready,skipped}'),
        ('step', 'ready', '{in_progress,done,failed,skipped}'),
        ('step', 'in_progress', '{ready,done,failed,skipped}'),
        ('step', 'done', '{ready,compensating}'),
        ('step', 'failed', '{ready,skipped}'),
        ('step', 'compensating', '{compensated}'),
        ('partner_request', 'asked', '{accepted,declined,timed_out,withdrawn}'),
        ('partner_request', 'accepted', '{declined,withdrawn}')
) allowed (machine, from_state, to_states)
cross join unnest(allowed.to_states) next (to_state);

-- -------------------------------------------------------------------------------------------------
-- Partners
-- -------------------------------------------------------------------------------------------------
create table public.partners (
    id uuid primary key default gen_random_uuid(),
    name text not null,
    kind text not null,
    rank smallint not null default 100,
    is_active boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint partners_name_is_unique unique (name),
    constraint partners_name_is_short_text check (private.is_clean_text(name, 120)),
    constraint partners_kind_is_a_word check (kind ~ '^[a-z][a-z_]{0,39}$'),
    constraint partners_rank_is_sane check (rank between 1 and 1000)
);
comment on table public.partners is
    'Who works for the house from outside: chauffeurs, florists, therapists, couriers, venues.';
comment on column public.partners.rank is 'The lowest is asked first.';
create index partners_kind_idx on public.partners (kind, rank, id) where is_active;
comment on index public.partners_kind_idx is 'Serves the choice of the next partner to ask.';
create trigger partners_touch
before update on public.partners
for each row execute function private.tg_touch_row();
create trigger partners_record
after insert or update or delete on public.partners
for each row execute function private.tg_record_configuration('id');

-- -------------------------------------------------------------------------------------------------
-- Services and their steps
-- -------------------------------------------------------------------------------------------------
create table public.white_glove_services (
    id uuid primary key default gen_random_uuid(),
    client_id uuid not null references public.vip_client_profiles (client_id)
        on update cascade on delete cascade,
    desk_id uuid not null references public.desks (id),
    service_type text not null,
    playbook_version smallint not null,
    tier text not null references public.service_levels (tier),
    status text not null default 'requested',
    priority text not null,
    scheduled_at timestamptz,
    ends_at timestamptz,
    assigned_agent_id uuid references public.staff_members (id),
    requested_by uuid,
    customizations jsonb not null default '{}',
    progress jsonb not null default '{}',
    notifications jsonb not null default '[]',
    version integer not null default 1,
    closed_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint white_glove_services_follow_a_playbook
        foreign key (service_type, playbook_version)
        references public.playbooks (service_type, playbook_version),
    constraint white_glove_services_id_and_playbook_are_referable
        unique (id, service_type, playbook_version),
    constraint white_glove_services_status_is_known
        check (status in (
            'requested', 'qualified', 'planned', 'waiting_client', 'waiting_partner', 'confirmed',
            'in_progress', 'delivered', 'verified', 'closed', 'recovery', 'cancelled'
        )),
    constraint white_glove_services_priority_is_known
        check (priority in ('low', 'normal', 'high', 'urgent')),
    constraint white_glove_services_end_after_they_begin
        check ((scheduled_at is null) = (ends_at is null) and ends_at > scheduled_at),
    constraint white_glove_services_closed_at_is_of_the_over
        check ((closed_at is not null) = (status in ('closed', 'cancelled'))),
    constraint white_glove_services_nobody_serves_themselves check (assigned_agent_id <> client_id),
    constraint white_glove_services_documents_are_bounded
        check (
            jsonb_typeof(customizations) = 'object' and octet_length(customizations::text) <= 8192
            and jsonb_typeof(progress) = 'object' and octet_length(progress::text) <= 4096
            and jsonb_typeof(notifications) = 'array'
            and octet_length(notifications::text) <= 16384
        ),
    constraint white_glove_services_of_a_client_do_not_overlap
        exclude using gist (client_id with =, tstzrange(scheduled_at, ends_at) with &&)
        where (scheduled_at is not null and status not in ('closed', 'cancelled'))
);
comment on table public.white_glove_services is
    'One run of a playbook for a client. Nobody is in two places: the times of a client''s '
    'services do not overlap.';
comment on column public.white_glove_services.tier is
    'The client''s when it was asked for; a service that is under way is kept when it falls.';
comment on column public.white_glove_services.requested_by is
    'Null: the house itself. No foreign key: it outlives people.';
comment on column public.white_glove_services.progress is
    '{"done", "total", "percent", "current": [step keys]}, kept by a trigger.';
comment on column public.white_glove_services.notifications is
    'The last 50 things the client was told: [{"at", "step", "kind"}].';

create unique index white_glove_services_unscheduled_run_once
    on public.white_glove_services (client_id, service_type)
    where scheduled_at is null and status not in ('closed', 'cancelled');
comment on index public.white_glove_services_unscheduled_run_once is
    'Serves the start of a service: what has no agreed time runs once at a time for each client.';
create index white_glove_services_client_id_idx
    on public.white_glove_services (client_id, created_at);
comment on index public.white_glove_services_client_id_idx is
    'Serves a client''s list, the policy and the foreign key.';
create index white_glove_services_desk_id_idx
    on public.white_glove_services (desk_id, scheduled_at);
comment on index public.white_glove_services_desk_id_idx is
    'Serves a desk''s list by time, the policy and the foreign key.';
create index white_glove_services_assigned_agent_id_idx
    on public.white_glove_services (assigned_agent_id, scheduled_at);
comment on index public.white_glove_services_assigned_agent_id_idx is
    'Serves the foreign key and whether somebody is engaged at that time.';
create index white_glove_services_service_type_playbook_version_idx
    on public.white_glove_services (service_type, playbook_version);
comment on index public.white_glove_services_service_type_playbook_version_idx is
    'Serves the foreign key and the use of each playbook.';

create table public.white_glove_steps (
    id uuid primary key default gen_random_uuid(),
    service_id uuid not null,
    service_type text not null,
    playbook_version smallint not null,
    step_key text not null,
    position smallint not null,
    state text not null default 'waiting',
    owner_id uuid references public.staff_members (id),
    due_at timestamptz,
    attempt smallint not null default 0,
    overdue_level smallint not null default 0,
    executed_at timestamptz,
    executed_rank smallint,
    compensated_at timestamptz,
    result text,
    is_client_visible boolean not null default true,
    updated_at timestamptz not null default now(),
    constraint white_glove_steps_belong_to_a_service
        foreign key (service_id, service_type, playbook_version)
        references public.white_glove_services (id, service_type, playbook_version)
        on delete cascade,
    constraint white_glove_steps_are_of_the_playbook
        foreign key (service_type, playbook_version, step_key)
        references public.playbook_steps (service_type, playbook_version, step_key),
    constraint white_glove_steps_stand_once unique (service_id, step_key),
    constraint white_glove_steps_state_is_known
        check (state in (
            'waiting', 'ready', 'in_progress', 'done', 'failed', 'skipped', 'compensating',
            'compensated'
        )),
    constraint white_glove_steps_done_have_a_moment_and_a_place
        check (
            (state in ('done', 'compensating', 'compensated')) = (executed_at is not null)
            and (executed_at is null) = (executed_rank is null)
        ),
    constraint white_glove_steps_compensated_have_a_moment
        check ((state = 'compensated') = (compensated_at is not null)),
    constraint white_glove_steps_are_completed_one_by_one unique (service_id, executed_rank),
    constraint white_glove_steps_attempts_are_few check (attempt between 0 and 50),
    constraint white_glove_steps_overdue_level_is_known check (overdue_level in (0, 1, 2)),
    constraint white_glove_steps_result_is_a_word check (result ~ '^[a-z][a-z_]{0,39}$')
);
comment on table public.white_glove_steps is
    'The steps of each service, copied when it is asked for.';
comment on column public.white_glove_steps.owner_id is
    'Who does it, or watches over it when the client or a partner does; null: the house itself, or '
    'nobody yet.';
comment on column public.white_glove_steps.overdue_level is
    '0: in time; 1: its owner was told; 2: so were the managers.';
comment on column public.white_glove_steps.executed_rank is
    'In which order steps were completed: compensation goes backwards along it.';
comment on column public.white_glove_steps.result is
    'One word, also for the client''s eyes. What staff note stands in white_glove_history.';
create index white_glove_steps_owner_id_idx on public.white_glove_steps (owner_id, due_at);
comment on index public.white_glove_steps_owner_id_idx is
    'Serves somebody''s steps by due time, what to give to others on leave, and the foreign key.';
create index white_glove_steps_service_id_service_type_playbook_version_idx
    on public.white_glove_steps (service_id, service_type, playbook_version);
comment on index public.white_glove_steps_service_id_service_type_playbook_version_idx is
    'Serves the foreign key and the steps of a service.';

create table public.partner_requests (
    id uuid primary key default gen_random_uuid(),
    service_id uuid not null references public.white_glove_services (id) on delete cascade,
    step_id uuid not null references public.white_glove_steps (id) on delete cascade,
    partner_id uuid not null references public.partners (id),
    state text not null default 'asked',
    asked_at timestamptz not null default clock_timestamp(),
    expires_at timestamptz not null,
    answered_at timestamptz,
    answered_by uuid,
    constraint partner_requests_state_is_known
        check (state in ('asked', 'accepted', 'declined', 'timed_out', 'withdrawn')),
    constraint partner_requests_expire_after_they_are_asked check (expires_at > asked_at),
    constraint partner_requests_answers_have_a_moment
        check ((state = 'asked') = (answered_at is null)),
    constraint partner_requests_ask_each_partner_once unique (step_id, partner_id)
);
comment on table public.partner_requests is
    'Which partner was asked for a step, and what they said. One that let us down is not asked '
    'again for the same step.';
comment on column public.partner_requests.answered_by is
    'Who took their answer down; null: the server, or nobody answered.';
create unique index partner_requests_one_open_per_step on public.partner_requests (step_id)
where state in ('asked', 'accepted');
comment on index public.partner_requests_one_open_per_step is
    'Serves the answer, and lets no second partner work on the same step.';
create index partner_requests_service_id_idx on public.partner_requests (service_id, asked_at);
comment on index public.partner_requests_service_id_idx is
    'Serves the list of a service, the policy and the foreign key.';
create index partner_requests_partner_id_idx on public.partner_requests (partner_id, asked_at);
comment on index public.partner_requests_partner_id_idx is
    'Serves the foreign key and how often a partner fails.';

create table public.white_glove_history (
    id bigint generated always as identity primary key,
    service_id uuid not null references public.white_glove_services (id) on delete cascade,
    step_id uuid references public.white_glove_steps (id) on delete cascade,
    request_id uuid references public.partner_requests (id) on delete cascade,
    from_state text,
    to_state text not null,
    changed_by uuid,
    reason text,
    changed_at timestamptz not null default clock_timestamp(),
    constraint white_glove_history_from_state_is_a_word check (from_state ~ '^[a-z_]{1,20}$'),
    constraint white_glove_history_to_state_is_a_word check (to_state ~ '^[a-z_]{1,20}$'),
    constraint white_glove_history_reason_is_short_text check (private.is_clean_text(reason, 500)),
    constraint white_glove_history_is_about_one_thing
        check (num_nonnulls(step_id, request_id) <= 1)
);
comment on table public.white_glove_history is
    'Every change of state of a service, a step or a partner''s request: by whom and why. Written '
    'by triggers, append only, for staff.';
comment on column public.white_glove_history.changed_by is 'Null: the house itself.';
create index white_glove_history_service_id_idx on public.white_glove_history (service_id, id);
comment on index public.white_glove_history_service_id_idx is
    'Serves the timeline of a service, the policy and the foreign key.';
create index white_glove_history_step_id_idx on public.white_glove_history (step_id);
comment on index public.white_glove_history_step_id_idx is 'Serves the foreign key.';
create index white_glove_history_request_id_idx on public.white_glove_history (request_id);
comment on index public.white_glove_history_request_id_idx is 'Serves the foreign key.';

create table public.white_glove_collisions (
    service_id uuid not null references public.white_glove_services (id) on delete cascade,
    other_service_id uuid not null references public.white_glove_services (id) on delete cascade,
    agent_id uuid not null references public.staff_members (id),
    noticed_at timestamptz not null default now(),
    primary key (service_id, other_service_id),
    constraint white_glove_collisions_are_of_two check (service_id <> other_service_id)
);
comment on table public.white_glove_collisions is
    'Services at the same time that had to be given to the same agent because nobody else was '
    'free. A manager was told.';
create index white_glove_collisions_other_service_id_idx
    on public.white_glove_collisions (other_service_id);
comment on index public.white_glove_collisions_other_service_id_idx is 'Serves the foreign key.';
create index white_glove_collisions_agent_id_idx on public.white_glove_collisions (agent_id);
comment on index public.white_glove_collisions_agent_id_idx is 'Serves the foreign key.';

-- -------------------------------------------------------------------------------------------------
-- The machine
-- -------------------------------------------------------------------------------------------------
create function private.require_transition(p_machine text, p_from text, p_to text)
returns void
language plpgsql
stable
security definer -- whoever changes a row cannot read the table of transitions
set search_path = ''
as $$
begin
    if p_from <> p_to and not exists (
        select from private.white_glove_transitions allowed
        where allowed.machine = p_machine
            and allowed.from_state = p_from and allowed.to_state = p_to
    ) then
        perform private.refuse(
            'PT409', p_machine || '_transition_illegal',
            format('What is %s does not become %s.', p_from, p_to)
        );
    end if;
end
$$;

create function private.tg_white_glove_services_guard()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    if tg_op = 'INSERT' then
        if new.status <> 'requested' then
            perform private.refuse(
                'PT409', 'service_transition_illegal', 'A service begins as requested.'
            );
        end if;
        return new;
    end if;
    perform private.require_transition('service', old.status, new.status);
    if new.status in ('closed', 'cancelled') and old.status <> new.status then
        new.closed_at := now();
    end if;
    new.updated_at := now();
    new.version := old.version + 1;
    return new;
end
$$;

create function private.tg_white_glove_steps_guard()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    if tg_op = 'INSERT' then
        if new.state <> 'waiting' then
            perform private.refuse(
                'PT409', 'step_transition_illegal', 'A step begins as waiting.'
            );
        end if;
        return new;
    end if;
    perform private.require_transition('step', old.state, new.state);
    if new.state = 'done' and old.state <> 'done' then
        new.executed_at := clock_timestamp();
        new.executed_rank := (
            select coalesce(max(known.executed_rank), 0) + 1
            from public.white_glove_steps known where known.service_id = new.service_id
        );
    elsif new.state in ('waiting', 'ready', 'in_progress', 'failed', 'skipped') then
        new.executed_at := null;
        new.executed_rank := null;
    elsif new.state = 'compensated' and old.state <> 'compensated' then
        new.compensated_at := clock_timestamp();
    end if;
    new.updated_at := now();
    return new;
end
$$;

create function private.tg_partner_requests_guard()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    if tg_op = 'INSERT' then
        if new.state <> 'asked' then
            perform private.refuse(
                'PT409', 'partner_request_transition_illegal', 'A request begins as asked.'
            );
        end if;
        return new;
    end if;
    perform private.require_transition('partner_request', old.state, new.state);
    if old.state = 'asked' and new.state <> 'asked' then
        new.answered_at := clock_timestamp();
    end if;
    return new;
end
$$;

create trigger white_glove_services_guard
before insert or update on public.white_glove_services
for each row execute function private.tg_white_glove_services_guard();
create trigger white_glove_steps_guard
before insert or update on public.white_glove_steps
for each row execute function private.tg_white_glove_steps_guard();
create trigger partner_requests_guard
before insert or update on public.partner_requests
for each row execute function private.tg_partner_requests_guard();
-- Also where triggers are switched off for a replica's or an import's sake.
alter table public.white_glove_services enable always trigger white_glove_services_guard;
alter table public.white_glove_steps enable always trigger white_glove_steps_guard;
alter table public.partner_requests enable always trigger partner_requests_guard;
