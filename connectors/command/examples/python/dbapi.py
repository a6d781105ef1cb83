#!/usr/bin/env python3
"""A source of guiji's connector `command` over any Python DB-API 2.0 module (PEP 249).

Needs pyarrow and the module. Environment:
  DB_MODULE   the module: sqlite3, dmPython, oracledb, pymssql ...
  DB_CONNECT  JSON: the keyword arguments of its connect(), password included
  DB_DIALECT  how the catalogue of the database is asked: sqlite, oracle (Oracle and DM), standard (INFORMATION_SCHEMA)

Each part is a process and a session of its own, so parts do not share one moment: ask for one
part (defaults.parts in guiji.yaml) where that matters. SIGTERM cancels and closes the session.
"""
import datetime
import decimal
import importlib
import json
import os
import re
import signal
import sys

import pyarrow as pa

CATALOGUE = {
    "sqlite": {
        "tables": "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name",
        "columns": "SELECT name, type, \"notnull\" = 0 AND pk = 0 FROM pragma_table_info({}) ORDER BY cid",
        "key": "SELECT name FROM pragma_table_info({}) WHERE pk > 0 ORDER BY pk",
        "index": "SELECT i.name FROM pragma_index_list({}) l, pragma_index_info(l.name) i WHERE i.seqno = 0",
        "now": "SELECT strftime('%Y-%m-%d %H:%M:%S', 'now', 'localtime')",
    },
    "oracle": {
        "tables": "SELECT table_name FROM user_tables ORDER BY table_name",
        "columns": "SELECT column_name, CASE WHEN data_precision IS NULL THEN data_type ELSE data_type || '(' || data_precision || ',' || data_scale || ')' END, "
                   "CASE nullable WHEN 'Y' THEN 1 ELSE 0 END FROM user_tab_columns WHERE table_name = {} ORDER BY column_id",
        "key": "SELECT c.column_name FROM user_constraints k JOIN user_cons_columns c ON c.constraint_name = k.constraint_name "
               "WHERE k.constraint_type = 'P' AND k.table_name = {} ORDER BY c.position",
        "index": "SELECT column_name FROM user_ind_columns WHERE column_position = 1 AND table_name = {}",
        "now": "SELECT TO_CHAR(SYSDATE, 'YYYY-MM-DD HH24:MI:SS') FROM dual",
    },
    "standard": {
        "tables": "SELECT table_name FROM information_schema.tables ORDER BY table_name",
        "columns": "SELECT column_name, data_type, CASE is_nullable WHEN 'YES' THEN 1 ELSE 0 END FROM information_schema.columns WHERE table_name = {} ORDER BY ordinal_position",
        "key": "SELECT k.column_name FROM information_schema.table_constraints c JOIN information_schema.key_column_usage k ON k.constraint_name = c.constraint_name "
               "WHERE c.constraint_type = 'PRIMARY KEY' AND c.table_name = {} ORDER BY k.ordinal_position",
        "index": None,
        "now": "SELECT CURRENT_TIMESTAMP",
    },
}


class Ended(Exception):
    """The end of the program with one of the exit codes of the contract."""

    def __init__(self, code, said):
        super().__init__(said)
        self.code = code


def quote(name):
    return '"' + name.replace('"', '""') + '"'


