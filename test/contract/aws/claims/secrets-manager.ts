import { CreateSecretCommand, DeleteSecretCommand, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { expect } from 'vitest';
import { refusal } from '../clients.ts';
import type { Claim } from '../contract.ts';

export function secretsContract(claim: Claim): void {
  claim('a secret is read by its name and by its ARN', [], async (scene) => {
    const { secrets } = scene.clients;
    const Name = scene.name('contract');
    const SecretString = '{"username":"operator","password":"p\\"&<"}';
    const { ARN } = await secrets.send(new CreateSecretCommand({ Name, SecretString }));
    scene.onClose(`secret ${Name}`, () =>
      secrets.send(new DeleteSecretCommand({ SecretId: Name, ForceDeleteWithoutRecovery: true })),
    );
    for (const SecretId of [Name, ARN]) {
      const found = await secrets.send(new GetSecretValueCommand({ SecretId }));
      expect(found).toMatchObject({ ARN, Name, SecretString, VersionStages: ['AWSCURRENT'] });
    }
    expect(await refusal(secrets.send(new CreateSecretCommand({ Name, SecretString })))).toBe(
      'ResourceExistsException',
    );
  });

  claim('an unknown secret is refused', [], async (scene) => {
    const unknown = new GetSecretValueCommand({ SecretId: scene.name('none') });
    expect(await refusal(scene.clients.secrets.send(unknown))).toBe('ResourceNotFoundException');
  });
}
