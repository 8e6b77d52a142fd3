-- Asking: whether, when and how a client is asked about a service that ended.
--
--   ticket.resolved, ticket.closed, ticket.reopened, ticket.merged, survey.created,
--       survey.delay_reached and survey.expiry_reached (timers), outreach.sent,
--       outreach.suppressed, outreach.cancelled, outreach.bounced
--       -> success.surveys (lib/success/surveys.py) -> public.surveys, private.queue_outreach or
--          private.open_outreach_task
--
-- What is decided follows from the rows alone, so an event may come twice: undoing a merge tells of
-- a resolved ticket again, and the survey that was called off because of it is taken up again.
-- Events out: survey.sent, survey.expired. Order of locks: jobs, profiles by id, surveys by id.

insert into private.subscriptions (event_kind, worker, priority, collapses)
values
    ('ticket.resolved', 'success.surveys', 0, true),
    ('ticket.closed', 'success.surveys', 0, true),
    ('ticket.reopened', 'success.surveys', 0, true),
    ('ticket.merged', 'success.surveys', 0, true),
    ('survey.created', 'success.surveys', 0, true),
    ('survey.delay_reached', 'success.surveys', 0, true),
    ('survey.expiry_reached', 'success.surveys', 0, true),
    ('outreach.sent', 'success.surveys', 0, true),
    ('outreach.suppressed', 'success.surveys', 0, true),
    ('outreach.cancelled', 'success.surveys', 0, true),
    ('outreach.bounced', 'success.surveys', 0, true);

-- -------------------------------------------------------------------------------------------------
-- Read
-- -------------------------------------------------------------------------------------------------

-- Only those about which something may be decided: what is answered or skipped for good is over.
create function private.list_survey_cases(p_subject_ids uuid[])
returns table (survey_id uuid, subject_ids uuid[])
language sql
stable
rows 100
set search_path = ''
as $$
    select found.id, array_agg(found.subject_id)
    from (
        select survey.id, survey.id as subject_id
        from public.surveys survey where survey.id = any (p_subject_ids)
            and survey.state in ('waiting', 'queued', 'sent')
        union
        select survey.id, survey.ticket_id
        from public.surveys survey
        where survey.ticket_id = any (p_subject_ids) and survey.kind = 'cycle'
            and (survey.state in ('waiting', 'queued') or survey.reason = 'merged')
        union
        select survey.id, survey.outreach_id
        from public.surveys survey
        where survey.outreach_id = any (p_subject_ids) and survey.state = 'queued'
    ) found
    group by found.id
$$;

create function private.describe_survey_rule(p_survey public.surveys)
returns jsonb
language sql
stable
set search_path = ''
set timezone = 'UTC'
as $$
    select jsonb_build_object(
        'is_active', rule.is_active,
        'ask_at', private.add_working_seconds(
            rule.calendar_id, p_survey.happened_at, rule.delay_seconds
        ),
        'cooldown_seconds', rule.cooldown_seconds,
        'sample_share', rule.sample_share::double precision,
        'answer_seconds', rule.answer_seconds,
        'is_by_phone', rule.is_by_phone,
        'excluded_categories', to_jsonb(rule.excluded_categories),
        'version', rule.version
    )
    from public.survey_rules rule
    where rule.kind = p_survey.kind and rule.tier = p_survey.tier
$$;

create function private.describe_survey_ticket(p_survey public.surveys)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'is_merged', ticket.merged_into_id is not null,
        'is_reopened', p_survey.kind = 'cycle' and (
            ticket.cycle > p_survey.cycle or ticket.status not in ('resolved', 'closed')
        ),
        'category', ticket.category
    )
    from public.support_tickets ticket
    where ticket.id = p_survey.ticket_id
$$;

-- What the client was asked already, and when last.
create function private.describe_earlier_questions(p_survey public.surveys)
returns jsonb
language sql
stable
set search_path = ''
set timezone = 'UTC'
as $$
    select coalesce(jsonb_object_agg(past.question, past.asked_at), '{}')
    from (
        select asked.question, max(earlier.asked_at) as asked_at
        from public.surveys earlier
        cross join unnest(earlier.questions) asked (question)
        where earlier.client_id = p_survey.client_id
            and earlier.state in ('queued', 'sent', 'answered', 'expired')
            and earlier.id <> p_survey.id
        group by asked.question
    ) past
