/**
 * What a monitor works with.
 *
 * @module
 */
import type { Config, MonitorConfig } from '../../lib/core/config.ts';
import type { Clock, Executions, Secrets } from '../../lib/ports/cloud.ts';
import type { Databases } from '../../lib/ports/database.ts';
import type { StateStore } from '../../lib/ports/state.ts';

export interface MonitorContext {
  readonly config: Config;
  readonly monitor: MonitorConfig;
  readonly state: StateStore;
  readonly databases: Databases;
  readonly secrets: Secrets;
  readonly executions: Executions;
  readonly clock: Clock;
  /** One line for whoever reads the log. */
  log(line: string): void;
}
