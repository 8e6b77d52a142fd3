-- Which answers are kept. Measured at 10,000 tickets of two years, at the database: the brand's
-- numbers of 30 days take 170 ms for a desk and 340 ms for the house, of a year up to 1 s; the
-- channels beside each other 145 to 400 ms; both grow with the house. Kept, they take a few
-- milliseconds. The health of the house takes 12 ms and is asked for by every screen that shows it.
-- A VIP profile takes 4 ms and a timeline 16 ms, quality 30 to 100 ms, surveys 10 to 50 ms: they
-- stay as they are, and a client's data is nowhere kept twice.

insert into private.cached_functions (function, cache, tags)
values
    ('get_brand_consistency_metrics', 'analytics', '{brand}'),
    ('get_multi_channel_experience', 'analytics', '{brand,surveys,judgements}'),
    ('get_system_health', 'system_health', '{health}');

-- -------------------------------------------------------------------------------------------------
-- What outdates them at once: answers of clients, corrections, deletions, and other rules. What
-- only adds to the numbers waits for the lifetime.
-- -------------------------------------------------------------------------------------------------
create trigger brand_rules_mark_caches
after insert or update or delete on public.brand_rules
for each statement execute function private.tg_mark_caches('brand');
create trigger brand_checks_mark_caches
after update or delete on public.brand_checks
for each statement execute function private.tg_mark_caches('brand');

create trigger surveys_mark_caches_answered
after update on public.surveys
for each row when (old.csat is distinct from new.csat)
execute function private.tg_mark_caches('surveys');
create trigger surveys_mark_caches_imported
after insert on public.surveys
for each row when (new.csat is not null)
execute function private.tg_mark_caches('surveys');
create trigger surveys_mark_caches_deleted
after delete on public.surveys
for each statement execute function private.tg_mark_caches('surveys');

create trigger message_judgements_mark_caches_corrected
after update on public.message_judgements
for each row when (old.sentiment_score is distinct from new.sentiment_score)
execute function private.tg_mark_caches('judgements');
create trigger message_judgements_mark_caches_deleted
after delete on public.message_judgements
for each statement execute function private.tg_mark_caches('judgements');

create trigger dead_jobs_mark_caches
after insert or delete on private.dead_jobs
for each statement execute function private.tg_mark_caches('health');
create trigger health_scales_mark_caches
after insert or update or delete on private.health_scales
for each statement execute function private.tg_mark_caches('health');
-- By row: a beat is an insert that ends as an update, ten thousand times a day.
create trigger worker_heartbeats_mark_caches_begun
after insert or delete on private.worker_heartbeats
for each row execute function private.tg_mark_caches('health');
create trigger worker_heartbeats_mark_caches_changed
after update on private.worker_heartbeats
for each row when (
    old.report ->> 'state' is distinct from new.report ->> 'state'
    or old.report ->> 'realtime' is distinct from new.report ->> 'realtime'
)
execute function private.tg_mark_caches('health');

-- -------------------------------------------------------------------------------------------------
-- Whose answers are the same
-- -------------------------------------------------------------------------------------------------
create function private.name_my_scope()
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
    v_scope text := private.my_survey_scope();
    v_client_id uuid := private.my_client_id();
begin
    return v_scope || ':' || encode(sha256(convert_to(concat_ws(
        '|',
        (select string_agg(desk_id::text, ',' order by desk_id)
            from private.my_survey_desk_ids() desk_id),
        case when v_scope = 'own' then private.my_staff_id() end,
        -- Their own tickets are left out for staff who are clients too.
        case when exists (
            select from public.support_tickets own where own.client_id = v_client_id
        ) then v_client_id end
    ), 'utf8')), 'hex');
end
$$;
comment on function private.name_my_scope() is
    'The same for callers who are shown the same numbers, and for nobody else: how far they see, '
    'which desks, whose work, and whose own tickets are left out. Null for who is not staff.';

alter function private.get_brand_consistency_metrics(text)
rename to make_brand_consistency_metrics;
alter function private.get_multi_channel_experience(text)
rename to make_multi_channel_experience;
revoke all on function
    private.make_brand_consistency_metrics(text), private.make_multi_channel_experience(text)
from public, anon, authenticated, service_role;

-- Definer: reads and writes what was answered before; the caller is checked and their scope found
-- first, by what makes the answer too.
create function private.get_brand_consistency_metrics(p_range text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_name text := 'get_brand_consistency_metrics';
    v_question jsonb := jsonb_build_array(p_range);
    v_scope text;
    v_kept record;
begin
    perform private.require_staff();
    v_scope := private.name_my_scope();
    select kept.* into v_kept from private.read_cached(v_name, v_scope, v_question) kept;
    return coalesce(v_kept.answer, private.store_cached(
        v_name, v_scope, v_question, v_kept.seen_count,
        private.make_brand_consistency_metrics(p_range)
    ));
end
$$;

-- Definer: reads and writes what was answered before; the caller is checked and their scope found
-- first, by what makes the answer too.
create function private.get_multi_channel_experience(p_range text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_name text := 'get_multi_channel_experience';
    v_question jsonb := jsonb_build_array(p_range);
    v_scope text;
    v_kept record;
begin
    perform private.require_staff();
    v_scope := private.name_my_scope();
    select kept.* into v_kept from private.read_cached(v_name, v_scope, v_question) kept;
    return coalesce(v_kept.answer, private.store_cached(
        v_name, v_scope, v_question, v_kept.seen_count,
        private.make_multi_channel_experience(p_range)
    ));
end
$$;

-- Definer: heartbeats, jobs and timers are nobody's to read; the caller is checked first.
create or replace function private.get_system_health()
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_name text := 'get_system_health';
    v_kept record;
begin
    if not private.is_service() then
        perform private.require_staff();
    end if;
    select kept.* into v_kept from private.read_cached(v_name, 'house', '[]') kept;
    return coalesce(v_kept.answer, private.store_cached(
        v_name, 'house', '[]', v_kept.seen_count, private.describe_health()
    ));
end
$$;

create or replace function public.get_system_health()
returns jsonb
language sql
set search_path = ''
as $$
    select private.get_system_health()
$$;

revoke all on function
    private.name_my_scope(),
    private.get_brand_consistency_metrics(text), private.get_multi_channel_experience(text)
from public, anon, authenticated, service_role;
grant execute on function
    private.get_brand_consistency_metrics(text), private.get_multi_channel_experience(text)
to authenticated;
