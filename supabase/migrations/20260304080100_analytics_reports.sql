-- Reports: a period of the house or of a desk as one printable page, with its figures as tables.
--
--   report.requested -> analytics.reports (lib/analytics/report) -> private.report_contents,
--       private.report_tables: what it is made of is read in one snapshot and frozen with its
--       digest before anything is drawn, so it can be drawn again to the byte
--   clock.daily -> analytics.monthly_reports (lib/analytics/monthly_reports.py) -> public.reports:
--       the month before, made by itself on the first days of a month
-- Events out: report.requested, report.completed.

insert into private.subscriptions (event_kind, worker, priority, collapses)
values
    ('report.requested', 'analytics.reports', 0, false),
    ('clock.daily', 'analytics.monthly_reports', 0, true);

create table public.reports (
    id uuid primary key default gen_random_uuid(),
    kind text not null,
    period text not null,
    language text not null,
    desk_id uuid references public.desks (id),
    starts_on date not null,
    ends_on date not null,
    previous_starts_on date not null,
    status text not null default 'pending',
    requested_by uuid,
    requested_at timestamptz not null default now(),
    completed_at timestamptz,
    inputs_digest text,
    html_digest text,
    renderer_version text,
    constraint reports_kind_is_known check (kind in ('executive', 'success')),
    constraint reports_period_is_short check (char_length(period) between 4 and 21),
    constraint reports_language_is_known check (language in ('pl', 'en')),
    constraint reports_of_the_executive_are_of_the_house
        check (kind <> 'executive' or desk_id is null),
    constraint reports_end_after_they_start
        check (ends_on >= starts_on and previous_starts_on < starts_on),
    constraint reports_status_is_known check (status in ('pending', 'completed')),
    constraint reports_completed_ones_are_whole check (
        (status = 'completed') = (
            num_nonnulls(completed_at, inputs_digest, html_digest, renderer_version) = 4
        )
    ),
    constraint reports_digests_are_sha256
        check (inputs_digest ~ '^[0-9a-f]{64}$' and html_digest ~ '^[0-9a-f]{64}$'),
    constraint reports_renderer_version_is_short
        check (char_length(renderer_version) between 1 and 40)
);
comment on table public.reports is
    'Reports that were asked for, or made by themselves (requested_by null). What they say is read '
    'by get_report. Once completed they stay as they are.';
comment on column public.reports.period is '2026-10, 2026-Q3, 2026 or 2026-11-01/2026-11-30.';
comment on column public.reports.desk_id is 'Null: the whole house.';
comment on column public.reports.ends_on is 'The last day of it, in Warsaw.';
comment on column public.reports.previous_starts_on is 'First day of what it is compared with.';
comment on column public.reports.requested_by is
    'Null: the house, by itself, or a server. No foreign key: it outlives people.';
comment on column public.reports.inputs_digest is
    'SHA-256 of what it was made of, as jsonb writes it.';
comment on column public.reports.html_digest is 'SHA-256 of the page.';
create unique index reports_pending_once on public.reports (kind, period, language, desk_id)
nulls not distinct where status = 'pending';
comment on index public.reports_pending_once is
    'Serves asking twice: while one is being made, the same is not made again.';
create index reports_desk_id_idx on public.reports (desk_id, requested_at);
comment on index public.reports_desk_id_idx is
    'Serves lists of reports, the policy and the foreign key.';

create table private.report_contents (
    report_id uuid primary key references public.reports (id),
    inputs jsonb not null,
    inputs_digest text not null,
    frozen_at timestamptz not null default now(),
    html text,
    html_digest text,
    constraint report_contents_inputs_are_an_object
        check (jsonb_typeof(inputs) = 'object' and octet_length(inputs::text) <= 4000000),
    constraint report_contents_html_has_an_end
        check (octet_length(html) between 1 and 8000000),
    constraint report_contents_digests_are_of_what_is_kept check (
        inputs_digest = encode(sha256(convert_to(inputs::text, 'UTF8')), 'hex')
        and (html is null) = (html_digest is null)
        and html_digest = encode(sha256(convert_to(html, 'UTF8')), 'hex')
    )
);
comment on table private.report_contents is
    'What a report was made of, frozen when it was read, and the page. The digests are made '
    'here, from what is kept.';

