-- Schemas, their privileges, and what objects made later will get by themselves.
select
    'schema ' || namespace.nspname,
    'grant ' || string_agg(lower(granted.privilege_type), ', ' order by granted.privilege_type)
        || ' to ' || coalesce(grantee.rolname, 'public')
from pg_namespace as namespace
cross join lateral aclexplode(namespace.nspacl) as granted
left join pg_roles as grantee on grantee.oid = granted.grantee
where namespace.nspname in ('public', 'worker', 'private')
    and granted.grantee <> namespace.nspowner
    and coalesce(grantee.rolname, '') <> 'postgres'
group by namespace.nspname, grantee.rolname
union all
select
    'defaults in ' || coalesce(namespace.nspname, 'every schema'),
    format(
        'grant %s on %s to %s',
        string_agg(lower(granted.privilege_type), ', ' order by granted.privilege_type),
        case defaults.defaclobjtype
            when 'r' then 'tables'
            when 'S' then 'sequences'
            when 'f' then 'functions'
            else defaults.defaclobjtype::text
        end,
        coalesce(grantee.rolname, 'public')
    )
from pg_default_acl as defaults
left join pg_namespace as namespace on namespace.oid = defaults.defaclnamespace
cross join lateral aclexplode(defaults.defaclacl) as granted
left join pg_roles as grantee on grantee.oid = granted.grantee
where defaults.defaclrole = 'postgres'::regrole
    and coalesce(namespace.nspname, 'public') in ('public', 'worker', 'private')
    and granted.grantee <> defaults.defaclrole
group by namespace.nspname, defaults.defaclobjtype, grantee.rolname
order by 1, 2
