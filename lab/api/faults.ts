/**
 * The faults that can be made in a running lab.
 *
 * @module
 */
import type { FaultRuleInput } from '../cloud/faults/rule.ts';
import { once, type Undo } from '../mysql/faults/undo.ts';
import type { LabServer } from '../mysql/lab-server.ts';
import type { Lab } from '../run/lab.ts';
import { SCENARIOS, type ScenarioName } from '../run/scenarios/catalogue.ts';
import { whatIsMissing } from '../run/scenarios/needs.ts';
import type { Scenario } from '../run/scenarios/scenario.ts';
import { makeFault } from '../run/stage.ts';

/** Each fault that can end gives a function that ends it; its first call does, others do nothing. */
export interface LabFaults {
  /** The server's process is killed (SIGKILL); its host lives.  @param node - default: the primary */
  kill(node?: string): Promise<void>;
  /** The server's process hangs (SIGSTOP): it accepts connections and answers nothing.  @param node - default: the primary */
  hang(node?: string): Promise<Undo>;
  /** The host loses power: nothing is closed, nothing answers.  @param node - default: the primary */
  losePower(node?: string): Promise<void>;
  /** The host is powered off: every process on it ends.  @param node - default: the primary */
  powerOff(node?: string): Promise<void>;
  /** Gives the host its power back and boots the server on the data that it left; read-only, as after any boot. */
  boot(node: string): Promise<void>;
  /**
   * Packets between two hosts vanish, in both directions. Hosts are nodes, `app`, and `cloud` for AWS.
   *
   * @throws UnsupportedByNetwork on loopback
   */
  cut(a: string, b: string): Promise<Undo>;
  /** These hosts and all others don't hear each other; AWS is heard by both.  @throws UnsupportedByNetwork on loopback */
  partition(...hosts: readonly string[]): Promise<Undo>;
  /** Loses so many of each hundred packets of a host.  @throws UnsupportedByNetwork on loopback */
  losePackets(percent: number, node?: string): Promise<Undo>;
  /**
   * Calls of AWS fail, by rules (docs/drills.md), in place of rules that were made before.
   *
   * @throws FaultRuleError for a rule that can't be used
   */
  aws(...rules: readonly FaultRuleInput[]): Promise<Undo>;
  /**
   * The fault of a drill, by its name in docs/drills.md.
   *
   * @throws Error that says what this lab lacks for it
   */
  scenario(name: ScenarioName): Promise<Undo>;
}

export function faultsOf(
  lab: Lab,
  setting: { readonly semiSync: 'required' | 'off'; readonly zones: 'one' | 'three' },
  primary: () => Promise<string>,
): LabFaults {
  const { network } = lab;
  const hostOf = async (node?: string): Promise<string> => nameOf(lab, node ?? (await primary()));
  const serverOf = async (node?: string): Promise<LabServer> => server(lab, node ?? (await primary()));
  return {
    async kill(node) {
      await (await serverOf(node)).kill();
    },
    async hang(node) {
      const hung = await serverOf(node);
      await hung.freeze();
      return once(async () => hung.thaw());
    },
    async losePower(node) {
      await network.powerLoss(await hostOf(node));
    },
    async powerOff(node) {
      await network.powerOff(await hostOf(node));
    },
    async boot(node) {
      await network.powerOn(nameOf(lab, node));
      await server(lab, node).start();
    },
    async cut(a, b) {
      await network.cut(a, b);
      return once(() => network.heal(a, b));
    },
    async partition(...hosts) {
      await network.partition(hosts);
      return once(() => network.partition(null));
    },
    async losePackets(percent, node) {
      const host = await hostOf(node);
      await network.setLoss(host, percent);
      return once(() => network.setLoss(host, 0));
    },
    async aws(...rules) {
      const { faults } = lab.cloud;
      faults.arm(rules);
      return once(async () => faults.lift());
    },
    async scenario(name) {
      if (!Object.hasOwn(SCENARIOS, name)) {
        throw new RangeError(`scenario: received "${name}"; use one of ${Object.keys(SCENARIOS).join(', ')}`);
      }
      const scenario: Scenario = SCENARIOS[name];
      const lacks = whatIsLacking(lab, scenario, setting);
      if (lacks !== null) throw new Error(`scenario ${name} needs ${lacks}`);
      return makeFault(lab, scenario, await primary());
    },
  };
}

function whatIsLacking(
  { network, primaryVolume }: Lab,
  scenario: Scenario,
  { semiSync, zones }: Parameters<typeof faultsOf>[1],
): string | null {
  const missing = whatIsMissing(scenario, { net: network.kind, semiSync });
  if (missing !== null) return missing;
  if (scenario.zones !== zones && scenario.zones === 'three') return `topology.zones 'three'`;
  if (scenario.volume !== null && primaryVolume === null) {
    return 'a volume of its own under the primary, which only a drill has: npm run drill';
  }
  return scenario.localClient
    ? 'an application on the primary’s own host, which only a drill has: npm run drill'
    : null;
}

function nameOf(lab: Lab, node: string): string {
  return server(lab, node).host.name;
}

function server({ servers }: Lab, node: string): LabServer {
  const found = servers.get(node);
  if (found !== undefined) return found;
  throw new RangeError(`node: received "${node}"; use one of ${[...servers.keys()].join(', ')}`);
}