create table private.report_tables (
    report_id uuid not null references private.report_contents (report_id),
    position smallint not null,
    name text not null,
    title text not null,
    row_count integer not null,
    csv text not null,
    constraint report_tables_pkey primary key (report_id, name),
    constraint report_tables_keep_their_order unique (report_id, position),
    constraint report_tables_name_is_a_word check (name ~ '^[a-z][a-z0-9_]{0,39}$'),
    constraint report_tables_title_is_short check (char_length(title) between 1 and 200),
    constraint report_tables_row_count_is_not_negative check (row_count >= 0),
    constraint report_tables_csv_has_an_end check (octet_length(csv) <= 2000000)
);
comment on table private.report_tables is 'Every table of a report''s page, as CSV (RFC 4180).';

do $$
begin
    if exists (select from pg_publication where pubname = 'supabase_realtime') then
        alter publication supabase_realtime add table public.reports;
    end if;
end
$$;

-- -------------------------------------------------------------------------------------------------
-- What was said stays said
-- -------------------------------------------------------------------------------------------------
create function private.tg_reports_keep()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    if tg_op = 'DELETE' and old.status = 'completed' then
        perform private.refuse('PT409', 'report_is_frozen', 'A completed report stays.');
    elsif tg_op = 'DELETE' then
        return old;
    elsif old.status = 'completed' or (
        old.id, old.kind, old.period, old.language, old.starts_on, old.ends_on,
        old.previous_starts_on
    ) is distinct from (
        new.id, new.kind, new.period, new.language, new.starts_on, new.ends_on,
        new.previous_starts_on
    ) or old.desk_id is distinct from new.desk_id then
        perform private.refuse('PT409', 'report_is_frozen', 'Ask for a new report.');
    end if;
    return new;
end
$$;
create trigger reports_keep
before update or delete on public.reports
for each row execute function private.tg_reports_keep();

create function private.tg_report_contents_keep()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    if tg_op = 'DELETE' or old.html is not null
        or old.report_id <> new.report_id or old.inputs <> new.inputs
        or old.inputs_digest <> new.inputs_digest or old.frozen_at <> new.frozen_at
    then
        perform private.refuse('PT409', 'report_is_frozen', 'Ask for a new report.');
    end if;
    return new;
end
$$;
create trigger report_contents_keep
before update or delete on private.report_contents
for each row execute function private.tg_report_contents_keep();

create function private.tg_report_tables_keep()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    if tg_op <> 'INSERT' or exists (
        select from private.report_contents made
        where made.report_id = new.report_id and made.html is not null
    ) then
        perform private.refuse('PT409', 'report_is_frozen', 'Ask for a new report.');
    end if;
    return new;
end
$$;
create trigger report_tables_keep
before insert or update or delete on private.report_tables
for each row execute function private.tg_report_tables_keep();

-- Definer: emits for whoever asked, and events are nobody's to write.
create function private.tg_reports_emit()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if tg_op = 'INSERT' then
        perform private.emit_events('report.requested', array[new.id]);
    elsif new.status = 'completed' and old.status = 'pending' then
        perform private.emit_events('report.completed', array[new.id], array[jsonb_build_object(
            'kind', new.kind, 'period', new.period, 'language', new.language
        )]);
    end if;
    return null;
end
$$;
create trigger reports_emit
after insert or update of status on public.reports
for each row execute function private.tg_reports_emit();

-- -------------------------------------------------------------------------------------------------
-- Periods
-- -------------------------------------------------------------------------------------------------
create function private.read_report_period(
    p_period text, out period text, out starts_on date, out ends_on date,
    out previous_starts_on date
)
returns record
language plpgsql
stable
set search_path = ''
as $$
declare
    v_today date := (now() at time zone 'Europe/Warsaw')::date;
    v_length interval;
begin
    v_length := case
        when p_period ~ '^\d{4}$' then '1 year'
        when p_period ~ '^\d{4}-Q[1-4]$' then '3 months'
        when p_period ~ '^\d{4}-\d{2}$' then '1 month'
    end;
    if v_length is not null then
        period := p_period;
        starts_on := case v_length
            when '1 year' then (p_period || '-01-01')::date
            when '1 month' then (p_period || '-01')::date
            else make_date(left(p_period, 4)::integer, 3 * right(p_period, 1)::integer - 2, 1)
        end;
        ends_on := (starts_on + v_length)::date - 1;
        previous_starts_on := (starts_on - v_length)::date;
        return;
    elsif p_period ~ '^[1-9]\d{0,2}[dm]$' then
        ends_on := v_today - 1;
        starts_on := (v_today - replace(replace(p_period, 'd', ' days'), 'm', ' months')::interval)
            ::date;
    elsif p_period ~ '^\d{4}-\d{2}-\d{2}/\d{4}-\d{2}-\d{2}$' then
        starts_on := split_part(p_period, '/', 1)::date;
        ends_on := split_part(p_period, '/', 2)::date;
    end if;
    period := starts_on || '/' || ends_on;
    previous_starts_on := starts_on - (ends_on - starts_on + 1);
