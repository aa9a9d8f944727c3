import type { Provider } from "../../providers/types";
import type { AccessToken } from "../ports";
import type { SharedForm } from "../route/shared-form";
import type { RequestBody } from "./request-body";

interface Facts {
  /** The client's: its method and headers. */
  readonly request: Request;
  readonly url: URL;
  /** Below the provider's slug, `/api/compat/` or the root; without a leading slash. */
  readonly path: string;
  /** The caller's: what it may use, and what limits it. */
  readonly token: AccessToken;
  readonly body: RequestBody;
}

/** What is known of a request to one provider's own API. */
export interface NamedFacts extends Facts {
  readonly provider: Provider;
}

/** What is known of a request at the doors that several providers share. */
export interface SharedFacts extends Facts {
  readonly provider: undefined;
  /** Whose API it speaks. */
  readonly form: SharedForm;
  /** `GET /api/quota` and the like: it asks One Balance itself, and no provider. */
  readonly isForQuota: boolean;
}

/** What is known of a request before it is decided what to do: gathered once, handed forward. */
export type RequestFacts = NamedFacts | SharedFacts;
