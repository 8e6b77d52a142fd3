-- Surveys: what a client is asked after a service cycle, a recovery or a treatment, and the answer.
--
--   ticket resolved or closed, visit completed, private.create_survey
--       -> public.surveys, in the same transaction: whom the answer will be credited to is written
--          down when the service ends, and nothing that happens later changes it
--       -> success.surveys (success_survey_asking) decides whether, when and how to ask
--
-- Each cycle has one row, also one that is never asked about: its reason says why. A cycle that
-- ends twice (a merge that was undone) finds its row there.
-- Events out: survey.created (kinds without an event of their own), survey.sent, survey.answered,
-- survey.expired. Subject: the survey.

-- -------------------------------------------------------------------------------------------------
-- Rules
-- -------------------------------------------------------------------------------------------------
insert into public.ticket_categories (category, label)
values ('spam', 'Advertising, mistakes, nobody to serve');

create table public.survey_rules (
    kind text not null,
    tier text not null references public.service_levels (tier),
    calendar_id uuid not null references public.calendars (id),
    delay_seconds integer not null,
    cooldown_seconds integer not null,
    sample_share numeric(5, 4) not null default 1,
    answer_seconds integer not null default 14 * 86400,
    late_seconds integer not null default 76 * 86400,
    is_by_phone boolean not null default false,
    excluded_categories text[] not null default '{spam}',
    is_active boolean not null default true,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (kind, tier),
    constraint survey_rules_kind_is_known check (kind in ('cycle', 'recovery', 'treatment')),
    constraint survey_rules_times_are_bounded check (
        delay_seconds between 0 and 30 * 86400 and cooldown_seconds between 0 and 366 * 86400
        and answer_seconds between 3600 and 90 * 86400 and late_seconds between 0 and 366 * 86400
    ),
    constraint survey_rules_share_is_a_share check (sample_share between 0 and 1),
    constraint survey_rules_exclude_few check (
        cardinality(excluded_categories) <= 20 and octet_length(excluded_categories::text) <= 2000
    )
);
comment on table public.survey_rules is
    'Who is asked, by kind of survey and tier; without a row nobody is. Written by '
    'set_survey_rule.';
comment on column public.survey_rules.delay_seconds is
    'Opening time of the calendar between the end of the service and the question.';
comment on column public.survey_rules.cooldown_seconds is
    'A client who was asked anything within this time is not asked again; not for recoveries.';
comment on column public.survey_rules.sample_share is 'Share of the services that are asked about.';
comment on column public.survey_rules.answer_seconds is 'From sending to expiry.';
comment on column public.survey_rules.late_seconds is
    'After expiry answers are still taken for so long, and marked as late.';
comment on column public.survey_rules.is_by_phone is
    'A manager calls instead of a link, if the client agrees to be called.';
comment on column public.survey_rules.excluded_categories is 'Tickets nobody is asked about.';
create index survey_rules_calendar_id_idx on public.survey_rules (calendar_id);
comment on index public.survey_rules_calendar_id_idx is 'Serves the foreign key.';

insert into public.survey_rules (
    kind, tier, calendar_id, delay_seconds, cooldown_seconds, sample_share, is_by_phone
)
select
    rule.kind, rule.tier, '00000000-0000-4000-8000-0000000000c1', rule.hours * 3600,
    rule.days * 86400, rule.share, rule.is_by_phone
from (
    values
        ('cycle', 'standard', 4, 30, 0.5, false),
        ('cycle', 'premium', 4, 21, 1, false),
        ('cycle', 'vip_gold', 2, 14, 1, false),
        ('cycle', 'vip_platinum', 2, 14, 1, true),
        -- The next day at the same hour, as the salon is open for 11 hours.
        ('treatment', 'vip_gold', 11, 30, 1, false),
        ('treatment', 'vip_platinum', 11, 30, 1, true),
        ('recovery', 'standard', 4, 0, 1, false),
        ('recovery', 'premium', 4, 0, 1, false),
        ('recovery', 'vip_gold', 2, 0, 1, false),
        ('recovery', 'vip_platinum', 2, 0, 1, true)
) rule (kind, tier, hours, days, share, is_by_phone);

create trigger survey_rules_bump_version
before update on public.survey_rules
for each row execute function private.tg_bump_version();
create trigger survey_rules_record
after insert or update or delete on public.survey_rules
for each row execute function private.tg_record_configuration('kind');

