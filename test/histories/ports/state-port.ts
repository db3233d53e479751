/**
 * The table as one invocation has it. Writes are the memory store's, which passes the contract suite; votes are what the
 * monitors of the history would have written.
 *
 * @module
 */
import type { StateStore } from '../../../lib/ports/state.ts';
import type { Invocation } from '../invocation.ts';
import { ask } from './cloud-ports.ts';

export function stateOf(invocation: Invocation): StateStore {
  const { world } = invocation;
  const { state: store, oracle, monitors } = world;

  /** A call whose effect is at once; what comes of it is in the promise. */
  const through = <T>(name: string, effect: () => Promise<T>): Promise<T> =>
    ask(invocation, name, () => {
      const before = store.recordNow(world.cluster.id);
      // Wrapped, or an answer that is still on its way would count as a rejection that nobody handles.
      const promise = effect();
      promise.catch(() => {});
      oracle.recordChanged(before, store.recordNow(world.cluster.id), invocation);
      return { promise };
    }).then(({ promise }) => promise);

  return {
    read: (cluster) => through('state.read', () => store.read(cluster)),
    register: (cluster, primary) => through('state.register', () => store.register(cluster, primary)),
    open: (seen, execution) => through('state.open', () => store.open(seen, execution)),
    nominate: (actor, nominee) => through('state.nominate', () => store.nominate(actor, nominee)),
    dismissNominee: (actor) => through('state.dismissNominee', () => store.dismissNominee(actor)),
    recordPrimary: (actor, primary) => through('state.recordPrimary', () => store.recordPrimary(actor, primary)),
    close: (actor, end) => through('state.close', () => store.close(actor, end)),
    standDown: (actor, notBeforeMs) => through('state.standDown', () => store.standDown(actor, notBeforeMs)),
    halt: (actor) => through('state.halt', () => store.halt(actor)),
    countAttempt: (seen, notBeforeMs) => through('state.countAttempt', () => store.countAttempt(seen, notBeforeMs)),
    vote: (vote) => through('state.vote', () => store.vote(vote)),
    votes: () => through('state.votes', () => Promise.resolve(monitors.votes())),
    append: (event) => through('state.append', () => store.append(event)),
    journal: (cluster, epoch) => through('state.journal', () => store.journal(cluster, epoch)),
    readAll: (clusters) => through('state.readAll', () => store.readAll(clusters)),
    pulse: (seat) => through('state.pulse', () => store.pulse(seat)),
    takeSeat: (pulse, seen) => through('state.takeSeat', () => store.takeSeat(pulse, seen)),
    renewSeat: (pulse) => through('state.renewSeat', () => store.renewSeat(pulse)),
    askRelief: (held, relief) => through('state.askRelief', () => store.askRelief(held, relief)),
  };
}
