-- Configuration as data: service levels, channels, feature flags, AI settings.
-- Everybody signed in reads what they need, admins write by functions, and every change is history.

-- -------------------------------------------------------------------------------------------------
-- Tables
-- -------------------------------------------------------------------------------------------------
create table public.service_levels (
    tier text primary key,
    response_seconds integer not null,
    boost smallint not null,
    has_dedicated_agent boolean not null,
    has_white_glove boolean not null,
    is_priority boolean not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint service_levels_tier_is_a_word check (tier ~ '^[a-z][a-z0-9_]{0,30}$'),
    constraint service_levels_response_is_positive
        check (response_seconds between 1 and 30 * 86400),
    constraint service_levels_boost_is_sane check (boost between 0 and 100)
);
comment on table public.service_levels is 'What each tier of client is promised.';
comment on column public.service_levels.response_seconds is
    'Seconds from opening to the first answer of a person.';
comment on column public.service_levels.boost is
    'Points in the queue: the higher is served first, the earlier deadline decides among equals.';

insert into public.service_levels (
    tier, response_seconds, boost, has_dedicated_agent, has_white_glove, is_priority
)
values
    ('vip_platinum', 30, 10, true, true, true),
    ('vip_gold', 60, 5, true, true, true),
    ('premium', 300, 3, false, false, false),
    ('standard', 900, 1, false, false, false);

alter table public.profiles
    add constraint profiles_tier_is_a_service_level
    foreign key (tier) references public.service_levels (tier);
create index profiles_tier_idx on public.profiles (tier);
comment on index public.profiles_tier_idx is 'Serves the foreign key and the lists of VIP clients.';

create table public.channels (
    channel text primary key,
    label text not null,
    is_live boolean not null,
    load_units smallint not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint channels_channel_is_a_word check (channel ~ '^[a-z][a-z0-9_]{0,30}$'),
    constraint channels_label_is_short_text
        check (private.is_clean_text(label, 80)),
    constraint channels_load_is_sane check (load_units between 1 and 100)
);
comment on table public.channels is 'Ways a client reaches us.';
comment on column public.channels.is_live is
    'The client waits on the line: somebody free now only.';
comment on column public.channels.load_units is
    'How much of staff_members.capacity_units one such ticket takes while it is worked on.';

insert into public.channels (channel, label, is_live, load_units)
values
    ('chat', 'Chat', true, 2),
    ('whatsapp', 'WhatsApp', true, 2),
    ('instagram', 'Instagram', true, 2),
    ('phone', 'Phone call', true, 5),
    ('email', 'E-mail', false, 1),
    ('phone_note', 'Phone note', false, 1);

create table public.feature_flags (
    flag text primary key,
    is_enabled boolean not null,
    variable text not null,
    label text not null,
    is_public boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint feature_flags_flag_is_a_word check (flag ~ '^[a-z][a-z0-9_]{0,47}$'),
    constraint feature_flags_variable_is_unique unique (variable),
    constraint feature_flags_variable_is_a_name check (variable ~ '^[A-Z][A-Z0-9_]{0,62}$'),
    constraint feature_flags_label_is_short_text
        check (private.is_clean_text(label, 120))
);
comment on table public.feature_flags is
    'What is switched on, for the frontend and the workers alike.';
comment on column public.feature_flags.variable is
    'The frontend''s build variable that this row outranks.';
comment on column public.feature_flags.is_public is 'Readable before anybody has signed in.';

insert into public.feature_flags (flag, is_enabled, variable, label)
values
    ('luxury_support', true, 'VITE_LUXURY_MODE_ENABLED', 'Luxury support as a whole'),
    ('vip_services', true, 'VITE_VIP_FEATURES_ENABLED', 'VIP client experience'),
    ('white_glove_service', true, 'VITE_WHITE_GLOVE_SERVICE_ENABLED', 'White-glove services'),
    ('ai_personalization', true, 'VITE_AI_SERVICE_URL', 'Personalisation'),
    ('real_time_monitoring', true, 'VITE_PERFORMANCE_MONITORING_ENABLED', 'Live monitoring'),
    ('real_time_alerts', true, 'VITE_REAL_TIME_ALERTS_ENABLED', 'Live alerts'),
    ('sentiment_analysis', true, 'VITE_SENTIMENT_ANALYSIS_ENABLED', 'Sentiment of messages'),
    ('predictive_analytics', true, 'VITE_PREDICTIVE_ANALYTICS_ENABLED', 'Predictions'),
    ('brand_consistency', true, 'VITE_BRAND_CONSISTENCY_CHECKING', 'Brand check before sending');

