-- Four measures of luxury: what a whole service cycle was like for the client, how many personal
-- recommendations were taken, how many VIP clients are served white-glove, how consistently the
-- house speaks. Each is a metric like the others: observed row by row, rolled up, traced to ids.
--
-- The experience of a cycle is put together once the cycle has been looked at (quality.standards,
-- seconds after ticket.resolved), and again when its survey is answered, by triggers of those rows.
-- Events: none. The VIP clients of each day are counted by success.goals on clock.daily.
-- Observers are in plpgsql: their plans are kept, and they are asked often.

insert into public.metric_definitions (
    metric, label, category, unit, direction, method, window_seconds, drill_down, description
)
values
    ('luxury_experience_score', 'Luxury experience', 'luxury', 'points', 'higher', 'mean', 86400,
        'tickets', 'What each resolved cycle was like, 0 to 100: survey, promises kept, style of '
        'the answers and automatic quality check, by the weights of experience_weights; counted '
        'when resolved.'),
    ('personalization_effectiveness', 'Personalization effectiveness', 'luxury', 'percent',
        'higher', 'mean', 86400, 'recommendations', 'Of the recommendations that were answered or '
        'ran out of time, those accepted and not left at that; counted when answered or run out.'),
    ('white_glove_usage', 'White-glove usage', 'luxury', 'percent', 'higher', 'mean', 86400,
        'clients', 'Of the VIP clients of each day, those for whom a white-glove service ran '
        'within the 30 days before; counted as the day begins.'),
    ('brand_consistency', 'Brand consistency', 'brand', 'percent', 'higher', 'mean', 86400,
        'tickets', 'Of the answers published, those that passed the brand gate without a warning '
        'or an override; counted when published.');

-- -------------------------------------------------------------------------------------------------
-- The experience of a cycle
-- -------------------------------------------------------------------------------------------------
create table public.experience_weights (
    part text not null,
    valid_from_at timestamptz not null default now(),
    weight numeric(5, 4) not null,
    primary key (part, valid_from_at),
    constraint experience_weights_part_is_known
        check (part in ('survey', 'promises', 'brand', 'quality')),
    constraint experience_weights_weight_is_a_share check (weight between 0 and 1)
);
comment on table public.experience_weights is
    'What counts how much for the experience of a cycle. New weights are new rows (written by '
    'set_experience_weights): what was resolved before is judged by those of its time.';
insert into public.experience_weights (part, valid_from_at, weight)
values
    ('survey', '2020-01-01', 0.35),
    ('promises', '2020-01-01', 0.25),
    ('brand', '2020-01-01', 0.2),
    ('quality', '2020-01-01', 0.2);
create trigger experience_weights_record
after insert or update or delete on public.experience_weights
for each row execute function private.tg_record_configuration('part');

create table public.experience_scores (
    ticket_id uuid not null,
    cycle integer not null,
    desk_id uuid not null references public.desks (id),
    agent_id uuid references public.staff_members (id) on delete set null,
    tier text not null references public.service_levels (tier),
    survey_score numeric(5, 2),
    promises_score numeric(5, 2),
    brand_score numeric(5, 2),
    quality_score numeric(5, 2),
    score numeric(5, 2),
    ended_at timestamptz not null,
    updated_at timestamptz not null default now(),
    primary key (ticket_id, cycle),
    constraint experience_scores_are_of_a_checked_cycle foreign key (ticket_id, cycle)
        references public.quality_checks (ticket_id, cycle) on delete cascade,
    constraint experience_scores_are_scores check (
        survey_score between 0 and 100 and promises_score between 0 and 100
        and brand_score between 0 and 100 and quality_score between 0 and 100
        and score between 0 and 100
    )
);
comment on table public.experience_scores is
    'What each resolved cycle was like, 0 to 100, with its parts. A part is null where nothing is '
    'known; the score is null where the known parts weigh less than half.';
comment on column public.experience_scores.survey_score is
    'The satisfaction of the cycle''s survey: 1 of 5 is 0, 5 of 5 is 100.';
comment on column public.experience_scores.promises_score is
    'Percent kept of the cycle''s promises that were kept or broken when it was looked at.';
