/**
 * @module Which permissions were never needed: a statement, or one of its actions, that decided about no call.
 */
import type { Granted, Identities } from '../identities.ts';
import type { Use } from './access.ts';
import { likeText } from './wildcard.ts';

export interface Unused {
  readonly role: string;
  readonly statement: string;
  /** Null for a statement that was not needed at all. */
  readonly action: string | null;
}

/**
 * What no use needed. A denying statement is used when it denied something, one that allows when each of its actions was
 * allowed by it.
 *
 * @param kindOf the name that roles of one making share: what one of them used counts for all
 */
export function unusedPermissions(
  identities: Pick<Identities, 'roles' | 'statementsOf'>,
  uses: readonly Use[],
  kindOf: (roleArn: string) => string,
): readonly Unused[] {
  const actionsOf = (kind: string, { policy, id }: Granted): readonly string[] =>
    uses
      .filter((use) => use.policy === policy && use.statement === id && kindOf(use.principal) === kind)
      .map(({ action }) => action);
  const unused = identities.roles.flatMap((role) => {
    const kind = kindOf(role);
    return identities.statementsOf(role).flatMap((statement): Unused[] => {
      const used = actionsOf(kind, statement);
      if (used.length === 0) return [{ role: kind, statement: statement.id, action: null }];
      if (statement.effect === 'Deny') return [];
      return statement.actions
        .filter((action) => !used.some(likeText(action, { ignoreCase: true })))
        .map((action) => ({ role: kind, statement: statement.id, action }));
    });
  });
  return [...new Map(unused.map((each) => [JSON.stringify(each), each])).values()];
}
