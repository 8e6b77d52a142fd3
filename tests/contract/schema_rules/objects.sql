-- What the rules speak about: our three schemas, as temporary views of one transaction.
create temporary view our_relations as
select
    class.oid,
    namespace.nspname as schema,
    class.relname as name,
    format('%I.%I', namespace.nspname, class.relname) as full_name,
    class.relkind as kind,
    class.relkind in ('r', 'p') as is_table,
    class.relrowsecurity as has_row_security,
    class.relreplident as replica_identity,
    class.relispartition as is_partition,
    coalesce(class.reloptions, '{}') as options
from pg_class as class
join pg_namespace as namespace on namespace.oid = class.relnamespace
where namespace.nspname in ('public', 'worker', 'private')
    and class.relkind in ('r', 'p', 'v', 'm', 'f');

create temporary view our_columns as
select
    relation.*,
    attribute.attnum as number,
    attribute.attname as column_name,
    format('%s.%I', relation.full_name, attribute.attname) as full_column_name,
    format_type(attribute.atttypid, attribute.atttypmod) as type,
    attribute.attgenerated <> '' as is_generated
from our_relations as relation
join pg_attribute as attribute on attribute.attrelid = relation.oid
where relation.is_table and attribute.attnum > 0 and not attribute.attisdropped;

create temporary view our_functions as
select
    proc.oid,
    namespace.nspname as schema,
    proc.proname as name,
    format(
        '%I.%I(%s)',
        namespace.nspname, proc.proname, pg_get_function_identity_arguments(proc.oid)
    ) as full_name,
    proc.proowner as owner,
    proc.proacl as privileges,
    proc.prosecdef as is_definer,
    coalesce(pg_get_function_sqlbody(proc.oid), proc.prosrc) as source,
    proc.prorettype as returns,
    proc.proretset as returns_set,
    proc.prorettype in ('trigger'::regtype, 'event_trigger'::regtype) as is_trigger,
    coalesce(proc.proconfig, '{}') as settings,
    coalesce(proc.proargnames, '{}') as argument_names,
    proc.proargmodes as argument_modes,
    proc.pronargs as argument_count
from pg_proc as proc
join pg_namespace as namespace on namespace.oid = proc.pronamespace
where namespace.nspname in ('public', 'worker', 'private');

create temporary view our_policies as
select
    policy.oid,
    relation.relnamespace::regnamespace::text as schema,
    relation.relname as table_name,
    relation.oid as table_id,
    policy.polname as name,
    format('%s on %s', policy.polname, relation.oid::regclass) as full_name,
    policy.polpermissive as is_permissive,
    case policy.polcmd
        when 'r' then 'select'
        when 'a' then 'insert'
        when 'w' then 'update'
        when 'd' then 'delete'
        else 'all'
    end as action,
    array(
        select case role when 0 then 'public' else pg_get_userbyid(role)::text end
        from unnest(policy.polroles) as role
        order by 1
    ) as roles,
    pg_get_expr(policy.polqual, policy.polrelid) as using_expression,
    pg_get_expr(policy.polwithcheck, policy.polrelid) as check_expression,
    concat_ws(
        ' ',
        pg_get_expr(policy.polqual, policy.polrelid),
        pg_get_expr(policy.polwithcheck, policy.polrelid)
    ) as expressions
from pg_policy as policy
join pg_class as relation on relation.oid = policy.polrelid
where relation.relnamespace::regnamespace::text
        in ('public', 'worker', 'private', 'realtime', 'storage')
    and policy.polname <> 'embedded_gateway_all';

create temporary view our_indexes as
select
    relation.schema,
    relation.name as table_name,
    index.indrelid as table_id,
    index.indexrelid as oid,
    class.relname as name,
    index.indisunique as is_unique,
    index.indpred is not null as is_partial,
    array(
        select column_number::smallint
        from unnest(index.indkey) with ordinality as keys (column_number, position)
        where position <= index.indnkeyatts
        order by position
    ) as columns,
    exists (
        select from pg_constraint where conindid = index.indexrelid and contype in ('p', 'u', 'x')
    ) as is_of_constraint
from pg_index as index
join our_relations as relation on relation.oid = index.indrelid
join pg_class as class on class.oid = index.indexrelid;

create temporary view api_roles as
select role, role::regrole as id
from (values ('anon'), ('authenticated'), ('service_role')) as roles (role);
