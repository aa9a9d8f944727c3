import { RESPONSE_HEADERS } from "../answer/response-headers";
import type { RequestScope } from "../request-scope";

/** A response of One Balance itself, to be sent as JSON. */
export interface OwnAnswer {
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export function jsonAnswer({ body, headers }: OwnAnswer, { requestId }: RequestScope): Response {
  return Response.json(body, {
    headers: {
      [RESPONSE_HEADERS.requestId]: requestId,
      "x-content-type-options": "nosniff",
      ...headers,
    },
  });
}
