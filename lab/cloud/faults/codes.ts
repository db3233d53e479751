/**
 * @module What each service answers when it is asked too often, when it fails, and when it is out.
 *
 * Codes and statuses are those of the services' API models and of their lists of common errors.
 */
import { AwsError } from '../wire/aws-error.ts';

/** The code, the HTTP status, and the words. */
type Answer = readonly [code: string, status: number, message: string];

export type ServiceFault = 'throttle' | 'internal-error' | 'unavailable';

const RATE_EXCEEDED = 'Rate exceeded';

const ANSWERS: Readonly<Record<string, Readonly<Record<ServiceFault, Answer>>>> = {
  ec2: {
    throttle: ['RequestLimitExceeded', 503, 'Request limit exceeded.'],
    'internal-error': ['InternalError', 500, 'An internal error has occurred'],
    unavailable: ['Unavailable', 503, 'The service is unavailable. Please try again shortly.'],
  },
  // As a table with capacity on demand says it; one with provisioned capacity: ProvisionedThroughputExceededException.
  dynamodb: {
    throttle: ['ThrottlingException', 400, 'Rate of requests exceeds the allowed throughput.'],
    'internal-error': ['InternalServerError', 500, 'Internal server error'],
    unavailable: ['ServiceUnavailable', 503, 'Service is unavailable. Please try again later.'],
  },
  lambda: {
    throttle: ['TooManyRequestsException', 429, 'Rate Exceeded.'],
    'internal-error': ['ServiceException', 500, 'The Lambda service encountered an internal error.'],
    unavailable: ['ServiceUnavailableException', 503, 'Service Unavailable'],
  },
  states: {
    throttle: ['ThrottlingException', 400, RATE_EXCEEDED],
    'internal-error': ['InternalFailure', 500, 'Internal failure'],
    unavailable: ['ServiceUnavailable', 503, 'Service unavailable'],
  },
  route53: {
    throttle: ['Throttling', 400, RATE_EXCEEDED],
    'internal-error': ['InternalFailure', 500, 'Internal failure'],
    unavailable: ['ServiceUnavailable', 503, 'Service unavailable'],
  },
  sns: {
    throttle: ['Throttled', 429, RATE_EXCEEDED],
    'internal-error': ['InternalError', 500, 'Internal error'],
    unavailable: ['ServiceUnavailable', 503, 'Service unavailable'],
  },
  secretsmanager: {
    throttle: ['ThrottlingException', 400, RATE_EXCEEDED],
    'internal-error': ['InternalServiceError', 500, 'An error occurred on the server side.'],
    unavailable: ['ServiceUnavailable', 503, 'Service unavailable'],
  },
  scheduler: {
    throttle: ['ThrottlingException', 429, RATE_EXCEEDED],
    'internal-error': ['InternalServerException', 500, 'Internal server error'],
    unavailable: ['ServiceUnavailable', 503, 'Service unavailable'],
  },
  events: {
    throttle: ['ThrottlingException', 400, RATE_EXCEEDED],
    'internal-error': ['InternalException', 500, 'Internal exception'],
    unavailable: ['ServiceUnavailable', 503, 'Service unavailable'],
  },
  monitoring: {
    throttle: ['ThrottlingException', 400, RATE_EXCEEDED],
    'internal-error': ['InternalServiceFault', 500, 'Internal service fault'],
    unavailable: ['ServiceUnavailable', 503, 'Service unavailable'],
  },
};

/** What AWS's common errors are, for a service that is not in the table. */
const COMMON: Readonly<Record<ServiceFault, Answer>> = {
  throttle: ['ThrottlingException', 400, RATE_EXCEEDED],
  'internal-error': ['InternalFailure', 500, 'Internal failure'],
  unavailable: ['ServiceUnavailable', 503, 'Service unavailable'],
};

export function faultAnswer(service: string, fault: ServiceFault): AwsError {
  const [code, status, message] = (ANSWERS[service] ?? COMMON)[fault];
  return new AwsError(code, message, status);
}
