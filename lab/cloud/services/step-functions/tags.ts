/**
 * @module The tags of state machines.
 *
 * Guarantees: a key is there once; a resource that does not exist has no tags.
 */
import { z } from 'zod';
import { parseParameters, StepFunctionsError } from './errors.ts';

const MAX_TAGS = 50;

export const tagList = z.array(z.object({ key: z.string().min(1).max(128), value: z.string().max(256).default('') }));

type Tags = z.infer<typeof tagList>;

const tagParameters = z.object({ resourceArn: z.string(), tags: tagList });
const untagParameters = z.object({ resourceArn: z.string(), tagKeys: z.array(z.string()) });
const listParameters = z.object({ resourceArn: z.string() });

export class ResourceTags {
  readonly #exists: (arn: string) => boolean;
  readonly #tags = new Map<string, ReadonlyMap<string, string>>();

  constructor(exists: (arn: string) => boolean) {
    this.#exists = exists;
  }

  /** Replaces all tags of a resource. @throws StepFunctionsError `TooManyTags` */
  set(arn: string, tags: Tags): void {
    const all = new Map(tags.map(({ key, value }) => [key, value]));
    if (all.size > MAX_TAGS) throw new StepFunctionsError('TooManyTags', `A resource has at most ${MAX_TAGS} tags`);
    this.#tags.set(arn, all);
  }

  tag(body: unknown) {
    const { resourceArn, tags } = parseParameters(tagParameters, body);
    this.set(resourceArn, [...this.#of(resourceArn), ...tags]);
    return {};
  }

  untag(body: unknown) {
    const { resourceArn, tagKeys } = parseParameters(untagParameters, body);
    const kept = this.#of(resourceArn).filter(({ key }) => !tagKeys.includes(key));
    this.set(resourceArn, kept);
    return {};
  }

  list(body: unknown) {
    return { tags: this.#of(parseParameters(listParameters, body).resourceArn) };
  }

  #of(arn: string): Tags {
    if (!this.#exists(arn)) throw new StepFunctionsError('ResourceNotFound', `Resource not found: '${arn}'`);
    return [...(this.#tags.get(arn) ?? [])].map(([key, value]) => ({ key, value }));
  }
}
