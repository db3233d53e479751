/**
 * Random GTID texts for the property tests, written as untidily as the grammar allows.
 *
 * @module
 */
import * as fc from 'fast-check';
import { LAST_TRANSACTION } from '../../../lib/core/gtid/mysql.ts';

const UUIDS = [
  '3e11fa47-71ca-11e1-9e33-c80aa9429562',
  '3E11FA47-71CA-11E1-9E33-C80AA9429562',
  '2c256447-3f0d-431b-9a25-bddf1f1f6ef6',
  'FFFFFFFF-ffff-ffff-ffff-ffffffffffff',
] as const;
const TAGS = ['', 'a', 'A', 'a_1', '_b', 'x'.repeat(32)] as const;

interface Piece {
  readonly uuid: string;
  readonly tag: string;
  readonly first: bigint;
  readonly last: bigint;
}

/** A MySQL set whose numbers are small, so that sets overlap often and can be counted out one by one. */
export const smallGtidSet = gtidSet(
  fc.tuple(fc.bigInt(1n, 30n), fc.bigInt(0n, 6n)).map(([first, more]) => ({ first, last: first + more })),
);

/** A MySQL set with numbers up to the largest that there is. */
export const anyGtidSet = gtidSet(
  fc
    .tuple(fc.bigInt(1n, LAST_TRANSACTION), fc.bigInt(1n, LAST_TRANSACTION))
    .map(([a, b]) => (a < b ? { first: a, last: b } : { first: b, last: a })),
);

function gtidSet(interval: fc.Arbitrary<{ first: bigint; last: bigint }>): fc.Arbitrary<string> {
  const piece = fc
    .tuple(fc.constantFrom(...UUIDS), fc.constantFrom(...TAGS), interval)
    .map(([uuid, tag, { first, last }]) => ({ uuid, tag, first, last }));
  const space = fc.constantFrom('', ' ', '\n', ' \t');
  return fc
    .tuple(fc.array(piece, { maxLength: 12 }), fc.array(space, { minLength: 1, maxLength: 5 }))
    .map(([pieces, spaces]) => write(pieces, spaces));
}

/** Pieces of one UUID that follow one another are written under one, unless that would lose an absent tag. */
function write(pieces: readonly Piece[], spaces: readonly string[]): string {
  let text = spaces.join('');
  pieces.forEach((piece, index) => {
    const space = spaces[index % spaces.length];
    const previous = pieces[index - 1];
    const joined = previous?.uuid === piece.uuid && (piece.tag !== '' || previous.tag === '');
    if (!joined) text += `${index === 0 ? '' : `,${space}`}${piece.uuid}`;
    if (piece.tag !== '' && !(joined && previous.tag === piece.tag)) text += `:${piece.tag}`;
    text += `${space}:${piece.first}${piece.first === piece.last ? '' : `${space}-${space}${piece.last}`}`;
  });
  return text;
}

/** Every transaction of a MySQL text, one by one: what sets mean, as plainly as it can be said. */
export function transactionsOf(text: string): Set<string> {
  const all = new Set<string>();
  for (const sources of text.replaceAll(/\s/g, '').toLowerCase().split(',')) {
    const [uuid, ...items] = sources.split(':');
    let tag = '';
    for (const item of items) {
      const numbers = /^(\d+)(?:-(\d+))?$/.exec(item);
      if (numbers === null) tag = item;
      else for (let n = Number(numbers[1]); n <= Number(numbers[2] ?? numbers[1]); n++) all.add(`${uuid}:${tag}:${n}`);
    }
  }
  return all;
}

/** A MariaDB position of up to four domains. */
export const anyMariadbPosition = fc
  .uniqueArray(fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 3 }), fc.nat(4)), { selector: ([domain]) => domain })
  .map((gtids) => gtids.map((gtid) => gtid.join('-')).join(', '));

/** A MariaDB position with the smallest and largest numbers that there are, and some just past them. */
export const extremeMariadbPosition = fc
  .array(
    fc.tuple(
      fc.constantFrom('0', '1', '4294967295', '4294967296'),
      fc.constantFrom('0', '7', '4294967295', '4294967296'),
      fc.constantFrom('0', '1', '9223372036854775808', '18446744073709551615', '18446744073709551616'),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((gtids) => gtids.map((gtid) => gtid.join('-')).join(','));

const PIECES = [
  '',
  ':',
  '-',
  ',',
  ' ',
  '\n',
  '\t',
  '0',
  '1',
  '9',
  'a',
  'g',
  '_',
  'T',
  ';',
  '::',
  ':1-3',
  '+',
  '.',
] as const;

/** A text of the kind after up to three accidents: a piece lost, put in, or put in the place of a character. */
export function damaged(texts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const accident = fc.record({ at: fc.nat(400), piece: fc.constantFrom(...PIECES), over: fc.nat(1) });
  return fc.tuple(texts, fc.array(accident, { minLength: 1, maxLength: 3 })).map(([text, accidents]) =>
    accidents.reduce((damagedText, { at, piece, over }) => {
      const place = at % (damagedText.length + 1);
      return damagedText.slice(0, place) + piece + damagedText.slice(place + (piece === '' ? 1 : over));
    }, text),
  );
}
