/** @module What the cloud tells whoever runs it: every call, every line of a function, every message. */
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { DenialReason } from './iam/denial.ts';

export type CloudEvent =
  | {
      readonly type: 'call';
      readonly service: string;
      readonly action: string;
      readonly principal: string;
      /** The HTTP status; 0 for a call that is never answered: for want of a way out of its VPC, or by a fault. */
      readonly status: number;
      /** The error code, where the call was refused. */
      readonly code?: string;
      readonly durationMs: number;
    }
  | {
      /** A call, or what a service does in the name of a role, that its policies don't allow. */
      readonly type: 'denied';
      readonly principal: string;
      readonly action: string;
      readonly resource: string;
      readonly reason: DenialReason;
      /** In AWS's words. */
      readonly message: string;
    }
  | { readonly type: 'log'; readonly functionName: string; readonly stream: 'stdout' | 'stderr'; readonly line: string }
  | {
      readonly type: 'invocation';
      readonly functionName: string;
      readonly requestId: string;
      /** Milliseconds that a new sandbox took to load the handler; absent where a warm one served. */
      readonly initDurationMs?: number;
      readonly durationMs: number;
      /** The error type, where the function failed. */
      readonly error?: string;
    }
  | { readonly type: 'message'; readonly topicArn: string; readonly subject: string; readonly message: string }
  | { readonly type: 'history'; readonly executionArn: string; readonly event: HistoryEvent }
  | { readonly type: 'schedule'; readonly name: string; readonly targetArn: string }
  /** A schedule or a rule gave up on a target that did not take its event. */
  | {
      readonly type: 'dropped';
      readonly by: 'scheduler' | 'events';
      readonly targetArn: string;
      readonly because: string;
    }
  /** A fault of the lab itself: something that happens later has failed. */
  | { readonly type: 'fault'; readonly error: unknown };

export type CloudListener = (event: CloudEvent) => void;
