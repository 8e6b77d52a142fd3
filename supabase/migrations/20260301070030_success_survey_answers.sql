-- Answering. A link carries a token of 256 random bits, of which only the hash is kept. Reading
-- writes nothing, whoever follows the link: scanners of mail do. An answer is given once: by the
-- link, by the client who is signed in, or written down by staff who asked by phone. After expiry
-- answers are taken for a while and marked as late.
--
-- What keeps guessing hopeless is the token's length. Whoever guesses by answering is counted by
-- address and told to wait; reading cannot count, as it must not write, but honours the count.

-- -------------------------------------------------------------------------------------------------
-- Tokens
-- -------------------------------------------------------------------------------------------------
create table private.survey_tokens (
    token_hash bytea primary key,
    survey_id uuid not null references public.surveys (id) on delete cascade,
    issued_at timestamptz not null default now(),
    constraint survey_tokens_hash_is_sha256 check (octet_length(token_hash) = 32)
);
comment on table private.survey_tokens is
    'Hashes of the tokens given out; each leads to one survey until that is over.';
create index survey_tokens_survey_id_idx on private.survey_tokens (survey_id);
comment on index private.survey_tokens_survey_id_idx is
    'Serves the foreign key and how many were given out.';

-- Of the wrong alphabet or length: no token of ours, nothing is looked up.
create function private.hash_survey_token(p_token text)
returns bytea
language sql
immutable
set search_path = ''
as $$
    select case when p_token ~ '^[A-Za-z0-9_-]{43}$' then sha256(convert_to(p_token, 'UTF8')) end
$$;

create function private.find_token_survey(p_token text)
returns public.surveys
language sql
stable
set search_path = ''
as $$
    select asked.*
    from private.survey_tokens given
    join public.surveys asked on asked.id = given.survey_id
    where given.token_hash = private.hash_survey_token(p_token)
        and asked.state in ('queued', 'sent', 'answered', 'expired')
$$;

