import type { Right } from "@/lib/auth/member";
import type { accessTokenCalls } from "./calls/access-tokens";
import type { groupCalls } from "./calls/groups";
import type { instanceCalls } from "./calls/instance";
import type { providerKeyCalls } from "./calls/provider-keys";
import type { routingCalls } from "./calls/routing";

type CallName =
  | keyof typeof accessTokenCalls
  | keyof typeof groupCalls
  | keyof typeof instanceCalls
  | keyof typeof providerKeyCalls
  | keyof typeof routingCalls;

/** The calls that members may make who aren't admins of the team, as their pages and actions allow them. */
const RIGHTS: Partial<Record<CallName, Right>> = {
  "GET provider-keys": "groupAdmin",
  "POST provider-keys": "groupAdmin",
  "POST provider-keys/change": "groupAdmin",
  "POST provider-keys/undo": "groupAdmin",
  "POST import": "groupAdmin",
  "GET access-tokens": "groupAdmin",
  "POST access-tokens": "groupAdmin",
  "PATCH access-tokens/{id}": "groupAdmin",
  "DELETE access-tokens/{id}": "groupAdmin",
  "POST access-tokens/{id}/rotate": "groupAdmin",
  "GET budgets": "groupAdmin",
  "GET groups": "groupAdmin",
  "GET requests": "groupAdmin",
  "GET requests/{id}": "groupAdmin",
};

/** The least right of a member whose token makes a call, by its name in `ADMIN_CALLS`. */
export function rightOfCall(name: string): Right {
  const rights: Readonly<Record<string, Right>> = RIGHTS;
  return Object.hasOwn(rights, name) ? (rights[name] ?? "admin") : "admin";
}
