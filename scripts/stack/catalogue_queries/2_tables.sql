-- Tables and views with columns, constraints, indexes, triggers, policies and privileges.
with relations as (
    select
        class.oid,
        class.relowner as owner,
        class.relacl as privileges,
        class.relkind as kind,
        concat(
            case class.relkind
                when 'v' then 'view '
                when 'm' then 'materialized view '
                else 'table '
            end,
            namespace.nspname, '.', class.relname,
            case when class.relkind in ('r', 'p') and not class.relrowsecurity
                then ' (without row level security)' end,
            ' (' || array_to_string(class.reloptions, ', ') || ')'
        ) as title,
        namespace.nspname || '.' || class.relname as sorted_by
    from pg_class as class
    join pg_namespace as namespace on namespace.oid = class.relnamespace
    where namespace.nspname in ('public', 'worker', 'private')
        and class.relkind in ('r', 'p', 'v', 'm', 'f')
        -- Partitions come and go with the months.
        and not class.relispartition
), lines (oid, part, position, line) as (
    select
        relation.oid, 1, to_char(attribute.attnum, 'FM0000'),
        concat_ws(
            ' ',
            attribute.attname,
            format_type(attribute.atttypid, attribute.atttypmod),
            case when attribute.attnotnull then 'not null' end,
            case attribute.attidentity when 'a' then 'identity always' when 'd' then 'identity' end,
            case when attribute.attgenerated = 's' then 'generated' end,
            case when default_.oid is not null and attribute.attidentity = ''
                then 'default ' || pg_get_expr(default_.adbin, default_.adrelid) end
        )
    from relations as relation
    join pg_attribute as attribute on attribute.attrelid = relation.oid
    left join pg_attrdef as default_
        on default_.adrelid = relation.oid and default_.adnum = attribute.attnum
    where attribute.attnum > 0 and not attribute.attisdropped
    union all
    select relation.oid, 2, '', pg_get_viewdef(relation.oid)
    from relations as relation
    where relation.kind in ('v', 'm')
    union all
    select
        relation.oid, 3, constraint_.conname::text,
        format('constraint %s: %s', constraint_.conname, pg_get_constraintdef(constraint_.oid))
    from relations as relation
    join pg_constraint as constraint_ on constraint_.conrelid = relation.oid
    where constraint_.contype <> 'n'
    union all
    select
        relation.oid, 4, class.relname::text,
        regexp_replace(
            pg_get_indexdef(index.indexrelid),
            'CREATE (UNIQUE )?INDEX (\S+) ON (ONLY )?\S+', 'index \2: \1'
        )
    from relations as relation
    join pg_index as index on index.indrelid = relation.oid
    join pg_class as class on class.oid = index.indexrelid
    where not exists (
        select from pg_constraint where conindid = index.indexrelid and contype in ('p', 'u', 'x')
    )
    union all
    select
        relation.oid, 5, trigger.tgname::text,
        regexp_replace(
            pg_get_triggerdef(trigger.oid),
            'CREATE (CONSTRAINT )?TRIGGER (\S+) (.+?) ON \S+', 'trigger \2: \1\3'
        )
    from relations as relation
    join pg_trigger as trigger on trigger.tgrelid = relation.oid
    where not trigger.tgisinternal
    union all
    select
        relation.oid, 6, policy.polname::text,
        concat_ws(
            ' ',
            'policy', policy.polname || ':',
            case when not policy.polpermissive then 'restrictive' end,
            case policy.polcmd
                when 'r' then 'select'
                when 'a' then 'insert'
                when 'w' then 'update'
                when 'd' then 'delete'
                else 'all'
            end,
            'to',
            (
                select string_agg(coalesce(role.rolname, 'public'), ', ' order by role.rolname)
                from unnest(policy.polroles) as member
                left join pg_roles as role on role.oid = member
            ),
            'using ' || pg_get_expr(policy.polqual, policy.polrelid),
            'with check ' || pg_get_expr(policy.polwithcheck, policy.polrelid)
        )
    from relations as relation
    join pg_policy as policy on policy.polrelid = relation.oid
    union all
    select
        relation.oid, 7, coalesce(grantee.rolname, 'public'),
        format(
            'grant %s to %s',
            string_agg(lower(granted.privilege_type), ', ' order by granted.privilege_type),
            coalesce(grantee.rolname, 'public')
        )
    from relations as relation
    cross join lateral aclexplode(relation.privileges) as granted
    left join pg_roles as grantee on grantee.oid = granted.grantee
    where granted.grantee <> relation.owner
    group by relation.oid, grantee.rolname
    union all
    select
        relation.oid, 8, coalesce(grantee.rolname, 'public') || granted.privilege_type,
        format(
            'grant %s (%s) to %s',
            lower(granted.privilege_type),
            string_agg(attribute.attname, ', ' order by attribute.attname),
            coalesce(grantee.rolname, 'public')
        )
    from relations as relation
    join pg_attribute as attribute on attribute.attrelid = relation.oid
    cross join lateral aclexplode(attribute.attacl) as granted
    left join pg_roles as grantee on grantee.oid = granted.grantee
    where not attribute.attisdropped
    group by relation.oid, grantee.rolname, granted.privilege_type
)
select relation.title, lines.line
from relations as relation
left join lines on lines.oid = relation.oid
order by relation.sorted_by collate "C", lines.part, lines.position collate "C"
