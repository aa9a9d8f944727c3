import type { Provider } from "../../providers/types";
import type { AccessToken } from "../ports";
import type { SharedForm } from "../route/shared-form";
import type { RequestBody } from "./request-body";

interface Facts {
  /** The client's request: its method and headers. */
  readonly request: Request;
  readonly url: URL;
  /** The part after the provider's slug, `/api/compat/` or the root; without a leading slash. */
  readonly path: string;
  /** The caller's token: what it may use, and its limits. */
  readonly token: AccessToken;
  readonly body: RequestBody;
}

/** What is known about a request to one provider's own API. */
export interface NamedFacts extends Facts {
  readonly provider: Provider;
}

/** What is known about a request at the entry points that several providers share. */
export interface SharedFacts extends Facts {
  readonly provider: undefined;
  /** The API format of the request. */
  readonly form: SharedForm;
  /** Whether it is `GET /api/quota` or the like, for One Balance itself rather than a provider. */
  readonly isForQuota: boolean;
}

/** What is known about a request before it is decided what to do: gathered once, passed forward. */
export type RequestFacts = NamedFacts | SharedFacts;