comment on column public.experience_scores.brand_score is 'Mean score of the answers given in it.';
comment on column public.experience_scores.quality_score is 'The automatic check.';
create index experience_scores_ended_at_idx on public.experience_scores (ended_at);
comment on index public.experience_scores_ended_at_idx is 'Serves the experience of a range.';
create index experience_scores_desk_id_idx on public.experience_scores (desk_id, ended_at);
comment on index public.experience_scores_desk_id_idx is
    'Serves a desk''s list, the policy and the foreign key.';
create index experience_scores_agent_id_idx on public.experience_scores (agent_id);
comment on index public.experience_scores_agent_id_idx is 'Serves the policy and the foreign key.';
create index experience_scores_tier_idx on public.experience_scores (tier);
comment on index public.experience_scores_tier_idx is 'Serves the foreign key.';

-- Below half of the weights the score would be about whatever happens to be known.
create function private.weigh_experience(
    p_survey numeric, p_promises numeric, p_brand numeric, p_quality numeric, p_at timestamptz
)
returns numeric
language sql
stable
set search_path = ''
as $$
    select case
        when 2 * sum(held.weight) filter (where part.score is not null) >= sum(held.weight)
            then round(sum(held.weight * part.score) / nullif(
                sum(held.weight) filter (where part.score is not null), 0
            ), 2)
    end
    from (
        values
            ('survey', p_survey), ('promises', p_promises), ('brand', p_brand),
            ('quality', p_quality)
    ) part (name, score)
    cross join lateral (
        select known.weight from public.experience_weights known
        where known.part = part.name and known.valid_from_at <= p_at
        order by known.valid_from_at desc
        limit 1
    ) held
$$;
comment on function private.weigh_experience(numeric, numeric, numeric, numeric, timestamptz) is
    'The weighted mean of the parts that are known, by the weights of that moment; null where they '
    'weigh less than half.';

create function private.list_experience_parts(p_ticket_ids uuid[], p_cycles integer[])
returns table (
    ticket_id uuid, cycle integer, desk_id uuid, agent_id uuid, tier text, survey numeric,
    promises numeric, brand numeric, quality numeric, ended_at timestamptz
)
language sql
stable
rows 10
set search_path = ''
as $$
    select looked.ticket_id, looked.cycle, looked.desk_id, looked.agent_id, looked.tier,
        25.0 * (said.csat - 1), kept.share, styled.score, looked.score, looked.ended_at
    from unnest(p_ticket_ids, p_cycles) as asked (ticket_id, cycle)
    join public.quality_checks looked
        on looked.ticket_id = asked.ticket_id and looked.cycle = asked.cycle
    join public.ticket_cycle_history ran
        on ran.ticket_id = looked.ticket_id and ran.cycle = looked.cycle
    left join public.surveys said
        on said.kind = 'cycle' and said.ticket_id = looked.ticket_id
        and said.cycle = looked.cycle
    cross join lateral (
        select avg(100.0 * (promise.state = 'met')::integer) as share
        from public.ticket_promises promise
        where promise.ticket_id = looked.ticket_id and promise.cycle = looked.cycle
            and promise.state in ('met', 'breached')
    ) kept
    cross join lateral (
        select avg(made.score) as score from public.brand_checks made
        where made.ticket_id = looked.ticket_id
            and made.checked_at >= ran.began_at and made.checked_at <= looked.ended_at
    ) styled
    where looked.skip_reason is distinct from 'spam'
$$;
comment on function private.list_experience_parts(uuid[], integer[]) is
    'What is known of these cycles (by position), each part 0 to 100 or null; not of spam.';

create function private.store_experience_scores(p_ticket_ids uuid[], p_cycles integer[])
returns void
language sql
set search_path = ''
as $$
    insert into public.experience_scores as known (
        ticket_id, cycle, desk_id, agent_id, tier, survey_score, promises_score, brand_score,
        quality_score, score, ended_at
    )
    select
        part.ticket_id, part.cycle, part.desk_id, part.agent_id, part.tier, part.survey,
        part.promises, part.brand, part.quality, private.weigh_experience(
            part.survey, part.promises, part.brand, part.quality, part.ended_at
        ), part.ended_at
    from private.list_experience_parts(p_ticket_ids, p_cycles) part
    order by part.ticket_id, part.cycle
    on conflict (ticket_id, cycle) do update
    set survey_score = excluded.survey_score, promises_score = excluded.promises_score,
        brand_score = excluded.brand_score, quality_score = excluded.quality_score,
        score = excluded.score, updated_at = now()
$$;

