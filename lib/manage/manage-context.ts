import type { SealingSecrets } from "../crypto/seal";
import type { Database } from "../db/open-database";
import type { Actor } from "../db/team/audit-log";

/** What a verb needs besides its input. */
export interface ManageContext {
  readonly db: Database;
  /** Null where `KEY_ENCRYPTION_SECRET` is not set. */
  readonly secrets: SealingSecrets | null;
  /** Epoch milliseconds. */
  readonly nowMs: () => number;
  readonly actor: Actor;
  /** The browser that the acting member is signed in with; absent or null: none is known. */
  readonly browserId?: string | null;
  /** `ALLOW_PRIVATE_UPSTREAMS`; absent: no. */
  readonly allowPrivateUpstreams?: boolean;
  /** `AUTH_KEY`, whose tokens stand in no list of the store; absent: there are none. */
  readonly authKey?: string;
}
