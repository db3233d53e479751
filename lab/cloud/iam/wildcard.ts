/**
 * @module Patterns of policies: `*` is any text, `?` any one character.
 *
 * Guarantees: a pattern with a policy variable is refused, never taken literally.
 */
import { notModelled } from '../wire/aws-error.ts';

export type Matches = (text: string) => boolean;

/** Over the whole text, as `StringLike` and actions have it. @throws AwsError `NotImplemented` for a policy variable */
export function likeText(pattern: string, options: { readonly ignoreCase?: boolean } = {}): Matches {
  refuseVariables(pattern);
  const expression = new RegExp(`^${source(pattern, '[^]')}$`, options.ignoreCase === true ? 'i' : '');
  return (text) => expression.test(text);
}

const SEGMENTS = 6;

/**
 * ARN by ARN: each of the first five segments on its own, where only a `*` at the end of one reaches over a colon; in the
 * last segment anything. `*` alone is every resource. @throws AwsError `NotImplemented` for a policy variable
 */
export function likeArn(pattern: string): Matches {
  refuseVariables(pattern);
  if (pattern === '*') return () => true;
  const parts = pattern.split(':');
  const head = parts.slice(0, SEGMENTS - 1).map((part) => {
    const reaches = part.endsWith('*');
    return source(reaches ? part.slice(0, -1) : part, '[^:]') + (reaches ? '[^]*' : '');
  });
  const tail = parts.length < SEGMENTS ? [] : [source(parts.slice(SEGMENTS - 1).join(':'), '[^]')];
  const expression = new RegExp(`^${[...head, ...tail].join(':')}$`);
  return (text) => expression.test(text);
}

function refuseVariables(pattern: string): void {
  if (pattern.includes('${')) throw notModelled(`the policy variable in "${pattern}"`);
}

function source(pattern: string, anyCharacter: string): string {
  return pattern.replace(/[.*+?^${}()|[\]\\/-]/g, (character) => {
    if (character === '*') return `${anyCharacter}*`;
    return character === '?' ? anyCharacter : `\\${character}`;
  });
}
