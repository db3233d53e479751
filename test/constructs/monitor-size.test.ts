import { describe, expect, it } from 'vitest';
import { monitorMemoryMb, monitorNodeOptions } from '../../lib/constructs/monitor-size.ts';

describe('the size of a monitor', () => {
  it.each([
    { clusters: 0, memoryMb: 256, oldSpaceMb: 128 },
    { clusters: 1, memoryMb: 256, oldSpaceMb: 128 },
    { clusters: 100, memoryMb: 603, oldSpaceMb: 301 },
    { clusters: 250, memoryMb: 1_128, oldSpaceMb: 512 },
    // More than one processor is of no use to one thread.
    { clusters: 1_000, memoryMb: 1_769, oldSpaceMb: 512 },
  ])('is $memoryMb MB for $clusters clusters', ({ clusters, memoryMb, oldSpaceMb }) => {
    expect(monitorMemoryMb(clusters)).toBe(memoryMb);
    expect(monitorNodeOptions(clusters)).toBe(`--max-old-space-size=${oldSpaceMb} --max-semi-space-size=32`);
  });
});
