import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { workflowDefinition } from '../../lib/constructs/workflow/definition.ts';
import type { Branch } from '../../lib/constructs/workflow/states.ts';
import * as errors from '../../lib/core/errors.ts';

const definition = workflowDefinition({
  databaseFunction: 'arn:aws:lambda:eu-central-1:111122223333:function:database',
  networkFunction: 'arn:aws:lambda:eu-central-1:111122223333:function:network',
  fenceFunction: 'arn:aws:lambda:eu-central-1:111122223333:function:fence',
});

/** What the States Language gives a state, as far as it says where to go. */
interface Shape {
  readonly Type: 'Task' | 'Choice' | 'Parallel' | 'Pass' | 'Wait' | 'Succeed' | 'Fail';
  readonly Next?: string;
  readonly End?: boolean;
  readonly Default?: string;
  readonly TimeoutSeconds?: number;
  readonly Choices?: readonly { readonly Condition: string; readonly Next: string }[];
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[] }[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
  readonly Branches?: readonly Branch[];
}
interface Place {
  readonly name: string;
  readonly state: Shape;
  readonly branch: Branch;
  /** The Parallel state that it is in; null at the top. */
  readonly within: string | null;
}

const places = new Map<string, Place>();
function enter(branch: Branch, within: string | null): void {
  for (const [name, state] of Object.entries(branch.States)) {
    if (places.has(name)) throw new Error(`two states are called "${name}"`);
    const place = { name, state: state as unknown as Shape, branch, within };
    places.set(name, place);
    for (const inner of place.state.Branches ?? []) enter(inner, name);
  }
}
enter(definition, null);

const placeOf = (name: string): Place => {
  const place = places.get(name);
  if (place === undefined) throw new Error(`there is no state "${name}"`);
  return place;
};
const placesOf = (type: Shape['Type']) => [...places.values()].filter(({ state }) => state.Type === type);

/** Where a state leads inside its own branch, when it does what it should. */
const successors = ({ state }: Place): string[] =>
  [state.Next, state.Default, ...(state.Choices ?? []).map((choice) => choice.Next)].flatMap((name) => name ?? []);
const failures = ({ state }: Place): string[] => (state.Catch ?? []).map((each) => each.Next);

type Step = readonly [from: string, to: string];
/** Every step the machine can take from a state, into branches too. A Parallel state goes on after its branches. */
const steps = (place: Place): Step[] =>
  [...successors(place), ...failures(place), ...(place.state.Branches ?? []).map((branch) => branch.StartAt)].map(
    (to) => [place.name, to] as const,
  );

/** Every state that can be reached from the start when some steps are not taken. */
function reachable(isBarred: (step: Step) => boolean = () => false): ReadonlySet<string> {
  const reached = new Set([definition.StartAt]);
  for (const name of reached) {
    for (const step of steps(placeOf(name))) if (!isBarred(step)) reached.add(step[1]);
  }
  return reached;
}

/** Where a failure of a state leads: what it catches itself, or what the first enclosing Parallel state that does catches. */
function afterFailure(place: Place): string[] {
  if (failures(place).length > 0) return failures(place);
  return place.within === null ? [] : afterFailure(placeOf(place.within));
}

/** The ends of the top level that a state leads to, whatever happens on the way. */
function ends(name: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(name)) return new Set();
  seen.add(name);
  const place = placeOf(name);
  const next = [...successors(place), ...failures(place)];
  if (next.length > 0) return new Set(next.flatMap((each) => [...ends(each, seen)]));
  if (place.within === null) return new Set([name]);
  return new Set([
    ...(place.state.Type === 'Fail' ? [] : successors(placeOf(place.within)).flatMap((each) => [...ends(each, seen)])),
    ...afterFailure(place).flatMap((each) => [...ends(each, seen)]),
  ]);
}

describe('the workflow', () => {
  it('is what the States Language allows', () => {
    const validate = createRequire(import.meta.url)('asl-validator') as (machine: unknown) => {
      readonly isValid: boolean;
      readonly errors: readonly unknown[];
    };
    expect(validate(definition)).toMatchObject({ isValid: true, errors: [] });
  });

  it('leads only to states that there are, in the same branch', () => {
    const astray = [...places.values()].flatMap((place) =>
      [...successors(place), ...failures(place)].filter((name) => placeOf(name).branch !== place.branch),
    );
    expect(astray).toEqual([]);
  });

  it('has no state that nothing leads to', () => {
    expect([...places.keys()].filter((name) => !reachable().has(name))).toEqual([]);
  });

  it('has an end of its own kind for what was done, what was not begun, and what a person must look at', () => {
    expect([...ends(definition.StartAt)].sort()).toEqual([
      'Change refused',
      'Failed over',
      'Halted',
      'Reopened',
      'Stood down',
    ]);
  });

  it.each([...places.keys()])('always comes to an end from "%s"', (name) => {
    expect([...ends(name)]).not.toEqual([]);
  });

  it('takes an hour at most', () => {
    expect(definition.TimeoutSeconds).toBeLessThanOrEqual(3_600);
  });
});

