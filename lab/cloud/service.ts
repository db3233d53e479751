/**
 * @module The contract between the lab's HTTP endpoint and each AWS service behind it.
 *
 * Guarantees: a service sees one parsed request at a time, knows who called, and answers in its own wire protocol;
 * it never touches sockets, signatures or latency.
 */

/** One AWS service of the lab, addressed by the service name of the SigV4 credential scope. */
export interface AwsService {
  /** The name in the credential scope, such as `ec2` or `states`. */
  readonly name: string;
  /** The calls that it answers; every other is refused by name. SPEC.md of the service says more. */
  readonly actions: readonly string[];
  handle(request: AwsRequest): Promise<AwsResponse>;
}

/** A request whose body is fully read and whose caller is known. Header names are lower case. */
export interface AwsRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly caller: { readonly principal: string };
  readonly requestId: string;
  /** A read may answer as things were so many milliseconds ago.  @default 0 */
  readonly staleMs?: number;
}

/** What goes back on the wire. The endpoint adds the request id header. */
export interface AwsResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}
