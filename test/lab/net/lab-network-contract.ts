/**
 * What every LabNetwork promises, as a table of claims with a check each: a table can be run by the test runner itself
 * and by a process inside a sandbox, where the test runner is not.
 *
 * @module
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Host, LabNetwork } from '../../../lab/net/network.ts';
import { UnsupportedByNetwork } from '../../../lab/net/network.ts';
import { client, serve } from './peers.ts';

export interface ContractCase {
  readonly claim: string;
  /** The check is for networks of this kind only; absent: for all. */
  readonly only?: LabNetwork['kind'];
  check(network: LabNetwork): Promise<void>;
}

interface Scene {
  readonly a: Host;
  readonly b: Host;
  readonly app: Host;
  readonly vip: string;
}

const port = 3306;

/** Two database hosts that know the VIP, and an application's host that does not. */
async function scene(network: LabNetwork): Promise<Scene> {
  const vip = `${network.prefix}.1.100`;
  const a = await network.addHost({ name: 'db-a', address: `${network.prefix}.1.11`, guestAddresses: [vip] });
  const b = await network.addHost({ name: 'db-b', address: `${network.prefix}.1.12`, guestAddresses: [vip] });
  const app = await network.addHost({ name: 'application', address: `${network.prefix}.1.50` });
  return { a, b, app, vip };
}