-- -------------------------------------------------------------------------------------------------
-- Questions, by version
-- -------------------------------------------------------------------------------------------------
create table public.survey_questionnaires (
    kind text not null,
    version integer not null,
    is_current boolean not null default true,
    created_by uuid,
    created_at timestamptz not null default now(),
    primary key (kind, version),
    constraint survey_questionnaires_kind_is_known
        check (kind in ('cycle', 'recovery', 'treatment')),
    constraint survey_questionnaires_version_counts_from_one check (version >= 1)
);
comment on table public.survey_questionnaires is
    'Versions of what is asked. A survey keeps the version it was sent with.';
comment on column public.survey_questionnaires.created_by is
    'Null: the house''s first. No foreign key: it outlives people.';
create unique index survey_questionnaires_one_current on public.survey_questionnaires (kind)
where is_current;
comment on index public.survey_questionnaires_one_current is
    'Serves what is asked next; one version of a kind is current.';

create table public.survey_questions (
    kind text not null,
    version integer not null,
    question text not null,
    position smallint not null,
    scale text not null,
    is_required boolean not null default false,
    options text[] not null default '{}',
    shown_if_question text,
    shown_if_at_most smallint,
    repeat_seconds integer not null default 0,
    primary key (kind, version, question),
    constraint survey_questions_are_of_a_questionnaire foreign key (kind, version)
        references public.survey_questionnaires (kind, version) on delete cascade,
    constraint survey_questions_question_is_a_word check (question ~ '^[a-z][a-z_]{0,39}$'),
    constraint survey_questions_scale_is_known
        check (scale in ('csat', 'nps', 'effort', 'choices', 'text')),
    constraint survey_questions_choices_have_options check (
        (scale = 'choices') = (cardinality(options) > 0) and cardinality(options) <= 20
        and octet_length(options::text) <= 1000
    ),
    constraint survey_questions_depend_on_a_number
        check ((shown_if_question is null) = (shown_if_at_most is null)),
    constraint survey_questions_depend_on_another
        check (shown_if_question <> question and char_length(shown_if_question) <= 40),
    constraint survey_questions_hidden_ones_are_optional
        check (shown_if_question is null or not is_required),
    constraint survey_questions_repeat_is_bounded check (repeat_seconds between 0 and 366 * 86400)
);
comment on table public.survey_questions is
    'The questions of a version, in order: csat 1 to 5, nps 0 to 10, effort 1 (hard) to 7 (easy), '
    'choices (several of the options), text.';
comment on column public.survey_questions.shown_if_question is
    'Shown only when that question was answered with shown_if_at_most or less.';
comment on column public.survey_questions.repeat_seconds is
    'A client who was asked this within that time is not asked it again.';
create unique index survey_questions_one_of_each_number
on public.survey_questions (kind, version, scale)
where scale in ('csat', 'nps', 'effort');
comment on index public.survey_questions_one_of_each_number is
    'Serves nothing but the promise: one answer a survey counts for each measure.';

create table public.survey_texts (
    kind text not null,
    version integer not null,
    item text not null,
    language text not null,
    body text not null,
    primary key (kind, version, language, item),
    constraint survey_texts_are_of_a_questionnaire foreign key (kind, version)
        references public.survey_questionnaires (kind, version) on delete cascade,
    constraint survey_texts_item_is_a_name
        check (item ~ '^[a-z][a-z_]{0,39}(\.[a-z][a-z_]{0,39})?$'),
    constraint survey_texts_language_is_a_code check (language ~ '^[a-z]{2}$'),
    constraint survey_texts_body_is_short_text check (private.is_clean_text(body, 500))
);
comment on table public.survey_texts is
    'The words of a version in one language: greeting, thanks, each question, its low and high end '
    '(csat.low), its options (reasons.waiting).';

