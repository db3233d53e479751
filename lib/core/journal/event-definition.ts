/**
 * How one kind of event is defined: its fields, what it means, who writes it and the sentence that tells it.
 *
 * @module
 */
import * as z from 'zod';

/** What every event has beside the fields of its code. */
export interface JournalStamp {
  readonly cluster: string;
  /** The epoch that the change makes. */
  readonly epoch: number;
  readonly execution: string;
  /** The clock of the function that wrote it, in epoch milliseconds. */
  readonly atMs: number;
}

/** What is checked of the stamp when an event is read back. */
export const stampSchema: z.ZodType<JournalStamp> = z.object({
  cluster: z.string(),
  epoch: z.number(),
  execution: z.string(),
  atMs: z.number(),
});

/** `T` as nobody may change it, to the innermost field. */
export type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;

/** How an event stands in the story: something went on, something was settled for good, something went wrong. */
export type Weight = 'step' | 'milestone' | 'trouble';

export interface EventDefinition<Fields extends z.ZodObject = z.ZodObject> {
  /** What it says, to whom reads the page of events. */
  readonly meaning: string;
  /** The states of the workflow that write it. */
  readonly writtenBy: readonly string[];
  readonly weight: Weight;
  /** Each field has a description; units are in the names. */
  readonly fields: Fields;
  /** Fields as they may be; a test reads them back. */
  readonly example: Readonly<Record<string, unknown>>;
  /** One sentence, without a period at its end. */
  sentence(this: void, event: Frozen<z.output<Fields>> & JournalStamp): string;
}

/** Gives a definition the type of its own fields. */
export function eventOf<Fields extends z.ZodObject>(definition: EventDefinition<Fields>): EventDefinition<Fields> {
  return definition;
}

/**
 * A field whose type another module of core defines. It is checked only as far as the story relies on it, so that what
 * that module adds needs no change here and keeps old journals readable.
 */
export function valueOf<T>(kind: string, reliedOn: z.ZodType): z.ZodType<T> {
  return z.custom<T>((value) => reliedOn.safeParse(value).success).meta({ title: kind });
}
