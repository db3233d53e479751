/** @module What EventBridge's calls are judged on that tasks of a state machine make: the bus. */
import { arn } from '../../account.ts';
import { ask, type Mappings } from '../authorization.ts';

export const EVENTS: Mappings = {
  // The lab has no other bus.
  PutEvents: ({ account }) => ask('events:PutEvents', [arn(account, 'events', 'event-bus/default')]),
};
