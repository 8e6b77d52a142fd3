-- Sentiment on demand: somebody asks how a text sounds, a worker answers, Realtime delivers it.
--
--   request_sentiment_analysis -> sentiment_analyses (pending) -> sentiment.analysis_requested
--       -> intelligence.sentiment (lib/intelligence/sentiment.py) -> sentiment_analyses (completed)

create table public.sentiment_analyses (
    id uuid primary key default gen_random_uuid(),
    requested_by uuid not null references public.staff_members (id) on delete cascade,
    source text not null,
    text text not null,
    is_cut boolean not null default false,
    status text not null default 'pending',
    language text,
    sentiment text,
    score double precision,
    confidence double precision,
    probabilities jsonb,
    model_version text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    completed_at timestamptz,
    constraint sentiment_analyses_source_is_a_word check (source ~ '^[a-z][a-z0-9_]{0,47}$'),
    constraint sentiment_analyses_text_is_bounded check (char_length(text) between 1 and 10001),
    constraint sentiment_analyses_status_is_known check (status in ('pending', 'completed')),
    constraint sentiment_analyses_language_is_a_code check (language ~ '^[a-z]{2,3}$'),
    constraint sentiment_analyses_sentiment_is_known
        check (sentiment in ('negative', 'neutral', 'positive', 'ambiguous')),
    constraint sentiment_analyses_score_is_between_minus_one_and_one
        check (score between -1 and 1),
    constraint sentiment_analyses_confidence_is_a_share check (confidence between 0 and 1),
    constraint sentiment_analyses_probabilities_are_a_small_object
        check (
            jsonb_typeof(probabilities) = 'object' and octet_length(probabilities::text) <= 1000
        ),
    constraint sentiment_analyses_model_version_is_short
        check (char_length(model_version) between 1 and 60),
    constraint sentiment_analyses_completed_have_a_time
        check (
            (status = 'completed') = (completed_at is not null)
            and (completed_at is null) = (probabilities is null)
        )
);
comment on table public.sentiment_analyses is
    'How a text sounds, asked for by staff. Kept for 7 days: a new one takes older ones with it.';
comment on column public.sentiment_analyses.source is
    'Where the text is from, in the asker''s words: review, chat, ...';
comment on column public.sentiment_analyses.is_cut is
    'The text was longer than 10,000 characters: beginning and end were kept.';
comment on column public.sentiment_analyses.sentiment is
    'Null: abstained, below the threshold of ai_settings or in a language nobody judges.';
comment on column public.sentiment_analyses.confidence is
    'Calibrated probability of the likeliest class, also where abstained; null: not judged.';
create index sentiment_analyses_requested_by_idx on public.sentiment_analyses (requested_by);
comment on index public.sentiment_analyses_requested_by_idx is
    'Serves the policy and the foreign key.';
create index sentiment_analyses_created_at_idx on public.sentiment_analyses (created_at);
comment on index public.sentiment_analyses_created_at_idx is 'Serves deleting old ones.';

create trigger sentiment_analyses_touch
before update on public.sentiment_analyses
for each row execute function private.tg_touch_row();

create function private.tg_sentiment_analyses_emit()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform private.emit_events('sentiment.analysis_requested', array_agg(asked.id))
    from asked
    having count(*) > 0;
    return null;
end
$$;

create trigger sentiment_analyses_emit
after insert on public.sentiment_analyses
referencing new table as asked
for each statement execute function private.tg_sentiment_analyses_emit();

-- Somebody waits in front of a screen.
insert into private.subscriptions (event_kind, worker, priority)
values ('sentiment.analysis_requested', 'intelligence.sentiment', 5);