-- -------------------------------------------------------------------------------------------------
-- Surveys
-- -------------------------------------------------------------------------------------------------
create table public.surveys (
    id uuid primary key default gen_random_uuid(),
    kind text not null,
    client_id uuid not null references public.profiles (id) on delete cascade,
    ticket_id uuid references public.support_tickets (id) on delete cascade,
    cycle integer,
    case_id uuid,
    visit_id uuid,
    agent_id uuid references public.staff_members (id) on delete set null,
    desk_id uuid not null references public.desks (id),
    tier text not null references public.service_levels (tier),
    language text not null,
    channel text references public.channels (channel),
    rule_version integer not null,
    happened_at timestamptz not null default now(),
    state text not null default 'waiting',
    reason text,
    policy_version text,
    ask_at timestamptz,
    manner text,
    questionnaire_version integer,
    questions text[] not null default '{}',
    outreach_id uuid,
    task_id uuid,
    asked_at timestamptz,
    sent_at timestamptz,
    expires_at timestamptz,
    late_until timestamptz,
    answered_at timestamptz,
    answered_through text,
    answered_by uuid,
    is_late boolean not null default false,
    csat smallint,
    nps smallint,
    effort smallint,
    comment text,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint surveys_kind_is_known check (kind in ('cycle', 'recovery', 'treatment')),
    constraint surveys_are_about_something check (
        (kind <> 'cycle' or ticket_id is not null)
        and (kind <> 'recovery' or case_id is not null)
        and (kind <> 'treatment' or visit_id is not null)
        and (ticket_id is null) = (cycle is null) and cycle >= 1
    ),
    constraint surveys_nobody_is_asked_about_themselves check (agent_id <> client_id),
    constraint surveys_language_is_a_code check (language ~ '^[a-z]{2}$'),
    constraint surveys_state_is_known
        check (state in ('waiting', 'queued', 'sent', 'answered', 'expired', 'skipped')),
    constraint surveys_skipped_have_a_reason check ((state = 'skipped') = (reason is not null)),
    constraint surveys_reason_is_a_word check (reason ~ '^[a-z][a-z_]{0,39}$'),
    constraint surveys_policy_version_is_short
        check (char_length(policy_version) between 1 and 40),
    constraint surveys_manner_is_known check (manner in ('link', 'phone')),
    constraint surveys_questionnaire_is_known foreign key (kind, questionnaire_version)
        references public.survey_questionnaires (kind, version),
    constraint surveys_questions_are_few check (
        cardinality(questions) <= 20 and octet_length(questions::text) <= 1000
    ),
    constraint surveys_asked_have_questions check (
        state not in ('queued', 'sent', 'answered', 'expired') or (
            asked_at is not null and manner is not null and questionnaire_version is not null
            and cardinality(questions) > 0
        )
    ),
    constraint surveys_sent_have_their_times check (
        (state in ('sent', 'answered', 'expired')) = (sent_at is not null)
        and num_nulls(sent_at, expires_at, late_until) in (0, 3)
        and expires_at > sent_at and late_until >= expires_at
    ),
    constraint surveys_answered_have_time_and_way check (
        (state = 'answered') = (answered_at is not null)
        and (state = 'answered') = (answered_through is not null)
        and (state = 'answered' or num_nulls(csat, nps, effort, comment, answered_by) = 5)
    ),
    constraint surveys_answered_through_is_known
        check (answered_through in ('link', 'portal', 'staff')),
    constraint surveys_staff_who_record_have_a_name
        check (answered_through = 'link' or answered_by is not null or answered_through is null),
    constraint surveys_late_is_after_expiry
        check (is_late = (answered_at is not null and answered_at > expires_at)),
    constraint surveys_numbers_are_on_their_scales check (
        csat between 1 and 5 and nps between 0 and 10 and effort between 1 and 7
    ),
    constraint surveys_comment_is_text check (private.is_clean_text(comment, 2000))
);
comment on table public.surveys is
    'One row for each service cycle, recovery and treatment a client may be asked about: whom it '
    'is credited to, whether and when they were asked, and the answer. Clients see what they were '
    'asked; agents what was answered about them; overseers those of their desk; executives all.';
comment on column public.surveys.cycle is 'The service cycle of the ticket.';
comment on column public.surveys.case_id is 'The recovery case. No foreign key: it may be pruned.';
comment on column public.surveys.visit_id is 'The treatment. No foreign key: it may be pruned.';
comment on column public.surveys.agent_id is
    'Who is credited: had it when the service ended, or answered last. Null: nobody, or who left.';
