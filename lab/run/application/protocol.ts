/**
 * What the lab's application and the drill say to each other.
 *
 * @module
 */

/** How the application behaves. All times are milliseconds. */
export interface ApplicationSettings {
  readonly name: string;
  /** Name or address that it connects to. */
  readonly host: string;
  readonly port: number;
  /** DNS server for names, `address:port`; addresses are used as they are. */
  readonly dnsServer: string | null;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Which variable tells servers apart: `server_uuid`, or `server_id` on MariaDB. */
  readonly identityVariable: string;
  readonly everyMs: number;
  readonly connectTimeoutMs: number;
  /** A write without an answer is given up after this: its outcome stays unknown. */
  readonly writeTimeoutMs: number;
}

/** What the application was told about one write. */
export interface WriteRecord {
  readonly id: string;
  readonly sentAtMs: number;
  readonly doneAtMs: number;
  /** `refused`: the server said that it did not happen. `unknown`: nobody can tell from the client's side. */
  readonly outcome: 'acknowledged' | 'refused' | 'unknown';
  /** Identity of the server that the connection led to. */
  readonly server: string;
}

export type FromApplication =
  { readonly type: 'writes'; readonly writes: readonly WriteRecord[] } | { readonly type: 'stopped' };
export type ToApplication = { readonly type: 'stop' };
