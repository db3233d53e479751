/**
 * Goes through hours of noise, and counts.
 *
 * @module
 */
import { scriptsOfHour } from './generate.ts';
import { playStretch } from './stretch.ts';
import { count, type Tally } from './tally.ts';

export async function hoursOf(seed: number, hour: number, tally: Tally): Promise<void> {
  tally.hours += 1;
  for (const [index, script] of scriptsOfHour(seed, hour).entries()) {
    count(tally, script, await playStretch(script), { hour, index });
  }
}

/** One stretch again, told. */
export async function retell(seed: number, hour: number, index: number): Promise<string> {
  const script = scriptsOfHour(seed, hour)[index];
  if (script === undefined) return `hour ${hour} has no stretch ${index}`;
  const { story, ending } = await playStretch(script, true);
  return [JSON.stringify(script, null, 2), ...story, JSON.stringify(ending)].join('\n');
}
