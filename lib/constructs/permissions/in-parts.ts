/**
 * Statements about many things, in parts that fit into one policy each.
 *
 * @module
 */
import { PolicyStatement, type PolicyStatementProps } from 'aws-cdk-lib/aws-iam';

/** A managed policy, which takes 6,144 characters, takes two such parts at least, whatever CDK's tokens stand for. */
const LONGEST_PART = 1_500;

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
  const parts: string[][] = [];
  let length = 0;
  for (const name of names) {
    length += name.length + '"",'.length;
    const part = parts.at(-1);
    if (part !== undefined && length <= LONGEST_PART) {
      part.push(name);
    } else {
      parts.push([name]);
      length = name.length;
    }
  }
  return parts.map(
    (part, index) => new PolicyStatement({ ...statementOf(part), sid: index === 0 ? sid : `${sid}${index + 1}` }),
  );
}