export const networkContract: readonly ContractCase[] = [
  {
    claim: 'a host reaches a server on another host at its address',
    async check(network) {
      const { a, app } = await scene(network);
      await serve(a, port);
      const peer = await client(app);
      peer.tell(`open x ${a.address} ${port}`);
      await peer.hears(/^x open/);
      peer.tell('say x hello');
      await peer.hears(/^x got db-a hello/);
    },
  },
  {
    claim: 'a port where nothing listens refuses at once',
    async check(network) {
      const { a, app } = await scene(network);
      await a.listen(port);
      const peer = await client(app);
      peer.tell(`open x ${a.address} ${port}`);
      await peer.hears(/^x ended (ECONNREFUSED|ECONNRESET)/);
    },
  },
  {
    claim: 'every host reaches the service address, and the service sees it',
    async check(network) {
      const { app } = await scene(network);
      const server = createServer((socket) => socket.end('service here\n'));
      await new Promise<void>((resolve) => server.listen(0, network.serviceAddress, resolve));
      const address = server.address();
      assert(address !== null && typeof address === 'object');
      const peer = await client(app);
      peer.tell(`open x ${network.serviceAddress} ${address.port}`);
      await peer.hears(/^x got service here/);
      server.close();
    },
  },
  {
    claim: 'a program on a host has its own pid, its channel and its standard streams',
    async check(network) {
      const { a } = await scene(network);
      const script =
        'process.send(process.pid); process.on("message", (text) => { console.log(text); process.exit(7); })';
      const child = a.spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
      let out = '';
      child.stdout?.on('data', (chunk) => (out += String(chunk)));
      const pid = await new Promise((resolve) => child.once('message', resolve));
      assert.equal(pid, child.pid);
      child.send('through the channel');
      const status = await new Promise((resolve) => child.once('close', resolve));
      assert.deepEqual([out.trim(), status], ['through the channel', 7]);
    },
  },
  {
    claim: 'an address is reached at the host that it is assigned to, and moves at once',
    async check(network) {
      const { a, b, app, vip } = await scene(network);
      await serve(a, port);
      await serve(b, port);
      await network.assignAddress(vip, 'db-a');
      const peer = await client(app);
      peer.tell(`open x ${vip} ${port}`);
      await peer.hears(/^x open/);
      peer.tell('say x who');
      await peer.hears(/^x got db-a who/);

      const movedAt = Date.now();
      await network.assignAddress(vip, 'db-b');
      await network.assignAddress(vip, 'db-b');
      peer.tell(`open y ${vip} ${port}`);
      peer.tell('say y who');
      await peer.hears(/^y got db-b who/);
      const tookMs = Date.now() - movedAt;
      assert(tookMs < 500, `the address moved in ${tookMs} ms`);
    },
  },
  {
    claim:
      'a connection to an address that has moved is reset when its client speaks, and never heard by the old holder',
    async check(network) {
      const { a, b, app, vip } = await scene(network);
      await serve(a, port);
      await serve(b, port);
      await network.assignAddress(vip, 'db-a');
      const peer = await client(app);
      peer.tell(`open x ${vip} ${port}`);
      await peer.hears(/^x open/);
      await network.assignAddress(vip, 'db-b');
      await peer.hearsNothingLike(/^x ended/);
      peer.tell('say x late');
      await peer.hears(/^x ended (ECONNRESET|EPIPE)/);
      await peer.hearsNothingLike(/^x got/);
    },
  },
  {
    claim: 'an address that is assigned to nobody answers nothing',
    async check(network) {
      const { a, app, vip } = await scene(network);
      await serve(a, port);
      await network.assignAddress(vip, 'db-a');
      await network.unassignAddress(vip);
      await network.unassignAddress(vip);
      const peer = await client(app);
      peer.tell(`open x ${vip} ${port}`);
      peer.tell('say x anyone');
      await peer.hearsNothingLike(/^x (ended|got)/);
    },
  },
  {
    claim: 'an address that is assigned to a host whose guest does not know it answers nothing',
    async check(network) {
      const { app } = await scene(network);
      await serve(app, port);
      await network.assignAddress(`${network.prefix}.1.101`, 'application');
      const peer = await client(await network.addHost({ name: 'other', address: `${network.prefix}.1.51` }));
      peer.tell(`open x ${network.prefix}.1.101 ${port}`);
      peer.tell('say x anyone');
      await peer.hearsNothingLike(/^x (ended|got)/);
    },
  },
  {
    claim: 'a group without rules keeps new connections out and lets an established writer go on',
    async check(network) {
      const { a, app } = await scene(network);
      await serve(a, port);
      const peer = await client(app);
      peer.tell(`open old ${a.address} ${port}`);
      await peer.hears(/^old open/);
      await network.setIngress('db-a', []);
      peer.tell('say old still');
      await peer.hears(/^old got db-a still/);
      peer.tell(`open new ${a.address} ${port}`);
      peer.tell('say new hello');
      await peer.hearsNothingLike(/^new (got|ended)/);
      await network.setIngress('db-a', null);
      peer.tell(`open again ${a.address} ${port}`);
      peer.tell('say again hello');
      await peer.hears(/^again got db-a hello/);
    },
  },
  {
    claim: 'a connection that an untracked rule admitted ends with the rule, and goes on when another admits it again',
    async check(network) {
      const { a, b, app } = await scene(network);
      await serve(a, port);
      await serve(b, port);
      const everybody = { from: '0.0.0.0/0', fromPort: port, toPort: port };
      await network.setIngress('db-a', [{ ...everybody, untracked: true }]);
      await network.setIngress('db-b', [everybody]);
      const peer = await client(app);
      peer.tell(`open loose ${a.address} ${port}`);
      peer.tell(`open kept ${b.address} ${port}`);
      await peer.hears(/^loose open/);
      await peer.hears(/^kept open/);
      peer.tell('say loose hello');
      await peer.hears(/^loose got db-a hello/);
      await network.setIngress('db-a', []);
      await network.setIngress('db-b', []);
      peer.tell('say loose late');
      peer.tell('say kept late');
      await peer.hears(/^kept got db-b late/);
      await peer.hearsNothingLike(/^loose (got db-a late|ended)/);
      await network.setIngress('db-a', [everybody]);
      await peer.hears(/^loose got db-a late/);
    },
  },
  {
    claim: 'a rule admits the port that it names',
    async check(network) {
      const { a, app } = await scene(network);
      await serve(a, port);
      await serve(a, port + 1);
      await network.setIngress('db-a', [{ from: `${network.prefix}.0.0/16`, fromPort: port, toPort: port }]);
      const peer = await client(app);
      peer.tell(`open in ${a.address} ${port}`);
      peer.tell('say in hello');
      await peer.hears(/^in got db-a hello/);
      peer.tell(`open out ${a.address} ${port + 1}`);
      peer.tell('say out hello');
      await peer.hearsNothingLike(/^out (got|ended)/);
    },
  },
  {
    claim: 'a rule admits the source that it names and no other',
    only: 'namespaces',
    async check(network) {
      const { a, b, app } = await scene(network);
      await serve(a, port);
      await network.setIngress('db-a', [{ from: b.address, fromPort: port, toPort: port }]);
      const [named, other] = [await client(b), await client(app)];
      named.tell(`open x ${a.address} ${port}`);
      await named.hears(/^x open/);
      other.tell(`open x ${a.address} ${port}`);
      await other.hearsNothingLike(/^x (open|ended)/);
    },
  },
  {
    claim: 'a cut stops an established connection both ways without a word, and healing lets it go on',
    only: 'namespaces',
    async check(network) {
      const { a, b, app } = await scene(network);
      await serve(a, port);
      const [peer, other] = [await client(app), await client(b)];
      peer.tell(`open x ${a.address} ${port}`);
      await peer.hears(/^x open/);
      await network.cut('application', 'db-a');
      peer.tell('say x lost');
      await peer.hearsNothingLike(/^x/);
      other.tell(`open y ${a.address} ${port}`);
      await other.hears(/^y open/);
      await network.heal('db-a', 'application');
      await peer.hears(/^x got db-a lost/);
    },
  },
  {
    claim: 'a host that is cut from the cloud still reaches the other hosts',
    only: 'namespaces',
    async check(network) {
      const { a, app } = await scene(network);
      await serve(a, port);
      const server = createServer((socket) => socket.end('service here\n'));
      await new Promise<void>((resolve) => server.listen(8080, network.serviceAddress, resolve));
      await network.cut('application', 'cloud');
      const peer = await client(app);
      peer.tell(`open cloud ${network.serviceAddress} 8080`);
      await peer.hearsNothingLike(/^cloud/);
      peer.tell(`open x ${a.address} ${port}`);
      await peer.hears(/^x open/);
      server.close();
    },
  },
  {
    claim: 'a partition parts hosts from all others, those that come later too, and its end lets all go on',
    only: 'namespaces',
    async check(network) {
      const { a, b, app } = await scene(network);
      await serve(a, port);
      await network.partition(['db-a', 'db-b']);
      const later = await network.addHost({ name: 'later', address: `${network.prefix}.1.51` });
      const [inside, outside, newcomer] = [await client(b), await client(app), await client(later)];
      for (const peer of [inside, outside, newcomer]) peer.tell(`open x ${a.address} ${port}`);
      await inside.hears(/^x open/);
      await outside.hearsNothingLike(/^x/);
      await newcomer.hearsNothingLike(/^x/);
      await network.partition(null);
      await outside.hears(/^x open/);
      await newcomer.hears(/^x open/);
    },
  },
  {
    claim: 'a lossy wire loses packets at random, and delivers all when the loss is over',
    only: 'namespaces',
    async check(network) {
      const { a, app } = await scene(network);
      await serve(a, port);
      const peer = await client(app);
      peer.tell(`open x ${a.address} ${port}`);
      await peer.hears(/^x open/);
      await network.setLoss('db-a', 100);
      peer.tell('say x late');
      await peer.hearsNothingLike(/^x/);
      await network.setLoss('db-a', 30);
      await peer.hears(/^x got db-a late/);
      await network.setLoss('db-a', 0);
      await assert.rejects(network.setLoss('db-a', 101), /101 of each hundred/);
    },
  },
  {
    claim: 'a partition and a loss are refused, naming the network that can make them',
    only: 'loopback',
    async check(network) {
      await scene(network);
      await assert.rejects(network.partition(['db-a']), /db-a.*namespaces/);
      await assert.rejects(network.setLoss('db-a', 30), /db-a.*namespaces/);
      await network.partition(null);
      await network.setLoss('db-a', 0);
    },
  },
  {
    claim: 'a host that is powered off lets go of what it holds once its processes were told to end',
    async check(network) {
      const letGo: string[] = [];
      const address = `${network.prefix}.1.14`;
      const onPowerOff = async () => void letGo.push('db-d');
      const host = await network.addHost({ name: 'db-d', address, onPowerOff });
      await serve(host, port);
      await network.powerLoss('db-d');
      assert.deepEqual(letGo, []);
      await network.powerOff('db-d');
      assert.deepEqual(letGo, ['db-d']);
    },
  },
  {
    claim: 'a cut is refused, naming the network that can make it',
    only: 'loopback',
    async check(network) {
      await scene(network);
      await assert.rejects(network.cut('db-a', 'db-b'), (error) => {
        assert(error instanceof UnsupportedByNetwork);
        assert.match(error.message, /namespaces/);
        return true;
      });
    },
  },
  {
    claim: 'a killed process resets its connections; one that lost power leaves them hanging',
    async check(network) {
      const { a, b, app } = await scene(network);
      const killed = await serve(a, port);
      await serve(b, port);
      const peer = await client(app);
      peer.tell(`open a ${a.address} ${port}`);
      peer.tell(`open b ${b.address} ${port}`);
      await peer.hears(/^a open/);
      await peer.hears(/^b open/);
      killed.process.kill('SIGKILL');
      await network.powerLoss('db-b');
      await peer.hears(/^a ended/);
      peer.tell('say b anyone');
      peer.tell(`open again ${b.address} ${port}`);
      await peer.hearsNothingLike(/^(b|again) (ended|got)/);
    },
  },
  {
    claim: 'a host that is powered off has no process left and answers nothing, also when its power was lost before',
    async check(network) {
      const { a, b, app } = await scene(network);
      const [first, second] = [await serve(a, port), await serve(b, port)];
      const ended = [first, second].map(({ process }) => new Promise((resolve) => process.once('exit', resolve)));
      await network.powerLoss('db-b');
      await network.powerOff('db-a');
      await Promise.all([network.powerOff('db-b'), network.powerOff('db-b')]);
      await Promise.all(ended);
      const peer = await client(app);
      peer.tell(`open a ${a.address} ${port}`);
      peer.tell(`open b ${b.address} ${port}`);
      await peer.hearsNothingLike(/^[ab] (ended|got)/);
      assert.throws(() => a.spawn(process.execPath, ['-v']), /db-a/);
    },
  },
  {
    claim: 'a host that is powered on again runs nothing, keeps its addresses and can be used',
    async check(network) {
      const { a, app, vip } = await scene(network);
      await serve(a, port);
      await network.assignAddress(vip, 'db-a');
      await network.powerOff('db-a');
      await network.powerOn('db-a');
      await serve(a, port);
      const peer = await client(app);
      for (const [id, address] of [
        ['own', a.address],
        ['vip', vip],
      ]) {
        peer.tell(`open ${id} ${address} ${port}`);
        peer.tell(`say ${id} hello`);
        await peer.hears(new RegExp(`^${id} got db-a hello`));
      }
    },
  },
  {
    claim: 'closing ends every process on every host, what they started included',
    async check(network) {
      const { a } = await scene(network);
      const script =
        'const c = require("child_process").spawn("sleep", ["600"]); console.log(c.pid); setInterval(() => {}, 1e6)';
      const child = a.spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
      const grandchild = Number(await new Promise((resolve) => child.stdout?.once('data', resolve)));
      await network.close();
      const giveUpAt = Date.now() + 2_000;
      while (isRunning(grandchild)) {
        assert(Date.now() < giveUpAt, `process ${grandchild} is still there`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
  },
  {
    claim: 'a name that no host has, and an address that can not be one, are refused by name',
    async check(network) {
      await scene(network);
      await assert.rejects(network.powerOff('db-z'), /db-z/);
      await assert.rejects(network.assignAddress('8.8.8.8', 'db-a'), /8\.8\.8\.8/);
      await assert.rejects(network.addHost({ name: 'DB A', address: `${network.prefix}.1.13` }), /"DB A"/);
      await assert.rejects(network.addHost({ name: 'db-a', address: `${network.prefix}.1.13` }), /taken/);
    },
  },
];

/** A process that has ended and that nobody has waited for yet does not run. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return process.platform !== 'linux' || !/^State:\s+Z/m.test(readStatus(pid));
}

function readStatus(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return 'State: Z';
  }
}
