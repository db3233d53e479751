/** @module Calls of the query protocol, for the services whose SDK clients this project has no other use for. */
import { XMLParser } from 'fast-xml-parser';

/** Calls an action and gives the content of its result. @throws Error named after the code of a refusal */
export async function signedQuery(
  endpoint: string,
  service: string,
  input: Readonly<Record<string, string>>,
  accessKeyId = 'whoever',
): Promise<Record<string, unknown>> {
  const scope = `${accessKeyId}/20260101/us-east-1/${service}/aws4_request`;
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=unchecked`,
    },
    body: new URLSearchParams(input),
    signal: AbortSignal.timeout(5_000),
  });
  const parsed = new XMLParser({ parseTagValue: false }).parse(await response.text()) as Record<
    string,
    Record<string, Record<string, unknown>>
  >;
  if (response.ok) return parsed[`${input['Action']}Response`]?.[`${input['Action']}Result`] ?? {};
  const { Code, Message } = parsed['ErrorResponse']?.['Error'] ?? {};
  throw Object.assign(new Error(String(Message)), { name: String(Code) });
}
