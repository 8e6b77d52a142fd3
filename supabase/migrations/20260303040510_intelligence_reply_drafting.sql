-- Smart replies, how they are asked for, read, written, taken and learnt from; see ..040500.

-- -------------------------------------------------------------------------------------------------
-- Staff ask
-- -------------------------------------------------------------------------------------------------

-- The ticket, if the caller may answer it as staff; refuses otherwise.
create function private.require_ticket_to_draft(p_ticket_id uuid)
returns public.support_tickets
language plpgsql
stable
set search_path = ''
as $$
declare
    v_ticket public.support_tickets;
    v_stance text;
begin
    perform private.require_staff();
    select ticket.* into v_ticket
    from public.support_tickets ticket where ticket.id = p_ticket_id;
    v_stance := private.my_stance(v_ticket);
    if v_stance is null then
        perform private.refuse('PT404', 'ticket_not_found', 'There is no such ticket for you.');
    elsif v_stance not in ('assignee', 'manager') then
        perform private.refuse('PT403', 'not_yours_to_change', 'You may see this ticket only.');
    end if;
    return v_ticket;
end
$$;

-- What the client asked last: the question a draft answers when none is named.
create function private.find_inquiry(p_ticket public.support_tickets)
returns text
language sql
stable
set search_path = ''
as $$
    select left(coalesce((
        select said.body from public.ticket_messages said
        where said.ticket_id = p_ticket.id and said.author_kind = 'client'
        order by said.created_at desc, said.id
        limit 1
    ), p_ticket.subject), 10000)
$$;

