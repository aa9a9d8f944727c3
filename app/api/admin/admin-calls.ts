import type { AdminCalls } from "./admin-call";
import { accessTokenCalls } from "./calls/access-tokens";
import { groupCalls } from "./calls/groups";
import { instanceCalls } from "./calls/instance";
import { providerKeyCalls } from "./calls/provider-keys";
import { routingCalls } from "./calls/routing";

/** The whole admin API. `lib/manage/open-api-document.ts` describes the same calls. */
export const ADMIN_CALLS: AdminCalls = {
  ...providerKeyCalls,
  ...accessTokenCalls,
  ...groupCalls,
  ...routingCalls,
  ...instanceCalls,
};