-- Definer: whoever records a check may not write scores by hand; it follows the rows.
create function private.tg_quality_checks_score_experience()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.store_experience_scores(array_agg(looked.ticket_id), array_agg(looked.cycle))
    from looked;
    return null;
end
$$;
create trigger quality_checks_score_experience
after insert on public.quality_checks
referencing new table as looked
for each statement execute function private.tg_quality_checks_score_experience();

-- Definer: whoever answers a survey may not write scores by hand; it follows the row.
create function private.tg_surveys_score_experience()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.store_experience_scores(array[new.ticket_id], array[new.cycle]);
    return null;
end
$$;
create trigger surveys_score_experience_when_made
after insert on public.surveys
for each row when (new.kind = 'cycle' and new.csat is not null)
execute function private.tg_surveys_score_experience();
create trigger surveys_score_experience_when_answered
after update of csat on public.surveys
for each row when (new.kind = 'cycle' and old.csat is distinct from new.csat)
execute function private.tg_surveys_score_experience();

-- Definer: what is to be rolled up again is nobody's to write.
create function private.tg_experience_scores_touch_metrics()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.touch_metrics('{luxury_experience_score}', array(
        select distinct touched.ended_at from touched
    ));
    return null;
end
$$;
create trigger experience_scores_touch_metrics_when_made
after insert on public.experience_scores
referencing new table as touched
for each statement execute function private.tg_experience_scores_touch_metrics();
create trigger experience_scores_touch_metrics_when_changed
after update on public.experience_scores
referencing new table as touched
for each statement execute function private.tg_experience_scores_touch_metrics();
create trigger experience_scores_touch_metrics_when_gone
after delete on public.experience_scores
referencing old table as touched
for each statement execute function private.tg_experience_scores_touch_metrics();

create function private.observe_experience(
    p_metric text, p_since timestamptz, p_until timestamptz
)
returns table (observed_at timestamptz, subject_id uuid, desk_id uuid, value numeric)
language plpgsql
stable
rows 100
set search_path = ''
as $$
begin
    return query
    select known.ended_at, known.ticket_id, known.desk_id, known.score
    from public.experience_scores known
    where known.ended_at >= p_since and known.ended_at < p_until and known.score is not null;
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Brand consistency
-- -------------------------------------------------------------------------------------------------
create function private.observe_brand(p_metric text, p_since timestamptz, p_until timestamptz)
returns table (observed_at timestamptz, subject_id uuid, desk_id uuid, value numeric)
language plpgsql
stable
rows 100
set search_path = ''
as $$
begin
    return query
    select made.checked_at, made.ticket_id, ticket.desk_id,
        100.0 * (made.verdict = 'pass')::integer
    from public.brand_checks made
    join public.support_tickets ticket on ticket.id = made.ticket_id
    where made.checked_at >= p_since and made.checked_at < p_until;
end
$$;

-- Definer: what is to be rolled up again is nobody's to write.
create function private.tg_brand_checks_touch_metrics()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.touch_metrics('{brand_consistency}', array(
        select distinct touched.checked_at from touched
    ));
    return null;
end
$$;
create trigger brand_checks_touch_metrics_when_made
after insert on public.brand_checks
referencing new table as touched
for each statement execute function private.tg_brand_checks_touch_metrics();
create trigger brand_checks_touch_metrics_when_gone
after delete on public.brand_checks
referencing old table as touched
for each statement execute function private.tg_brand_checks_touch_metrics();

-- Definer: as above. A ticket that changes desks takes its answers along.
create function private.tg_support_tickets_touch_brand()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.touch_metrics('{brand_consistency}', array(
        select made.checked_at from public.brand_checks made where made.ticket_id = new.id
    ));
    return null;
end
$$;
create trigger support_tickets_touch_brand
after update of desk_id on public.support_tickets
for each row when (old.desk_id is distinct from new.desk_id)
execute function private.tg_support_tickets_touch_brand();

-- -------------------------------------------------------------------------------------------------
-- Personalization effectiveness
-- -------------------------------------------------------------------------------------------------

-- Null for what is still on offer, or was taken back by the house before anybody could say.
create function private.find_recommendation_end(p_offer public.vip_recommendations)
returns timestamptz
language sql
immutable
set search_path = ''
as $$
    select case
        when p_offer.state in ('accepted', 'declined') then p_offer.answered_at
        when p_offer.expiry_reason = 'too_late' then p_offer.expires_at
    end
$$;

