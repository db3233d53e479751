import { describe, expect, it } from 'vitest';
import { HANGS_AFTER_MS, Hang } from '../../../lib/adapters/mysql/hang.ts';
import { nextToEnd, type Session } from '../../../lib/adapters/mysql/sessions.ts';

const idle: Session = {
  id: 1,
  user: 'app',
  killed: false,
  asleep: false,
  reads: false,
  statement: '',
  waitsForAcknowledgement: false,
  commits: false,
  waitsForLock: false,
};
const waiting: Session = { ...idle, id: 2, commits: true, waitsForAcknowledgement: true };
const behind: Session = { ...idle, id: 3, commits: true };
const killed = (session: Session): Session => ({ ...session, killed: true });

describe('who is ended next', () => {
  it.each([
    ['those who do not commit, before all others', [waiting, behind, idle], true, [idle]],
    ['those who wait behind, before the one that waits for all', [waiting, behind, killed(idle)], true, [behind]],
    ['the one that waits, when the sockets of all others are shut', [waiting, killed(behind)], true, [waiting]],
    ['nobody, when all are ended', [killed(waiting), killed(behind), killed(idle)], true, []],
    ['nobody who commits, while commits take their turn', [waiting, behind], false, []],
    ['who does not commit, also while commits take their turn', [waiting, behind, idle], false, [idle]],
  ] as const)('is %s', (_claim, sessions, commitsHang, next) => {
    expect(nextToEnd(sessions, commitsHang)).toEqual(next);
  });
});

describe('commits hang', () => {
  it('when one session waits for an acknowledgement long enough, and from then on', () => {
    const hang = new Hang();
    expect(hang.lasts([waiting, behind], 0)).toBe(false);
    expect(hang.lasts([waiting, behind], HANGS_AFTER_MS - 1)).toBe(false);
    expect(hang.lasts([waiting, behind], HANGS_AFTER_MS)).toBe(true);
    expect(hang.lasts([{ ...behind, waitsForAcknowledgement: true }], HANGS_AFTER_MS + 1)).toBe(true);
  });

  it('not when one after the other waits a little', () => {
    const hang = new Hang();
    for (let turn = 0; turn < 10; turn += 1) {
      expect(hang.lasts([{ ...waiting, id: turn }], turn * (HANGS_AFTER_MS - 1))).toBe(false);
    }
  });

  it('not when nobody waits', () => {
    const hang = new Hang();
    expect(hang.lasts([idle], 0)).toBe(false);
    expect(hang.lasts([idle], HANGS_AFTER_MS * 10)).toBe(false);
  });
});