comment on column public.surveys.tier is 'Like desk, language and channel: as the service ended.';
comment on column public.surveys.rule_version is 'Of the rule as the service ended.';
comment on column public.surveys.happened_at is 'When the service ended.';
comment on column public.surveys.reason is 'Why nobody is asked.';
comment on column public.surveys.policy_version is 'Of the worker''s last decision.';
comment on column public.surveys.ask_at is 'When the client is asked, unless something happens.';
comment on column public.surveys.manner is 'link: they answer themselves; phone: a manager calls.';
comment on column public.surveys.questions is 'Those of the version that are asked here.';
comment on column public.surveys.outreach_id is 'What carries the link. No foreign key.';
comment on column public.surveys.task_id is 'The manager''s call. No foreign key.';
comment on column public.surveys.asked_at is 'When it was handed on; cool-downs count from here.';
comment on column public.surveys.late_until is 'After expiry answers are late, after this over.';
comment on column public.surveys.answered_through is
    'link: who had the token; portal: the client, signed in; staff: somebody wrote it down.';
comment on column public.surveys.answered_by is
    'Who was signed in. No foreign key: it outlives people.';

create unique index surveys_one_per_cycle on public.surveys (ticket_id, cycle)
where kind = 'cycle';
comment on index public.surveys_one_per_cycle is
    'Serves the survey of a cycle; a service cycle is asked about once.';
create unique index surveys_one_per_case on public.surveys (case_id) where kind = 'recovery';
comment on index public.surveys_one_per_case is
    'Serves the survey of a case; a recovery is asked about once.';
create unique index surveys_one_per_visit on public.surveys (visit_id) where kind = 'treatment';
comment on index public.surveys_one_per_visit is
    'Serves the survey of a visit; a treatment is asked about once.';
create index surveys_ticket_id_idx on public.surveys (ticket_id, cycle);
comment on index public.surveys_ticket_id_idx is 'Serves the foreign key and a ticket''s surveys.';
create index surveys_client_id_idx on public.surveys (client_id, asked_at);
comment on index public.surveys_client_id_idx is
    'Serves the cool-down, a client''s own list, the policy and the foreign key.';
create index surveys_agent_id_idx on public.surveys (agent_id, sent_at);
comment on index public.surveys_agent_id_idx is
    'Serves an agent''s results, the policy and the foreign key.';
create index surveys_desk_id_idx on public.surveys (desk_id, sent_at);
comment on index public.surveys_desk_id_idx is
    'Serves the results of a desk or the house, the policy and the foreign key.';
create index surveys_outreach_id_idx on public.surveys (outreach_id) where outreach_id is not null;
comment on index public.surveys_outreach_id_idx is
    'Serves what became of the message that carries the link.';

create table public.survey_answers (
    survey_id uuid not null references public.surveys (id) on delete cascade,
    question text not null,
    number smallint,
    choices text[],
    body text,
    primary key (survey_id, question),
    constraint survey_answers_question_is_a_word check (question ~ '^[a-z][a-z_]{0,39}$'),
    constraint survey_answers_are_one_thing check (num_nonnulls(number, choices, body) = 1),
    constraint survey_answers_number_is_on_a_scale check (number between 0 and 10),
    constraint survey_answers_choices_are_few
        check (cardinality(choices) between 1 and 20 and octet_length(choices::text) <= 1000),
    constraint survey_answers_body_is_text check (private.is_clean_text(body, 2000))
);
comment on table public.survey_answers is
    'The answer to each question; csat, nps, effort and comment stand in public.surveys too.';

insert into private.client_tables (kind, table_name) values ('survey', 'surveys');

create trigger surveys_bump_version
before update on public.surveys
for each row execute function private.tg_bump_version();

-- -------------------------------------------------------------------------------------------------
-- What is written stays
-- -------------------------------------------------------------------------------------------------
create function private.tg_surveys_keep_attribution()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.refuse(
        'PT409', 'attribution_is_frozen', 'Whom it is credited to was settled as the service ended.'
    );
    return null;
end
$$;

-- What may change: a colleague who is erased is nobody's agent any more, and surveys go with a
-- client who turns out to be another.
create trigger surveys_keep_attribution
before update on public.surveys
for each row when (
    (
        old.kind, old.ticket_id, old.cycle, old.case_id, old.visit_id, old.desk_id,
        old.tier, old.language, old.channel, old.rule_version, old.happened_at
    ) is distinct from (
        new.kind, new.ticket_id, new.cycle, new.case_id, new.visit_id, new.desk_id,
        new.tier, new.language, new.channel, new.rule_version, new.happened_at
    )
    or new.agent_id is distinct from old.agent_id and new.agent_id is not null
)
execute function private.tg_surveys_keep_attribution();

