-- rule: every table has row level security
select full_name from our_relations where is_table and not has_row_security
-- broken by
create table private.open_door (id int primary key);

-- rule: api roles hold nothing that ignores row level security
select format('%s: %s holds %s', relation.full_name, api_roles.role, privilege)
from our_relations as relation, api_roles,
    unnest(array['truncate', 'references', 'trigger', 'maintain']) as privilege
where has_table_privilege(api_roles.role, relation.oid, privilege)
-- broken by
create table public.emptied (id int primary key);
grant truncate on public.emptied to anon;

-- rule: nothing is granted to everybody
select relation.full_name || ': PUBLIC holds ' || granted.privilege_type
from our_relations as relation
join pg_class as class on class.oid = relation.oid,
    aclexplode(class.relacl) as granted
where granted.grantee = 0
union all
select function.full_name || ': PUBLIC may execute'
from our_functions as function,
    aclexplode(coalesce(function.privileges, acldefault('f', function.owner))) as granted
where granted.grantee = 0
-- broken by
create function private.everybodys() returns int language sql as 'select 1';
grant execute on function private.everybodys to public;

-- rule: new functions are not executable by everybody
select 'no global default revokes execute on functions from public'
where not exists (
    select
    from pg_default_acl
    where defaclrole = 'postgres'::regrole
        and defaclnamespace = 0
        and defaclobjtype = 'f'
        and not exists (select from aclexplode(defaclacl) as granted where granted.grantee = 0)
)
-- broken by
alter default privileges for role postgres grant execute on functions to public;

-- rule: new objects in the exposed schemas belong to nobody but their owner
select format(
    'defaults of postgres in %s give %s on %s to %s',
    defaclnamespace::regnamespace, granted.privilege_type, defaclobjtype, granted.grantee::regrole
)
from pg_default_acl, aclexplode(defaclacl) as granted
where defaclrole = 'postgres'::regrole
    and (defaclnamespace = 0 or defaclnamespace::regnamespace::text in ('public', 'worker', 'private'))
    and granted.grantee in (select id from api_roles)
-- broken by
alter default privileges for role postgres in schema public grant select on tables to anon;

-- rule: strangers may call nothing but the check of each request and what a survey's link leads to
select full_name
from our_functions
where has_function_privilege('anon', oid, 'execute')
    and format('%s.%s', schema, name) not in (
        'private.check_request', 'public.get_survey', 'private.get_survey',
        'public.answer_survey', 'private.answer_survey'
    )
-- broken by
create function public.greet() returns text language sql as 'select 1::text';
grant execute on function public.greet to anon;

-- rule: strangers may write nothing and read only the frontend's flags
select full_name
from our_relations
where has_any_column_privilege('anon', oid, 'insert, update')
    or has_table_privilege('anon', oid, 'delete')
    or (has_any_column_privilege('anon', oid, 'select') and full_name <> 'public.feature_flags')
-- broken by
create table public.window_of_the_shop (id int primary key, price int);
grant select (price) on public.window_of_the_shop to anon;

-- rule: people hold nothing on tables outside public
select format('%s: %s', relation.full_name, role)
from our_relations as relation, unnest(array['anon', 'authenticated']) as role
where relation.schema <> 'public'
    and (
        has_any_column_privilege(role, relation.oid, 'select, insert, update')
        or has_table_privilege(role, relation.oid, 'delete')
    )
-- broken by
create table private.diary (id int primary key);
grant insert on private.diary to authenticated;

-- rule: the worker schema is for the service role alone
select format('%s: %s may use the schema', 'worker', role)
from unnest(array['anon', 'authenticated']) as role
where has_schema_privilege(role, 'worker', 'usage')
union all
select format('%s: %s may execute', full_name, role)
from our_functions, unnest(array['anon', 'authenticated']) as role
where schema = 'worker' and has_function_privilege(role, oid, 'execute')
-- broken by
grant usage on schema worker to authenticated;