$$;

create function private.describe_survey_questions(p_kind text, p_language text)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'version', current_.version,
        'is_worded', private.choose_survey_language(p_kind, current_.version, p_language)
            is not null,
        'questions', (
            select jsonb_agg(jsonb_build_object(
                'question', asked.question, 'is_required', asked.is_required,
                'shown_if_question', asked.shown_if_question,
                'repeat_seconds', asked.repeat_seconds
            ) order by asked.position)
            from public.survey_questions asked
            where asked.kind = p_kind and asked.version = current_.version
        )
    )
    from public.survey_questionnaires current_
    where current_.kind = p_kind and current_.is_current
$$;

-- Managers who may call: not about their own work, and not themselves.
create function private.list_survey_callers(p_survey public.surveys)
returns uuid[]
language sql
stable
set search_path = ''
as $$
    select coalesce(array_agg(manager.id order by manager.id), '{}')
    from unnest(private.list_managers(p_survey.desk_id)) manager (id)
    where manager.id is distinct from p_survey.agent_id and manager.id <> p_survey.client_id
$$;

-- Definer: working time, consents and messages are read with the owner's rights; only
-- service_role may execute it.
create function private.describe_survey_case(p_survey_id uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
    select jsonb_build_object(
        'survey_id', survey.id, 'kind', survey.kind, 'state', survey.state,
        'happened_at', survey.happened_at, 'expires_at', survey.expires_at,
        'rule', private.describe_survey_rule(survey),
        'ticket', private.describe_survey_ticket(survey),
        'is_internal', exists (
            select from public.staff_members staff where staff.id = survey.client_id
        ),
        'has_phone_consent', private.has_consent(survey.client_id, 'feedback', 'phone'),
        'caller_ids', to_jsonb(private.list_survey_callers(survey)),
        'last_asked_at', private.find_last_asked_at(survey.client_id),
        'asked_questions', private.describe_earlier_questions(survey),
        'questionnaire', private.describe_survey_questions(survey.kind, survey.language),
        'outreach', (
            select jsonb_build_object('state', carried.state, 'reason', carried.reason)
            from public.outreach carried where carried.id = survey.outreach_id
        )
    )
    from public.surveys survey
    where survey.id = p_survey_id
$$;
comment on function private.describe_survey_case(uuid) is
    'All that decides how a survey goes on, in one text for one state: the write compares it.';

create function worker.survey_contexts(p_subject_ids uuid[])
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object('read_at', clock_timestamp(), 'cases', (
        select coalesce(jsonb_agg(found.facts || jsonb_build_object(
            'subject_ids', asked.subject_ids, 'fingerprint', md5(found.facts::text)
        ) order by asked.survey_id), '[]')
        from private.list_survey_cases(p_subject_ids) asked
        cross join lateral private.describe_survey_case(asked.survey_id) found (facts)
        where found.facts is not null
    ))
$$;
comment on function worker.survey_contexts(uuid[]) is
    'The surveys that these surveys, tickets and outreach are about, as far as something is to be '
    'decided: {"read_at", "cases": [{"survey_id", "kind", "state", "happened_at", "expires_at", '
    '"rule", "ticket", "is_internal", "has_phone_consent", "caller_ids", "last_asked_at", '
    '"asked_questions", "questionnaire", "outreach", "subject_ids", "fingerprint"}]}.';

-- -------------------------------------------------------------------------------------------------
-- Write
-- -------------------------------------------------------------------------------------------------
create function private.describe_survey_invitation(p_survey public.surveys, p_version integer)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'survey_id', p_survey.id, 'ticket_id', p_survey.ticket_id, 'kind', p_survey.kind,
        'language', chosen.language,
        'subject', max(told.body) filter (where told.item = 'invitation.subject'),
        'body', max(told.body) filter (where told.item = 'invitation.body')
    )
    from private.choose_survey_language(p_survey.kind, p_version, p_survey.language)
        chosen (language)
    join public.survey_texts told
        on told.kind = p_survey.kind and told.version = p_version
        and told.language = chosen.language
    group by chosen.language
$$;

