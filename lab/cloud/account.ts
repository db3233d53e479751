/** @module The account and Region that the lab stands for, and the names that AWS builds from them. */

export interface Account {
  /** Twelve digits. */
  readonly id: string;
  readonly region: string;
}

/** The ARN of a resource in a Region, such as `arn('lambda', 'function:probe')`. */
export function arn(account: Account, service: string, resource: string): string {
  return `arn:aws:${service}:${account.region}:${account.id}:${resource}`;
}

/** The ARN of a role; IAM has no Region. */
export function roleArn(account: Account, roleName: string): string {
  return `arn:aws:iam::${account.id}:role/${roleName}`;
}