exception
    when datetime_field_overflow then
        starts_on := null;
end
$$;
comment on function private.read_report_period(text) is
    '2026-10, 2026-Q3, 2026, days 2026-11-01/2026-11-30, or so many whole days or months until '
    'yesterday (30d, 12m), as days in Warsaw, and where as long a time before began; nulls for '
    'anything else.';

create function private.require_report_period(
    p_period text, out period text, out starts_on date, out ends_on date,
    out previous_starts_on date
)
returns record
language plpgsql
stable
set search_path = ''
as $$
begin
    select known.* into period, starts_on, ends_on, previous_starts_on
    from private.read_report_period(p_period) known;
    if (starts_on <= ends_on) is not true or starts_on < '2000-01-01' then
        perform private.refuse(
            'PT422', 'period_malformed', '2026-10, 2026-Q3, 2026 or 2026-11-01/2026-11-30.'
        );
    elsif starts_on > (now() at time zone 'Europe/Warsaw')::date then
        perform private.refuse('PT422', 'period_not_begun', 'There is nothing to report yet.');
    elsif ends_on - starts_on >= 366 then
        perform private.refuse('PT422', 'period_too_long', 'A year at most.');
    end if;
end
$$;

-- -------------------------------------------------------------------------------------------------
-- People ask
-- -------------------------------------------------------------------------------------------------
create function private.describe_report(p_report public.reports)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select to_jsonb(p_report) - 'previous_starts_on'
$$;

create function private.insert_report(
    p_kind text, p_period text, p_language text, p_desk_id uuid, p_asker_id uuid
)
returns public.reports
language plpgsql
set search_path = ''
as $$
declare
    v_report public.reports;
begin
    insert into public.reports (
        kind, period, language, desk_id, starts_on, ends_on, previous_starts_on, requested_by
    )
    select
        p_kind, known.period, p_language, p_desk_id, known.starts_on, known.ends_on,
        known.previous_starts_on, p_asker_id
    from private.require_report_period(p_period) known
    on conflict (kind, period, language, desk_id) where status = 'pending' do nothing
    returning * into v_report;
    if v_report.id is null then
        select asked.* into v_report
        from public.reports asked
        cross join private.read_report_period(p_period) known
        where asked.kind = p_kind and asked.period = known.period
            and asked.language = p_language and asked.desk_id is not distinct from p_desk_id
        order by asked.requested_at desc
        limit 1;
    end if;
    return v_report;
end
$$;
comment on function private.insert_report(text, text, text, uuid, uuid) is
    'Asks for a report, or answers the one that is being made already.';

