-- Decides whether a subscription may be registered, with the messages clients know.

create or replace function _realtime.matches(
    p_op text,
    p_type pg_catalog.regtype,
    p_value text,
    p_operand text,
    p_is_negated boolean
)
    returns boolean
    language plpgsql
    stable
    set search_path = extensions  -- where the operators of types like citext live
as $$
declare
    v_symbol text := case p_op
        when 'eq' then '=' when 'neq' then '!=' when 'lt' then '<' when 'lte' then '<='
        when 'gt' then '>' when 'gte' then '>=' when 'in' then '= any' when 'like' then 'like'
        when 'ilike' then 'ilike' when 'match' then '~' when 'imatch' then '~*'
        when 'isdistinct' then 'is distinct from' end;
    v_suffix text := case when p_op = 'in' then '[]' else '' end;
    v_answer boolean;
begin
    if p_op = 'is' then
        execute format('select %L::%s is %s', p_value, p_type, p_operand) into v_answer;
    else
        execute format('select %L::%s %s (%L::%s%s)',
            p_value, p_type, v_symbol, p_operand, p_type, v_suffix) into v_answer;
    end if;
    return case when p_is_negated then not v_answer else v_answer end;
end $$;

create or replace function _realtime.as_json(p_value text, p_type text)
    returns jsonb
    language plpgsql
    stable
    set search_path = extensions  -- where the operators of types like citext live
as $$
declare
    v_json jsonb;
begin
    execute format('select to_jsonb(%L::%s)', p_value, p_type) into v_json;
    return v_json;
end $$;

create or replace function _realtime.check_operator(
    p_column text,
    p_op text,
    p_type pg_catalog.regtype,
    p_value text,
    p_is_negated boolean
)
    returns void
    language plpgsql
    stable
    set search_path = ''
as $$
begin
    if p_op in ('match', 'imatch') then
        begin
            perform '' operator(pg_catalog.~) p_value;
        exception when others then
            raise exception 'invalid regular expression for % filter: %', p_op, sqlerrm;
        end;
    end if;
    begin
        perform _realtime.matches(p_op, p_type, p_value, p_value, p_is_negated);
    exception when others then
        if p_op in ('like', 'ilike', 'match', 'imatch') then
            raise exception 'operator % requires a text-compatible column type, got %',
                p_op, p_type;
        end if;
        raise exception 'operator % is not supported on column % of type %: %',
            p_op, p_column, p_type, sqlerrm;
    end;
end $$;

-- Answers the operand as JSON: what the fast comparisons in the server work on.
create or replace function _realtime.check_filter(
    p_column text,
    p_op text,
    p_type pg_catalog.regtype,
    p_value text,
    p_is_negated boolean
)
    returns jsonb
    language plpgsql
    stable
    set search_path = ''
as $$
declare
    v_operand jsonb;
begin
    if p_op = 'in' then
        v_operand := _realtime.as_json(p_value, p_type::text || '[]');
        if coalesce(jsonb_array_length(v_operand), 0) > 100 then
            raise exception 'too many values for `in` filter. Maximum 100';
        end if;
        return v_operand;
    end if;
    if p_op = 'is' then
        if p_value not in ('null', 'true', 'false', 'unknown') then
            raise exception 'invalid value for is filter: must be null, true, false, or unknown';
        elsif p_value <> 'null' and p_type <> 'boolean'::pg_catalog.regtype then
            raise exception 'is % filter requires a boolean column, got %', p_value, p_type;
        end if;
        return to_jsonb(p_value);
    end if;
    if p_op not in ('like', 'ilike', 'match', 'imatch') then
        v_operand := _realtime.as_json(p_value, p_type::text);
    end if;
    perform _realtime.check_operator(p_column, p_op, p_type, p_value, p_is_negated);
    return v_operand;
end $$;

create or replace function _realtime.check_subscription(
    p_table pg_catalog.regclass,
    p_role text,
    p_filters jsonb,
    p_selected text[]
)
    returns jsonb
    language plpgsql
    stable
    set search_path = ''
as $$
declare
    v_columns jsonb := coalesce(
        (select jsonb_object_agg(a.attname, a.atttypid)
         from pg_catalog.pg_attribute a
         where a.attrelid = p_table and a.attnum > 0 and not a.attisdropped
           and pg_catalog.has_column_privilege(p_role, a.attrelid, a.attnum, 'SELECT')), '{}');
    v_checked jsonb := '[]';
    v_filter jsonb;
    v_name text;
    v_type pg_catalog.regtype;
begin
    for v_filter in select value from jsonb_array_elements(p_filters) loop
        if not v_columns ? (v_filter ->> 0) then
            raise exception 'invalid column for filter %', v_filter ->> 0;
        end if;
        v_type := (v_columns ->> (v_filter ->> 0))::pg_catalog.oid;
        v_checked := v_checked || jsonb_build_array(jsonb_build_object(
            'type', v_type::pg_catalog.oid::bigint,
            'operand', _realtime.check_filter(v_filter ->> 0, v_filter ->> 1, v_type,
                v_filter ->> 2, (v_filter ->> 3)::boolean)));
    end loop;
    foreach v_name in array coalesce(p_selected, '{}') loop
        if not v_columns ? v_name then
            raise exception 'invalid column for select %', v_name;
        end if;
    end loop;
    return v_checked;
end $$;

-- Which rows each reader may see: positions in the reader's keys, null where a policy failed.
create or replace function _realtime.see_rows(
    p_query text,
    p_roles text[],
    p_claims text[],
    p_keys jsonb
)
    returns setof int[]
    language plpgsql
    set search_path = ''
as $$
declare
    v_seen int[];
begin
    for v_reader in 1 .. cardinality(p_roles) loop
        begin
            -- Functions in policies rely on the path the API sets.
            perform pg_catalog.set_config('search_path', 'public, extensions', true),
                pg_catalog.set_config('role', p_roles[v_reader], true),
                pg_catalog.set_config('request.jwt.claims', p_claims[v_reader], true);
            execute p_query into v_seen using p_keys -> (v_reader - 1);
        exception when others then
            v_seen := null;
        end;
        perform pg_catalog.set_config('role', 'none', true);
        return next v_seen;
    end loop;
end $$;
