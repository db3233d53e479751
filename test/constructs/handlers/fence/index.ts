/** Stands in for the fence handler, so that the constructs are tested apart from what they deploy. */
export const handler = (event: unknown): unknown => ({ handler: 'fence', event });