-- Numbers in it are shares; a threshold of 7 would switch a prediction off unnoticed.
create function private.is_ai_setting(p_value jsonb)
returns boolean
language sql
immutable
parallel safe
set search_path = ''
as $$
    select jsonb_typeof(p_value) = 'object'
        and octet_length(p_value::text) <= 4096
        and not jsonb_path_exists(p_value, '$.* ? (@.type() == "number" && (@ < 0 || @ > 1))')
$$;

create table public.ai_settings (
    setting text primary key,
    value jsonb not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint ai_settings_setting_is_a_path check (setting ~ '^[a-z][a-z0-9_.]{0,62}$'),
    constraint ai_settings_value_is_an_object_of_shares check (private.is_ai_setting(value))
);
comment on table public.ai_settings is
    'Switches and thresholds of predictions and personalisation.';

insert into public.ai_settings (setting, value)
values
    ('prediction_models.churn', '{"enabled": true, "threshold": 0.7}'),
    ('prediction_models.satisfaction', '{"enabled": true, "update_interval": "daily"}'),
    ('prediction_models.upsell', '{"enabled": true, "confidence_threshold": 0.6}'),
    (
        'personalization',
        '{"profiling_enabled": true, "real_time_updates": true, "learning_rate": 0.1}'
    );

-- -------------------------------------------------------------------------------------------------
-- History
-- -------------------------------------------------------------------------------------------------
-- private.note_reason sets it; as a default it reaches every row of history without a second way.
alter table private.configuration_history
    add column reason text default nullif(current_setting('luxury.change_reason', true), '');
comment on column private.configuration_history.reason is 'What the person gave, if asked.';

create trigger service_levels_record
after insert or update or delete on public.service_levels
for each row execute function private.tg_record_configuration('tier');
create trigger channels_record
after insert or update or delete on public.channels
for each row execute function private.tg_record_configuration('channel');
create trigger feature_flags_record
after insert or update or delete on public.feature_flags
for each row execute function private.tg_record_configuration('flag');
create trigger ai_settings_record
after insert or update or delete on public.ai_settings
for each row execute function private.tg_record_configuration('setting');
create trigger desks_record
after insert or update or delete on public.desks
for each row execute function private.tg_record_configuration('id');
create trigger staff_skills_record
after insert or update or delete on public.staff_skills
for each row execute function private.tg_record_configuration('staff_id');
create trigger staff_members_record_arrival
after insert or delete on public.staff_members
for each row execute function private.tg_record_configuration('id');
-- Only what gives rights: presence and assignments change all day.
create trigger staff_members_record_change
after update of role, desk_id, capacity_units, is_active on public.staff_members
for each row execute function private.tg_record_configuration('id');

-- Definer: the history is in private and has no policy; admins read it through here.
create function private.get_configuration_history(
    p_table_name text, p_row_key text, p_limit integer
)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
    perform private.require_admin();
    return coalesce((
        select jsonb_agg(to_jsonb(latest) order by latest.id desc)
        from (
            select change.*
            from private.configuration_history change
            where change.table_name = 'public.' || p_table_name
                and (p_row_key is null or change.row_key = p_row_key)
            order by change.id desc
            limit least(greatest(p_limit, 1), 200)
        ) latest
    ), '[]');
end
$$;

create function public.get_configuration_history(
    p_table_name text, p_row_key text default null, p_limit integer default 50
)
returns jsonb
language sql
stable
set search_path = ''
as $$
    select private.get_configuration_history(p_table_name, p_row_key, p_limit)
$$;
comment on function public.get_configuration_history(text, text, integer) is
    'Admins: who changed a row of configuration, when and why; newest first, at most 200.';

