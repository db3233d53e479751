/** @module Calls that come over no wire: those of AWS's own services, under a role that somebody gave them. */
import { type Surroundings, underFaults } from './faults/under-faults.ts';

export interface InternalCall {
  readonly roleArn: string;
  readonly service: string;
  readonly action: string;
  /** What is asked. Attempts that ask the same are one call. */
  readonly text: string;
}

/** @throws NoAnswer, AwsError; CloudClosed when the cloud is closed meanwhile */
export function callAs<Answer>(
  surroundings: Surroundings,
  { roleArn, service, action, text }: InternalCall,
  serve: () => Promise<Answer> | Answer,
): Promise<Answer> {
  const callId = `${roleArn} ${service} ${action} ${text}`;
  return underFaults(
    surroundings,
    { service, action, caller: { principal: roleArn }, callId, text: () => text },
    serve,
  );
}