create function private.tg_surveys_keep_answer()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.refuse('PT409', 'survey_answered', 'An answer is given once and stays.');
    return null;
end
$$;

-- The words alone may be erased, for a client who asks for it.
create trigger surveys_keep_answer
before update on public.surveys
for each row when (
    old.answered_at is not null and (
        (
            old.state, old.answered_at, old.answered_through, old.is_late, old.csat, old.nps,
            old.effort
        ) is distinct from (
            new.state, new.answered_at, new.answered_through, new.is_late, new.csat, new.nps,
            new.effort
        )
        or new.comment is distinct from old.comment and new.comment is not null
    )
)
execute function private.tg_surveys_keep_answer();

-- -------------------------------------------------------------------------------------------------
-- Events
-- -------------------------------------------------------------------------------------------------
create function private.describe_survey_event(p_survey public.surveys)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'client_id', p_survey.client_id, 'ticket_id', p_survey.ticket_id,
        'cycle', p_survey.cycle, 'case_id', p_survey.case_id, 'visit_id', p_survey.visit_id,
        'kind', p_survey.kind, 'agent_id', p_survey.agent_id, 'desk_id', p_survey.desk_id,
        'tier', p_survey.tier
    ) || case when p_survey.answered_at is null then '{}' else jsonb_build_object(
        'csat', p_survey.csat, 'nps', p_survey.nps, 'effort', p_survey.effort,
        'is_late', p_survey.is_late, 'answered_through', p_survey.answered_through
    ) end
$$;

-- Definer: whoever resolved the ticket or answered may write no events.
create function private.tg_surveys_announce()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.emit_events(
        'survey.' || case new.state
            when 'waiting' then 'created'
            when 'sent' then 'sent'
            when 'answered' then 'answered'
            when 'expired' then 'expired'
        end,
        array[new.id], array[private.describe_survey_event(new)]
    );
    return null;
end
$$;

-- Those of a cycle begin with ticket.resolved or ticket.closed.
create trigger surveys_announce_new
after insert on public.surveys
for each row when (new.kind <> 'cycle')
execute function private.tg_surveys_announce();
create trigger surveys_announce_change
after update of state on public.surveys
for each row when (
    new.state <> old.state and new.state in ('sent', 'answered', 'expired')
)
execute function private.tg_surveys_announce();

-- -------------------------------------------------------------------------------------------------
-- A service ends
-- -------------------------------------------------------------------------------------------------

-- In this order: who has it, who had it until now, which person answered last.
create function private.find_credited_agent(
    p_ticket public.support_tickets, p_previous_assignee_id uuid
)
returns uuid
language plpgsql
stable
set search_path = ''
as $$
begin
    return nullif(coalesce(p_ticket.assignee_id, p_previous_assignee_id, (
        select staff.id
        from public.ticket_messages said
        join public.staff_members staff on staff.id = said.author_id
        where said.ticket_id = p_ticket.id and said.author_kind = 'agent'
            and not said.is_internal
            and said.created_at >= coalesce(p_ticket.reopened_at, p_ticket.opened_at)
        order by said.created_at desc
        limit 1
    )), p_ticket.client_id);
end
$$;
comment on function private.find_credited_agent(public.support_tickets, uuid) is
    'Whom an answer about the present cycle is credited to; null: nobody served the client.';

-- Definer: nobody holds a right to write surveys, whoever resolved the ticket.
create function private.tg_support_tickets_freeze_survey()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    insert into public.surveys (
        kind, client_id, ticket_id, cycle, agent_id, desk_id, tier, language, channel,
        rule_version, happened_at
    )
    select
        'cycle', new.client_id, new.id, new.cycle,
        private.find_credited_agent(new, old.assignee_id), new.desk_id, new.tier, new.language,
        new.channel, rule.version, new.resolved_at
    from public.survey_rules rule
    where rule.kind = 'cycle' and rule.tier = new.tier and rule.is_active
    on conflict do nothing;
    return null;
end
$$;

