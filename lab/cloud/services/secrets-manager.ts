/** @module Secrets Manager: reads the secrets that the world holds, in their current version only. */
import * as z from 'zod';
import type { AwsService } from '../service.ts';
import { AwsError } from '../wire/aws-error.ts';
import { jsonOperation, operations } from '../wire/operations.ts';
import type { World } from '../world/world.ts';

export function secretsManagerService(world: World): AwsService {
  return operations('secretsmanager', {
    GetSecretValue: jsonOperation(
      z.strictObject({ SecretId: z.string().min(1), VersionStage: z.literal('AWSCURRENT').optional() }),
      ({ SecretId: id }) => {
        const secret = world.secrets.get(id) ?? [...world.secrets.values()].find((each) => each.arn === id);
        if (!secret) {
          throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
        }
        return {
          ARN: secret.arn,
          Name: secret.name,
          VersionId: secret.versionId,
          VersionStages: ['AWSCURRENT'],
          SecretString: secret.value,
          CreatedDate: secret.createdAt.getTime() / 1000,
        };
      },
    ),
  });
}