-- Definer: tokens can be written by nobody else; the caller must be the server.
create function private.issue_survey_token(p_survey_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_survey public.surveys;
    v_token text := translate(
        encode(extensions.gen_random_bytes(32), 'base64'), E'+/=\n', '-_'
    );
begin
    if not private.is_service() then
        perform private.refuse('PT403', 'server_required', 'Only the server sends links.');
    end if;
    select asked.* into v_survey
    from public.surveys asked where asked.id = p_survey_id
    for share;
    if v_survey.id is null then
        perform private.refuse('PT404', 'survey_not_found', 'There is no such survey.');
    elsif v_survey.state not in ('queued', 'sent', 'expired') then
        perform private.refuse('PT409', 'survey_not_open', 'Nobody is to answer it now.');
    elsif (select count(*) from private.survey_tokens given
        where given.survey_id = p_survey_id) >= 5
    then
        perform private.refuse('PT429', 'too_many_tokens', 'Five links to a survey at most.');
    end if;
    insert into private.survey_tokens (token_hash, survey_id)
    values (private.hash_survey_token(v_token), p_survey_id);
    return jsonb_build_object(
        'survey_id', p_survey_id, 'token', v_token, 'expires_at', v_survey.expires_at,
        'late_until', v_survey.late_until
    );
end
$$;

create function public.issue_survey_token(p_survey_id uuid)
returns jsonb
language sql
set search_path = ''
as $$
    select private.issue_survey_token(p_survey_id)
$$;
comment on function public.issue_survey_token(uuid) is
    'The server, as it sends the link: {"survey_id", "token", "expires_at", "late_until"} (times '
    'are null until it is sent). The token is told once and kept nowhere; five a survey at most.';

-- -------------------------------------------------------------------------------------------------
-- Guessing
-- -------------------------------------------------------------------------------------------------

-- Of whoever calls, as the proxy told; a made-up id for one row a visitor's address.
create function private.read_caller_key()
returns uuid
language plpgsql
stable
set search_path = ''
as $$
declare
    v_headers jsonb := nullif(current_setting('request.headers', true), '')::jsonb;
begin
    return md5('address ' || left(coalesce(
        v_headers ->> 'cf-connecting-ip', v_headers ->> 'x-real-ip',
        split_part(v_headers ->> 'x-forwarded-for', ',', 1), ''
    ), 60))::uuid;
end
$$;

create function private.refuse_guessing()
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
    if exists (
        select from private.rate_buckets bucket
        where bucket.actor_id = private.read_caller_key() and bucket.action = 'guess_survey'
            and bucket.tokens
                + extract(epoch from clock_timestamp() - bucket.refilled_at) * 20 / 600 < 1
    ) then
        perform private.refuse('PT429', 'too_many_requests', 'Please slow down a little.');
    end if;
end
$$;
comment on function private.refuse_guessing() is
    'Refuses PT429 to an address that named 20 wrong tokens within ten minutes.';

-- An exception would take the count back with it, so the status is set and an answer given.
create function private.count_wrong_token()
returns jsonb
language plpgsql
set search_path = ''
as $$
begin
    perform private.take_token(
        private.read_caller_key(), 'guess_survey', 20, interval '10 minutes'
    );
    perform set_config('response.status', '404', true);
    return jsonb_build_object(
        'code', 'PT404', 'message', 'survey_not_found', 'details', null,
        'hint', 'There is no such survey, or it is over.'
    );
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Read
-- -------------------------------------------------------------------------------------------------
create function private.describe_survey_items(p_survey public.surveys, p_language text)
returns jsonb
language sql
stable
set search_path = ''
as $$
    with told as (
        select spoken.item, spoken.body
        from public.survey_texts spoken
        where spoken.kind = p_survey.kind and spoken.version = p_survey.questionnaire_version
            and spoken.language = p_language
    )
    select jsonb_agg(jsonb_build_object(
        'question', asked.question, 'scale', asked.scale, 'is_required', asked.is_required,
        'prompt', (select told.body from told where told.item = asked.question),
        'min', case asked.scale when 'nps' then 0 when 'csat' then 1 when 'effort' then 1 end,
        'max', case asked.scale when 'nps' then 10 when 'csat' then 5 when 'effort' then 7 end,
        'low', (select told.body from told where told.item = asked.question || '.low'),
        'high', (select told.body from told where told.item = asked.question || '.high'),
        'options', (
            select jsonb_agg(jsonb_build_object(
                'option', part.name, 'label', told.body
            ) order by part.place)
            from unnest(asked.options) with ordinality part (name, place)
            join told on told.item = asked.question || '.' || part.name
        ),
        'shown_if', case when asked.shown_if_question is not null then jsonb_build_object(
            'question', asked.shown_if_question, 'at_most', asked.shown_if_at_most
        ) end
    ) order by asked.position)
    from public.survey_questions asked
    where asked.kind = p_survey.kind and asked.version = p_survey.questionnaire_version
        and asked.question = any (p_survey.questions)
$$;

create function private.find_survey_text(
    p_survey public.surveys, p_language text, p_item text
)
returns text
language sql
stable
set search_path = ''
as $$
    select told.body
    from public.survey_texts told
    where told.kind = p_survey.kind and told.version = p_survey.questionnaire_version
        and told.language = p_language and told.item = p_item
$$;

-- Says nothing of the client, the ticket or the agent: links are forwarded.
create function private.describe_survey(p_survey public.surveys, p_language text)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'kind', p_survey.kind,
        'state', case
            when p_survey.state = 'answered' then 'answered'
            when p_survey.expires_at <= now() then 'late'
            else 'open'
        end,
        'language', chosen.language,
        'expires_at', p_survey.expires_at,
        'late_until', p_survey.late_until,
        'greeting', private.find_survey_text(p_survey, chosen.language, 'greeting'),
        'thanks', private.find_survey_text(p_survey, chosen.language, 'thanks'),
        'questions', private.describe_survey_items(p_survey, chosen.language)
    )
    from private.choose_survey_language(
        p_survey.kind, p_survey.questionnaire_version,
        case when p_language ~ '^[a-z]{2}' then left(p_language, 2) else p_survey.language end
    ) chosen (language)
