/**
 * Makes a failing history smaller: leaves out events and faults, then makes what is left plainer, as long as it still
 * breaks the same invariant.
 *
 * @module
 */
import { scriptedFaults } from './faults.ts';
import { runHistory, type Options } from './history.ts';
import type { Violation } from './oracle.ts';
import type { Fault, Script, Setting, WorldEvent } from './script.ts';

type Item = { readonly event: WorldEvent } | { readonly key: string; readonly fault: Fault };

const PLAIN: Setting = {
  engine: 'mariadb',
  nodes: 3,
  semiSync: 'required',
  bootsReadOnly: true,
  survivesRestart: true,
  startsReceiving: false,
  stopMs: 8_000,
  remapMs: 0,
};

export async function violationOf(script: Script, options: Options = {}): Promise<Violation | null> {
  return (await runHistory(script, scriptedFaults(script.faults), options)).violation;
}

/** The smallest that was found; `script` itself when it breaks nothing. */
export async function shrink(script: Script, options: Options = {}): Promise<Script> {
  const first = await violationOf(script, options);
  if (first === null) return script;
  const fails = async (candidate: Script) => (await violationOf(candidate, options))?.invariant === first.invariant;

  let smallest = await shrinkItems(script, fails);
  for (let before: Script | null = null; before !== smallest;) {
    before = smallest;
    for (const candidate of plainer(smallest)) {
      if (await fails(candidate)) smallest = candidate;
      if (smallest !== before) break;
    }
  }
  return shrinkItems(smallest, fails);
}

async function shrinkItems(script: Script, fails: (candidate: Script) => Promise<boolean>): Promise<Script> {
  let items: readonly Item[] = [
    ...script.events.map((event) => ({ event })),
    ...Object.entries(script.faults).map(([key, fault]) => ({ key, fault })),
  ];
  for (let size = Math.ceil(items.length / 2); size >= 1;) {
    let left = false;
    for (let from = 0; from < items.length; from += size) {
      const fewer = [...items.slice(0, from), ...items.slice(from + size)];
      if (!(await fails(withItems(script, fewer)))) continue;
      items = fewer;
      left = true;
      from -= size;
    }
    if (!left) size = size === 1 ? 0 : Math.ceil(size / 2);
  }
  return withItems(script, items);
}

function withItems({ setting }: Script, items: readonly Item[]): Script {
  return {
    setting,
    events: items.flatMap((item) => ('event' in item ? [item.event] : [])),
    faults: Object.fromEntries(items.flatMap((item) => ('fault' in item ? [[item.key, item.fault]] : []))),
  };
}

/** The same with one thing made plainer. */
function* plainer(script: Script): Generator<Script> {
  const { setting, events, faults } = script;
  const { never, ...others } = setting;
  if (never !== undefined) yield { ...script, setting: others };
  for (const [name, value] of Object.entries(PLAIN)) {
    if (setting[name as keyof Setting] !== value) yield { ...script, setting: { ...setting, [name]: value } };
  }
  for (const [key, fault] of Object.entries(faults)) {
    for (const fewer of plainerFaults(fault)) yield { ...script, faults: { ...faults, [key]: fewer } };
  }
  for (const [index, event] of events.entries()) {
    const at = rounded(event.at);
    if (at === event.at) continue;
    yield { ...script, events: events.with(index, { ...event, at }) };
  }
}

function* plainerFaults(fault: Fault): Generator<Fault> {
  const fields = Object.entries(fault);
  for (const [name, value] of fields) {
    if (fields.length > 1) yield Object.fromEntries(fields.filter(([each]) => each !== name));
    if (typeof value === 'number' && rounded(value) !== value) yield { ...fault, [name]: rounded(value) };
  }
}

/** To its first digit. */
function rounded(value: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.abs(value) || 1)));
  return Math.round(value / unit) * unit;
}