-- Definer: nobody holds a right to write drafts; whoever may answer the ticket asks.
create function private.request_smart_response(p_ticket_id uuid, p_inquiry text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_ticket public.support_tickets := private.require_ticket_to_draft(p_ticket_id);
    v_staff_id uuid := private.my_staff_id();
    v_inquiry text := private.find_inquiry(v_ticket);
    v_draft public.reply_drafts;
begin
    if p_inquiry is not null then
        v_inquiry := private.require_text('inquiry', p_inquiry, 10000);
    end if;
    perform private.require_status(
        v_ticket, array['open', 'assigned', 'pending', 'on_hold', 'resolved']
    );
    if (
        select (known.value ->> 'enabled')::boolean from public.ai_settings known
        where known.setting = 'smart_responses'
    ) is not true then
        perform private.refuse(
            'PT409', 'smart_responses_off', 'The house has switched proposed answers off.'
        );
    end if;
    perform private.take_token(v_staff_id, 'request_smart_response', 30, interval '1 minute');
    delete from public.reply_drafts old
    where old.requested_by = v_staff_id and old.message_id is null
        and old.created_at < now() - interval '30 days';
    insert into public.reply_drafts (ticket_id, requested_by, inquiry)
    values (v_ticket.id, v_staff_id, v_inquiry)
    returning * into v_draft;
    return to_jsonb(v_draft);
end
$$;

create function public.request_smart_response(p_ticket_id uuid, p_inquiry text default null)
returns jsonb
language sql
set search_path = ''
as $$
    select private.request_smart_response(p_ticket_id, p_inquiry)
$$;
comment on function public.request_smart_response(uuid, text) is
    'Whoever may answer the ticket: a draft of an answer to the inquiry, or to the client''s last '
    'message. Answers the row of reply_drafts, pending; Realtime delivers it done, with draft, '
    'sources and reasons. 30 a minute.';

-- Definer: nobody holds a right to write drafts; the asker alone, while they may answer.
create function private.take_reply_draft(p_draft_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
    v_draft public.reply_drafts;
begin
    select draft.* into v_draft
    from public.reply_drafts draft
    where draft.id = p_draft_id and draft.requested_by = v_staff_id
    for update;
    if v_draft.id is null then
        perform private.refuse('PT404', 'draft_not_found', 'There is no such draft for you.');
    end if;
    perform private.require_ticket_to_draft(v_draft.ticket_id);
    if v_draft.draft is null or v_draft.message_id is not null then
        perform private.refuse('PT409', 'draft_not_takeable', 'Not written yet, or already sent.');
    end if;
    update public.reply_drafts draft set taken_at = clock_timestamp()
    where draft.id = p_draft_id
    returning draft.* into v_draft;
    return to_jsonb(v_draft);
end
$$;

create function public.take_reply_draft(p_draft_id uuid)
returns jsonb
language sql
set search_path = ''
as $$
    select private.take_reply_draft(p_draft_id)
$$;
comment on function public.take_reply_draft(uuid) is
    'The asker: I put this draft into my answer. The next answer of theirs on the ticket is '
    'compared with it; sent as it is, the timeline says that it was drafted by a machine.';

-- -------------------------------------------------------------------------------------------------
-- What became of a draft
-- -------------------------------------------------------------------------------------------------

-- Definer: who posts holds no right to drafts; only what the author took themselves is marked.
-- Drafted by a machine and sent unread by eyes that would have changed it: the client may know.
create function private.tg_ticket_messages_settle_drafts()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    with settled as (
        update public.reply_drafts draft
        set message_id = said.id,
            is_unedited = regexp_replace(btrim(said.body), '\s+', ' ', 'g')
                = regexp_replace(btrim(draft.draft), '\s+', ' ', 'g')
        from said
        where said.author_kind = 'agent' and not said.is_internal
            and draft.id = (
                select mine.id from public.reply_drafts mine
                where mine.ticket_id = said.ticket_id and mine.requested_by = said.author_id
                    and mine.taken_at > now() - interval '7 days' and mine.message_id is null
                order by mine.taken_at desc, mine.id
                limit 1
            )
        returning draft.*
    )
    insert into public.ticket_events (ticket_id, cycle, kind, actor_id, details)
    select ticket.id, ticket.cycle, 'reply_drafted_by_machine', settled.requested_by,
        jsonb_build_object('message_id', settled.message_id, 'draft_id', settled.id)
    from settled
    join public.support_tickets ticket on ticket.id = settled.ticket_id
    where settled.is_unedited;
    return null;
end
$$;
create trigger ticket_messages_settle_drafts
after insert on public.ticket_messages
referencing new table as said
for each statement execute function private.tg_ticket_messages_settle_drafts();

-- -------------------------------------------------------------------------------------------------
-- Read
-- -------------------------------------------------------------------------------------------------

-- How much of what a template gave was changed before sending, 0 to 1, and how often it was sent.
create function private.describe_reply_templates()
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(jsonb_build_object(
        'template_id', known.id, 'template', known.template, 'version', known.version,
        'language', known.language, 'tone', known.tone, 'category', known.category,
        'examples', known.examples, 'body', known.body,
        'sent_count', used.sent_count, 'edit_share', coalesce(used.edit_share, 0)
    ) order by known.template, known.language, known.tone), '[]')
    from public.reply_templates known
    cross join lateral (
        select count(*) as sent_count,
            avg(draft.edit_distance::double precision / greatest(draft.word_count, 1))
                as edit_share
        from public.reply_drafts draft
        where draft.template_id = known.id and draft.edit_distance is not null
    ) used
    where known.state = 'approved'
$$;

-- Visits and hours as the house's own clock shows them; treatments are not named: they may tell
-- of somebody's health.
create function private.describe_reply_facts(p_ticket public.support_tickets)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'ticket_number', p_ticket.number,
        'next_visit', (
            select min(visit.starts_at) at time zone calendar.time_zone
            from public.visits visit
            where visit.client_id = p_ticket.client_id and visit.status = 'booked'
                and visit.starts_at > now()
        ),
        'opening', (
            select coalesce(jsonb_agg(jsonb_build_object(
                'opens_at', span.opens_at at time zone calendar.time_zone,
                'closes_at', span.closes_at at time zone calendar.time_zone
            ) order by span.opens_at), '[]')
            from (
                select listed.* from private.list_day_spans(
                    calendar.id, (now() at time zone calendar.time_zone)::date,
                    (now() at time zone calendar.time_zone)::date + 7
                ) listed
                where listed.closes_at > now()
                order by listed.opens_at
                limit 3
            ) span
        )
    )
    from public.calendars calendar
    where calendar.id = '00000000-0000-4000-8000-0000000000c1'
$$;

