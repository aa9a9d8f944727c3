/**
 * Tokens for the admin API act as their owner: they have no group and no providers, and no one else gets their text.
 * @module
 */
import type { ListedAccessToken } from "../../db/tokens/access-tokens";
import { ManageError } from "../manage-error";

/** What such a token must not have. */
interface AppSettings {
  readonly group?: unknown;
  readonly providers?: unknown;
  readonly models?: unknown;
}

/** @throws {ManageError} `invalid_input`. */
export function assertForAdminApi(
  ownerId: string | null,
  actorId: string,
  { group, ...scopes }: AppSettings,
): void {
  if (ownerId !== actorId) {
    throw invalid("forAdminApi", "a token for the admin API is of who creates it");
  }
  if (group != null) throw invalid("group", "a token for the admin API is in no group");
  assertNoScopes(scopes);
}

/** @throws {ManageError} `invalid_input` if a token for the admin API would be used for something else. */
export function assertStaysForAdminApi(
  { forAdminApi, ownerId }: Pick<ListedAccessToken, "forAdminApi" | "ownerId">,
  { group, owner, ...scopes }: AppSettings & { readonly owner?: string | null | undefined },
): void {
  if (!forAdminApi) return;
  if (owner !== undefined && owner !== ownerId) {
    throw invalid("owner", "a token for the admin API stays its owner's");
  }
  if (group != null) throw invalid("group", "a token for the admin API is in no group");
  assertNoScopes(scopes);
}

/** @throws {ManageError} `invalid_input` if someone else would get the text of a token for the admin API. */
export function assertRotatesOwn(
  { forAdminApi, ownerId }: Pick<ListedAccessToken, "forAdminApi" | "ownerId">,
  actorId: string,
): void {
  if (!forAdminApi || ownerId === actorId) return;
  throw new ManageError("invalid_input", "only its owner replaces a token for the admin API");
}

function assertNoScopes({ providers, models }: AppSettings): void {
  const isNone = (list: unknown) => list == null || (Array.isArray(list) && list.length === 0);
  if (!isNone(providers)) throw invalid("providers", NO_PROVIDER);
  if (!isNone(models)) throw invalid("models", NO_PROVIDER);
}

const NO_PROVIDER = "a token for the admin API calls no provider";

function invalid(path: string, message: string): ManageError {
  return new ManageError("invalid_input", message, [{ path, message }]);
}