create index vip_recommendations_answered_at_idx on public.vip_recommendations (answered_at)
where answered_at is not null;
comment on index public.vip_recommendations_answered_at_idx is
    'Serves the recommendations answered within a time.';
create index vip_recommendations_expires_at_idx on public.vip_recommendations (expires_at)
where expiry_reason = 'too_late';
comment on index public.vip_recommendations_expires_at_idx is
    'Serves the recommendations that ran out within a time.';

create function private.observe_recommendations(
    p_metric text, p_since timestamptz, p_until timestamptz
)
returns table (observed_at timestamptz, subject_id uuid, desk_id uuid, value numeric)
language plpgsql
stable
rows 100
set search_path = ''
as $$
begin
    return query
    select offer.answered_at, offer.id, client.desk_id, 100.0 * (
        offer.state = 'accepted' and offer.outcome is distinct from 'none'
    )::integer
    from public.vip_recommendations offer
    join public.profiles client on client.id = offer.client_id
    where offer.answered_at >= p_since and offer.answered_at < p_until
    union all
    select offer.expires_at, offer.id, client.desk_id, 0
    from public.vip_recommendations offer
    join public.profiles client on client.id = offer.client_id
    where offer.expiry_reason = 'too_late'
        and offer.expires_at >= p_since and offer.expires_at < p_until;
end
$$;

-- Definer: what is to be rolled up again is nobody's to write.
create function private.tg_vip_recommendations_touch_metrics()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.touch_metrics('{personalization_effectiveness}', array[
        case when tg_op <> 'INSERT' then private.find_recommendation_end(old) end,
        case when tg_op <> 'DELETE' then private.find_recommendation_end(new) end
    ]);
    return null;
end
$$;
create trigger vip_recommendations_touch_metrics_when_made
after insert on public.vip_recommendations
for each row when (new.state <> 'offered')
execute function private.tg_vip_recommendations_touch_metrics();
create trigger vip_recommendations_touch_metrics_when_changed
after update on public.vip_recommendations
for each row when (
    (old.state, old.answered_at, old.expires_at, old.outcome, old.client_id)
        is distinct from (new.state, new.answered_at, new.expires_at, new.outcome, new.client_id)
)
execute function private.tg_vip_recommendations_touch_metrics();
create trigger vip_recommendations_touch_metrics_when_gone
after delete on public.vip_recommendations
for each row when (old.state <> 'offered')
execute function private.tg_vip_recommendations_touch_metrics();

-- Definer: as above. A client who changes desks takes what was recommended along.
create function private.tg_profiles_touch_recommendations()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.touch_metrics('{personalization_effectiveness}', array(
        select private.find_recommendation_end(offer)
        from public.vip_recommendations offer
        where offer.client_id = new.id
    ));
    return null;
end
$$;
create trigger profiles_touch_recommendations
after update of desk_id on public.profiles
for each row when (old.desk_id is distinct from new.desk_id)
execute function private.tg_profiles_touch_recommendations();

-- -------------------------------------------------------------------------------------------------
-- White-glove usage
-- -------------------------------------------------------------------------------------------------
create table private.white_glove_days (
    day_on date not null,
    client_id uuid not null references public.profiles (id) on delete cascade,
    desk_id uuid not null references public.desks (id),
    service_id uuid,
    begins_at timestamptz not null generated always as
        ((day_on::timestamp) at time zone 'Europe/Warsaw') stored,
    primary key (day_on, client_id)
);
comment on table private.white_glove_days is
    'The VIP clients as each day of Warsaw began, and the newest service that ran for them within '
    'the 30 days before (null: none). As known then; never changed.';
comment on column private.white_glove_days.service_id is
    'No foreign key: the day remains what it was.';
create index white_glove_days_client_id_idx on private.white_glove_days (client_id);
comment on index private.white_glove_days_client_id_idx is 'Serves the foreign key.';
create index white_glove_days_desk_id_idx on private.white_glove_days (desk_id);
comment on index private.white_glove_days_desk_id_idx is 'Serves the foreign key.';
create index white_glove_days_begins_at_idx on private.white_glove_days (begins_at);
comment on index private.white_glove_days_begins_at_idx is 'Serves the usage of a range.';

