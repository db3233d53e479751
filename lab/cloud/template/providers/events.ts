/** @module Event rules of a template, with their targets. */
import * as z from 'zod';
import { TARGET } from '../../services/event-bridge.ts';
import { provider } from '../provider.ts';

export const rule = provider(
  {
    Name: z.string().optional(),
    EventPattern: z.unknown(),
    State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
    Targets: z.array(TARGET).default([]),
  },
  ['Description'],
  ({ Name, EventPattern, State, Targets }, { eventBridge, generatedName }) => {
    const name = Name ?? generatedName;
    const ruleArn = eventBridge.putRule(name, EventPattern, { enabled: State === 'ENABLED' });
    eventBridge.putTargets(name, Targets);
    return { physicalId: name, attributes: { Arn: ruleArn } };
  },
);