describe('[invariant 6] what is unclear halts', () => {
  it.each(placesOf('Choice').map((place) => [place.name, place] as const))(
    '"%s" has a way for an answer that it does not know, and it is not the way of success',
    (_, { state }) => {
      expect(state.Default).toBeDefined();
      expect(state.Choices?.map((choice) => choice.Next)).not.toContain(state.Default);
    },
  );

  it.each(placesOf('Task').map((place) => [place.name, place] as const))(
    '"%s" does not wait for ever',
    (_, { state }) => {
      expect(state.TimeoutSeconds).toBeGreaterThan(0);
      expect(state.TimeoutSeconds).toBeLessThanOrEqual(60);
    },
  );

  it.each([...placesOf('Task'), ...placesOf('Parallel')].map((place) => [place.name, place] as const))(
    '"%s" has a way for every failure',
    (_, place) => {
      const caught = place.state.Catch ?? placeOf(place.within ?? place.name).state.Catch ?? [];
      expect(afterFailure(place)).not.toEqual([]);
      // Named errors may go elsewhere first; whatever else fails is caught last, here or further out.
      expect(caught.length === 0 || caught.at(-1)?.ErrorEquals.join() === 'States.ALL').toBe(true);
    },
  );

  it.each(
    placesOf('Task')
      .filter(({ name, within }) => within === null && name !== 'Halt' && name !== 'Verify reopened primary')
      .map(({ name }) => [name]),
  )(
    'a failure of "%s", before anything is done, leads to a refusal, a stand-down or a halt and nowhere else',
    (name) => {
      for (const next of afterFailure(placeOf(name))) {
        expect(['Halted', 'Stood down', 'Change refused']).toEqual(expect.arrayContaining([...ends(next)]));
      }
    },
  );

  it.each(['Revoke acks', 'Prove fence', 'Settle', 'Promote', 'Verify new primary', 'Fall back to DNS', 'Close'])(
    'a failure of "%s" leads to the halt',
    (name) => {
      expect(afterFailure(placeOf(name))).toEqual(['Halt']);
    },
  );

  it('what stops the change when it fails is tried again first; what has another way is not', () => {
    const triedAgain = placesOf('Task').filter(({ state }) =>
      state.Retry?.some((each) => each.ErrorEquals.includes('CloudError')),
    );
    const stops = placesOf('Task').filter((place) =>
      afterFailure(place).every((name) => ['Halt', 'Change refused'].includes(name) || name.startsWith('Stand down')),
    );
    expect(triedAgain.map(({ name }) => name).sort()).toEqual(stops.map(({ name }) => name).sort());
  });

  it('a lost route leads to the halt', () => {
    expect([...ends('Route lost')]).toEqual(['Halted']);
  });

  it('a plan that is refused leads to the halt: a person must decide', () => {
    expect(placeOf('Plan').state.Catch?.[0]).toMatchObject({ ErrorEquals: ['PromotionRefused'], Next: 'Halt' });
  });

  it('names in Retry and Catch only errors that Lambda, Step Functions or this product has', () => {
    const ours = Object.keys(errors);
    const named = [...placesOf('Task'), ...placesOf('Parallel')].flatMap(({ state }) =>
      [...(state.Retry ?? []), ...(state.Catch ?? [])].flatMap((each) => each.ErrorEquals),
    );
    const foreign = named.filter((name) => !/^(Lambda|Runtime|Sandbox|States)\./.test(name));
    expect(new Set(foreign)).toEqual(
      new Set(['CloudError', 'DatabaseError', 'FenceNotYetProven', 'InvalidInput', 'PromotionRefused', 'StaleActor']),
    );
    expect(ours).toEqual(expect.arrayContaining(foreign));
  });

  it('a failure to fence one way hinders no other way', () => {
    for (const name of ['Demote by SQL', 'Isolate network', 'Stop instance', 'Check instance']) {
      const place = placeOf(name);
      expect(place.state.Catch?.at(-1)?.ErrorEquals).toEqual(['States.ALL']);
      for (const next of failures(place)) expect(placeOf(next).branch).toBe(place.branch);
    }
  });

  it('who watches the stop of a change that is over leaves it to the newer one', () => {
    expect(placeOf('Check instance').state.Catch?.[0]).toMatchObject({
      ErrorEquals: ['StaleActor'],
      Next: 'Stop done',
    });
  });

  it('the halt itself ends as halted, even when it fails', () => {
    expect([...ends('Halt')]).toEqual(['Halted']);
  });
});