create function private.count_white_glove_day(p_day date)
returns void
language sql
set search_path = ''
as $$
    insert into private.white_glove_days (day_on, client_id, desk_id, service_id)
    select p_day, client.id, client.desk_id, ran.id
    from public.vip_client_profiles vip
    join public.service_levels level on level.tier = vip.tier and level.has_white_glove
    join public.profiles client on client.id = vip.client_id and client.merged_into_id is null
    left join lateral (
        select service.id from public.white_glove_services service
        where service.client_id = client.id and service.status <> 'cancelled'
            and service.created_at < p_day::timestamp at time zone 'Europe/Warsaw'
            and coalesce(service.closed_at, 'infinity')
                >= (p_day - 30)::timestamp at time zone 'Europe/Warsaw'
        order by service.created_at desc
        limit 1
    ) ran on true
    where not exists (select from private.white_glove_days known where known.day_on = p_day)
    on conflict do nothing
$$;
comment on function private.count_white_glove_day(date) is
    'Writes down the VIP clients of that day, once; done twice it does nothing more.';

-- Definer: what is to be rolled up again is nobody's to write.
create function private.tg_white_glove_days_touch_metrics()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform private.touch_metrics('{white_glove_usage}', array(
        select distinct touched.begins_at from touched
    ));
    return null;
end
$$;
create trigger white_glove_days_touch_metrics_when_made
after insert on private.white_glove_days
referencing new table as touched
for each statement execute function private.tg_white_glove_days_touch_metrics();
create trigger white_glove_days_touch_metrics_when_gone
after delete on private.white_glove_days
referencing old table as touched
for each statement execute function private.tg_white_glove_days_touch_metrics();

create function private.observe_white_glove(
    p_metric text, p_since timestamptz, p_until timestamptz
)
returns table (observed_at timestamptz, subject_id uuid, desk_id uuid, value numeric)
language plpgsql
stable
rows 100
set search_path = ''
as $$
begin
    return query
    select day.begins_at, day.client_id, day.desk_id,
        100.0 * (day.service_id is not null)::integer
    from private.white_glove_days day
    where day.begins_at >= p_since and day.begins_at < p_until;
end
$$;

insert into private.metric_observers (metric, observer)
values
    ('luxury_experience_score', 'observe_experience'),
    ('personalization_effectiveness', 'observe_recommendations'),
    ('white_glove_usage', 'observe_white_glove'),
    ('brand_consistency', 'observe_brand');

-- What was resolved before this was here.
do $$
begin
    perform private.store_experience_scores(array_agg(looked.ticket_id), array_agg(looked.cycle))
    from public.quality_checks looked;
end
$$;

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on
    public.experience_weights, public.experience_scores, private.white_glove_days
from anon, authenticated, service_role;
grant select on public.experience_weights, public.experience_scores
to authenticated, service_role;
grant select on private.white_glove_days to service_role;
alter table public.experience_weights enable row level security;
alter table public.experience_scores enable row level security;
alter table private.white_glove_days enable row level security;

create policy experience_weights_select_staff on public.experience_weights
for select to authenticated
using ((select private.is_staff()));
-- As the check that is part of it: not for whoever is still to judge the conversation, nor for its
-- client when they work here.
create policy experience_scores_select_concerned on public.experience_scores
for select to authenticated
using (
    (
        agent_id = (select private.my_staff_id())
        or desk_id in (select private.my_quality_desk_ids())
    )
    and ticket_id <> all (array(select private.my_unjudged_ticket_ids()))
    and not exists (
        select from public.support_tickets ticket
        where ticket.id = experience_scores.ticket_id
            and ticket.client_id = (select private.my_client_id())
    )
);

revoke all on function
    private.weigh_experience(numeric, numeric, numeric, numeric, timestamptz),
    private.list_experience_parts(uuid[], integer[]),
    private.store_experience_scores(uuid[], integer[]),
    private.tg_quality_checks_score_experience(), private.tg_surveys_score_experience(),
    private.tg_experience_scores_touch_metrics(),
    private.observe_experience(text, timestamptz, timestamptz),
    private.observe_brand(text, timestamptz, timestamptz),
    private.tg_brand_checks_touch_metrics(), private.tg_support_tickets_touch_brand(),
    private.find_recommendation_end(public.vip_recommendations),
    private.observe_recommendations(text, timestamptz, timestamptz),
    private.tg_vip_recommendations_touch_metrics(), private.tg_profiles_touch_recommendations(),
    private.count_white_glove_day(date), private.tg_white_glove_days_touch_metrics(),
    private.observe_white_glove(text, timestamptz, timestamptz)
from public, anon, authenticated, service_role;
