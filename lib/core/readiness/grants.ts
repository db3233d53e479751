/**
 * Reads what a server says that an account may do.
 *
 * @module
 */

/** One line of `SHOW GRANTS`, read. */
interface Grant {
  readonly privileges: ReadonlySet<string>;
  /** `*` for all; else a pattern in which `%` and `_` stand for others, as for databases in grants. */
  readonly database: string;
  /** `*` for all. */
  readonly table: string;
}

const ALL = 'ALL PRIVILEGES';

/**
 * Whether the lines give a privilege on everything that `on` names, such as `*.*`, `mysql.*` or `failover.epoch`. Lines of
 * another shape, such as of a role that is granted, give nothing by themselves: the server lists what a role that is in
 * force gives. A grant on single columns does not count.
 */
export function isGranted(lines: readonly string[], privilege: string, on: string): boolean {
  const [database = '*', table = '*'] = on.split('.');
  return lines
    .flatMap(readGrant)
    .some(
      (grant) =>
        (grant.privileges.has(ALL) || grant.privileges.has(normalized(privilege))) &&
        coversDatabase(grant.database, database) &&
        (grant.table === '*' || grant.table === table),
    );
}

function readGrant(line: string): readonly Grant[] {
  const [, privileges, database, table] = /^GRANT (.+) ON (`[^`]+`|\*)\.(`[^`]+`|\*)/.exec(line) ?? [];
  if (privileges === undefined || database === undefined || table === undefined) return [];
  const names = privileges
    // A list of columns.
    .replaceAll(/\([^)]*\)/g, '()')
    .split(',')
    .map((name) => normalized(name.trim()))
    .filter((name) => !name.includes('('));
  return [{ privileges: new Set(names), database: unquoted(database), table: unquoted(table) }];
}

/** MariaDB writes READ_ONLY ADMIN, MySQL CONNECTION_ADMIN; the underscore makes no difference between two of them. */
function normalized(privilege: string): string {
  return privilege.toUpperCase().replaceAll('_', ' ');
}

function coversDatabase(pattern: string, database: string): boolean {
  if (pattern === '*') return true;
  if (database === '*') return false;
  // `\_` is the letter itself.
  const expression = pattern.replaceAll(/\\[%_]|[%_]|[^\w\s]/g, (part) => {
    if (part === '%') return '.*';
    if (part === '_') return '.';
    return part.length === 2 ? part.slice(1) : `\\${part}`;
  });
  return new RegExp(`^${expression}$`, 'i').test(database);
}

function unquoted(name: string): string {
  return name.replaceAll('`', '');
}
