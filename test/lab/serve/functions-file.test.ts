import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readFunctionsFile } from '../../../lab/serve/functions-file.ts';

const directory = mkdtempSync(join(tmpdir(), 'functions-file-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function write(name: string, content: string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

describe('a functions file', () => {
  test('names a handler’s file, with Lambda’s own defaults', async () => {
    const path = write('short.json', '{ "probe": "src/probe.ts" }');
    expect(await readFunctionsFile(path)).toEqual([
      {
        name: 'probe',
        file: join(directory, 'src/probe.ts'),
        handler: 'handler',
        timeoutSeconds: 3,
        memoryMb: 128,
        environment: {},
      },
    ]);
  });

  test('may be a module with a default export, and hold answers', async () => {
    const path = write('module.mjs', "export default { ask: { answers: [{ result: 1 }, { error: 'Boom' }] } };");
    expect(await readFunctionsFile(path)).toEqual([
      {
        name: 'ask',
        answers: [
          { result: 1, delayMs: 0 },
          { error: 'Boom', message: '', delayMs: 0 },
        ],
      },
    ]);
  });

  test.each([
    ['that is no JSON', '{', /can't be read: .*JSON/],
    ['that holds a list', '[]', /must hold an object with a function under each name/],
    ['with a name that Lambda would not take', '{ "a b": "x.ts" }', /the name "a b" must have/],
    ['with a field that is none', '{ "a": { "file": "x.ts", "memory": 1 } }', /function a can't be used: .*memory/],
    ['with too long a time', '{ "a": { "file": "x.ts", "timeoutSeconds": 901 } }', /timeoutSeconds: .*900.*901/],
    ['without an answer', '{ "a": { "answers": [] } }', /function a can't be used: answers/],
  ])('%s is refused with what is wrong', async (_claim, content, message) => {
    await expect(readFunctionsFile(write('wrong.json', content))).rejects.toThrow(message);
  });

  test('that is not there is named', async () => {
    await expect(readFunctionsFile(join(directory, 'none.json'))).rejects.toThrow(/functions file .*none\.json/);
  });
});
