/** Stands in for the monitor handler, so that the constructs are tested apart from what they deploy. */
export const handler = (event: unknown): unknown => ({ handler: 'monitor', event });
