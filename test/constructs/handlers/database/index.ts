/** Stands in for the database handler, so that the constructs are tested apart from what they deploy. */
export const handler = (event: unknown): unknown => ({ handler: 'database', event });
