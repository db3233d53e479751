import { describe, expect, it } from 'vitest';
import type { ServerObservation } from '../../lib/core/observation.ts';
import { atWorkByVotes, judgeRestart, NEVER_AT_WORK } from '../../lib/core/restart.ts';
import { NOW, semiSync, server, vote } from './examples.ts';

const REQUIRED = { semiSync: 'required' } as const;
const AT_WORK: Partial<ServerObservation> = {
  identity: '1',
  readOnly: false,
  replica: null,
  semiSyncSource: semiSync(),
  uptimeSeconds: 3_600,
};
const CLOSED = { ...AT_WORK, readOnly: true } as const;

/** Sights of the primary, with how many seconds after the first. */
function after(...sights: readonly (readonly [seconds: number, changes: Partial<ServerObservation>])[]) {
  return sights.reduce(
    (finding, [seconds, changes]) =>
      judgeRestart(finding, { atMs: NOW + seconds * 1_000, server: server(changes) }, REQUIRED),
    NEVER_AT_WORK,
  ).restarted;
}

describe('a primary was restarted', () => {
  it('when it was seen at work, and was started since, and is read-only', () => {
    expect(after([0, AT_WORK], [10, { ...CLOSED, uptimeSeconds: 1 }])).toBe(true);
  });

  it('when it takes writes again, but no longer bound by semi-sync', () => {
    const unbound = { ...AT_WORK, uptimeSeconds: 1, semiSyncSource: semiSync({ enabled: false }) };
    expect(after([0, AT_WORK], [10, unbound])).toBe(true);
  });

  it('until it is at work again', () => {
    const again = [10, { ...CLOSED, uptimeSeconds: 1 }] as const;
    expect(after([0, AT_WORK], again, [11, { ...AT_WORK, uptimeSeconds: 2 }])).toBe(false);
  });
});

describe('a monitor that begins to watch after the restart', () => {
  const atWork = { identity: '1', startedAtMs: NOW - 3_600_000 };
  const seenBy = (others: ReturnType<typeof atWorkByVotes>) =>
    judgeRestart(
      { atWork: others, restarted: false },
      { atMs: NOW, server: server({ ...CLOSED, uptimeSeconds: 2 }) },
      REQUIRED,
    ).restarted;

  it('knows by the votes of others that it was at work before', () => {
    expect(seenBy(atWorkByVotes([vote('a', { atWork: null }), vote('b', { atWork })], 'db-1'))).toBe(true);
  });

  it('goes by the latest start that anybody saw', () => {
    const later = { identity: '1', startedAtMs: NOW - 2_000 };
    expect(seenBy(atWorkByVotes([vote('a', { atWork }), vote('b', { atWork: later })], 'db-1'))).toBe(false);
  });

  it('knows nothing from votes on another primary, or without any', () => {
    expect(atWorkByVotes([vote('a', { atWork, primary: 'db-2' })], 'db-1')).toBeNull();
    expect(atWorkByVotes([], 'db-1')).toBeNull();
  });
});

describe('[invariant 7] a primary was not restarted', () => {
  it('when somebody made it read-only by hand', () => {
    expect(after([0, AT_WORK], [10, { ...CLOSED, uptimeSeconds: 3_610 }])).toBe(false);
  });

  it.each([3_609, 3_611])('when uptime in whole seconds says %i where 3610 was due', (uptimeSeconds) => {
    expect(after([0, AT_WORK], [10, { ...CLOSED, uptimeSeconds }])).toBe(false);
  });

  it('when the watcher never saw it at work', () => {
    expect(after([0, { ...CLOSED, uptimeSeconds: 1 }])).toBe(false);
  });

  it('when another server answers in its place', () => {
    expect(after([0, AT_WORK], [10, { ...CLOSED, identity: '9', uptimeSeconds: 1 }])).toBe(false);
  });

  it('when it follows somebody by now: that is somebody’s doing', () => {
    expect(after([0, AT_WORK], [10, { ...CLOSED, uptimeSeconds: 1, replica: server().replica }])).toBe(false);
  });

  it('when it took writes unbound before as well, as after a change by hand', () => {
    const unbound = { ...AT_WORK, semiSyncSource: semiSync({ enabled: false }) };
    expect(after([0, AT_WORK], [10, { ...unbound, uptimeSeconds: 3_610 }])).toBe(false);
  });
});