-- Definer: nobody holds a right to write reports; who asks is checked first.
create function private.request_report(p_kind text, p_period text, p_language text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_desk_ids uuid[];
begin
    if p_kind = 'success' then
        v_desk_ids := private.require_metric_scope(true);
        -- A report names money, and auditors are not told of money.
        if not private.is_metric_manager() then
            perform private.refuse('PT403', 'manager_required', 'Managers may do this.');
        end if;
    elsif not private.is_service() then
        perform private.require_staff();
        if not private.is_house_overseer() then
            perform private.refuse(
                'PT403', 'executive_required', 'Executives and admins may do this.'
            );
        end if;
    end if;
    if (p_language in ('pl', 'en')) is not true then
        perform private.refuse('PT422', 'language_unknown', 'pl or en.');
    elsif not private.is_service() then
        perform private.take_token((select auth.uid()), 'request_report', 30, interval '1 hour');
    end if;
    return private.describe_report(private.insert_report(
        p_kind, p_period, p_language, v_desk_ids[1], (select auth.uid())
    ));
end
$$;

create function public.request_executive_report(p_period text, p_language text default 'pl')
returns jsonb
language sql
set search_path = ''
as $$
    select private.request_report('executive', p_period, p_language)
$$;
comment on function public.request_executive_report(text, text) is
    'Executives, admins, the server: the house in a period (2026-10, 2026-Q3, 2026, days '
    '2026-11-01/2026-11-30, or 30d and 12m until yesterday), in pl or en. Answers the report '
    '(pending); Realtime brings it completed, get_report reads it. 30 an hour.';

create function public.request_success_report(p_period text, p_language text default 'pl')
returns jsonb
language sql
set search_path = ''
as $$
    select private.request_report('success', p_period, p_language)
$$;
comment on function public.request_success_report(text, text) is
    'As request_executive_report: how well clients fare. Managers: of their desk; executives, '
    'admins, the server: of the house.';

-- -------------------------------------------------------------------------------------------------
-- People read
-- -------------------------------------------------------------------------------------------------
create function private.find_report(p_report_id uuid)
returns public.reports
language plpgsql
stable
set search_path = ''
as $$
declare
    v_report public.reports;
begin
    if not private.is_service() then
        perform private.require_staff();
    end if;
    select known.* into v_report
    from public.reports known
    where known.id = p_report_id and (
        private.is_service() or private.is_house_overseer()
        or private.is_metric_manager()
            and known.desk_id in (select private.my_survey_desk_ids())
    );
    if v_report.id is null then
        perform private.refuse('PT404', 'report_not_found', 'There is no such report for you.');
    end if;
    return v_report;
end
$$;

-- Definer: pages are kept where no role reads; whose report it is is checked first.
create function private.get_report(p_report_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_report public.reports := private.find_report(p_report_id);
begin
    return private.describe_report(v_report) || jsonb_build_object(
        'html', (
            select made.html from private.report_contents made where made.report_id = v_report.id
        ),
        'tables', (
            select coalesce(jsonb_agg(jsonb_build_object(
                'name', part.name, 'title', part.title, 'row_count', part.row_count
            ) order by part.position), '[]')
            from private.report_tables part
            where part.report_id = v_report.id
        )
    );
end
$$;

create function public.get_report(p_report_id uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.get_report(p_report_id)
$$;
comment on function public.get_report(uuid) is
    'Who may ask for it: the report, its "html" (one file, nothing outside of it; null while '
    'pending), the SHA-256 of the page and of what it was made of, and "tables": [{"name", '
    '"title", "row_count"}], each to be had from get_report_table.';

-- Definer: as get_report.
create function private.get_report_table(p_report_id uuid, p_table text)
returns text
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_report public.reports := private.find_report(p_report_id);
    v_csv text := (
        select part.csv from private.report_tables part
        where part.report_id = v_report.id and part.name = p_table
    );
begin
    if v_csv is null then
        perform private.refuse('PT404', 'table_not_found', 'One of those get_report names.');
    end if;
    return v_csv;
end
$$;

create function public.get_report_table(p_report_id uuid, p_table text)
returns text
language sql
stable
set search_path = ''
as $$
    select private.get_report_table(p_report_id, p_table)
$$;
comment on function public.get_report_table(uuid, text) is
    'Who may read the report: one of its tables as CSV (RFC 4180, UTF-8). Numbers have a point, '
    'days are ISO; a text that a spreadsheet would take for a formula begins with an apostrophe.';

-- Definer: servers may not ask who they are; whose reports they are is checked first.
create function private.list_reports(p_kind text, p_before timestamptz, p_limit integer)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    v_is_house boolean := private.is_service() or private.is_house_overseer();
    v_desk_ids uuid[] := array(
        select mine.id from private.my_survey_desk_ids() mine (id)
        where private.is_metric_manager()
    );
begin
    if not private.is_service() then
        perform private.require_staff();
    end if;
    if (p_limit between 1 and 200) is not true then
        perform private.refuse('PT422', 'limit_out_of_range', 'From 1 to 200.');
    end if;
    return (
        select coalesce(jsonb_agg(
            private.describe_report(found.known) order by (found.known).requested_at desc
        ), '[]')
        from (
            select known
            from public.reports known
            where (v_is_house or known.desk_id = any (v_desk_ids))
                and (p_kind is null or known.kind = p_kind)
                and (p_before is null or known.requested_at < p_before)
            order by known.requested_at desc
            limit p_limit
        ) found
    );
end
$$;

create function public.list_reports(
    p_kind text default null,
    p_before timestamptz default null,
    p_limit integer default 50
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.list_reports(p_kind, p_before, p_limit)
$$;
comment on function public.list_reports(text, timestamptz, integer) is
    'Staff, the server: the reports they may read, the newest first, without their pages; '
    'executive or success; p_before: requested_at of the last one known, for the next page.';

-- -------------------------------------------------------------------------------------------------
-- The worker
-- -------------------------------------------------------------------------------------------------

-- Definer: what a report is made of is read with the owner's rights; only service_role may execute
-- it. One statement, so one snapshot; what was read once is never read again.
create function private.freeze_reports(p_report_ids uuid[])
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
    insert into private.report_contents (report_id, inputs, inputs_digest)
    select asked.id, read.inputs, encode(sha256(convert_to(read.inputs::text, 'UTF8')), 'hex')
    from public.reports asked
    cross join lateral private.gather_report_inputs(asked, now()) read (inputs)
    where asked.id = any (p_report_ids) and asked.status = 'pending'
        and not exists (
            select from private.report_contents kept where kept.report_id = asked.id
        )
    order by asked.id
    on conflict (report_id) do nothing;
end
$$;

-- A year of a large house takes a while. What was frozen stays when the asker gives up meanwhile.
create function worker.report_contexts(p_report_ids uuid[])
returns jsonb
language plpgsql
set search_path = ''
set statement_timeout = '60s'
as $$
begin
    perform private.freeze_reports(p_report_ids);
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'report_id', asked.id, 'kind', asked.kind, 'language', asked.language,
            'period', asked.period, 'starts_on', asked.starts_on, 'ends_on', asked.ends_on,
            'inputs', kept.inputs, 'inputs_digest', kept.inputs_digest
        ) order by asked.id), '[]')
        from public.reports asked
        join private.report_contents kept on kept.report_id = asked.id
        where asked.id = any (p_report_ids) and asked.status = 'pending'
    );
