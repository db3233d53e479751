/**
 * docs/workflow.md: the state machine, drawn from the definition that is deployed.
 *
 * @module
 */
import { workflowDefinition } from '../lib/constructs/workflow/definition.ts';
import type { Branch, State } from '../lib/constructs/workflow/states.ts';

interface Transition {
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Condition: string; readonly Next: string }[];
  readonly Catch?: readonly { readonly Next: string }[];
  readonly Branches?: readonly Branch[];
  readonly Type: string;
  readonly TimeoutSeconds?: number;
}

export function workflowPage(): string {
  const definition = workflowDefinition({
    databaseFunction: 'database',
    networkFunction: 'network',
    fenceFunction: 'fence',
  });
  return [
    '<!-- Generated from lib/constructs/workflow/definition.ts by scripts/generate-docs.ts -->',
    '',
    '# The workflow',
    '',
    'One Step Functions machine. Rounded states are tasks of a function: blue inside the VPC (`database`), green and orange',
    'outside it (`network`, and `fence`, which works beside the promotion). Dotted arrows are failures. A failure in the',
    'first branch of `Fail over` ends all of it in `Halt`; the other branches go on fencing and can fail nothing.',
    '',
    '```mermaid',
    'flowchart TD',
    ...drawBranch(definition, '  '),
    '  classDef database fill:#dbeafe,stroke:#1d4ed8,color:#111',
    '  classDef network fill:#dcfce7,stroke:#15803d,color:#111',
    '  classDef fence fill:#ffedd5,stroke:#c2410c,color:#111',
    '  classDef end_ fill:#f3f4f6,stroke:#6b7280,color:#111',
    '```',
    '',
    '## Steps',
    '',
    '| state | function | step | timeout |',
    '| --- | --- | --- | --- |',
    ...stepRows(definition),
    '',
  ].join('\n');
}

function drawBranch(branch: Branch, indent: string): string[] {
  return Object.entries(branch.States).flatMap(([name, state]) => drawState(name, state, indent));
}

function drawState(name: string, state: State, indent: string): string[] {
  const { Type, Next, Default, Choices = [], Catch = [], Branches = [] } = transitionOf(state);
  const id = idOf(name);
  const arrow = (to: string, label?: string) =>
    `${indent}${id} -->${label === undefined ? '' : `|${label}|`} ${idOf(to)}`;
  const lines: string[] = [];
  if (Type === 'Parallel') {
    lines.push(`${indent}subgraph ${id} ["${name}"]`);
    Branches.forEach((branch, index) => {
      lines.push(
        `${indent}  subgraph ${id}_${index + 1} [" "]`,
        ...drawBranch(branch, `${indent}    `),
        `${indent}  end`,
      );
    });
    lines.push(`${indent}end`);
  } else {
    lines.push(`${indent}${id}${shapeOf(Type, name)}${classOf(state)}`);
  }
  if (Next !== undefined) lines.push(arrow(Next));
  for (const choice of Choices) lines.push(arrow(choice.Next, /'([^']+)'/.exec(choice.Condition)?.[1] ?? 'if'));
  if (Default !== undefined) lines.push(arrow(Default, 'else'));
  for (const catcher of Catch) lines.push(`${indent}${id} -.-> ${idOf(catcher.Next)}`);
  return lines;
}

function shapeOf(type: string, name: string): string {
  if (type === 'Choice') return `{"${name}"}`;
  if (type === 'Succeed' || type === 'Fail') return `(["${name}"])`;
  return type === 'Task' ? `("${name}")` : `["${name}"]`;
}

function classOf(state: State): string {
  const side = functionOf(state);
  if (side !== null) return `:::${side}`;
  return state['Type'] === 'Succeed' || state['Type'] === 'Fail' ? ':::end_' : '';
}

function stepRows(branch: Branch): string[] {
  return Object.entries(branch.States).flatMap(([name, state]) => {
    const { Branches = [], TimeoutSeconds } = transitionOf(state);
    const side = functionOf(state);
    const own = side === null ? [] : [`| ${name} | ${side} | \`${stepOf(state)}\` | ${TimeoutSeconds} s |`];
    return [...own, ...Branches.flatMap(stepRows)];
  });
}

function transitionOf(state: State): Transition {
  return state as unknown as Transition;
}

function argumentsOf(state: State): { FunctionName?: string; Payload?: { step?: string } } {
  return state['Arguments'] ?? {};
}

function functionOf(state: State): string | null {
  return argumentsOf(state).FunctionName ?? null;
}

function stepOf(state: State): string {
  return argumentsOf(state).Payload?.step ?? '';
}

function idOf(name: string): string {
  return name.replaceAll(/[^A-Za-z]+/g, '_');
}
