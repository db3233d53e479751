/**
 * Virtual time: what is due happens in order of its moment, and of the calls where moments are equal. After each thing
 * that happens, every promise that can go on has gone on before the next happens.
 *
 * @module
 */

interface Due {
  readonly atMs: number;
  readonly order: number;
  readonly happen: Happening;
}

/** Answers false when nobody can go on by it, so that nobody need be waited for. */
export type Happening = () => boolean | void;

export class Timeline {
  nowMs = 0;
  /** How many things have happened. */
  happened = 0;
  readonly #heap: Due[] = [];
  #order = 0;

  after(ms: number, happen: Happening): void {
    this.#push({ atMs: this.nowMs + ms, order: (this.#order += 1), happen });
  }

  /**
   * Until nothing is due any more.
   *
   * @throws what something that happens throws, and when more than `most` things have happened: a loop without an end
   */
  run(most: number): Promise<void> {
    return new Promise((resolve, reject) => {
      // A tick that is asked for from a microtask comes when all microtasks are done: sooner than a turn of the loop.
      const afterMicrotasks = () => process.nextTick(goOn);
      const goOn = () => {
        try {
          for (let resumed = false; !resumed;) {
            const due = this.#pop();
            if (due === undefined) return resolve();
            this.nowMs = due.atMs;
            this.happened += 1;
            resumed = due.happen() !== false;
            if (this.happened > most) throw new Error(`more than ${most} things happened: this has no end`);
          }
        } catch (error) {
          return reject(error);
        }
        queueMicrotask(afterMicrotasks);
      };
      queueMicrotask(afterMicrotasks);
    });
  }

  #push(due: Due): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(due);
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex];
      if (parent === undefined || isBefore(parent, due)) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = due;
  }

  #pop(): Due | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let childIndex = 2 * index + 1;
      let child = heap[childIndex];
      if (child === undefined) break;
      const right = heap[childIndex + 1];
      if (right !== undefined && isBefore(right, child)) {
        child = right;
        childIndex += 1;
      }
      if (isBefore(last, child)) break;
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = last;
    return first;
  }
}

function isBefore(a: Due, b: Due): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
