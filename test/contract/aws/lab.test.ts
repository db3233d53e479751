/** The lab's cloud against the contract: it lacks nothing. */
import { startCloud } from '../../../lab/cloud/cloud.ts';
import { guessedLatency } from '../../../lab/cloud/latency.ts';
import { openLoopbackNetwork } from '../../../lab/net/loopback.ts';
import { awsContract } from './contract.ts';

const PATIENCE_MS = 10_000;

/** Short, and long enough to be seen: what AWS does asynchronously is asynchronous here too. */
const EFFECT_MS = 200;

awsContract(
  'the lab',
  async () => {
    const network = await openLoopbackNetwork();
    const cloud = await startCloud({
      network,
      latency: guessedLatency(0),
      times: { stopTimeMs: EFFECT_MS, startTimeMs: EFFECT_MS, remapTimeMs: EFFECT_MS, groupChangeTimeMs: EFFECT_MS },
      dnsSyncTimeMs: EFFECT_MS,
      stateTransitionMs: 0,
    });
    return {
      name: 'the lab',
      client: { endpoint: cloud.endpointUrl, region: cloud.account.region, credentials: cloud.operator },
      patienceMs: PATIENCE_MS,
      close: async () => {
        await cloud.close();
        await network.close();
      },
    };
  },
  { lacks: [] },
);
