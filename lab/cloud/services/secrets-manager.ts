/**
 * @module Secrets Manager: the secrets that the world holds, in their current version only.
 *
 * Left out: binary values, rotation, replicas, earlier versions, the recovery window: a deleted secret is gone at once.
 */
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { AwsService } from '../service.ts';
import { AwsError } from '../wire/aws-error.ts';
import { jsonOperation, operations } from '../wire/operations.ts';
import type { Secret } from '../world/model.ts';
import type { World } from '../world/world.ts';

const NAMED = { SecretId: z.string().min(1) };
const TOKEN = { ClientRequestToken: z.string().optional() };

export function secretsManagerService(world: World): AwsService {
  const find = (id: string): Secret => {
    const secret = world.secrets.get(id) ?? [...world.secrets.values()].find((each) => each.arn === id);
    if (secret) return secret;
    throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  };
  const change = (id: string, value: string | undefined, versionId: string = randomUUID()): Secret => {
    const before = find(id);
    const secret = value === undefined ? before : { ...before, value, versionId };
    world.secrets.set(secret.name, secret);
    return secret;
  };
  return operations('secretsmanager', {
    CreateSecret: jsonOperation(
      z.strictObject({
        Name: z.string(),
        SecretString: z.string(),
        Description: z.string().optional(),
        ...TOKEN,
        Tags: z.array(z.unknown()).optional(),
      }),
      ({ Name: name, SecretString: value }) => {
        if (!/^[\w/+=.@!-]{1,512}$/.test(name)) {
          const allowed = 'alphanumeric characters, or any of the following: -/_+=.@!';
          throw new AwsError('ValidationException', `Invalid name. Must be a valid name containing ${allowed}`);
        }
        if (world.secrets.has(name)) {
          const message = `The operation failed because the secret ${name} already exists.`;
          throw new AwsError('ResourceExistsException', message);
        }
        return identified(world.addSecret(name, value));
      },
    ),
    GetSecretValue: jsonOperation(
      z.strictObject({ ...NAMED, VersionStage: z.literal('AWSCURRENT').optional() }),
      ({ SecretId: id }) => {
        const secret = find(id);
        return {
          ...identified(secret),
          VersionStages: ['AWSCURRENT'],
          SecretString: secret.value,
          CreatedDate: secret.createdAt.getTime() / 1000,
        };
      },
    ),
    PutSecretValue: jsonOperation(
      z.strictObject({ ...NAMED, SecretString: z.string(), ...TOKEN }),
      ({ SecretId: id, SecretString: value, ClientRequestToken: token }) => ({
        ...identified(change(id, value, token)),
        VersionStages: ['AWSCURRENT'],
      }),
    ),
    UpdateSecret: jsonOperation(
      z.strictObject({ ...NAMED, SecretString: z.string().optional(), Description: z.string().optional(), ...TOKEN }),
      ({ SecretId: id, SecretString: value, ClientRequestToken: token }) => identified(change(id, value, token)),
    ),
    DescribeSecret: jsonOperation(z.strictObject(NAMED), ({ SecretId: id }) => described(find(id))),
    ListSecrets: jsonOperation(
      z.strictObject({ MaxResults: z.number().optional(), SortOrder: z.string().optional() }),
      () => ({ SecretList: [...world.secrets.values()].map(described) }),
    ),
    DeleteSecret: jsonOperation(
      z.strictObject({
        ...NAMED,
        RecoveryWindowInDays: z.number().optional(),
        ForceDeleteWithoutRecovery: z.boolean().optional(),
      }),
      ({ SecretId: id }) => {
        const { arn, name } = find(id);
        world.secrets.delete(name);
        return { ARN: arn, Name: name, DeletionDate: Date.now() / 1000 };
      },
    ),
  });
}

function identified({ arn, name, versionId }: Secret) {
  return { ARN: arn, Name: name, VersionId: versionId };
}

function described({ arn, name, versionId, createdAt }: Secret) {
  return {
    ARN: arn,
    Name: name,
    CreatedDate: createdAt.getTime() / 1000,
    VersionIdsToStages: { [versionId]: ['AWSCURRENT'] },
  };
}
