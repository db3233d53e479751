/** @module Events that callers of the API put on the bus, and why one is not taken: the others of the call are. */
import * as z from 'zod';

const ENTRY = z.strictObject({
  Source: z.string().optional(),
  DetailType: z.string().optional(),
  /** JSON text. */
  Detail: z.string().optional(),
  Resources: z.array(z.string()).default([]),
  EventBusName: z.literal('default').optional(),
});

export type PutEvent = z.infer<typeof ENTRY>;

export const PUT_EVENTS = z.strictObject({ Entries: z.array(ENTRY).min(1).max(10) });

export interface RefusedEvent {
  readonly ErrorCode: string;
  readonly ErrorMessage: string;
}

/** Undefined for an event that can be taken. */
export function refusalOf(entry: PutEvent): RefusedEvent | undefined {
  const missing = (['Source', 'DetailType', 'Detail'] as const).find((name) => !entry[name]);
  if (missing !== undefined) {
    const reason = `Parameter ${missing} is not valid. Reason: ${missing} is a required argument.`;
    return { ErrorCode: 'InvalidArgument', ErrorMessage: reason };
  }
  if (isJsonObjectText(entry.Detail ?? '')) return undefined;
  return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
}

function isJsonObjectText(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