-- Only the end of a cycle reaches it; a ticket that goes on in another one has not ended.
create trigger support_tickets_freeze_survey
after update of status on public.support_tickets
for each row when (
    new.status in ('resolved', 'closed') and old.status not in ('resolved', 'closed')
    and new.merged_into_id is null
)
execute function private.tg_support_tickets_freeze_survey();

-- Definer: as above, whoever told of the visit.
create function private.tg_visits_freeze_survey()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.insert_survey(client, null::public.support_tickets, null, rule, new.id)
    from public.profiles client
    join public.survey_rules rule
        on rule.kind = 'treatment' and rule.tier = client.tier and rule.is_active
    where client.id = new.client_id
        and not exists (select from public.staff_members staff where staff.id = client.id);
    return null;
end
$$;

-- Not for the past, which a booking system may tell when it is connected.
create trigger visits_freeze_new_survey
after insert on public.visits
for each row when (new.status = 'completed' and new.ended_at > now() - interval '3 days')
execute function private.tg_visits_freeze_survey();
create trigger visits_freeze_survey
after update of status on public.visits
for each row when (
    new.status = 'completed' and old.status <> 'completed'
    and new.ended_at > now() - interval '3 days'
)
execute function private.tg_visits_freeze_survey();

-- -------------------------------------------------------------------------------------------------
-- Asked for by other concepts
-- -------------------------------------------------------------------------------------------------

create function private.find_last_asked_at(p_client_id uuid)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select max(past.asked_at) from public.surveys past
        where past.client_id = p_client_id
            and past.state in ('queued', 'sent', 'answered', 'expired')
    );
end
$$;
comment on function private.find_last_asked_at(uuid) is
    'When the client was asked last, about anything.';

create function private.is_open_to_survey(p_client_id uuid, p_ticket public.support_tickets)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
    return not exists (select from public.staff_members staff where staff.id = p_client_id)
        and p_ticket.merged_into_id is null
        and (p_ticket.id is null or p_ticket.client_id = p_client_id);
end
$$;
comment on function private.is_open_to_survey(uuid, public.support_tickets) is
    'Whether the client works not here, and the ticket, if any, is theirs and stands for itself.';

create function private.find_survey_id(p_kind text, p_ticket_id uuid, p_cycle integer, p_id uuid)
returns uuid
language plpgsql
stable
set search_path = ''
as $$
begin
    return (
        select known.id from public.surveys known
        where known.kind = p_kind and case p_kind
            when 'cycle' then known.ticket_id = p_ticket_id and known.cycle = p_cycle
            when 'recovery' then known.case_id = p_id
            else known.visit_id = p_id
        end
    );
end
$$;

create function private.create_survey(
    p_kind text, p_client_id uuid, p_ticket_id uuid, p_cycle integer, p_case_id uuid
)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
    v_client public.profiles;
    v_ticket public.support_tickets;
    v_rule public.survey_rules;
    v_known_id uuid := private.find_survey_id(p_kind, p_ticket_id, p_cycle, p_case_id);
begin
    if v_known_id is not null then
        return v_known_id;
    end if;
    select kept.* into v_client
    from public.profiles named
    join public.profiles kept on kept.id = coalesce(named.merged_into_id, named.id)
    where named.id = p_client_id;
    select known.* into v_ticket
    from public.support_tickets known where known.id = p_ticket_id;
    select rule.* into v_rule
    from public.survey_rules rule
    where rule.kind = p_kind and rule.tier = coalesce(v_ticket.tier, v_client.tier)
        and rule.is_active;
    if v_client.id is null or v_rule.kind is null
        or not private.is_open_to_survey(v_client.id, v_ticket)
        or (p_kind <> 'recovery' and private.find_last_asked_at(v_client.id)
            > now() - make_interval(secs => v_rule.cooldown_seconds))
    then
        return null;
    end if;
    perform private.insert_survey(v_client, v_ticket, p_cycle, v_rule, p_case_id);
    return private.find_survey_id(p_kind, p_ticket_id, p_cycle, p_case_id);
end
$$;
comment on function private.create_survey(text, uuid, uuid, integer, uuid) is
    'A survey of this kind (cycle, recovery, treatment; p_case_id is the recovery case, or the '
    'visit of a treatment) that success.surveys will put to the client. Answers its id, the same '
    'however often it is asked for; null when the client is not asked: cool-down (never for '
    'recovery), no active rule for the tier, one of the staff, a merged or foreign ticket. For '
    'functions with the owner''s rights.';

