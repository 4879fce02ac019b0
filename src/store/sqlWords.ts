/** Words of SQLite that a reading statement is made of, where an expression may stand or has ended. */
export const SQL_KEYWORDS: readonly string[] = [
  'ALL', 'AND', 'AS', 'ASC', 'BETWEEN', 'CASE', 'CAST', 'COLLATE NOCASE', 'CROSS JOIN', 'DESC', 'DISTINCT', 'ELSE', 'END', 'ESCAPE', 'EXCEPT', 'EXISTS', 'FILTER', 'FROM', 'GLOB', 'GROUP BY', 'HAVING', 'IN',
  'INNER JOIN', 'INTERSECT', 'IS NOT NULL', 'IS NULL', 'JOIN', 'LEFT JOIN', 'LIKE', 'LIMIT', 'NOT', 'NULL', 'NULLS FIRST', 'NULLS LAST', 'OFFSET', 'ON', 'OR', 'ORDER BY', 'OVER', 'PARTITION BY', 'SELECT', 'THEN',
  'UNION', 'UNION ALL', 'USING', 'VALUES', 'WHEN', 'WHERE', 'WINDOW', 'WITH RECURSIVE',
];

/** What a statement of a SQL cell begins with (sqlRead.ts says what else is refused). */
export const SQL_BEGINNINGS: readonly string[] = ['SELECT', 'WITH', 'WITH RECURSIVE', 'VALUES', 'EXPLAIN QUERY PLAN'];

/** Functions of the SQLite that is bundled (sql.js), by their signatures. */
export const SQL_FUNCTIONS_BY_NAME: Readonly<Record<string, string>> = {
  abs: 'abs(x)', avg: 'avg(x)', char: 'char(code, ...)', coalesce: 'coalesce(x, y, ...)', count: 'count(x) or count(*)', date: 'date(time, modifier, ...)', datetime: 'datetime(time, modifier, ...)',
  dense_rank: 'dense_rank() OVER (...)', first_value: 'first_value(x) OVER (...)', format: "format(pattern, x, ...)", group_concat: 'group_concat(x, separator)', hex: 'hex(x)', ifnull: 'ifnull(x, y)', iif: 'iif(test, x, y)',
  instr: 'instr(text, part)', json_extract: 'json_extract(json, path)', julianday: 'julianday(time, modifier, ...)', lag: 'lag(x, rows, default) OVER (...)', last_value: 'last_value(x) OVER (...)',
  lead: 'lead(x, rows, default) OVER (...)', length: 'length(text)', lower: 'lower(text)', ltrim: 'ltrim(text, characters)', max: 'max(x) or max(x, y, ...)', min: 'min(x) or min(x, y, ...)',
  nullif: 'nullif(x, y)', ntile: 'ntile(n) OVER (...)', printf: 'printf(pattern, x, ...)', quote: 'quote(x)', rank: 'rank() OVER (...)', replace: 'replace(text, part, other)', round: 'round(x, digits)',
  row_number: 'row_number() OVER (...)', rtrim: 'rtrim(text, characters)', strftime: "strftime(pattern, time, modifier, ...)", substr: 'substr(text, from, length)', sum: 'sum(x)', time: 'time(time, modifier, ...)',
  total: 'total(x)', trim: 'trim(text, characters)', typeof: 'typeof(x)', unixepoch: 'unixepoch(time, modifier, ...)', upper: 'upper(text)',
};
