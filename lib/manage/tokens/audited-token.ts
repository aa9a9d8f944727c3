import type { AccessTokenRow, Changes } from "../../db/schema/schema";
import { USUAL_SHARE } from "./token-share";

/** What the audit log records of a token, in the API's terms: configured settings, no secret. */
const AUDITED = {
  name: "name",
  masked: "masked",
  status: "status",
  ownerId: "ownerId",
  groupId: "group",
  forAdminApi: "forAdminApi",
  providers: "providers",
  models: "models",
  expiresAtMs: "expiresAt",
  rpm: "rpm",
  tpm: "tpm",
  concurrentRequests: "concurrentRequests",
  dailyRequests: "dailyRequests",
  dailyTokens: "dailyTokens",
  dailyCostUsd: "dailyCostUsd",
  monthlyCostUsd: "monthlyCostUsd",
  weight: "weight",
  priorityClass: "priorityClass",
  maxWaitSeconds: "maxWaitSeconds",
  unpricedReserveUsd: "unpricedReserveUsd",
  fixedTags: "fixedTags",
  requiredTags: "requiredTags",
} as const satisfies Partial<Record<keyof AccessTokenRow, string>>;

type AuditedColumn = keyof typeof AUDITED;
const COLUMNS = Object.keys(AUDITED) as readonly AuditedColumn[];

/** A new token for the audit log: default values are left out. */
export function auditedToken(token: Changes<AccessTokenRow>): Record<string, unknown> {
  const usual: Changes<AccessTokenRow> = { ...USUAL_SHARE, forAdminApi: false };
  return fields(
    token,
    COLUMNS.filter((column) => token[column] != null && token[column] !== usual[column]),
  );
}

/** The values that a change changes, before and after. */
export function auditedChange(
  token: Changes<AccessTokenRow>,
  changes: Changes<AccessTokenRow>,
): { before: Record<string, unknown>; after: Record<string, unknown> } {
  const changed = COLUMNS.filter(
    (column) =>
      changes[column] !== undefined &&
      JSON.stringify(changes[column]) !== JSON.stringify(token[column]),
  );
  return { before: fields(token, changed), after: fields(changes, changed) };
}

function fields(row: Changes<AccessTokenRow>, columns: readonly AuditedColumn[]) {
  return Object.fromEntries(columns.map((column) => [AUDITED[column], row[column]]));
}
