/** moto against the contract: an independent reading of AWS. It lacks what docs/aws-endpoints.md says, and nothing else. */
import { readFileSync } from 'node:fs';
import { findPythonTool } from '../../../lab/packages/find-python-tool.ts';
import { PackageUnavailable } from '../../../lab/packages/package-error.ts';
import { startMoto } from '../moto-server.ts';
import { awsContract } from './contract.ts';

const PATIENCE_MS = 5_000;
const ROLE_NAME = 'contract';

const moto = await findPythonTool('moto').catch((error: unknown) => {
  if (error instanceof PackageUnavailable) return error;
  throw error;
});

awsContract(
  'moto',
  async () => {
    if (moto instanceof PackageUnavailable) throw moto;
    const server = await startMoto(moto);
    const { endpoint } = server;
    await createRole(endpoint);
    return {
      name: 'moto',
      client: { endpoint, region: 'eu-west-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } },
      roleArn: `arn:aws:iam::123456789012:role/${ROLE_NAME}`,
      patienceMs: PATIENCE_MS,
      close: () => server.close(),
    };
  },
  { lacks: documentedGaps(), unavailable: moto instanceof PackageUnavailable ? moto.message : undefined },
);

/** The first column of the table of moto's gaps. */
function documentedGaps(): readonly string[] {
  const page = readFileSync(new URL('../../../docs/aws-endpoints.md', import.meta.url), 'utf8');
  const [, section = ''] = page.split(/^## What moto .* lacks$/m);
  return [...section.matchAll(/^\| `(\w+)` +\|/gm)].map(([, name = '']) => name);
}

/** moto looks whether a function's role exists. */
async function createRole(endpoint: string): Promise<void> {
  const trust = { Version: '2012-10-17', Statement: [] };
  const form = { Action: 'CreateRole', Version: '2010-05-08', RoleName: ROLE_NAME };
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/iam/aws4_request' },
    body: new URLSearchParams({ ...form, AssumeRolePolicyDocument: JSON.stringify(trust) }),
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (!response.ok) throw new Error(`moto made no role: ${await response.text()}`);
}
