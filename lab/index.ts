/**
 * The lab as a library: `import { startLab } from 'cdk-db-failover/lab'` (docs/lab.md).
 *
 * @module
 */
export { startLab, type LabNode, type RunningLab } from './api/start-lab.ts';
export { LabSettingsError, type LabSettings } from './api/settings.ts';
export type { LabFaults } from './api/faults.ts';
export { FaultRuleError, type FaultRuleInput } from './cloud/faults/rule.ts';
export { FailoverHalted, type Failover } from './api/wait-for-failover.ts';
export { PackageUnavailable } from './packages/package-error.ts';
export { UnsupportedByNetwork } from './net/network.ts';
export { DeadlineMissed } from './run/until.ts';
