/** Whatever `AWS_ENDPOINT_URL` names against the contract. */
import { namedEndpoint } from './endpoint.ts';
import { awsContract } from './contract.ts';

const endpoint = namedEndpoint();

awsContract(
  endpoint?.name ?? 'another endpoint',
  () => (endpoint ? Promise.resolve(endpoint) : Promise.reject(new Error('AWS_ENDPOINT_URL names no endpoint'))),
  { unavailable: endpoint ? undefined : 'AWS_ENDPOINT_URL names none' },
);
