/**
 * The history of a cluster, read from its table: the latest changes as a list, or one change as its story. Reads only,
 * and waits for nobody. What can't be told comes back as a sentence that says what to ask for.
 *
 * @module
 */
import type { JournalEvent } from '../core/journal.ts';
import { tellStory, type Story } from '../core/story/tell-story.ts';
import type { ClusterState, Phase } from '../core/state.ts';
import type { StateStore } from '../ports/state.ts';

/** The half of the store that a history needs. */
export type HistoryStore = Pick<StateStore, 'read' | 'journal'>;

export interface NothingToTell {
  readonly told: false;
  /** Names the value, the field and the fix. */
  readonly because: string;
}

/** One change in a list. */
export interface ListedChange {
  readonly epoch: number;
  /** Null when the change left no event: its execution ended right after it took the lock. */
  readonly story: Omit<Story, 'moments' | 'known'> | null;
}

export interface ChangeList {
  readonly told: true;
  readonly cluster: string;
  /** As the record stands now. */
  readonly epoch: number;
  readonly primary: string;
  readonly phase: Phase;
  /** Newest first. */
  readonly changes: readonly ListedChange[];
}

export interface ToldChange {
  readonly told: true;
  readonly story: Story;
  /** The journal that the story is told from, as it is stored. */
  readonly events: readonly JournalEvent[];
}

/** The epoch of a cluster's first record: no change made it. */
const FIRST_EPOCH = 1;

/**
 * The latest changes of a cluster.
 *
 * @param limit - of changes, counted from the newest
 * @throws CloudError when the table can't be read
 */
export async function listChanges(
  store: HistoryStore,
  cluster: string,
  limit: number,
): Promise<ChangeList | NothingToTell> {
  const state = await store.read(cluster);
  if (state === null) return noSuchCluster(cluster);
  if (state.epoch === FIRST_EPOCH) {
    return { told: false, because: `cluster ${cluster} has had no change: ${state.primary} is its primary` };
  }
  const { epoch, primary, phase } = state;
  const epochs = Array.from({ length: Math.min(limit, epoch - FIRST_EPOCH) }, (_, index) => epoch - index);
  const changes = await Promise.all(
    epochs.map(async (each) => ({ epoch: each, story: listed(tellStory(await store.journal(cluster, each))) })),
  );
  return { told: true, cluster, epoch, primary, phase, changes };
}

/**
 * The change that made an epoch, or meant to.
 *
 * @throws CloudError when the table can't be read
 */
export async function tellChange(
  store: HistoryStore,
  cluster: string,
  epoch: number,
): Promise<ToldChange | NothingToTell> {
  const [state, events] = await Promise.all([store.read(cluster), store.journal(cluster, epoch)]);
  const story = tellStory(events);
  if (story !== null) return { told: true, story, events };
  return state === null ? noSuchCluster(cluster) : { told: false, because: whyNoEvents(state, epoch) };
}

function listed(story: Story | null): ListedChange['story'] {
  if (story === null) return null;
  const { moments: _moments, known: _known, ...rest } = story;
  return rest;
}

function noSuchCluster(cluster: string): NothingToTell {
  return {
    told: false,
    because: `cluster: received "${cluster}", of which the table has no record; use the id that the configuration gives it`,
  };
}

function whyNoEvents({ cluster, epoch, primary }: ClusterState, asked: number): string {
  if (epoch === FIRST_EPOCH) {
    return `epoch: received ${asked}; cluster ${cluster} has had no change: ${primary} is its primary`;
  }
  if (asked === FIRST_EPOCH) {
    return `epoch: received ${asked}, with which cluster ${cluster} began; use ${rangeOf(epoch)}`;
  }
  return asked > epoch
    ? `epoch: received ${asked}, but cluster ${cluster} is at epoch ${epoch}; use ${rangeOf(epoch)}`
    : `epoch: received ${asked}, whose change left no event in cluster ${cluster}; look for its execution in Step Functions`;
}

function rangeOf(epoch: number): string {
  return epoch === FIRST_EPOCH + 1 ? `${epoch}` : `${FIRST_EPOCH + 1} to ${epoch}`;
}