-- Answers that ended tickets of the same desk, language and category, rated 4 or 5; never about
-- health or complaints, never of clients who object to profiling. names: to take out of the text.
create function private.list_good_answers(p_ticket public.support_tickets)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select coalesce(jsonb_agg(jsonb_build_object(
        'message_id', answer.id, 'question', left(private.find_inquiry(past), 2000),
        'answer', left(answer.body, 2000),
        'names', jsonb_build_array(
            client.display_name, client.given_name, client.family_name, author.display_name
        )
    ) order by past.resolved_at desc), '[]')
    from (
        select known.* from public.support_tickets known
        where known.desk_id = p_ticket.desk_id and known.language = p_ticket.language
            and known.category = p_ticket.category and known.id <> p_ticket.id
            and known.category not in ('aesthetic_medicine', 'complaint')
            and known.status in ('resolved', 'closed')
            and exists (
                select from public.surveys asked
                where asked.ticket_id = known.id and asked.csat >= 4
            )
            and not exists (
                select from public.profiling_objections objection
                where objection.client_id = known.client_id
            )
        order by known.resolved_at desc
        limit 50
    ) past
    join public.profiles client on client.id = past.client_id
    cross join lateral (
        select said.* from public.ticket_messages said
        where said.ticket_id = past.id and said.author_kind = 'agent' and not said.is_internal
        order by said.created_at desc, said.id
        limit 1
    ) answer
    join public.profiles author on author.id = answer.author_id
$$;

create function private.describe_reply_draft(p_draft public.reply_drafts)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'draft_id', p_draft.id, 'inquiry', p_draft.inquiry, 'category', ticket.category,
        'language', ticket.language, 'tier', ticket.tier, 'channel', ticket.channel,
        'agent_name', agent.display_name,
        'client', jsonb_build_object(
            'display_name', client.display_name, 'given_name', client.given_name,
            'family_name', client.family_name, 'gender', client.gender,
            'form_of_address', client.form_of_address,
            'vocative', private.find_vocative(client.given_name, client.gender)
        ),
        'facts', private.describe_reply_facts(ticket),
        'answers', private.list_good_answers(ticket),
        'has_consent', private.has_current_consent(client.id, 'ai_service', 'in_app'),
        'is_objected', exists (
            select from public.profiling_objections objection
            where objection.client_id = client.id
        )
    )
    from public.support_tickets ticket
    join public.profiles client on client.id = ticket.client_id
    join public.profiles agent on agent.id = p_draft.requested_by
    where ticket.id = p_draft.ticket_id
$$;

-- Definer: vocatives and the calendars' layout are in private; only the server's key comes here.
create function private.read_reply_contexts(p_draft_ids uuid[])
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
    select jsonb_build_object(
        'settings', (
            select known.value from public.ai_settings known
            where known.setting = 'smart_responses'
        ),
        'templates', private.describe_reply_templates(),
        'drafts', (
            select coalesce(jsonb_agg(
                private.describe_reply_draft(asked) order by asked.created_at
            ), '[]')
            from public.reply_drafts asked
            where asked.id = any (p_draft_ids) and asked.state = 'pending'
        ),
        'sent', (
            select coalesce(jsonb_agg(jsonb_build_object(
                'draft_id', made.id, 'draft', made.draft, 'answer', said.body
            )), '[]')
            from public.reply_drafts made
            join public.ticket_messages said on said.id = made.message_id
            where made.id = any (p_draft_ids) and made.edit_distance is null
        )
    )
$$;

create function worker.reply_contexts(p_draft_ids uuid[])
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.read_reply_contexts(p_draft_ids)
$$;
comment on function worker.reply_contexts(uuid[]) is
    'Pending drafts with all their answer may say, approved templates, thresholds; and drafts that '
    'were sent and not compared yet: {"settings", "templates", "drafts", "sent"}.';

-- -------------------------------------------------------------------------------------------------
-- Write
-- -------------------------------------------------------------------------------------------------

-- Definer: the budget is nobody's to use but the house's; executable by service_role alone.
create function private.take_reply_calls(p_count integer)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_today date := (now() at time zone 'UTC')::date;
    v_budget public.reply_budgets;
    v_used public.reply_service_days;
    v_granted integer;
