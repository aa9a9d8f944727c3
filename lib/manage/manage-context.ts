import type { SealingSecrets } from "../crypto/seal";
import type { Database } from "../db/open-database";
import type { Actor } from "../db/team/audit-log";

/** What a verb needs besides its input. */
export interface ManageContext {
  readonly db: Database;
  /** Null if `KEY_ENCRYPTION_SECRET` isn't set. */
  readonly secrets: SealingSecrets | null;
  /** Epoch milliseconds. */
  readonly nowMs: () => number;
  readonly actor: Actor;
  /**
   * The member for whom it is read: keys that serve only groups of which they are no member aren't shown to them, nor
   * names of what they can't reach. Of keys they change only those that they tend. Absent for admins and viewers.
   */
  readonly shownTo?: string | undefined;
  /** The browser in which the acting member is signed in; absent or null if unknown. */
  readonly browserId?: string | null;
  /** `ALLOW_PRIVATE_UPSTREAMS`; absent: no. */
  readonly allowPrivateUpstreams?: boolean;
  /** `AUTH_KEY`, whose tokens aren't in the store's lists; absent: there are none. */
  readonly authKey?: string;
}
