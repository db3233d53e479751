/**
 * @module What optimized integrations add to an answer: the HTTP response that it came in.
 */
import type { JsonObject } from '../../../asl/json.ts';

export interface HttpAnswer {
  readonly requestId: string;
  readonly contentType: string;
  readonly body: string;
  /** Headers of the service's own. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The two members `SdkHttpMetadata` and `SdkResponseMetadata`. */
export function sdkMetadata({ requestId, contentType, body, headers = {} }: HttpAnswer): JsonObject {
  const single: Record<string, string> = {
    ...headers,
    Connection: 'keep-alive',
    'Content-Length': String(Buffer.byteLength(body)),
    'Content-Type': contentType,
    Date: new Date().toUTCString(),
    'x-amzn-RequestId': requestId,
  };
  const all = Object.fromEntries(Object.entries(single).map(([name, value]) => [name, [value]]));
  return {
    SdkHttpMetadata: { AllHttpHeaders: all, HttpHeaders: single, HttpStatusCode: 200 },
    SdkResponseMetadata: { RequestId: requestId },
  };
}