-- Answers the task or message that was made of it; null: the client is not to be contacted.
create function private.pass_survey_on(p_survey public.surveys, p_decision jsonb)
returns uuid
language plpgsql
set search_path = ''
as $$
declare
    v_details jsonb := private.describe_survey_invitation(
        p_survey, (p_decision ->> 'questionnaire_version')::integer
    );
    -- One that was called off and is taken up again is another message.
    v_key text := format('survey:%s:%s', p_survey.id, p_survey.version);
begin
    if p_decision ->> 'manner' = 'phone' then
        return private.open_outreach_task(
            p_survey.client_id, 'survey_call', (p_decision ->> 'caller_id')::uuid, now(),
            (p_decision ->> 'call_until')::timestamptz, v_key,
            v_details || '{"purpose": "feedback"}'
        );
    end if;
    return private.queue_outreach(
        p_survey.client_id, 'feedback', 'survey', null, now(), v_key, v_details
    );
end
$$;

-- The gate has the last word: what it will not carry is not asked.
create function private.hand_on_survey(p_survey public.surveys, p_decision jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_is_call boolean := p_decision ->> 'manner' = 'phone';
    v_id uuid := private.pass_survey_on(p_survey, p_decision);
begin
    if v_id is null then
        perform private.skip_survey(p_survey.id, 'not_to_be_contacted');
        return;
    end if;
    update public.surveys known
    set state = 'queued',
        reason = null,
        ask_at = null,
        asked_at = now(),
        manner = p_decision ->> 'manner',
        questionnaire_version = (p_decision ->> 'questionnaire_version')::integer,
        questions = array(select jsonb_array_elements_text(p_decision -> 'questions')),
        outreach_id = case when not v_is_call then v_id end,
        task_id = case when v_is_call then v_id end
    where known.id = p_survey.id;
    if v_is_call then
        perform private.mark_survey_sent(p_survey.id);
    end if;
end
$$;

create function private.skip_survey(p_survey_id uuid, p_reason text)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_outreach_id uuid;
begin
    update public.surveys known
    set state = 'skipped', reason = p_reason, ask_at = null
    where known.id = p_survey_id
    returning known.outreach_id into v_outreach_id;
    perform private.cancel_timers('survey.delay_reached', array[p_survey_id]);
    if v_outreach_id is not null then
        perform private.cancel_outreach_rows(array[v_outreach_id], 'survey_called_off');
    end if;
end
$$;
comment on function private.skip_survey(uuid, text) is
    'The client is not asked, for this reason; a message that is on its way is called back.';

-- Its times go by the rule of this moment; without one, by two weeks and eleven.
create function private.mark_survey_sent(p_survey_id uuid)
returns void
language plpgsql
set search_path = ''
as $$
declare
    v_expires_at timestamptz;
begin
    update public.surveys known
    set state = 'sent',
        sent_at = now(),
        expires_at = now() + make_interval(secs => span.answer_seconds),
        late_until = now() + make_interval(secs => span.answer_seconds + span.late_seconds)
    from (
        select
            coalesce(max(rule.answer_seconds), 14 * 86400) as answer_seconds,
            coalesce(max(rule.late_seconds), 76 * 86400) as late_seconds
        from public.surveys asked
        join public.survey_rules rule on rule.kind = asked.kind and rule.tier = asked.tier
        where asked.id = p_survey_id
    ) span
    where known.id = p_survey_id
    returning known.expires_at into v_expires_at;
    perform private.set_timers(
        'survey.expiry_reached', array[p_survey_id], array[v_expires_at]
    );
end
$$;
comment on function private.mark_survey_sent(uuid) is
    'The client has been asked: from now on it can be answered, and expires.';

-- A survey that was called off for a merge and is taken up again waits once more.
create function private.wait_with_survey(p_survey_id uuid, p_ask_at timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
begin
    update public.surveys known
    set state = 'waiting', reason = null, ask_at = p_ask_at
    where known.id = p_survey_id;
    perform private.set_timers('survey.delay_reached', array[p_survey_id], array[p_ask_at]);
end
$$;

create function private.carry_out_survey(p_decision jsonb, p_policy_version text)
returns text
language plpgsql
set search_path = ''
as $$
declare
    v_survey public.surveys;
begin
    update public.surveys known
    set policy_version = p_policy_version
    where known.id = (p_decision ->> 'survey_id')::uuid
        and md5(private.describe_survey_case(known.id)::text) = p_decision ->> 'fingerprint'
    returning known.* into v_survey;
    if v_survey.id is null then
        return 'stale';
    end if;
    case p_decision ->> 'outcome'
        when 'ask' then
            perform private.hand_on_survey(v_survey, p_decision);
        when 'wait' then
            perform private.wait_with_survey(v_survey.id, (p_decision ->> 'ask_at')::timestamptz);
        when 'skip' then
            perform private.skip_survey(v_survey.id, p_decision ->> 'reason');
        when 'mark_sent' then
            perform private.mark_survey_sent(v_survey.id);
        when 'expire' then
            update public.surveys known set state = 'expired' where known.id = v_survey.id;
    end case;
    return 'recorded';
end
$$;

-- Definer: not even the service key may write surveys but through here; only service_role may
-- execute it. One after the other: two surveys of one client see each other's cool-down.
create function private.carry_out_surveys(p_decisions jsonb, p_policy_version text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_survey_ids uuid[] := array(
        select (said.value ->> 'survey_id')::uuid from jsonb_array_elements(p_decisions) said
    );
    v_decision jsonb;
    v_results jsonb := '{}';
begin
    perform private.lock_clients(array(
        select survey.client_id from public.surveys survey where survey.id = any (v_survey_ids)
    ));
    perform from public.surveys survey
    where survey.id = any (v_survey_ids)
    order by survey.id
    for update;
    for v_decision in select said.value from jsonb_array_elements(p_decisions) said loop
        v_results := v_results || jsonb_build_object(
            v_decision ->> 'survey_id', private.carry_out_survey(v_decision, p_policy_version)
        );
    end loop;
    return v_results;
end
$$;

create function worker.record_surveys(
    p_items jsonb, p_decisions jsonb, p_policy_version text
)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_results jsonb;
    v_statuses jsonb;
begin
    perform private.hold_jobs(p_items);
    v_results := private.carry_out_surveys(p_decisions, p_policy_version);
    select coalesce(jsonb_agg(jsonb_build_object('job_id', item.job_id, 'status', case
        when found.results @> '["stale"]' then 'stale'
        when found.results <> '[]' then 'recorded'
        else 'gone'
    end)), '[]') into v_statuses
    from jsonb_to_recordset(p_items) as item (job_id bigint, survey_ids text[])
    cross join lateral (
        select coalesce(jsonb_agg(v_results -> asked.id), '[]')
        from unnest(item.survey_ids) asked (id)
        where v_results ? asked.id
    ) found (results);
    perform private.finish_jobs(array(
        select told.job_id
        from jsonb_to_recordset(v_statuses) as told (job_id bigint, status text)
        where told.status <> 'stale'
    ));
    return v_statuses;
end
$$;
comment on function worker.record_surveys(jsonb, jsonb, text) is
    'Carries decisions out and finishes the jobs. Items: job_id, fence, survey_ids (those decided '
    'because of it). Decisions: survey_id, fingerprint, outcome ask (manner, caller_id, '
    'call_until, questionnaire_version, questions), wait (ask_at), skip (reason), mark_sent or '
    'expire. Answers [{"job_id", "status"}]: stale when a survey is not as it was judged, gone '
    'when nothing was decided.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on function
    private.list_survey_cases(uuid[]), private.describe_survey_rule(public.surveys),
    private.describe_survey_ticket(public.surveys),
    private.describe_earlier_questions(public.surveys),
    private.describe_survey_questions(text, text),
    private.list_survey_callers(public.surveys), private.describe_survey_case(uuid),
    worker.survey_contexts(uuid[]),
    private.describe_survey_invitation(public.surveys, integer),
    private.pass_survey_on(public.surveys, jsonb),
    private.hand_on_survey(public.surveys, jsonb), private.skip_survey(uuid, text),
    private.mark_survey_sent(uuid), private.wait_with_survey(uuid, timestamptz),
    private.carry_out_survey(jsonb, text), private.carry_out_surveys(jsonb, text),
    worker.record_surveys(jsonb, jsonb, text)
from public, anon, authenticated, service_role;
grant execute on function
    private.list_survey_cases(uuid[]), private.describe_survey_case(uuid),
    worker.survey_contexts(uuid[]), private.carry_out_surveys(jsonb, text),
    worker.record_surveys(jsonb, jsonb, text)
to service_role;
