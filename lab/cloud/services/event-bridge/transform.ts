/** @module What a target is given: the event itself, a constant, or a template filled in from the event. */
import * as z from 'zod';
import { notModelled } from '../../wire/aws-error.ts';
import type { BusEvent } from './pattern.ts';

export const INPUT_TRANSFORMER = z.strictObject({
  InputPathsMap: z.record(z.string(), z.string()).default({}),
  InputTemplate: z.string(),
});
export type InputTransformer = z.infer<typeof INPUT_TRANSFORMER>;

/** The input for a target, as JSON. A path that leads nowhere gives an empty text, as on AWS. */
export function inputOf(
  event: BusEvent,
  target: { readonly Input?: string | undefined; readonly InputTransformer?: InputTransformer | undefined },
): string {
  if (target.Input !== undefined) return target.Input;
  if (target.InputTransformer === undefined) return JSON.stringify(event);
  const { InputPathsMap, InputTemplate } = target.InputTransformer;
  return InputTemplate.replace(/<([^<>]+)>/g, (_, name: string) => {
    const path = InputPathsMap[name];
    if (path === undefined) throw notModelled(`the variable <${name}> of an input transformer`);
    return JSON.stringify(at(event, path) ?? '');
  });
}

/** `$.detail.instance-id` */
function at(event: BusEvent, path: string): unknown {
  if (!/^\$(\.[\w-]+)+$/.test(path)) throw notModelled(`the path ${path} of an input transformer`);
  return path
    .slice(2)
    .split('.')
    .reduce<unknown>(
      (value, field) => (typeof value === 'object' && value !== null ? Reflect.get(value, field) : undefined),
      event,
    );
}