-- rule: api roles create nothing
select format('%s: %s may create', schema, api_roles.role)
from unnest(array['public', 'worker', 'private']) as schema, api_roles
where has_schema_privilege(api_roles.role, schema, 'create')
-- broken by
grant create on schema public to authenticated;

-- rule: a privilege of people on a table comes with a policy
select format('%s: authenticated may %s, but no policy lets it', relation.full_name, action)
from our_relations as relation, unnest(array['select', 'insert', 'update', 'delete']) as action
where relation.is_table
    and case action
        when 'delete' then has_table_privilege('authenticated', relation.oid, 'delete')
        else has_any_column_privilege('authenticated', relation.oid, action)
    end
    and not exists (
        select
        from our_policies as policy
        where policy.table_id = relation.oid
            and policy.action in (action, 'all')
            and 'authenticated' = any (policy.roles)
    )
-- broken by
create table public.locked_room (id int primary key);
alter table public.locked_room enable row level security;
grant select on public.locked_room to authenticated;

-- rule: a policy for people comes with a privilege
select format('%s: authenticated holds no %s', policy.full_name, policy.action)
from our_policies as policy
where policy.schema in ('public', 'worker', 'private')
    and policy.action <> 'all'
    and 'authenticated' = any (policy.roles)
    and not case policy.action
        when 'delete' then has_table_privilege('authenticated', policy.table_id, 'delete')
        else has_any_column_privilege('authenticated', policy.table_id, policy.action)
    end
-- broken by
create table public.empty_promises (id int primary key);
revoke all on public.empty_promises from authenticated;
alter table public.empty_promises enable row level security;
create policy empty_promises_select_all on public.empty_promises
    for select to authenticated using (id > 0);

-- rule: private functions are granted to people only where something of theirs calls them
with callers as (
    select oid, source as text
    from our_functions
    where not is_definer and has_function_privilege('authenticated', oid, 'execute')
    union all
    select 0, expressions from our_policies
    union all
    select 0, pg_get_constraintdef(oid) from pg_constraint where contype = 'c'
    union all
    select 0, pg_get_expr(adbin, adrelid) from pg_attrdef
    union all
    -- Trigger functions run with the rights of whoever changed the row.
    select oid, source from our_functions where is_trigger and not is_definer
    union all
    -- PostgREST calls the function of this setting before each request, as the caller.
    select 0, setting || '('
    from pg_roles, unnest(rolconfig) as setting
    where rolname = 'authenticator' and setting like 'pgrst.db_pre_request=%'
)
select function.full_name
from our_functions as function
where function.schema = 'private'
    and has_function_privilege('authenticated', function.oid, 'execute')
    and not exists (
        select
        from callers
        where callers.oid <> function.oid
            and callers.text ~ format('\mprivate\.%s\(', function.name)
    )
-- broken by
create function private.forgotten() returns int language sql as 'select 1';
grant execute on function private.forgotten to authenticated;

-- rule: views ask with the caller's rights
select full_name
from our_relations
where kind = 'v' and not options && array['security_invoker=true', 'security_invoker=on']
-- broken by
create view public.peephole as select 1 as id;

-- rule: nothing that cannot have row level security is readable
select format('%s: %s', relation.full_name, api_roles.role)
from our_relations as relation, api_roles
where relation.kind in ('m', 'f') and has_table_privilege(api_roles.role, relation.oid, 'select')
-- broken by
create materialized view public.frozen_copy as select 1 as id;
grant select on public.frozen_copy to authenticated;

-- rule: the account table is reached by nobody through us
select relation.full_name
from our_relations as relation
join pg_depend as needed on needed.refobjid = 'auth.users'::regclass
join pg_rewrite as rule on rule.oid = needed.objid and rule.ev_class = relation.oid
-- broken by
create view public.accounts with (security_invoker = true) as select id, email from auth.users;