create trigger service_levels_touch
before update on public.service_levels
for each row execute function private.tg_touch_row();
create trigger channels_touch
before update on public.channels
for each row execute function private.tg_touch_row();
create trigger feature_flags_touch
before update on public.feature_flags
for each row execute function private.tg_touch_row();
create trigger ai_settings_touch
before update on public.ai_settings
for each row execute function private.tg_touch_row();

-- -------------------------------------------------------------------------------------------------
-- Admins write
-- -------------------------------------------------------------------------------------------------

-- Definer: nobody holds a right to write service_levels; admins write through here.
create function private.set_service_level(
    p_tier text, p_response_seconds integer, p_boost integer, p_has_dedicated_agent boolean,
    p_has_white_glove boolean, p_is_priority boolean, p_reason text
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_level public.service_levels;
begin
    perform private.require_admin();
    if p_response_seconds not between 1 and 30 * 86400 or p_boost not between 0 and 100 then
        perform private.refuse(
            'PT422', 'service_level_out_of_range', 'From 1 second to 30 days; boost 0 to 100.'
        );
    end if;
    perform private.note_reason(p_reason);
    update public.service_levels level
    set response_seconds = coalesce(p_response_seconds, level.response_seconds),
        boost = coalesce(p_boost, level.boost),
        has_dedicated_agent = coalesce(p_has_dedicated_agent, level.has_dedicated_agent),
        has_white_glove = coalesce(p_has_white_glove, level.has_white_glove),
        is_priority = coalesce(p_is_priority, level.is_priority)
    where level.tier = p_tier
    returning level.* into v_level;
    if v_level.tier is null then
        perform private.refuse('PT404', 'tier_not_found', 'There is no such tier.');
    end if;
    return to_jsonb(v_level);
end
$$;

create function public.set_service_level(
    p_tier text,
    p_response_seconds integer default null,
    p_boost integer default null,
    p_has_dedicated_agent boolean default null,
    p_has_white_glove boolean default null,
    p_is_priority boolean default null,
    p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_service_level(
        p_tier, p_response_seconds, p_boost, p_has_dedicated_agent, p_has_white_glove,
        p_is_priority, p_reason
    )
$$;
comment on function public.set_service_level(
    text, integer, integer, boolean, boolean, boolean, text
) is 'Admins: what a tier is promised. Null keeps what is there; running tickets keep theirs.';

-- Definer: nobody holds a right to write feature_flags; admins write through here.
create function private.set_feature_flag(p_flag text, p_is_enabled boolean, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_flag public.feature_flags;
begin
    perform private.require_admin();
    if p_is_enabled is null then
        perform private.refuse('PT400', 'is_enabled_required', 'Say true or false.');
    end if;
    perform private.note_reason(p_reason);
    update public.feature_flags known
    set is_enabled = p_is_enabled
    where known.flag = p_flag
    returning known.* into v_flag;
    if v_flag.flag is null then
        perform private.refuse('PT404', 'flag_not_found', 'There is no such flag.');
    end if;
    return to_jsonb(v_flag);
end
$$;

create function public.set_feature_flag(
    p_flag text, p_is_enabled boolean, p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_feature_flag(p_flag, p_is_enabled, p_reason)
$$;
comment on function public.set_feature_flag(text, boolean, text) is
    'Admins: switch a feature on or off for the frontend and the workers.';

-- Definer: nobody holds a right to write ai_settings; admins write through here.
create function private.set_ai_setting(p_setting text, p_changes jsonb, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_value jsonb;
begin
    perform private.require_admin();
    select known.value into v_value
    from public.ai_settings known where known.setting = p_setting
    for update;
    if v_value is null then
        perform private.refuse('PT404', 'setting_not_found', 'There is no such setting.');
    elsif not private.is_change_of(v_value, p_changes)
        or not private.is_ai_setting(v_value || p_changes)
    then
        perform private.refuse(
            'PT422', 'setting_malformed', 'Known fields, their own types, numbers from 0 to 1.'
        );
    end if;
    perform private.note_reason(p_reason);
    update public.ai_settings known
    set value = v_value || p_changes
    where known.setting = p_setting;
    return jsonb_build_object('setting', p_setting, 'value', v_value || p_changes);
end
$$;

create function private.is_change_of(p_value jsonb, p_changes jsonb)
returns boolean
language plpgsql
immutable
set search_path = ''
as $$
begin
    if p_changes is null or jsonb_typeof(p_changes) <> 'object' then
        return false;
    end if;
    return not exists (
        select from jsonb_each(p_changes) change
        where jsonb_typeof(change.value) is distinct from jsonb_typeof(p_value -> change.key)
    );
end
$$;

create function public.set_ai_setting(p_setting text, p_changes jsonb, p_reason text default null)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_ai_setting(p_setting, p_changes, p_reason)
$$;
comment on function public.set_ai_setting(text, jsonb, text) is
    'Admins: change fields of a setting, e.g. (''prediction_models.churn'', {"threshold": 0.8}).';

-- Definer: nobody holds a right to write channels; admins write through here.
create function private.set_channel_load(p_channel text, p_load_units integer, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
    v_channel public.channels;
begin
    perform private.require_admin();
    if p_load_units is null or p_load_units not between 1 and 100 then
        perform private.refuse('PT422', 'load_out_of_range', 'From 1 to 100 units.');
    end if;
    perform private.note_reason(p_reason);
    update public.channels known
    set load_units = p_load_units
    where known.channel = p_channel
    returning known.* into v_channel;
    if v_channel.channel is null then
        perform private.refuse('PT404', 'channel_not_found', 'There is no such channel.');
    end if;
    return to_jsonb(v_channel);
end
$$;

create function public.set_channel_load(
    p_channel text, p_load_units integer, p_reason text default null
)
returns jsonb
language sql
set search_path = ''
as $$
    select private.set_channel_load(p_channel, p_load_units, p_reason)
$$;
comment on function public.set_channel_load(text, integer, text) is
    'Admins: how much of an agent''s capacity one ticket of this channel takes.';

-- -------------------------------------------------------------------------------------------------
-- Rights
-- -------------------------------------------------------------------------------------------------
revoke all on public.service_levels, public.channels, public.feature_flags, public.ai_settings
    from anon, authenticated, service_role;
grant select on public.service_levels, public.channels, public.feature_flags, public.ai_settings
    to authenticated, service_role;
-- The frontend decides what to show before anybody has signed in.
grant select (flag, is_enabled, variable) on public.feature_flags to anon;

alter table public.service_levels enable row level security;
alter table public.channels enable row level security;
alter table public.feature_flags enable row level security;
alter table public.ai_settings enable row level security;

create policy service_levels_select_everybody on public.service_levels
for select to authenticated
using (true);

create policy channels_select_everybody on public.channels
for select to authenticated
using (true);

create policy feature_flags_select_visitors on public.feature_flags
for select to anon
using (is_public);

create policy feature_flags_select_everybody on public.feature_flags
for select to authenticated
using (is_public or (select private.is_staff()));

create policy ai_settings_select_staff on public.ai_settings
for select to authenticated
using ((select private.is_staff()));

revoke all on function
    private.is_ai_setting(jsonb), private.is_change_of(jsonb, jsonb),
    private.get_configuration_history(text, text, integer),
    public.get_configuration_history(text, text, integer),
    private.set_service_level(text, integer, integer, boolean, boolean, boolean, text),
    private.set_feature_flag(text, boolean, text), private.set_ai_setting(text, jsonb, text),
    private.set_channel_load(text, integer, text),
    public.set_service_level(text, integer, integer, boolean, boolean, boolean, text),
    public.set_feature_flag(text, boolean, text), public.set_ai_setting(text, jsonb, text),
    public.set_channel_load(text, integer, text)
from public, anon, authenticated, service_role;
grant execute on function
    private.get_configuration_history(text, text, integer),
    public.get_configuration_history(text, text, integer),
    private.set_service_level(text, integer, integer, boolean, boolean, boolean, text),
    private.set_feature_flag(text, boolean, text), private.set_ai_setting(text, jsonb, text),
    private.set_channel_load(text, integer, text),
    public.set_service_level(text, integer, integer, boolean, boolean, boolean, text),
    public.set_feature_flag(text, boolean, text), public.set_ai_setting(text, jsonb, text),
    public.set_channel_load(text, integer, text)
to authenticated, service_role;