begin
    select known.* into v_budget from public.reply_budgets known;
    insert into public.reply_service_days (used_on) values (v_today) on conflict do nothing;
    select used.* into v_used from public.reply_service_days used
    where used.used_on = v_today for update;
    v_granted := case
        when v_used.token_count >= v_budget.tokens_per_day then 0
        else greatest(least(p_count, v_budget.calls_per_day - v_used.call_count), 0)
    end;
    update public.reply_service_days used set call_count = used.call_count + v_granted
    where used.used_on = v_today;
    return jsonb_build_object('granted', v_granted);
end
$$;

create function worker.take_reply_calls(p_count integer)
returns jsonb
language sql
set search_path = ''
as $$
    select private.take_reply_calls(p_count)
$$;
comment on function worker.take_reply_calls(integer) is
    'So many calls of the outside service are about to be made: {"granted": how many of them '
    'today''s budget of calls and tokens still bears}. Granted ones count, made or not.';

-- The check is made here, in the transaction that shows the draft, whatever was told.
create function private.finish_reply_draft(p_draft_id uuid, p_reply jsonb)
returns boolean
language plpgsql
set search_path = ''
as $$
declare
    v_text text := p_reply ->> 'draft';
    v_check jsonb;
begin
    select private.judge_reply(ticket, v_text) into v_check
    from public.reply_drafts asked
    join public.support_tickets ticket on ticket.id = asked.ticket_id
    where asked.id = p_draft_id and v_text is not null;
    if v_check ->> 'verdict' = 'block' then
        v_text := null;
    end if;
    update public.reply_drafts asked
    set state = 'done', completed_at = clock_timestamp(), draft = v_text,
        language = p_reply ->> 'language',
        template_id = (p_reply ->> 'template_id')::uuid,
        sources = p_reply -> 'sources', reasons = p_reply -> 'reasons',
        is_service_used = v_text is not null and (p_reply ->> 'is_service_used')::boolean,
        model = p_reply ->> 'model',
        fallback_reason = case
            when v_text is null and v_check is not null then 'brand_blocked'
            else p_reply ->> 'fallback_reason'
        end,
        brand_score = case when v_text is not null then (v_check ->> 'score')::smallint end,
        brand_verdict = case when v_text is not null then v_check ->> 'verdict' end,
        latency_ms = extract(epoch from clock_timestamp() - asked.created_at) * 1000,
        service_ms = (p_reply ->> 'service_ms')::integer,
        token_count = coalesce((p_reply ->> 'token_count')::integer, 0)
    where asked.id = p_draft_id and asked.state = 'pending';
    return found;
end
$$;

-- Definer: drafts are nobody's to write but the house's; executable by service_role alone.
create function private.store_replies(p_items jsonb)
returns bigint[]
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_item record;
    v_stored bigint[] := '{}';
    v_is_new boolean;
begin
    for v_item in
        select * from jsonb_to_recordset(p_items) as item (
            job_id bigint, draft_id uuid, reply jsonb, edit jsonb
        )
    loop
        v_is_new := false;
        if jsonb_typeof(v_item.reply) = 'object' then
            v_is_new := private.finish_reply_draft(v_item.draft_id, v_item.reply);
        elsif jsonb_typeof(v_item.edit) = 'object' then
            update public.reply_drafts made
            set edit_distance = (v_item.edit ->> 'edit_distance')::integer,
                word_count = (v_item.edit ->> 'word_count')::integer
            where made.id = v_item.draft_id and made.edit_distance is null;
            v_is_new := found;
        end if;
        if v_is_new then
            v_stored := v_stored || v_item.job_id;
        end if;
    end loop;
    update public.reply_service_days used
    set token_count = used.token_count + spent.tokens
    from (
        select sum((item.value -> 'reply' ->> 'token_count')::bigint) as tokens
        from jsonb_array_elements(p_items) item (value)
    ) spent
    where used.used_on = (now() at time zone 'UTC')::date and spent.tokens > 0;
    return v_stored;
end
$$;

create function worker.record_replies(p_items jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_stored bigint[];
begin
    perform private.hold_jobs(p_items);
    v_stored := private.store_replies(p_items);
    perform private.finish_jobs(array(
        select item.job_id from jsonb_to_recordset(p_items) as item (job_id bigint)
    ));
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'job_id', item.job_id,
            'status', case when item.job_id = any (v_stored) then 'recorded' else 'gone' end
        )), '[]')
        from jsonb_to_recordset(p_items) as item (job_id bigint)
    );
