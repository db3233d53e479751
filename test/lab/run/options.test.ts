import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseOptions, UsageError } from '../../../lab/run/options.ts';
import { SCENARIOS } from '../../../lab/run/scenarios/catalogue.ts';
import { counterexample } from '../../core/examples.ts';

function refusal(...argv: readonly string[]): UsageError {
  try {
    parseOptions(argv);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error(`${argv.join(' ')} was not refused`);
}

describe('a drill without words', () => {
  it('crashes a MariaDB primary once, at the defaults of the product', () => {
    expect(parseOptions([])).toEqual({
      scenario: 'crash',
      engine: 'mariadb',
      runs: 1,
      intervalMs: 1_000,
      timeoutMs: 1_000,
      failures: 3,
      writeDeadlineSeconds: 30,
      forMs: null,
      semiSync: 'required',
      apiLatency: 1,
      stopTimeMs: 2_000,
      blind: 0,
      failVip: false,
      net: 'auto',
      kill: null,
      rivals: 0,
      throttle: 0,
      loseResponses: 0,
      staleReadsMs: 0,
      awsFaults: [],
      json: null,
      quiet: false,
      story: false,
    });
  });
});

describe('words that can be used', () => {
  it.each<[string, object]>([
    ['--engine mysql', { engine: 'mysql' }],
    ['--runs 10', { runs: 10 }],
    ['--interval 500ms', { intervalMs: 500, timeoutMs: 500 }],
    ['--interval 1.5s', { intervalMs: 1_500, timeoutMs: 1_500 }],
    ['--interval 60s', { intervalMs: 60_000, timeoutMs: 30_000 }],
    ['--interval 2s --timeout 250ms', { intervalMs: 2_000, timeoutMs: 250 }],
    ['--timeout 3s --failures 3', { intervalMs: 1_000, timeoutMs: 3_000 }],
    ['--failures 2', { failures: 2 }],
    ['--write-deadline 5s', { writeDeadlineSeconds: 5 }],
    ['--scenario pause', { forMs: 2_000 }],
    ['--scenario pause --for 1500ms', { forMs: 1_500 }],
    ['--semi-sync off', { semiSync: 'off' }],
    ['--api-latency 0', { apiLatency: 0 }],
    ['--api-latency 0.5', { apiLatency: 0.5 }],
    ['--stop-time 0s', { stopTimeMs: 0 }],
    ['--blind 3', { blind: 3 }],
    ['--throttle 2', { throttle: 2 }],
    ['--lose-responses 1', { loseResponses: 1 }],
    ['--stale-reads 2s', { staleReadsMs: 2_000 }],
    ['--fail-vip', { failVip: true }],
    ['--net loopback', { net: 'loopback' }],
    ['--json report.json --quiet', { json: 'report.json', quiet: true }],
  ])('%s', (words, expected) => {
    expect(parseOptions(words.split(' '))).toMatchObject(expected);
  });

  it.each<[readonly string[], object]>([
    [['--kill-after', 'Prove fence'], { kill: { when: 'after', which: 'Prove fence' } }],
    [['--kill-after', 'each'], { kill: { when: 'after', which: 'each' } }],
    [['--kill-in', 'all', '--runs', '3'], { kill: { when: 'in', which: 'all' }, runs: 3 }],
    [['--rivals', '20'], { rivals: 20 }],
  ])('%j', (words, expected) => {
    const options = parseOptions(words);
    expect(options).toMatchObject(expected);
    expect(options).not.toHaveProperty('killAfter');
    expect(options).not.toHaveProperty('killIn');
  });

  it.each(Object.keys(SCENARIOS))('--scenario %s', (scenario) => {
    expect(parseOptions(['--scenario', scenario]).scenario).toBe(scenario);
  });

  it('mean the same time in milliseconds and in seconds', () => {
    const found = counterexample(
      [fc.integer({ min: 1, max: 60 })],
      (seconds) =>
        parseOptions(['--interval', `${seconds}s`]).intervalMs ===
        parseOptions(['--interval', `${seconds * 1_000}ms`]).intervalMs,
    );
    expect(found).toBeNull();
  });
});

describe('words that can’t be used', () => {
  it.each<[string, string, string]>([
    ['--scenario', 'flood', 'crash, restart-fast, pause, hang'],
    ['--scenario', 'constructor', 'crash, restart-fast, pause, hang'],
    ['--engine', 'oracle', 'mariadb, mysql'],
    ['--semi-sync', 'maybe', 'required, off'],
    ['--net', 'docker', 'auto, namespaces, loopback'],
    ['--runs', '0', 'a whole number from 1 to 100'],
    ['--runs', '101', 'a whole number from 1 to 100'],
    ['--runs', '1.5', 'a whole number from 1 to 100'],
    ['--failures', '-1', 'a whole number from 1 to 60'],
    ['--blind', '4', 'a whole number from 0 to 3'],
    ['--interval', '500', 'a time such as 500ms or 1s, from 100 ms to 60 s'],
    ['--interval', '99ms', 'a time such as 500ms or 1s, from 100 ms to 60 s'],
    ['--interval', '61s', 'a time such as 500ms or 1s, from 100 ms to 60 s'],
    ['--timeout', '1m', 'a time such as 500ms or 1s, from 50 ms to 30 s'],
    ['--timeout', '4000ms', 'at most --interval × --failures, 3000 ms'],
    ['--stop-time', '601s', 'a time such as 500ms or 1s, from 0 ms to 600 s'],
    ['--write-deadline', '4s', 'from 5000 ms to 3600 s'],
    ['--write-deadline', '5500ms', 'whole seconds, such as 5s'],
    ['--for', '2000ms', 'leave it out, as --scenario crash is for good'],
    ['--throttle', '0', 'a whole number from 1 to 20'],
    ['--stale-reads', '61s', 'from 1 ms to 60 s'],
    ['--aws-fault', 'nowhere.json', 'name a file that holds a JSON list of rules'],
    ['--aws-fault', 'package.json', 'use a JSON list of rules'],
    ['--rivals', '51', 'a whole number from 0 to 50'],
    ['--kill-after', 'Fence', 'each, all, Open, Is it opened?, Confirm'],
    ['--kill-in', 'Is it opened?', 'each, all, Open, Confirm'],
    ['--api-latency', '-1', 'a number from 0 to 100'],
    ['--api-latency', '101', 'a number from 0 to 100'],
    ['--api-latency', '1e1', 'a number from 0 to 100'],
  ])('%s %s names the flag, the value and the fix, and exits 2', (flag, value, fix) => {
    const { message, exitCode } = refusal(flag, value);
    expect(message).toContain(flag);
    expect(message).toContain(value);
    expect(message).toContain(fix);
    expect(exitCode).toBe(2);
  });

  it.each<[string, readonly string[]]>([
    ['--speed', ['--speed', '9']],
    ['crash', ['crash']],
    ['--runs', ['--runs']],
  ])('%s, alone, is named with where to look, and exits 2', (word, argv) => {
    const { message, exitCode } = refusal(...argv);
    expect(message).toContain(word);
    expect(message).toContain('--help');
    expect(exitCode).toBe(2);
  });

  it('that contradict each other are refused', () => {
    expect(refusal('--kill-after', 'Open', '--kill-in', 'Plan').message).toContain('use one of them');
    expect(refusal('--kill-after', 'each', '--runs', '2').message).toContain('--runs: received 2; leave it out');
  });

  it.each([['--blind', '1'], ['--fail-vip'], ['--kill-in', 'all'], ['--rivals', '2']])(
    'that ask for more of a failover than there is are refused: %s',
    (...words) => {
      const { message } = refusal('--scenario', 'loss', ...words);
      expect(message).toContain(words[0]);
      expect(message).toContain('--scenario loss leads to no failover');
    },
  );

  it('that are nearly right are put right', () => {
    expect(refusal('--scenaro', 'crash').message).toContain('--scenario');
  });
});

describe('--help', () => {
  const help = refusal('--help');

  it('is no mistake', () => {
    expect(help.exitCode).toBe(0);
  });

  it.each(['--scenario', '--engine', '--runs', '--interval', '--timeout', '--failures', '--json', '--blind'])(
    'tells of %s',
    (flag) => {
      expect(help.message).toContain(flag);
    },
  );

  it.each(Object.keys(SCENARIOS))('names %s', (scenario) => {
    expect(help.message).toContain(`"${scenario}"`);
  });

  it('fits on a screen of 80 lines', () => {
    expect(help.message.split('\n').length).toBeLessThan(80);
  });
});
