/**
 * @module Long answers in pages.
 *
 * Guarantees: following the tokens gives every item once, as long as items are only added at the end.
 */
import { StepFunctionsError } from './errors.ts';

export interface PageRequest {
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
}

const DEFAULT_PAGE_SIZE = 100;

/** @throws StepFunctionsError `InvalidToken` for a token that no page gave */
export function page<T>(items: readonly T[], request: PageRequest): { items: T[]; nextToken?: string } {
  const offset = request.nextToken === undefined ? 0 : offsetOf(request.nextToken);
  const end = offset + (request.maxResults || DEFAULT_PAGE_SIZE);
  return { items: items.slice(offset, end), ...(end < items.length ? { nextToken: tokenOf(end) } : {}) };
}

function tokenOf(offset: number): string {
  return Buffer.from(`offset:${offset}`).toString('base64url');
}

function offsetOf(token: string): number {
  const [, digits] = /^offset:(\d+)$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  if (digits === undefined) throw new StepFunctionsError('InvalidToken', `Invalid Token: '${token}'`);
  return Number(digits);
}
