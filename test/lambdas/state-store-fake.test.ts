import { describe } from 'vitest';
import { describeStateStore } from '../contract/state-store.ts';
import { memoryStateStore } from '../fakes/memory-state-store.ts';

describe('the state store in memory', () => {
  describeStateStore(() => Promise.resolve(memoryStateStore()));
});
