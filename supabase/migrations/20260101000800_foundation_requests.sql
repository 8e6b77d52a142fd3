-- What is asked of every request before it reaches a table.

-- PostgREST answers `Prefer: count=planned` with the planner's estimate for the whole table, made
-- without the policies: a client would learn how many tickets the house has. Of a header sent twice
-- SQL sees the last only, so a proxy in front of the API should still join repeated headers.
create function private.check_request()
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
    if current_setting('request.headers', true)::json ->> 'prefer' like '%count=planned%' then
        raise exception using
            errcode = 'PT400',
            message = 'planned_count_refused',
            hint = 'Ask for count=exact or count=estimated.';
    end if;
end;
$$;

comment on function private.check_request() is
    'Runs before each request (pgrst.db_pre_request): refuses PT400 what would tell of rows that '
    'the caller may not see.';

revoke all on function private.check_request()
from public, anon, authenticated, service_role;
grant usage on schema private to anon;
grant execute on function private.check_request() to anon, authenticated, service_role;

alter role authenticator set pgrst.db_pre_request = 'private.check_request';
notify pgrst, 'reload config';