$$;

-- Definer: whoever has the token need not be anybody; the token is looked up first.
create function private.get_survey(p_token text, p_language text)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_survey public.surveys;
begin
    perform private.refuse_guessing();
    v_survey := private.find_token_survey(p_token);
    if v_survey.id is null then
        perform private.refuse(
            'PT404', 'survey_not_found', 'There is no such survey, or it is over.'
        );
    elsif v_survey.late_until <= now() and v_survey.state <> 'answered' then
        perform private.refuse('PT410', 'survey_over', 'Answers are no longer taken.');
    end if;
    return private.describe_survey(v_survey, p_language);
end
$$;

create function public.get_survey(p_token text, p_language text default null)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.get_survey(p_token, p_language)
$$;
comment on function public.get_survey(text, text) is
    'Everybody with a token, signed in or not: what is asked, in the survey''s language or that '
    'one: {"kind", "state": open|late|answered, "language", "expires_at", "late_until", '
    '"greeting", "thanks", "questions": [{"question", "scale", "min", "max", "prompt", "low", '
    '"high", "options": [{"option", "label"}], "is_required", "shown_if"}]}. Changes nothing; '
    'better called with POST, as addresses end in logs.';

-- -------------------------------------------------------------------------------------------------
-- Judge the answers
-- -------------------------------------------------------------------------------------------------
create function private.is_survey_answer(p_asked public.survey_questions, p_value jsonb)
returns boolean
language plpgsql
immutable
set search_path = ''
as $$
begin
    return case
        when p_asked.scale = 'text' then
            jsonb_typeof(p_value) = 'string'
            and coalesce(private.is_clean_text(p_value #>> '{}', 2000), false)
        when p_asked.scale = 'choices' then
            jsonb_typeof(p_value) = 'array' and jsonb_array_length(p_value) between 1 and 20
            and to_jsonb(p_asked.options) @> p_value
        else
            jsonb_typeof(p_value) = 'number' and p_value::numeric % 1 = 0
            and p_value::numeric between case p_asked.scale when 'nps' then 0 else 1 end
                and case p_asked.scale when 'nps' then 10 when 'csat' then 5 else 7 end
    end;
end
$$;

-- Left out, null and empty text are the same: not answered.
create function private.read_survey_answers(p_survey public.surveys, p_answers jsonb)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
    v_answers jsonb;
begin
    if jsonb_typeof(p_answers) is distinct from 'object' then
        perform private.refuse('PT400', 'answers_required', 'Send {"csat": 5, "comment": "..."}.');
    elsif octet_length(p_answers::text) > 20000 then
        perform private.refuse('PT413', 'answers_too_long', 'At most 2000 characters of text.');
    end if;
    select coalesce(jsonb_object_agg(said.key, said.value), '{}') into v_answers
    from jsonb_each(p_answers) said
    where said.value not in ('null', '[]') and btrim(said.value #>> '{}') <> '';
    if exists (
        select from jsonb_object_keys(v_answers) key where key <> all (p_survey.questions)
    ) then
        perform private.refuse('PT422', 'question_unknown', 'Something here was not asked.');
    end if;
    perform private.require_survey_answers(p_survey, v_answers);
    return v_answers;
end
$$;

create function private.require_survey_answers(p_survey public.surveys, p_answers jsonb)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
    v_asked public.survey_questions;
begin
    for v_asked in
        select asked.* from public.survey_questions asked
        where asked.kind = p_survey.kind and asked.version = p_survey.questionnaire_version
            and asked.question = any (p_survey.questions)
        order by asked.position
    loop
        if not p_answers ? v_asked.question then
            if v_asked.is_required then
                perform private.refuse(
                    'PT422', 'answer_required', format('Please answer %s.', v_asked.question)
                );
            end if;
        elsif not private.is_survey_answer(v_asked, p_answers -> v_asked.question) then
            perform private.refuse('PT422', 'answer_malformed', format(
                '%s: a number on its scale, some of its options, or text.', v_asked.question
            ));
        elsif v_asked.shown_if_question is not null and not coalesce(
            (p_answers ->> v_asked.shown_if_question)::numeric <= v_asked.shown_if_at_most, false
        ) then
            perform private.refuse('PT422', 'question_unknown', format(
                '%s depends on %s.', v_asked.question, v_asked.shown_if_question
            ));
        end if;
    end loop;
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Write the answers down
-- -------------------------------------------------------------------------------------------------
create function private.insert_survey_answers(p_survey public.surveys, p_answers jsonb)
returns void
language sql
set search_path = ''
as $$
    insert into public.survey_answers (survey_id, question, number, choices, body)
    select
        p_survey.id, asked.question,
        case when asked.scale not in ('choices', 'text') then said.value::smallint end,
        case when asked.scale = 'choices' then array(
            select distinct jsonb_array_elements_text(said.value)
        ) end,
        case when asked.scale = 'text' then btrim(said.value #>> '{}') end
    from jsonb_each(p_answers) said
    join public.survey_questions asked
        on asked.kind = p_survey.kind and asked.version = p_survey.questionnaire_version
        and asked.question = said.key
$$;

-- Answered before the message was told to have arrived: it has.
create function private.finish_survey(
    p_survey public.surveys, p_answers jsonb, p_through text
)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_answers jsonb := private.read_survey_answers(p_survey, p_answers);
    v_survey public.surveys;
begin
    perform private.insert_survey_answers(p_survey, v_answers);
    if p_survey.state = 'queued' then
        perform private.mark_survey_sent(p_survey.id);
    end if;
    update public.surveys known
    set state = 'answered',
        answered_at = now(),
        answered_through = p_through,
        answered_by = (select auth.uid()),
        is_late = now() > known.expires_at,
        csat = scored.csat,
        nps = scored.nps,
        effort = scored.effort,
        comment = scored.comment
    from (
        select
            max(said.number) filter (where asked.scale = 'csat') as csat,
            max(said.number) filter (where asked.scale = 'nps') as nps,
            max(said.number) filter (where asked.scale = 'effort') as effort,
            left(string_agg(said.body, E'\n' order by asked.position), 2000) as comment
        from public.survey_answers said
        join public.survey_questions asked
            on asked.kind = p_survey.kind and asked.version = p_survey.questionnaire_version
            and asked.question = said.question
        where said.survey_id = p_survey.id
    ) scored
    where known.id = p_survey.id
    returning known.* into v_survey;
    perform private.settle_answered_survey(v_survey);
    return private.describe_survey_receipt(v_survey);
end
$$;

create function private.settle_answered_survey(p_survey public.surveys)
returns void
language plpgsql
set search_path = ''
as $$
begin
    perform private.cancel_timers('survey.expiry_reached', array[p_survey.id]);
    if p_survey.task_id is not null and p_survey.answered_through <> 'staff' then
        perform private.close_outreach_tasks(array[p_survey.task_id], 'not_needed');
    end if;
    if p_survey.agent_id is not null then
        perform private.notify(
            array[p_survey.agent_id], 'survey_answered', p_survey.ticket_id,
            jsonb_build_object('survey_id', p_survey.id)
        );
    end if;
end
$$;
comment on function private.settle_answered_survey(public.surveys) is
    'Nobody waits for it or calls about it any more, and the agent it is about is told.';

create function private.describe_survey_receipt(p_survey public.surveys)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'survey_id', p_survey.id, 'answered_at', p_survey.answered_at,
        'is_late', p_survey.is_late,
        'thanks', private.find_survey_text(
            p_survey, private.choose_survey_language(
                p_survey.kind, p_survey.questionnaire_version, p_survey.language
            ), 'thanks'
        )
    )
$$;

-- The survey itself stands for whoever repeats the call: a link has no person. Its row is locked,
-- so of two answers at the same time the second finds it answered.
create function private.take_survey_answer(
    p_survey_id uuid, p_answers jsonb, p_through text, p_idempotency_key text
)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_survey public.surveys;
    v_answer jsonb;
begin
    select asked.* into v_survey
    from public.surveys asked where asked.id = p_survey_id
    for update;
    if p_idempotency_key is not null then
        v_answer := private.begin_once(
            p_survey_id, p_idempotency_key, 'answer_survey',
            jsonb_build_array(p_through, p_answers)
        );
        if v_answer is not null then
            return v_answer;
        end if;
    end if;
    if v_survey.state = 'answered' then
        perform private.refuse('PT409', 'survey_answered', 'An answer is given once and stays.');
    elsif v_survey.late_until <= now() then
        perform private.refuse('PT410', 'survey_over', 'Answers are no longer taken.');
    elsif v_survey.state not in ('queued', 'sent', 'expired') then
        perform private.refuse('PT409', 'survey_not_open', 'Nobody is to answer it now.');
    end if;
    v_answer := private.finish_survey(v_survey, p_answers, p_through);
    return private.finish_once(p_survey_id, p_idempotency_key, v_answer);
end
$$;

-- Definer: whoever has the token need not be anybody; the token is looked up first. Staff who are
-- signed in answer nothing but about themselves as clients.
create function private.answer_survey(p_token text, p_answers jsonb, p_idempotency_key text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_survey public.surveys;
begin
    perform private.refuse_guessing();
    v_survey := private.find_token_survey(p_token);
    if v_survey.id is null then
        return private.count_wrong_token();
    elsif private.is_staff() and v_survey.client_id <> private.my_client_id() then
        perform private.refuse('PT403', 'staff_cannot_answer', 'Only the client answers.');
    end if;
    return private.take_survey_answer(v_survey.id, p_answers, 'link', p_idempotency_key);
end
$$;

create function public.answer_survey(
    p_token text, p_answers jsonb, p_idempotency_key text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.answer_survey(p_token, p_answers, p_idempotency_key)
$$;
comment on function public.answer_survey(text, jsonb, text) is
    'Everybody with a token, signed in or not, but no staff: {"question": number, [options] or '
    '"text"}. Given once; the same call with its key answers the same. Answers {"survey_id", '
    '"answered_at", "is_late", "thanks"}. A wrong token is 404 and counted by address.';

-- Definer: nobody holds a right to write surveys; only the client's own is found.
create function private.answer_own_survey(
    p_survey_id uuid, p_answers jsonb, p_idempotency_key text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_person_id uuid := private.require_signed_in();
begin
    perform private.take_token(v_person_id, 'answer_survey', 60, interval '1 minute');
    if not exists (
        select from public.surveys asked
        where asked.id = p_survey_id and asked.sent_at is not null
            and asked.client_id = private.my_client_id()
    ) then
        perform private.refuse('PT404', 'survey_not_found', 'There is no such survey for you.');
    end if;
    return private.take_survey_answer(p_survey_id, p_answers, 'portal', p_idempotency_key);
end
$$;

create function public.answer_own_survey(
    p_survey_id uuid, p_answers jsonb, p_idempotency_key text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.answer_own_survey(p_survey_id, p_answers, p_idempotency_key)
$$;
comment on function public.answer_own_survey(uuid, jsonb, text) is
    'The client, signed in and without a token: as answer_survey.';

-- Definer: words are shown to staff alone otherwise; only the client's own surveys are found.
create function private.get_own_surveys(p_language text)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
    perform private.require_signed_in();
    return (
        select coalesce(jsonb_agg(
            private.describe_survey(asked, p_language) || jsonb_build_object(
                'survey_id', asked.id, 'ticket_id', asked.ticket_id, 'sent_at', asked.sent_at
            ) order by asked.sent_at desc
        ), '[]')
        from public.surveys asked
        where asked.client_id = private.my_client_id()
            and asked.state in ('sent', 'expired') and asked.late_until > now()
    );
end
$$;

create function public.get_own_surveys(p_language text default null)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.get_own_surveys(p_language)
$$;
comment on function public.get_own_surveys(text) is
    'The client, signed in: what they are asked and have not answered, newest first, as '
    'get_survey with "survey_id", "ticket_id" and "sent_at".';

-- -------------------------------------------------------------------------------------------------
-- Asked by phone
-- -------------------------------------------------------------------------------------------------

-- Managers of the desk, and whose task the call is; nobody about their own work.
create function private.require_survey_caller(p_survey public.surveys)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
begin
    if p_survey.id is null or (
        (p_survey.desk_id = any (array(select private.my_managed_desk_ids()))) is not true
        and p_survey.agent_id is distinct from v_staff_id
        and not exists (
            select from public.outreach_tasks task
            where task.id = p_survey.task_id and task.owner_id = v_staff_id
        )
    ) then
        perform private.refuse('PT404', 'survey_not_found', 'There is no such survey for you.');
    elsif p_survey.agent_id = v_staff_id
        or p_survey.client_id = private.my_client_id()
    then
        perform private.refuse('PT403', 'own_survey', 'Somebody else must ask about your work.');
    end if;
end
$$;

-- Definer: nobody holds a right to write surveys; the caller is checked first.
create function private.record_survey_answer(
    p_survey_id uuid, p_answers jsonb, p_idempotency_key text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_survey public.surveys;
begin
    select asked.* into v_survey
    from public.surveys asked
    where asked.id = p_survey_id and asked.asked_at is not null;
    perform private.require_survey_caller(v_survey);
    return private.take_survey_answer(p_survey_id, p_answers, 'staff', p_idempotency_key);
end
$$;

create function public.record_survey_answer(
    p_survey_id uuid, p_answers jsonb, p_idempotency_key text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.record_survey_answer(p_survey_id, p_answers, p_idempotency_key)
$$;
comment on function public.record_survey_answer(uuid, jsonb, text) is
    'Managers of the desk, and whose task the call is, but never whom it is about: what the '
    'client said on the phone, marked as written down by staff. As answer_survey. Their task is '
    'closed as any other.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on private.survey_tokens from anon, authenticated, service_role;
alter table private.survey_tokens enable row level security;

revoke all on function
    private.hash_survey_token(text), private.find_token_survey(text),
    private.issue_survey_token(uuid), public.issue_survey_token(uuid),
    private.read_caller_key(), private.refuse_guessing(), private.count_wrong_token(),
    private.describe_survey_items(public.surveys, text),
    private.describe_survey(public.surveys, text),
    private.find_survey_text(public.surveys, text, text),
    private.get_survey(text, text), public.get_survey(text, text),
    private.is_survey_answer(public.survey_questions, jsonb),
    private.read_survey_answers(public.surveys, jsonb),
    private.require_survey_answers(public.surveys, jsonb),
    private.insert_survey_answers(public.surveys, jsonb),
    private.finish_survey(public.surveys, jsonb, text),
    private.settle_answered_survey(public.surveys),
    private.describe_survey_receipt(public.surveys),
    private.take_survey_answer(uuid, jsonb, text, text),
    private.answer_survey(text, jsonb, text), public.answer_survey(text, jsonb, text),
    private.answer_own_survey(uuid, jsonb, text), public.answer_own_survey(uuid, jsonb, text),
    private.get_own_surveys(text), public.get_own_surveys(text),
    private.require_survey_caller(public.surveys),
    private.record_survey_answer(uuid, jsonb, text), public.record_survey_answer(uuid, jsonb, text)
from public, anon, authenticated, service_role;

grant execute on function private.issue_survey_token(uuid), public.issue_survey_token(uuid)
to service_role;
-- Whoever was sent a link has no account, or is not signed in.
grant execute on function
    private.get_survey(text, text), public.get_survey(text, text),
    private.answer_survey(text, jsonb, text), public.answer_survey(text, jsonb, text)
to anon, authenticated;
grant execute on function
    private.answer_own_survey(uuid, jsonb, text), public.answer_own_survey(uuid, jsonb, text),
    private.get_own_surveys(text), public.get_own_surveys(text),
    private.record_survey_answer(uuid, jsonb, text), public.record_survey_answer(uuid, jsonb, text)
to authenticated;