-- Definer: nobody holds a right to write analyses; the caller is checked first.
create function private.request_sentiment_analysis(p_text text, p_source text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_staff_id uuid := private.require_staff();
    v_text text := btrim(p_text, E' \t\r\n');
    v_row public.sentiment_analyses;
begin
    if coalesce(v_text, '') = '' then
        perform private.refuse('PT400', 'text_required', 'Some text is needed here.');
    elsif octet_length(v_text) > 2 * 1024 * 1024 then
        perform private.refuse('PT413', 'text_too_long', 'At most 2 MB.');
    elsif (p_source ~ '^[a-z][a-z0-9_]{0,47}$') is not true then
        perform private.refuse('PT422', 'source_malformed', 'A word, such as review or chat.');
    end if;
    perform private.take_token(v_staff_id, 'request_sentiment_analysis', 60, interval '1 minute');
    delete from public.sentiment_analyses old where old.created_at < now() - interval '7 days';
    insert into public.sentiment_analyses (requested_by, source, text, is_cut)
    values (
        v_staff_id, p_source,
        case when char_length(v_text) <= 10000 then v_text
            else left(v_text, 5000) || E'\n' || right(v_text, 5000) end,
        char_length(v_text) > 10000
    )
    returning * into v_row;
    return to_jsonb(v_row) - 'text';
end
$$;

create function public.request_sentiment_analysis(p_text text, p_source text default 'text')
returns jsonb
language sql
set search_path = ''
as $$
    select private.request_sentiment_analysis(p_text, p_source)
$$;
comment on function public.request_sentiment_analysis(text, text) is
    'Staff: how a text sounds. Answers the row of sentiment_analyses, pending; Realtime delivers '
    'it completed, with sentiment (null: abstained), score, confidence, probabilities, language.';

create function worker.sentiment_contexts(p_analysis_ids uuid[])
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
    return jsonb_build_object(
        'settings', (
            select known.value from public.ai_settings known where known.setting = 'sentiment'
        ),
        'texts', (
            select coalesce(jsonb_agg(jsonb_build_object(
                'analysis_id', asked.id, 'text', asked.text
            ) order by asked.created_at), '[]')
            from public.sentiment_analyses asked
            where asked.id = any (p_analysis_ids) and asked.status = 'pending'
        )
    );
end
$$;
comment on function worker.sentiment_contexts(uuid[]) is
    'Texts somebody wants judged, and the thresholds.';

-- Definer: answers are nobody's to write but the house's; only service_role may execute it.
create function private.store_sentiments(p_items jsonb)
returns bigint[]
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_job_ids bigint[];
begin
    with answered as (
        update public.sentiment_analyses asked
        set status = 'completed', completed_at = clock_timestamp(),
            language = made.language, sentiment = made.sentiment, score = made.sentiment_score,
            confidence = made.sentiment_confidence, probabilities = made.probabilities,
            model_version = made.model_version
        from jsonb_to_recordset(p_items) as item (job_id bigint, analysis jsonb)
        cross join jsonb_to_record(item.analysis) as made (
            analysis_id uuid, language text, sentiment text, sentiment_score double precision,
            sentiment_confidence double precision, probabilities jsonb, model_version text
        )
        where asked.id = made.analysis_id and asked.status = 'pending'
        returning item.job_id
    )
    select coalesce(array_agg(answered.job_id), '{}') into v_job_ids from answered;
    return v_job_ids;
end
$$;

create function worker.record_sentiments(p_items jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_stored bigint[];
begin
    perform private.hold_jobs(p_items);
    v_stored := private.store_sentiments(jsonb_path_query_array(
        p_items, '$[*] ? (@.analysis.type() == "object")'
    ));
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
comment on function worker.record_sentiments(jsonb) is
    'Answers to sentiment_analyses and the end of their jobs, in one transaction. Items: job_id, '
    'fence, analysis {"analysis_id", "language", "sentiment", "sentiment_score", '
    '"sentiment_confidence", "probabilities", "model_version"} (null: nothing to tell). Answers '
    '[{"job_id", "status"}]: recorded, or gone.';

revoke all on public.sentiment_analyses from anon, authenticated, service_role;
grant select on public.sentiment_analyses to authenticated, service_role;
alter table public.sentiment_analyses enable row level security;
create policy sentiment_analyses_select_own on public.sentiment_analyses
for select to authenticated
using (requested_by = (select private.my_staff_id()));

revoke all on function
    private.tg_sentiment_analyses_emit(), private.request_sentiment_analysis(text, text),
    public.request_sentiment_analysis(text, text), worker.sentiment_contexts(uuid[]),
    private.store_sentiments(jsonb), worker.record_sentiments(jsonb)
from public, anon, authenticated, service_role;
grant execute on function
    private.request_sentiment_analysis(text, text), public.request_sentiment_analysis(text, text)
to authenticated;
grant execute on function
    worker.sentiment_contexts(uuid[]), private.store_sentiments(jsonb),
    worker.record_sentiments(jsonb)
to service_role;

do $$
begin
    if not exists (
        select from pg_catalog.pg_publication_tables published
        where published.pubname = 'supabase_realtime'
            and published.schemaname = 'public' and published.tablename = 'sentiment_analyses'
    ) then
        alter publication supabase_realtime add table public.sentiment_analyses;
    end if;
end
$$;
