-- Sequences that somebody but their owner may use.
select
    format('sequence %s.%s', namespace.nspname, class.relname),
    format(
        'grant %s to %s',
        string_agg(lower(granted.privilege_type), ', ' order by granted.privilege_type),
        coalesce(grantee.rolname, 'public')
    )
from pg_class as class
join pg_namespace as namespace on namespace.oid = class.relnamespace
cross join lateral aclexplode(class.relacl) as granted
left join pg_roles as grantee on grantee.oid = granted.grantee
where class.relkind = 'S'
    and namespace.nspname in ('public', 'worker', 'private')
    and granted.grantee <> class.relowner
group by namespace.nspname, class.relname, grantee.rolname
order by 1, 2
