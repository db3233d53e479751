/** moto against the contract: an independent reading of AWS. It lacks what docs/aws-endpoints.md says, and nothing else. */
import { readFileSync } from 'node:fs';
import { findPythonTool } from '../../../lab/packages/find-python-tool.ts';
import { PackageUnavailable } from '../../../lab/packages/package-error.ts';
import { startMoto } from '../moto-server.ts';
import { awsContract } from './contract.ts';

const PATIENCE_MS = 5_000;

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
    return {
      name: 'moto',
      client: { endpoint, region: 'eu-west-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } },
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
