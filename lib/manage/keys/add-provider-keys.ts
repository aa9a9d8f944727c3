import { insertProviderKeys } from "../../db/keys/insert-provider-keys";
import { listProviderKeyIds } from "../../db/keys/provider-keys";
import { newRowId } from "../../db/new-row-id";
import { listGroupNames } from "../../db/team/groups";
import { notOwn, ownGroups } from "../groups/group-access";
import { withGroups } from "../groups/with-groups";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { describeIssue, toWords } from "../parse-input";
import { type AddProviderKeysInput, newKeySettings } from "../schemas";
import { auditKeys } from "./audit-provider-keys";
import { knownProvider } from "./known-provider";
import { type NewKeySettings, newProviderKey } from "./new-provider-key";
import { readKeyText } from "./read-key-text";

export interface AddedProviderKeys {
  readonly added: number;
  /** Lines whose key the provider already has, or that repeat an earlier line. */
  readonly duplicates: number;
  readonly rejected: readonly { readonly index: number; readonly reason: string }[];
}

/** Adds keys to a provider's pool, thousands per call. Invalid lines are reported and don't stop the others. */
export async function addProviderKeys(
  context: ManageContext,
  input: AddProviderKeysInput,
): Promise<AddedProviderKeys> {
  const { ids: _, ...added } = await addAndNameProviderKeys(context, input);
  return added;
}

/** As `addProviderKeys`, with the ids of the keys that were added. */
export async function addAndNameProviderKeys(
  context: ManageContext,
  input: AddProviderKeysInput,
): Promise<AddedProviderKeys & { readonly ids: readonly string[] }> {
  const { slug } = await knownProvider(context, input.provider);
  const { secrets } = context;
  if (secrets === null) throw new ManageError("not_configured", "KEY_ENCRYPTION_SECRET is not set");
  const nowMs = context.nowMs();

  const texts = new Map<string, NewKeySettings>();
  const rejected: { index: number; reason: string }[] = [];
  const lines = input.keys.map(readLine);
  const isUnknown = await wrongGroups(context, lines);
  for (const [index, line] of lines.entries()) {
    const read = isUnknown(line) ?? line;
    if ("problem" in read) rejected.push({ index, reason: read.problem });
    else if (!texts.has(read.text)) texts.set(read.text, read.settings);
  }
  const keys = await Promise.all(
    [...texts].map(([text, settings], index) =>
      newProviderKey(slug, text, settings, newRowId("pk", nowMs, index), secrets),
    ),
  );
  const { actor, shownTo: tendedBy } = context;
  const origin = { provider: slug, createdAtMs: nowMs, createdBy: actor.id, tendedBy };
  const added = await withGroups(
    insertProviderKeys(context.db, origin, keys, (ids) =>
      auditKeys(context.actor, "add", { provider: slug, ids }, nowMs),
    ),
  );
  const ids = keys.map(({ id }) => id);
  return {
    added,
    duplicates: input.keys.length - rejected.length - added,
    rejected,
    // Those of keys that the provider had already lead nowhere.
    ids:
      added === ids.length ? ids : await listProviderKeyIds(context.db, { ids }, nowMs, ids.length),
  };
}

type Problem = { readonly problem: string };
type Line = { readonly text: string; readonly settings: NewKeySettings } | Problem;

/**
 * Says which lines name a group that doesn't exist, so that such a key doesn't become a common one; for a group's admin,
 * which aren't keys of that group.
 */
async function wrongGroups(
  context: ManageContext,
  lines: readonly Line[],
): Promise<(line: Line) => Problem | undefined> {
  const { db } = context;
  const groupsOf = (line: Line) => ("problem" in line ? [] : (line.settings.groups ?? []));
  const own = await ownGroups(context);
  if (own !== null) {
    return (line) => {
      const problem = notOwn(own, groupsOf(line));
      return problem === null ? undefined : { problem };
    };
  }
  if (lines.every((line) => groupsOf(line).length === 0)) return () => undefined;
  const known = new Set((await listGroupNames(db)).map(({ id }) => id));
  return (line) => {
    const unknown = groupsOf(line).find((id) => !known.has(id));
    return unknown === undefined
      ? undefined
      : { problem: `groups: there is no group ${JSON.stringify(unknown)}` };
  };
}

function readLine(line: unknown): Line {
  const parsed = newKeySettings.safeParse(typeof line === "string" ? { key: line } : line);
  if (!parsed.success) {
    return { problem: parsed.error.issues.map(describeIssue).map(toWords).join("; ") };
  }
  const {
    key,
    weight = 1,
    priority = 0,
    quotaDomain = null,
    groups = null,
    models = null,
    limits = null,
    concurrentRequests = null,
    dailyCostUsd = null,
    monthlyCostUsd = null,
    remark = null,
  } = parsed.data;
  const read = readKeyText(key);
  if ("problem" in read) return read;
  const caps = { concurrentRequests, dailyCostUsd, monthlyCostUsd };
  const settings = { weight, priority, quotaDomain, groups, models, limits, ...caps, remark };
  return { text: read.text, settings };
}
