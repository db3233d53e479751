/**
 * The faults that a drill can make, and what each must lead to.
 *
 * @module
 */
import type { LabNetwork } from '../net/network.ts';
import type { LabServer } from '../mysql/lab-server.ts';

/** What a fault is made on. */
export interface Stage {
  readonly network: LabNetwork;
  /** The server of the primary, and the name of its host. */
  readonly primary: { readonly server: LabServer; readonly host: string };
  /** Every other host, but the one of the primary's own client. */
  readonly otherHosts: readonly string[];
}

export interface Scenario {
  readonly sentence: string;
  /** Nothing answers and nothing is refused: a probe fails only by its timeout. */
  readonly silent: boolean;
  /** A second application on the primary's own host goes on writing to it. */
  readonly localClient: boolean;
  /** Packets between two hosts must vanish, which only a network of namespaces can do. */
  readonly needsNamespaces: boolean;
  inject(stage: Stage): Promise<void>;
}

export const SCENARIOS = {
  crash: {
    sentence: 'the primary’s server process is killed (SIGKILL); its host lives',
    silent: false,
    localClient: false,
    needsNamespaces: false,
    inject: ({ primary }) => primary.server.kill(),
  },
  power: {
    sentence: 'the primary’s host loses power: nothing is closed, nothing answers',
    silent: true,
    localClient: false,
    needsNamespaces: false,
    inject: ({ network, primary }) => network.powerLoss(primary.host),
  },
  hang: {
    sentence: 'the primary’s server process hangs (SIGSTOP): connections are accepted and never answered',
    silent: true,
    localClient: false,
    needsNamespaces: false,
    inject: ({ primary }) => primary.server.freeze(),
  },
  'partition-primary': {
    sentence: 'the primary’s host is cut off from everything but a client of its own, which goes on writing',
    silent: true,
    localClient: true,
    needsNamespaces: true,
    async inject({ network, primary, otherHosts }) {
      await Promise.all([...otherHosts, 'cloud'].map((host) => network.cut(primary.host, host)));
    },
  },
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof SCENARIOS;