end
$$;
comment on function worker.record_replies(jsonb) is
    'Finishes drafts and ends their jobs, in one transaction. Items: job_id, fence, draft_id, and '
    'either reply {"draft" (null: none), "language", "template_id", "sources", "reasons", '
    '"is_service_used", "model", "fallback_reason", "service_ms", "token_count"} or edit '
    '{"edit_distance", "word_count"}. Checked by the brand gate here; what it blocks is not shown. '
    'Answers [{"job_id", "status"}]: recorded, or gone.';

-- -------------------------------------------------------------------------------------------------
-- Admins write
-- -------------------------------------------------------------------------------------------------

-- What the house would not say is not approved; variables stand for plain words meanwhile.
create function private.require_reply_style(p_body text, p_language text)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
    v_check jsonb := private.check_brand(
        regexp_replace(
            regexp_replace(p_body, '\{\{you_\w+\}\}', 'Państwa', 'g'), '\{\{\w+\}\}', '10:00', 'g'
        ), 'chat', 'standard', p_language, null, null, null
    );
begin
    if v_check ->> 'verdict' = 'block' then
        raise exception using
            errcode = 'PT422', message = 'brand_blocked', detail = v_check::text,
            hint = 'The house does not speak so: change what is marked.';
    end if;
end
$$;

create function private.read_reply_template(p_template jsonb)
returns public.reply_templates
language plpgsql
stable
set search_path = ''
as $$
declare
    v_row public.reply_templates;
    v_fault text;
begin
    if jsonb_typeof(p_template) is distinct from 'object'
        or octet_length(p_template::text) > 20000
        or exists (
            select from jsonb_each(p_template) field
            where jsonb_typeof(field.value) not in ('string', 'null')
        )
    then
        perform private.refuse('PT422', 'template_malformed', 'An object of texts.');
    end if;
    v_row.template := p_template ->> 'template';
    v_row.language := p_template ->> 'language';
    v_row.tone := p_template ->> 'tone';
    v_row.category := p_template ->> 'category';
    v_row.examples := private.require_text('examples', p_template ->> 'examples', 2000);
    v_row.body := private.require_text('body', p_template ->> 'body', 2000);
    v_fault := case
        when (v_row.template ~ '^[a-z][a-z_]{0,39}$') is not true then 'template: a word'
        when (v_row.language in ('pl', 'en')) is not true then 'language: pl or en'
        when (v_row.tone in ('warm', 'formal')) is false then 'tone: warm, formal or null'
        when not exists (
            select from public.ticket_categories topic where topic.category = v_row.category
        ) then 'category: one of this house'
        else private.judge_reply_body(v_row.body)
    end;
    if v_fault is not null then
        perform private.refuse('PT422', 'template_malformed', v_fault);
    end if;
    return v_row;
end
$$;

