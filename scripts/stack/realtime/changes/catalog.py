"""What the database knows, at this moment, about the tables of a batch of changes."""

from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import groupby

from scripts.stack.realtime.database import Database

_TABLES = """
    select
        c.oid, c.relrowsecurity, a.attname, t.typname, a.attnum = any(i.indkey) is true,
        format('%%I.%%I', tn.nspname, t.typname),
        case when a.attgenerated = 's' then pg_get_expr(d.adbin, d.adrelid) end,
        t.oid,
        array(
            select r.rolname
            from pg_roles r
            where r.rolname = any(%(roles)s)
              and has_column_privilege(r.oid, c.oid, a.attnum, 'SELECT'))
    from unnest(%(tables)s::oid[]) as wanted (oid)
    join pg_class c on c.oid = wanted.oid
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    join pg_type t on t.oid = a.atttypid
    join pg_namespace tn on tn.oid = t.typnamespace
    left join pg_index i on i.indrelid = c.oid and i.indisprimary
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum and a.attgenerated = 's'
    order by c.oid, a.attnum
"""


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column; `readers` are the roles that may select it, `expression` makes it if generated."""

    name: str
    type_name: str
    type_oid: int
    type_path: str
    is_primary_key: bool
    expression: str | None
    readers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it is now, its columns in order."""

    oid: int
    has_row_security: bool
    columns: tuple[TableColumn, ...]
    keys: frozenset[str] = field(init=False)
    _readable: dict[str, frozenset[str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        keys = frozenset(column.name for column in self.columns if column.is_primary_key)
        object.__setattr__(self, "keys", keys)

    def readable(self, role: str) -> frozenset[str]:
        """The columns a role may select."""
        if role not in self._readable:
            names = (column.name for column in self.columns if role in column.readers)
            self._readable[role] = frozenset(names)
        return self._readable[role]


async def look_up(
    database: Database, oids: Collection[int], roles: Collection[str]
) -> dict[int, Table]:
    """The tables by OID; those dropped meanwhile are missing."""
    rows = await database.rows(_TABLES, {"tables": list(oids), "roles": list(roles)})
    tables = {}
    for (oid, has_row_security), group in groupby(rows, key=lambda row: (row[0], row[1])):
        columns = tuple(
            TableColumn(name, type_name, type_oid, path, is_key, expression, frozenset(readers))
            for _, _, name, type_name, is_key, path, expression, type_oid, readers in group
        )
        tables[oid] = Table(oid, has_row_security, columns)
    return tables
