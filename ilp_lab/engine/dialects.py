"""One dialect in, three out: questions are written for DuckDB; sqlglot writes them for the others, values stay apart.

What sqlglot 30 gets wrong between these three is rewritten here, each with a test on all engines: days of the week and ISO
years, letters beyond ASCII, missing and not-a-number, the remainder beside the placeholders of PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ilp_lab.errors import InputError

NAMES = {"duckdb": "DuckDB", "postgres": "PostgreSQL", "spark": "Spark"}
_READING = frozenset({"read_parquet", "read_csv", "read_csv_auto", "read_json", "read_json_auto", "read_text", "read_blob",
                      "glob", "parquet_scan", "sqlite_scan", "postgres_scan", "pg_read_file", "pg_ls_dir", "dblink"})  # fmt: skip
# function of DuckDB → how the others say it; {} is its argument
_PARTS = {
    "isodow": {"postgres": "CAST(EXTRACT(ISODOW FROM {}) AS BIGINT)", "spark": "(WEEKDAY({}) + 1)"},
    "dayofweek": {"postgres": "CAST(EXTRACT(DOW FROM {}) AS BIGINT)", "spark": "(DAYOFWEEK({}) - 1)"},
    "week": {"postgres": "CAST(EXTRACT(WEEK FROM {}) AS BIGINT)", "spark": "WEEKOFYEAR({})"},
    "isoyear": {"postgres": "CAST(EXTRACT(ISOYEAR FROM {}) AS BIGINT)", "spark": "EXTRACT(YEAROFWEEK FROM {})"},
    "epoch": {"postgres": "CAST(EXTRACT(EPOCH FROM {}) AS DOUBLE PRECISION)", "spark": "(UNIX_MICROS(CAST({} AS TIMESTAMP_LTZ)) / 1000000)"},
    "isnan": {"postgres": "({} = CAST('NaN' AS DOUBLE PRECISION))"},
    "lower": {"postgres": 'LOWER({} COLLATE "und-x-icu")'},
    "upper": {"postgres": 'UPPER({} COLLATE "und-x-icu")'},
    "second": {"postgres": "CAST(FLOOR(EXTRACT(SECOND FROM {})) AS BIGINT)"},
    **{part: {"postgres": f"CAST(EXTRACT({part.upper()} FROM {{}}) AS BIGINT)"}
       for part in ("year", "quarter", "month", "day", "hour", "minute")},
}  # fmt: skip
_SAME = {"time_to_unix": "epoch", "weekday": "dayofweek", "weekofyear": "week", "day_of_week": "dayofweek", "dayofweek_iso": "isodow", "day_of_week_iso": "isodow", "dow": "dayofweek",
         "week_of_year": "week", "is_nan": "isnan", "day_of_month": "day", "dayofmonth": "day"}  # fmt: skip
# functions that give the same on all three, tested; others are refused rather than trusted, except on DuckDB itself
_ALIKE = frozenset(
    ["abs", "and", "anonymous", "any_value", "avg", "bool_and", "bool_or", "between", "case", "cast", "ceil", "coalesce", "concat", "count", "date", "date_diff", "datediff", "date_trunc", "dense_rank", "distinct", "exp", "extract", "first_value", "floor", "greatest", "if", "lag", "last_value", "lead", "least", "length", "like", "ln", "logical_and", "logical_or", "lower", "ltrim", "max", "min", "mod", "nullif", "or", "percentile_cont", "quantile_cont", "median", "power", "pow", "rank", "replace", "round", "row_number", "rtrim", "sign", "sqrt", "starts_with", "stddev", "stddev_samp", "stddev_pop", "substr", "substring", "sum", "timestamp_trunc", "trim", "upper", "variance", "variance_pop", "var_samp", "var_pop", "xor"]
)  # fmt: skip


def quoted(name: str) -> str:
    """A name as it stands in a question, whatever characters it holds; dots separate nothing.

    Examples
    --------
    >>> quoted('a"; DROP TABLE b')
    '"a""; DROP TABLE b"'
    """
    from sqlglot import exp

    if not name or "\0" in name:
        raise InputError(f"engine: a table or column name must be text without zero bytes; got {name!r}.")
    return exp.to_identifier(name, quoted=True).sql(dialect="duckdb")


def literal(text: str) -> str:
    """Text as a literal, for the few places that take no parameter."""
    from sqlglot import exp

    return exp.Literal.string(text).sql(dialect="duckdb")


def written_for(
    query: str, params: Mapping[str, Any] | None, dialect: str, *, limit: int | None = None
) -> tuple[str, list[Any] | dict[str, Any]]:
    """The question as the engine understands it, and its values: by position for PostgreSQL, by name for the others.

    Parameters
    ----------
    query
        One SELECT in DuckDB's dialect; values as ``$name``.
    params
        Value by name; exactly those that occur.
    dialect
        ``"duckdb"``, ``"postgres"`` or ``"spark"``.
    limit
        Ask for at most so many rows.

    Raises
    ------
    InputError
        When it is not one question, asks for a file, or cannot be said on this engine.

    Examples
    --------
    >>> written_for("SELECT lower(a) FROM t WHERE n > $least", {"least": 3}, "spark")
    ('SELECT LOWER(`a`) FROM `t` WHERE `n` > :least', {'least': 3})
    >>> written_for("SELECT isodow(d) FROM t", None, "postgres")[0]
    'SELECT CAST(EXTRACT(ISODOW FROM "d") AS BIGINT) FROM "t"'
    """
    from sqlglot import ErrorLevel, errors, exp

    tree = _one_question(query)
    given = dict(params or {})
    wanted = {str(found.this) for found in tree.find_all(exp.Placeholder) if found.this}
    if wanted != set(given) or any(not found.this for found in tree.find_all(exp.Placeholder)):
        raise InputError(
            f"engine.sql: the question names the values {sorted(wanted) or 'none'} (as $name) and params holds {sorted(given) or 'none'}; "
            "give each exactly once."
        )
    if limit is not None:
        tree = exp.select("*").from_(tree.subquery("asked")).limit(limit)
    if dialect == "duckdb":
        return tree.sql(dialect="duckdb", identify=True), given
    _refuse_unlike(tree, dialect)
    tree = tree.transform(lambda node: _rewritten(node, dialect))
    order = sorted(wanted)
    if dialect == "postgres":
        for found in list(tree.find_all(exp.Placeholder)):
            found.replace(exp.Var(this=f"${order.index(str(found.this)) + 1}"))
    try:
        text = tree.sql(dialect=dialect, identify=True, unsupported_level=ErrorLevel.RAISE)
    except errors.UnsupportedError as error:
        raise InputError(
            f"engine.sql: {NAMES[dialect]} cannot answer this question as it is written ({error})."
        ) from None
    return text, [given[name] for name in order] if dialect == "postgres" else given


def _one_question(query: str) -> Any:
    import sqlglot
    from sqlglot import errors, exp

    try:
        trees = [tree for tree in sqlglot.parse(query, read="duckdb") if tree is not None]
    except errors.SqlglotError as error:
        said = str(error).splitlines()[0][:160]
        raise InputError(
            f"engine.sql: the question cannot be read: {said} It is written in DuckDB's dialect of SQL."
        ) from None
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        raise InputError(
            "engine.sql takes one SELECT; it changes nothing and reads no files. Use engine.table(...) for files and engine.write(...) to store."
        )
    tree = trees[0]
    named = {(found.name or "").lower() for found in tree.find_all(exp.Anonymous)}
    named |= {
        found.sql_name().lower() for found in tree.find_all(exp.Func) if not isinstance(found, exp.Anonymous)
    }
    files = [found.name for found in tree.find_all(exp.Table) if "/" in found.name or "." in found.name]
    if named & _READING or files:
        which = ", ".join(sorted(named & _READING) or files[:2])
        raise InputError(
            f"engine.sql reads no files ({which}); open them with engine.table(path) and ask for that table."
        )
    return tree


def _refuse_unlike(tree: Any, dialect: str) -> None:
    from sqlglot import exp

    named = {
        (found.name if isinstance(found, exp.Anonymous | exp.Extract) else found.sql_name()).lower()
        for found in tree.find_all(exp.Func)
    }
    unlike = sorted(name for name in named if name not in _ALIKE and _SAME.get(name, name) not in _PARTS)
    if unlike:
        raise InputError(
            f"engine.sql: {', '.join(unlike)} may mean something else on {NAMES[dialect]} than on DuckDB, so the question is not sent there; "
            "say it with other functions, or copy the part that is needed to DuckDB."
        )


def _rewritten(node: Any, dialect: str) -> Any:
    """A part of the question in the words of this engine, where sqlglot's are not the same."""
    from sqlglot import exp, parse_one

    if isinstance(node, exp.PercentileCont) and dialect == "spark" and node.expression is not None:
        return exp.Anonymous(this="PERCENTILE", expressions=[node.this.copy(), node.expression.copy()])
    if isinstance(node, exp.Extract):
        name, argument = node.name.lower(), node.expression
    elif isinstance(node, exp.Anonymous):
        name, argument = str(node.this).lower(), node.expressions[0] if len(node.expressions) == 1 else None
    elif isinstance(node, exp.Func):
        name, argument = node.sql_name().lower(), node.this
    else:
        if isinstance(node, exp.Mod) and dialect == "postgres":
            return exp.Anonymous(this="MOD", expressions=[_bare(node.this), _bare(node.expression)])
        return node
    form = _PARTS.get(_SAME.get(name, name), {}).get(dialect)
    if form is None or argument is None:
        return node
    inner = (
        argument.transform(lambda part: _rewritten(part, dialect))
        if isinstance(argument, exp.Expression)
        else argument
    )
    fresh = parse_one(form.format("ilp_lab_argument"), read=dialect)
    for hole in [column for column in fresh.find_all(exp.Column) if column.name == "ilp_lab_argument"]:
        hole.replace(inner.copy())
    return fresh


def _bare(node: Any) -> Any:
    return node.unnest() if hasattr(node, "unnest") else node
