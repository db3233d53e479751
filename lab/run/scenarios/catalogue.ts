/**
 * Every scenario of a drill, by the name that a user writes.
 *
 * @module
 */
import { AWS_SCENARIOS } from './aws.ts';
import { HOST_SCENARIOS } from './host.ts';
import { INSTANCE_SCENARIOS } from './instance.ts';
import { NETWORK_SCENARIOS } from './network.ts';
import { REPLICATION_SCENARIOS } from './replication.ts';
import type { Scenario } from './scenario.ts';
import { SERVER_SCENARIOS } from './server.ts';

export const SCENARIOS = {
  ...SERVER_SCENARIOS,
  ...HOST_SCENARIOS,
  ...INSTANCE_SCENARIOS,
  ...AWS_SCENARIOS,
  ...NETWORK_SCENARIOS,
  ...REPLICATION_SCENARIOS,
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof SCENARIOS;

export const SCENARIO_NAMES = Object.keys(SCENARIOS) as readonly ScenarioName[];