class Source:
    def __init__(self):
        self.module = importlib.import_module(os.environ["DB_MODULE"])
        self.asks = CATALOGUE[os.environ.get("DB_DIALECT", "standard")]
        try:
            self.connection = self.module.connect(**json.loads(os.environ["DB_CONNECT"]))
        except self.module.Error as e:
            raise Ended(4, "cannot connect: " + type(e).__name__)  # its text may hold the account

    def close(self):
        self.connection.close()

    def interrupt(self):
        """Ends a statement that runs, as far as the module can."""
        for name in ("interrupt", "cancel"):
            if hasattr(self.connection, name):
                getattr(self.connection, name)()
                return

    def marks(self, count, first=1):
        style = self.module.paramstyle
        return [{"qmark": "?", "format": "%s", "pyformat": "%s"}.get(style, ":" + str(first + i)) for i in range(count)]

    def run(self, query, args=()):
        cursor = self.connection.cursor()
        cursor.arraysize = 1000
        cursor.execute(query, tuple(args))
        return cursor

    def rows(self, what, table):
        if self.asks[what] is None:
            return []
        return self.run(self.asks[what].format(self.marks(1)[0]), [table]).fetchall()

    def columns(self, table):
        found = self.rows("columns", table)
        if not found:
            raise Ended(2, "no table " + table)
        indexed = {r[0] for r in self.rows("index", table)} | {k for k in self.key(table)[:1]}
        return [{"name": n, "type": t or "", "arrow": arrow_name(t or ""), "nullable": bool(null), "indexed": n in indexed} for n, t, null in found]

    def key(self, table):
        return [r[0] for r in self.rows("key", table)]

    def chosen(self, table, names):
        by_name = {c["name"]: c for c in self.columns(table)}
        for n in names:
            if n not in by_name:
                raise Ended(2, "no column " + n)
        return [by_name[n] for n in names]


def arrow_name(declared):
    """The Arrow type of a declared one; dates and times go as text in the source's writing."""
    t = declared.lower()
    m = re.match(r"(?:decimal|numeric|number|dec)\((\d+)(?:, ?(-?\d+))?\)", t)
    if m and 1 <= int(m.group(1)) <= 38 and 0 <= int(m.group(2) or 0) <= int(m.group(1)):
        return "decimal128(%d, %d)" % (int(m.group(1)), int(m.group(2) or 0))
    if "int" in t and "interval" not in t and "point" not in t:
        return "int64"
    if any(w in t for w in ("real", "double", "float")):
        return "float64"
    if any(w in t for w in ("blob", "binary", "raw", "bytea")):
        return "binary"
    return "utf8"


def arrow_type(name):
    m = re.match(r"decimal128\((\d+), (\d+)\)", name)
    if m:
        return pa.decimal128(int(m.group(1)), int(m.group(2)))
    return {"int64": pa.int64(), "float64": pa.float64(), "binary": pa.binary(), "utf8": pa.string()}[name]


def value(v, arrow):
    if v is None:
        return None
    if arrow == "utf8":
        if isinstance(v, datetime.datetime):
            return v.isoformat(" ")
        return v.decode("utf-8") if isinstance(v, bytes) else str(v)
    if arrow.startswith("decimal128"):
        return v if isinstance(v, decimal.Decimal) else decimal.Decimal(str(v))
    if arrow == "binary" and isinstance(v, str):
        return v.encode("utf-8")
    return v


def bound(column, text):
    """A window's end in the column's own kind."""
    if column["arrow"] == "int64":
        try:
            return int(text)
        except ValueError:
            raise Ended(2, "a bound of %s is no number" % column["name"])
    if kind(column) is None:
        raise Ended(2, "%s is no cursor" % column["name"])
    return text


def kind(column):
    t = column["type"].lower()
    if column["arrow"] == "int64":
        return "number"
    if t == "date":
        return "day"
    return "time" if "time" in t or "date" in t else None


def where(source, q):
    """The conditions of a question's window and part, with their arguments."""
    conditions, args = [], []

    def add(form, *values):
        conditions.append(form.format(*source.marks(len(values), len(args) + 1)))
        args.extend(values)

    w = q.get("window")
    if w:
        column = source.chosen(q["table"], [w["column"]])[0]
        name = quote(w["column"]).replace("{", "{{").replace("}", "}}")
        for end, op in (("from", ">="), ("to", "<=")):
            if w.get(end):
                add("(%s %s {} OR %s IS NULL)" % (name, op, name), bound(column, w[end]))
        if kind(column) is None:
            raise Ended(2, "%s is no cursor" % w["column"])
    spec = (q.get("part") or {}).get("spec") or {}
    if "column" in spec:
        name = quote(spec["column"]).replace("{", "{{").replace("}", "}}")
        if spec.get("from") is not None:
            add("%s >= {}" % name, spec["from"])
        if spec.get("below") is not None:
            add("%s < {}" % name, spec["below"])
    return (" WHERE " + " AND ".join(conditions) if conditions else ""), args