end
$$;
comment on function worker.report_contexts(uuid[]) is
    'What pending reports are made of, frozen at the first call: [{"report_id", "kind", '
    '"language", "period", "starts_on", "ends_on", "inputs", "inputs_digest"}].';

-- Definer: nobody holds a right to write pages; only service_role may execute it, with jobs it
-- holds. A page of other inputs than those frozen is not taken.
create function private.store_report(p_report jsonb)
returns text
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_report_id uuid := (p_report ->> 'report_id')::uuid;
    v_kept private.report_contents;
begin
    select kept.* into v_kept
    from private.report_contents kept where kept.report_id = v_report_id for update;
    if v_kept.report_id is null or v_kept.html is not null then
        return 'gone';
    elsif v_kept.inputs_digest <> p_report ->> 'inputs_digest' then
        return 'stale';
    end if;
    insert into private.report_tables (report_id, position, name, title, row_count, csv)
    select v_report_id, part.place, part.said ->> 'name', part.said ->> 'title',
        (part.said ->> 'row_count')::integer, part.said ->> 'csv'
    from jsonb_array_elements(p_report -> 'tables') with ordinality part (said, place);
    update private.report_contents made
    set html = p_report ->> 'html',
        html_digest = encode(sha256(convert_to(p_report ->> 'html', 'UTF8')), 'hex')
    where made.report_id = v_report_id
    returning made.* into v_kept;
    update public.reports asked
    set status = 'completed', completed_at = now(), inputs_digest = v_kept.inputs_digest,
        html_digest = v_kept.html_digest, renderer_version = p_report ->> 'renderer_version'
    where asked.id = v_report_id;
    return 'recorded';
end
$$;