create function private.insert_survey(
    p_client public.profiles, p_ticket public.support_tickets, p_cycle integer,
    p_rule public.survey_rules, p_occasion_id uuid
)
returns void
language sql
set search_path = ''
as $$
    insert into public.surveys (
        kind, client_id, ticket_id, cycle, case_id, visit_id, agent_id, desk_id, tier, language,
        channel, rule_version
    )
    select
        p_rule.kind, p_client.id, p_ticket.id,
        case when p_ticket.id is not null then coalesce(p_cycle, p_ticket.cycle) end,
        case p_rule.kind when 'recovery' then p_occasion_id end,
        case p_rule.kind when 'treatment' then p_occasion_id end,
        -- What was settled when the cycle ended stands, whoever has the ticket now.
        coalesce(
            (
                select asked.agent_id from public.surveys asked
                where asked.kind = 'cycle' and asked.ticket_id = p_ticket.id
                    and asked.cycle = coalesce(p_cycle, p_ticket.cycle)
            ),
            private.find_credited_agent(p_ticket, null)
        ),
        coalesce(p_ticket.desk_id, p_client.desk_id), p_rule.tier,
        coalesce(p_ticket.language, left(p_client.locale, 2)), p_ticket.channel, p_rule.version
    on conflict do nothing
$$;

-- -------------------------------------------------------------------------------------------------
-- Who sees what
-- -------------------------------------------------------------------------------------------------

-- Desks whose surveys I may read.
create function private.my_survey_desk_ids()
returns setof uuid
language plpgsql
stable
security definer -- executives see every desk, which they may not otherwise
rows 2
set search_path = ''
as $$
begin
    if exists (select from private.my_staff_row() me where me.role = 'executive') then
        return query select desk.id from public.desks desk;
    else
        return query select private.my_overseen_desk_ids();
    end if;
end
$$;

revoke all on
    public.survey_rules, public.survey_questionnaires, public.survey_questions,
    public.survey_texts, public.surveys, public.survey_answers
from anon, authenticated, service_role;
grant select on
    public.survey_rules, public.survey_questionnaires, public.survey_questions,
    public.survey_texts, public.surveys, public.survey_answers
to authenticated, service_role;

alter table public.survey_rules enable row level security;
alter table public.survey_questionnaires enable row level security;
alter table public.survey_questions enable row level security;
alter table public.survey_texts enable row level security;
alter table public.surveys enable row level security;
alter table public.survey_answers enable row level security;

create policy survey_rules_select_staff on public.survey_rules
for select to authenticated
using ((select private.is_staff()));

create policy survey_questionnaires_select_staff on public.survey_questionnaires
for select to authenticated
using ((select private.is_staff()));

create policy survey_questions_select_staff on public.survey_questions
for select to authenticated
using ((select private.is_staff()));

create policy survey_texts_select_staff on public.survey_texts
for select to authenticated
using ((select private.is_staff()));

-- Nothing before the answer for the agent it is about: who was asked is not theirs to remind.
create policy surveys_select_concerned on public.surveys
for select to authenticated
using (
    sent_at is not null and client_id = (select private.my_client_id())
    or answered_at is not null and agent_id = (select private.my_staff_id())
    or desk_id = any (array(select private.my_survey_desk_ids()))
);

create policy survey_answers_select_concerned on public.survey_answers
for select to authenticated
using (exists (select from public.surveys survey where survey.id = survey_answers.survey_id));

revoke all on function
    private.tg_surveys_keep_attribution(), private.tg_surveys_keep_answer(),
    private.describe_survey_event(public.surveys), private.tg_surveys_announce(),
    private.find_credited_agent(public.support_tickets, uuid),
    private.tg_support_tickets_freeze_survey(), private.tg_visits_freeze_survey(),
    private.find_last_asked_at(uuid),
    private.is_open_to_survey(uuid, public.support_tickets),
    private.find_survey_id(text, uuid, integer, uuid),
    private.create_survey(text, uuid, uuid, integer, uuid),
    private.insert_survey(
        public.profiles, public.support_tickets, integer, public.survey_rules, uuid
    ),
    private.my_survey_desk_ids()
from public, anon, authenticated, service_role;
grant execute on function private.my_survey_desk_ids() to authenticated;