def parts(source, q, columns):
    """Ranges of a single whole-numbered key; the outer ones have no end, so that no row is left out."""
    key = source.key(q["table"])
    whole = len(key) == 1 and source.chosen(q["table"], key)[0]["arrow"] == "int64"
    if q["parts"] < 2 or q.get("limit") or not whole:
        return [{"id": "all", "rows": None, "spec": {}}]
    low, high = source.run("SELECT min(%s), max(%s) FROM %s" % (quote(key[0]), quote(key[0]), quote(q["table"]))).fetchone()
    if low is None or high - low < q["parts"]:
        return [{"id": "all", "rows": None, "spec": {}}]
    ends = [None] + [low + (high - low) * i // q["parts"] for i in range(1, q["parts"])] + [None]
    return [{"id": "p%02d" % i, "rows": None, "spec": {"column": key[0], "from": ends[i], "below": ends[i + 1]}} for i in range(q["parts"])]


def snapshot(source, q):
    columns = source.chosen(q["table"], q["columns"])
    where(source, q)  # a window that cannot be is refused at once
    planned = parts(source, q, columns)
    return {"columns": columns, "key": source.chosen(q["table"], q.get("key") or []), "parts": planned,
            "consistent": len(planned) == 1, "can": ["cursor", "keys"]}


def stream(source, q, names):
    """Writes an Arrow IPC stream; the writer's close puts the closing mark."""
    columns = source.chosen(q["table"], names)
    schema = pa.schema([pa.field(c["name"], arrow_type(c["arrow"])) for c in columns])
    condition, args = where(source, q)
    order = source.key(q["table"])
    query = "SELECT %s FROM %s%s" % (", ".join(quote(n) for n in names), quote(q["table"]), condition)
    if order:
        query += " ORDER BY " + ", ".join(quote(k) for k in order)
    cursor = source.run(query, args)
    left = q.get("limit") or None
    with pa.ipc.new_stream(sys.stdout.buffer, schema) as out:
        while True:
            rows = cursor.fetchmany(q["batch_rows"])
            if left is not None:
                rows, left = rows[:left], left - len(rows[:left])
            if not rows:
                break
            arrays = [pa.array([value(r[i], c["arrow"]) for r in rows], type=schema.field(i).type) for i, c in enumerate(columns)]
            out.write_batch(pa.record_batch(arrays, schema=schema))


def cursor_of(source, q):
    column = source.chosen(q["table"], [q["cursor"]])[0]
    if kind(column) is None:
        raise Ended(2, "%s is no cursor" % q["cursor"])
    name = quote(q["cursor"])
    top, rows, filled = source.run("SELECT max(%s), count(*), count(%s) FROM %s" % (name, name, quote(q["table"]))).fetchone()
    now = "" if kind(column) == "number" else str(source.run(source.asks["now"]).fetchone()[0])[:19]
    return {"kind": kind(column), "max": "" if top is None else value(top, "utf8"), "now": now[:10] if kind(column) == "day" else now,
            "nulls": rows > filled, "indexed": column["indexed"]}


def answer(source, verb, args):
    if verb == "discover":
        names = args or [r[0] for r in source.run(source.asks["tables"]).fetchall()]
        return [{"name": n, "comment": "", "rows": None, "key": source.key(n), "columns": source.columns(n)} for n in names]
    q = json.loads(args[0])
    if verb == "snapshot":
        return snapshot(source, q)
    if verb == "cursor":
        return cursor_of(source, q)
    if verb == "keys":
        q["window"] = None
        return stream(source, q, q["key"])
    if verb == "read":
        return stream(source, q, q["columns"])
    raise Ended(2, "no verb " + verb)


def main():
    source = None

    def terminated(*_):
        if source:
            source.interrupt()
        raise Ended(143, "terminated")

    signal.signal(signal.SIGTERM, terminated)
    try:
        source = Source()
        said = answer(source, sys.argv[1], sys.argv[2:])
        if said is not None:
            json.dump(said, sys.stdout)
        return 0
    except Ended as e:
        print(e, file=sys.stderr)
        return e.code
    except Exception as e:  # no row's value may be told: the kind of the error alone
        print(type(e).__name__, file=sys.stderr)
        return 1
    finally:
        if source:
            source.close()


if __name__ == "__main__":
    sys.exit(main())