describe('a primary that is reopened', () => {
  it('is so once it is opened: whether clients were seen to reach it changes nothing', () => {
    const { state } = placeOf('Verify reopened primary');
    expect(state.Next).toBe('Close reopening');
    expect(afterFailure(placeOf('Verify reopened primary'))).toEqual(['Close reopening']);
  });

  it('[invariant 1] is not fenced, and nobody is promoted beside it', () => {
    const after = new Set(reachable(([from, to]) => from === 'Reopen it or fail over?' && to !== 'Reopen'));
    expect(after).toContain('Reopen');
    for (const name of ['Promote', 'Stop instance', 'Isolate network', 'Move address', 'Fall back to DNS', 'Repoint']) {
      expect(after).not.toContain(name);
    }
  });

  it('[invariant 6] stands down when opening it fails, with nothing changed but maybe itself', () => {
    expect(afterFailure(placeOf('Reopen'))).toEqual(['Stand down after an error']);
  });
});

describe('[invariant 1] no path reaches Promote', () => {
  it('but through "Prove fence", which answers only when it is proven', () => {
    expect(reachable()).toContain('Promote');
    expect(reachable(([from, to]) => from === 'Prove fence' && to === 'Settle')).not.toContain('Promote');
    expect(placeOf('Prove fence').state.Catch).toBeUndefined();
  });

  it('without trying to prove the fence first', () => {
    expect(reachable(([, to]) => to === 'Prove fence')).not.toContain('Promote');
  });

  it('without settling on who it is', () => {
    expect(reachable(([, to]) => to === 'Settle')).not.toContain('Promote');
  });
});

describe('[invariant 4] no path moves the route', () => {
  it.each(['Move address', 'Fall back to DNS'])('by "%s" without Promote', (name) => {
    expect(reachable()).toContain(name);
    expect(reachable(([, to]) => to === 'Promote')).not.toContain(name);
  });

  it('and ends well, without the route verified', () => {
    const verified = (name: string) => placeOf(name).state.Choices?.map((choice) => [choice.Condition, choice.Next]);
    const expected = [["{% $states.input.outcome = 'verified' %}", 'Clients are led there']];
    expect(verified('Does it lead there?')).toEqual(expected);
    expect(verified('Does it answer there?')).toEqual(expected);
    const { branch } = placeOf('Clients are led there');
    const otherEnds = Object.entries(branch.States).filter(
      ([, state]) => state['End'] === true || state['Type'] === 'Succeed',
    );
    expect(otherEnds.map(([name]) => name)).toEqual(['Clients are led there']);
  });
});

describe('[invariant 7] nothing is fenced', () => {
  it.each(['Revoke acks', 'Demote by SQL', 'Isolate network', 'Stop instance'])(
    '"%s" comes only after the lock, the confirmation and the plan',
    (name) => {
      expect(reachable()).toContain(name);
      for (const needed of ['Open', 'Confirm', 'Plan']) {
        const barred = reachable(([from, to]) => to === needed || (from === needed && needed === definition.StartAt));
        expect(barred).not.toContain(name);
      }
      expect(reachable(([from, to]) => from === 'Is it opened?' && to === 'Confirm')).not.toContain(name);
      expect(reachable(([from, to]) => from === 'Is it confirmed?' && to === 'Plan')).not.toContain(name);
    },
  );
});

describe('[invariant 2] every step', () => {
  it.each(placesOf('Task').map((place) => [place.name, place] as const))(
    '"%s" is told for which cluster, epoch and execution it acts',
    (name, { state }) => {
      expect(state).toMatchObject({
        Arguments: {
          Payload: {
            cluster: expect.stringMatching(/cluster/),
            epoch: name === 'Open' ? 0 : '{% $epoch %}',
            execution: '{% $states.context.Execution.Id %}',
          },
        },
      });
    },
  );
});
