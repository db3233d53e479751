/**
 * Statements about many things, in parts that fit into one policy each.
 *
 * @module
 */
import { PolicyStatement, type PolicyStatementProps } from 'aws-cdk-lib/aws-iam';

/** Four such parts fill a managed policy, which takes 6,144 characters. */
const LONGEST_PART = 1_400;

/**
 * One statement for each part of the names, in their order. The first bears the sid as it is, the second has a 2 behind it.
 *
 * @param statementOf what a statement about some of the names says, besides its sid
 */
export function inParts(
  sid: string,
  names: readonly string[],
  statementOf: (some: string[]) => PolicyStatementProps,
): PolicyStatement[] {
  const parts: { readonly some: string[]; room: number }[] = [];
  for (const name of names) {
    const length = lengthOf(name);
    let part = parts.at(-1);
    if (part === undefined || part.room < length) parts.push((part = { some: [], room: LONGEST_PART }));
    part.some.push(name);
    part.room -= length;
  }
  return parts.map(
    ({ some }, index) => new PolicyStatement({ ...statementOf(some), sid: index === 0 ? sid : `${sid}${index + 1}` }),
  );
}

/** With quotes and comma, and with what is filled in later, such as the region, as long as that usually is. */
function lengthOf(name: string): number {
  return name.replaceAll(/\$\{Token\[[^\]]*\]\}/g, 'eu-central-1').length + '"",'.length;
}