-- Definer: nobody holds a right to write templates; admins write through here.
create function private.save_reply_template(
    p_template jsonb, p_is_approved boolean, p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_row public.reply_templates;
begin
    perform private.require_admin();
    v_row := private.read_reply_template(p_template);
    perform private.note_reason(p_reason);
    perform pg_advisory_xact_lock(hashtextextended('intelligence.reply_templates', 0));
    if p_is_approved then
        perform private.require_reply_style(v_row.body, v_row.language);
        update public.reply_templates old set state = 'retired'
        where old.template = v_row.template and old.language = v_row.language
            and old.tone is not distinct from v_row.tone and old.state = 'approved';
    end if;
    insert into public.reply_templates (
        template, language, tone, version, category, examples, body, state, created_by
    )
    select v_row.template, v_row.language, v_row.tone, coalesce(max(known.version), 0) + 1,
        v_row.category, v_row.examples, v_row.body,
        case when p_is_approved then 'approved' else 'draft' end, auth.uid()
    from public.reply_templates known
    where known.template = v_row.template and known.language = v_row.language
        and known.tone is not distinct from v_row.tone
    returning * into v_row;
    return to_jsonb(v_row);
end
$$;

create function public.save_reply_template(
    p_template jsonb, p_is_approved boolean default false, p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.save_reply_template(p_template, p_is_approved, p_reason)
$$;
comment on function public.save_reply_template(jsonb, boolean, text) is
    'Admins: a new version of a template: {"template", "language", "tone", "category", "examples", '
    '"body"}. Approved, it takes the place of the earlier one, if the brand gate lets it (PT422 '
    'brand_blocked). Answers the row.';

-- Definer: nobody holds a right to write templates; admins write through here.
create function private.retire_reply_template(p_template_id uuid, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_row public.reply_templates;
begin
    perform private.require_admin();
    perform private.note_reason(p_reason);
    update public.reply_templates known set state = 'retired'
    where known.id = p_template_id
    returning known.* into v_row;
    if v_row.id is null then
        perform private.refuse('PT404', 'template_not_found', 'There is no such template.');
    end if;
    return to_jsonb(v_row);
end
$$;

create function public.retire_reply_template(p_template_id uuid, p_reason text default null)
returns jsonb
language sql
set search_path = ''
as $$
    select private.retire_reply_template(p_template_id, p_reason)
$$;
comment on function public.retire_reply_template(uuid, text) is
    'Admins: no draft is made from this template any more. Answers the row.';

-- Definer: nobody holds a right to write the budget; admins write through here.
create function private.set_reply_budget(
    p_calls_per_day integer, p_tokens_per_day integer, p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_row public.reply_budgets;
begin
    perform private.require_admin();
    if (p_calls_per_day between 0 and 1000000 and p_tokens_per_day between 0 and 1000000000)
        is not true
    then
        perform private.refuse(
            'PT422', 'budget_malformed', 'Calls up to 1000000, tokens up to 1000000000 a day.'
        );
    end if;
    perform private.note_reason(p_reason);
    update public.reply_budgets known
    set calls_per_day = p_calls_per_day, tokens_per_day = p_tokens_per_day
    where known.is_only
    returning known.* into v_row;
    return to_jsonb(v_row);
end
$$;

create function public.set_reply_budget(
    p_calls_per_day integer, p_tokens_per_day integer, p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_reply_budget(p_calls_per_day, p_tokens_per_day, p_reason)
$$;
comment on function public.set_reply_budget(integer, integer, text) is
    'Admins: what the outside service may cost in a day (UTC); 0 calls: none. Answers the row.';

revoke all on function
    private.require_ticket_to_draft(uuid), private.find_inquiry(public.support_tickets),
    private.request_smart_response(uuid, text), public.request_smart_response(uuid, text),
    private.take_reply_draft(uuid), public.take_reply_draft(uuid),
    private.tg_ticket_messages_settle_drafts(), private.describe_reply_templates(),
    private.describe_reply_facts(public.support_tickets),
    private.list_good_answers(public.support_tickets),
    private.describe_reply_draft(public.reply_drafts), private.read_reply_contexts(uuid[]),
    worker.reply_contexts(uuid[]), private.take_reply_calls(integer),
    worker.take_reply_calls(integer), private.finish_reply_draft(uuid, jsonb),
    private.store_replies(jsonb), worker.record_replies(jsonb),
    private.require_reply_style(text, text), private.read_reply_template(jsonb),
    private.save_reply_template(jsonb, boolean, text),
    public.save_reply_template(jsonb, boolean, text),
    private.retire_reply_template(uuid, text), public.retire_reply_template(uuid, text),
    private.set_reply_budget(integer, integer, text),
    public.set_reply_budget(integer, integer, text)
from public, anon, authenticated, service_role;
grant execute on function
    private.request_smart_response(uuid, text), public.request_smart_response(uuid, text),
    private.take_reply_draft(uuid), public.take_reply_draft(uuid)
to authenticated;
grant execute on function
    private.save_reply_template(jsonb, boolean, text),
    public.save_reply_template(jsonb, boolean, text),
    private.retire_reply_template(uuid, text), public.retire_reply_template(uuid, text),
    private.set_reply_budget(integer, integer, text),
    public.set_reply_budget(integer, integer, text)
to authenticated, service_role;
grant execute on function
    private.read_reply_contexts(uuid[]), worker.reply_contexts(uuid[]),
    private.take_reply_calls(integer), worker.take_reply_calls(integer),
    private.store_replies(jsonb), worker.record_replies(jsonb)
to service_role;
