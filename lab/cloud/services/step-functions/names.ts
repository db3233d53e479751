/**
 * @module Names and ARNs of state machines and executions.
 */
import { StepFunctionsError } from './errors.ts';

export interface Account {
  readonly accountId: string;
  readonly region: string;
}

const MAX_NAME_LENGTH = 80;

/** What the service forbids: white space, brackets, wild cards, special and control characters. */
// eslint-disable-next-line no-control-regex
const FORBIDDEN = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ufffe\uffff]/;

/** @throws StepFunctionsError `ValidationException` for its length, `InvalidName` for its characters */
export function assertName(name: string): void {
  if (name.length < 1) throw lengthError(name, 'greater than or equal to 1');
  if (name.length > MAX_NAME_LENGTH) throw lengthError(name, `less than or equal to ${MAX_NAME_LENGTH}`);
  // The service says no more; the guide says which characters are wrong.
  if (FORBIDDEN.test(name)) throw new StepFunctionsError('InvalidName', `Invalid Name: '${name}'`);
}

function lengthError(name: string, bound: string): StepFunctionsError {
  return new StepFunctionsError(
    'ValidationException',
    `1 validation error detected: Value '${name}' at 'name' failed to satisfy constraint: Member must have length ${bound}`,
  );
}

export function stateMachineArn({ accountId, region }: Account, name: string): string {
  return `arn:aws:states:${region}:${accountId}:stateMachine:${name}`;
}

export function executionArn({ accountId, region }: Account, machineName: string, name: string): string {
  return `arn:aws:states:${region}:${accountId}:execution:${machineName}:${name}`;
}

/** @throws StepFunctionsError `InvalidArn` */
export function assertArn(arn: string, kind: 'stateMachine' | 'execution'): void {
  const [scheme, partition, service, region, account, type, ...names] = arn.split(':');
  const isWellFormed =
    scheme === 'arn' &&
    partition?.startsWith('aws') &&
    service === 'states' &&
    region &&
    /^\d{12}$/.test(account ?? '');
  const count = kind === 'execution' ? 2 : 1;
  if (isWellFormed && type === kind && names.length === count && names.every((name) => name !== '')) return;
  throw new StepFunctionsError('InvalidArn', `Invalid Arn: '${arn}': the ARN of a ${kind} is expected`);
}