create function worker.record_reports(p_items jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
    v_results jsonb;
begin
    perform private.hold_jobs(p_items);
    select coalesce(jsonb_agg(jsonb_build_object('job_id', item.job_id, 'status', case
        when jsonb_typeof(item.report) = 'object' then private.store_report(item.report)
        else 'gone'
    end)), '[]') into v_results
    from (
        select (said.value ->> 'job_id')::bigint as job_id, said.value -> 'report' as report
        from jsonb_array_elements(p_items) said
        order by said.value #>> '{report,report_id}'
    ) item;
    perform private.finish_jobs(array(
        select (told.value ->> 'job_id')::bigint from jsonb_array_elements(v_results) told
        where told.value ->> 'status' <> 'stale'
    ));
    return v_results;
end
$$;
comment on function worker.record_reports(jsonb) is
    'Pages with their tables, and the end of their jobs, in one transaction. Items: job_id, fence, '
    'report {"report_id", "inputs_digest", "renderer_version", "html", "tables": [{"name", '
    '"title", "row_count", "csv"}]} or null. Answers [{"job_id", "status"}].';

create function worker.report_calendar()
returns jsonb
language sql
stable
set search_path = ''
as $$
    select jsonb_build_object(
        'read_at', now(),
        'first_ticket_at', (
            select ticket.opened_at from public.support_tickets ticket
            order by ticket.number limit 1
        ),
        'known', (
            select coalesce(jsonb_agg(jsonb_build_object(
                'kind', made.kind, 'period', made.period, 'language', made.language
            ) order by made.kind, made.period, made.language), '[]')
            from public.reports made
            where made.desk_id is null and made.requested_at > made.ends_on + 1
                and made.ends_on > now() - interval '62 days'
        )
    )
$$;
comment on function worker.report_calendar() is
    '{"read_at", "first_ticket_at", "known": house reports of the last two months that were asked '
    'for after their end [{"kind", "period", "language"}]}.';

-- Definer: nobody holds a right to write reports; only service_role may execute it.
create function private.store_due_reports(p_due jsonb)
returns bigint
language sql
security definer
set search_path = ''
as $$
    select count((private.insert_report(due.kind, due.period, due.language, null, null)).id)
    from jsonb_to_recordset(p_due) as due (kind text, period text, language text)
$$;

create function worker.record_due_reports(p_items jsonb, p_due jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
begin
    perform private.hold_jobs(p_items);
    perform private.store_due_reports(p_due);
    perform private.finish_jobs(array(
        select item.job_id from jsonb_to_recordset(p_items) as item (job_id bigint)
    ));
    return (
        select coalesce(jsonb_agg(jsonb_build_object(
            'job_id', item.job_id, 'status', 'recorded'
        )), '[]')
        from jsonb_to_recordset(p_items) as item (job_id bigint)
    );
end
$$;
comment on function worker.record_due_reports(jsonb, jsonb) is
    'Asks for these reports of the house ([{"kind", "period", "language"}]) and finishes the jobs, '
    'in one transaction. Answers [{"job_id", "status"}].';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.reports, private.report_contents, private.report_tables
from anon, authenticated, service_role;
grant select on public.reports to authenticated, service_role;
grant select on private.report_contents to service_role;
alter table public.reports enable row level security;
alter table private.report_contents enable row level security;
alter table private.report_tables enable row level security;

create policy reports_select_overseers on public.reports
for select to authenticated
using (
    (select private.is_house_overseer())
    or (select private.is_metric_manager())
        and desk_id in (select private.my_survey_desk_ids())
);

revoke all on function
    private.tg_reports_keep(), private.tg_report_contents_keep(), private.tg_report_tables_keep(),
    private.tg_reports_emit(), private.read_report_period(text),
    private.require_report_period(text), private.describe_report(public.reports),
    private.insert_report(text, text, text, uuid, uuid),
    private.request_report(text, text, text), public.request_executive_report(text, text),
    public.request_success_report(text, text), private.find_report(uuid),
    private.get_report(uuid), public.get_report(uuid), private.get_report_table(uuid, text),
    public.get_report_table(uuid, text), private.list_reports(text, timestamptz, integer),
    public.list_reports(text, timestamptz, integer), private.freeze_reports(uuid[]),
    worker.report_contexts(uuid[]), private.store_report(jsonb), worker.record_reports(jsonb),
    worker.report_calendar(), private.store_due_reports(jsonb),
    worker.record_due_reports(jsonb, jsonb)
from public, anon, authenticated, service_role;
grant execute on function
    private.request_report(text, text, text), public.request_executive_report(text, text),
    public.request_success_report(text, text), private.get_report(uuid), public.get_report(uuid),
    private.get_report_table(uuid, text), public.get_report_table(uuid, text),
    private.list_reports(text, timestamptz, integer),
    public.list_reports(text, timestamptz, integer)
to authenticated, service_role;
grant execute on function
    private.freeze_reports(uuid[]), worker.report_contexts(uuid[]), private.store_report(jsonb),
    worker.record_reports(jsonb), worker.report_calendar(), private.store_due_reports(jsonb),
    worker.record_due_reports(jsonb, jsonb)
to service_role;
