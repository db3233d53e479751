/**
 * The package's public face: the construct, its configuration and the errors that they throw.
 *
 * @module
 */
export { DatabaseFailover, type DatabaseFailoverProps } from './constructs/database-failover.ts';
export { loadConfig } from './constructs/load-config.ts';
export {
  ConfigError,
  parseConfig,
  type ClusterConfig,
  type Config,
  type ConfigInput,
  type Engine,
  type MonitorConfig,
  type NodeConfig,
  type RouteConfig,
} from './core/config.ts';
