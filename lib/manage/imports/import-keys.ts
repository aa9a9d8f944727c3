/**
 * Imports keys from another program, with their notes, statuses and cooldowns. Repeating an import changes nothing, and
 * what the pool knows about its keys itself is never overwritten.
 * @module
 */
import type { z } from "zod";
import { redact } from "../../crypto/redact";
import type { SealingSecrets } from "../../crypto/seal";
import { DISABLED_BY, type KeyKeeper } from "../../db/keys/change-provider-keys";
import { fillProviderKeys, type KeyFill } from "../../db/keys/fill-provider-keys";
import { type InitialState, insertProviderKeys } from "../../db/keys/insert-provider-keys";
import { findKnownKeys, type KnownKey } from "../../db/keys/provider-keys";
import { newRowId } from "../../db/new-row-id";
import { listGroupNames } from "../../db/team/groups";
import type { SourceForm, SourceKey } from "../../moving-in/source-key";
import type { LimitRule } from "../../pool/types";
import { assertGroups } from "../groups/find-group";
import { notOwn, ownGroups } from "../groups/group-access";
import { withGroups } from "../groups/with-groups";
import { auditKeys } from "../keys/audit-provider-keys";
import { keeperOf } from "../keys/change-provider-keys";
import { fingerprintsOf } from "../keys/fingerprints-of";
import { allProviders, knownProvider } from "../keys/known-provider";
import { newProviderKey } from "../keys/new-provider-key";
import { readKeyText } from "../keys/read-key-text";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { describeIssue, toWords } from "../parse-input";
import { proposeCustomProvider } from "../providers/propose-custom-provider";
import {
  type ImportedKeys,
  type ImportKeysInput,
  type ProviderImport,
  sourceKey,
} from "./import-schemas";
import { placeSourceKey } from "./place-source-key";

/** A key that may be added, with valid text and settings. */
interface GoodKey extends Omit<SourceKey, "settings"> {
  readonly settings: {
    readonly remark: string | null;
    readonly weight: number;
    readonly priority: number;
    readonly quotaDomain: string | null;
    readonly groups: readonly string[] | null;
    readonly models: readonly string[] | null;
    readonly limits: readonly LimitRule[] | null;
    readonly concurrentRequests: number | null;
    readonly dailyCostUsd: number | null;
    readonly monthlyCostUsd: number | null;
  };
}

type Rejected = ImportedKeys["rejected"][number];

/**
 * With `dryRun`, reports what would be done; otherwise does it, one provider at a time. Keys of unknown services are
 * skipped and reported.
 *
 * @throws {ManageError} `invalid_input` for an unknown provider or group; `conflict` if keys of one quota domain would
 * serve different groups; `not_configured` without `KEY_ENCRYPTION_SECRET`.
 */
export async function importKeys(
  context: ManageContext,
  input: ImportKeysInput,
): Promise<ImportedKeys> {
  const { secrets } = context;
  if (secrets === null) throw new ManageError("not_configured", "KEY_ENCRYPTION_SECRET is not set");
  await assertGroups(context, input.groups ?? [], "groups");
  const [known, chosen, groupNames, own] = await Promise.all([
    allProviders(context),
    chosenProviders(context, input),
    listGroupNames(context.db),
    ownGroups(context),
  ]);
  const groupIds = new Set(groupNames.map(({ id }) => id));
  const rejected: Rejected[] = [];
  const placed: { readonly slug: string; readonly key: GoodKey }[] = [];
  const left: { readonly name: string; readonly key: GoodKey }[] = [];
  for (const each of input.keys) {
    const key = readKey(each, input.groups ?? null, groupIds, own);
    if ("code" in key) {
      rejected.push(key);
      continue;
    }
    const place = placeSourceKey(key, known, chosen);
    if ("unknown" in place) left.push({ name: place.unknown, key });
    else placed.push({ slug: place.provider.slug, key });
  }
  const providers: ProviderImport[] = [];
  for (const [slug, found] of Map.groupBy(placed, ({ slug }) => slug)) {
    const keys = found.map(({ key }) => key);
    providers.push(await withGroups(importInto(context, secrets, slug, keys, input)));
  }
  const isKnown = (slug: string) => known.some((provider) => provider.slug === slug);
  const unknown = [...Map.groupBy(left, ({ name }) => name)].map(([name, found]) => {
    // Only admins of the team add providers.
    const proposals =
      own === null ? found.map(({ key }) => proposeCustomProvider(key, isKnown)) : [];
    return { name, keys: found.length, proposal: proposals.find(Boolean) ?? null };
  });
  const sum = (field: "added" | "duplicates" | "changed") =>
    providers.reduce((total, each) => total + each[field], 0);
  return {
    dryRun: input.dryRun,
    form: input.form,
    added: sum("added"),
    duplicates: sum("duplicates"),
    changed: sum("changed"),
    skipped: 0,
    leftOut: [],
    rejected,
    providers: providers.sort((a, b) => a.provider.localeCompare(b.provider)),
    unknown,
  };
}

async function chosenProviders(context: ManageContext, { provider, providers }: ImportKeysInput) {
  const named = await Promise.all(
    Object.entries(providers).map(
      async ([name, slug]) => [name, await knownProvider(context, slug)] as const,
    ),
  );
  return {
    named: new Map(named),
    rest: provider === null ? undefined : await knownProvider(context, provider),
  };
}

/**
 * @param groups Those that keys serve whose source names none; null for everyone.
 * @param known Ids of all groups: a key of another one is rejected, so that it doesn't serve everyone.
 * @param own As returned by `ownGroups`: keys of others are rejected too.
 */
function readKey(
  each: unknown,
  groups: readonly string[] | null,
  known: ReadonlySet<string>,
  own: ReadonlySet<string> | null,
): GoodKey | Rejected {
  const parsed = sourceKey.safeParse(each);
  if (!parsed.success) return badSettings(positionOf(each), parsed.error);
  const { settings, ...key } = parsed.data;
  const read = readKeyText(key.text);
  if ("problem" in read) return { position: key.position, code: read.code, reason: read.problem };
  const { weight = 1, priority = 0, models = null, limits = null, remark, quotaDomain } = settings;
  const unknown = settings.groups?.find((id) => !known.has(id));
  if (unknown !== undefined) {
    const reason = `groups: there is no group ${JSON.stringify(unknown)}`;
    return { position: key.position, code: "settings", reason };
  }
  const served = settings.groups ?? (groups && [...new Set(groups)].sort());
  const foreign = notOwn(own, served);
  if (foreign !== null) return { position: key.position, code: "settings", reason: foreign };
  return {
    ...key,
    text: read.text,
    settings: {
      weight,
      priority,
      models,
      limits,
      concurrentRequests: settings.concurrentRequests ?? null,
      dailyCostUsd: settings.dailyCostUsd ?? null,
      monthlyCostUsd: settings.monthlyCostUsd ?? null,
      remark: remark || null,
      quotaDomain: quotaDomain ?? projectOf(read.text),
      groups: served,
    },
  };
}

function badSettings(position: number, { issues }: z.ZodError): Rejected {
  return { position, code: "settings", reason: issues.map(describeIssue).map(toWords).join("; ") };
}

/** The position of an invalid key; 0 if unknown. */
function positionOf(each: unknown): number {
  const { position } = Object(each) as { readonly position?: unknown };
  return typeof position === "number" && Number.isSafeInteger(position) ? position : 0;
}

/** Service accounts of one project share its quota. */
function projectOf(text: string): string | null {
  if (!text.startsWith("{")) return null;
  const { project_id: project } = JSON.parse(text) as { readonly project_id?: unknown };
  return typeof project === "string" && project !== "" ? project.slice(0, 200) : null;
}

async function importInto(
  context: ManageContext,
  secrets: SealingSecrets,
  provider: string,
  keys: readonly GoodKey[],
  { form, dryRun }: ImportKeysInput,
): Promise<ProviderImport> {
  const { db, actor } = context;
  const nowMs = context.nowMs();
  const known = await findKnown(context, secrets, provider, keys);
  // If a key occurs twice, the first one counts.
  const different = [
    ...new Map(keys.toReversed().map((key) => [key.text, key])).values(),
  ].reverse();
  const fresh = different
    .filter(({ text }) => !known.has(text))
    .map((key) => ({ key, initial: initialStateOf(key, form, keeperOf(context), nowMs) }));
  // A group's admin adds keys, and changes none of others.
  const fills = context.shownTo
    ? []
    : different.flatMap(({ text, settings }) => fillOf(known.get(text), settings) ?? []);
  const states = {
    blocked: fresh.filter(({ initial }) => initial.status === "blocked").length,
    disabled: fresh.filter(({ initial }) => initial.status === "disabled").length,
    cooling: fresh.filter(({ initial }) => initial.cooldowns.length > 0).length,
  };
  if (dryRun) {
    const duplicates = keys.length - fresh.length;
    return { provider, added: fresh.length, ...states, duplicates, changed: fills.length };
  }
  const rows = await Promise.all(
    fresh.map(({ key, initial }, index) =>
      newProviderKey(
        provider,
        key.text,
        { ...key.settings, initial },
        newRowId("pk", nowMs, index),
        secrets,
      ),
    ),
  );
  const { shownTo: tendedBy } = context;
  const origin = { provider, createdAtMs: nowMs, createdBy: actor.id, tendedBy };
  const added = await insertProviderKeys(db, origin, rows, (ids) =>
    auditKeys(actor, "import", { provider, ids }, nowMs, { from: form }),
  );
  const audit = auditKeys(actor, "fill", { ids: fills.map(({ id }) => id) }, nowMs, { from: form });
  const changed = fills.length === 0 ? 0 : await fillProviderKeys(db, fills, nowMs, audit);
  return { provider, added, ...states, duplicates: keys.length - added, changed };
}

/** Keys of the pool by their texts. */
async function findKnown(
  { db }: ManageContext,
  secrets: SealingSecrets,
  provider: string,
  keys: readonly GoodKey[],
): Promise<ReadonlyMap<string, KnownKey>> {
  const prints = await Promise.all(keys.map(({ text }) => fingerprintsOf(provider, text, secrets)));
  const found = await findKnownKeys(db, provider, prints.flat());
  const byPrint = new Map(found.map((key) => [key.fingerprint, key]));
  return new Map(
    keys.flatMap(({ text }, index) => {
      const key = prints[index]?.map((print) => byPrint.get(print)).find(Boolean);
      return key === undefined ? [] : [[text, key] as const];
    }),
  );
}

/** What the source can add to a key of the pool; undefined for nothing. */
function fillOf(known: KnownKey | undefined, settings: GoodKey["settings"]): KeyFill | undefined {
  if (known === undefined) return undefined;
  const remark = known.remark === null ? settings.remark : null;
  const quotaDomain = known.quotaDomain === null ? settings.quotaDomain : null;
  return remark === null && quotaDomain === null
    ? undefined
    : { id: known.id, remark, quotaDomain };
}

/** A cooldown of an hour or less is about a per-minute quota. */
const SHORT_REST_MS = 3_600_000;

function initialStateOf(
  { text, state, cooldowns }: GoodKey,
  form: SourceForm,
  importer: KeyKeeper,
  nowMs: number,
): InitialState {
  const evidence = <Meaning extends string>(
    meaning: Meaning,
    words: string,
    model: string | null,
  ) => ({
    meaning,
    rule: `imported-from-${form}`,
    status: 0,
    words: redact(words, [text]).slice(0, WORDS_MAX),
    requestId: "",
    model,
    atMs: nowMs,
  });
  const kept = cooldowns
    .filter(({ untilMs }) => untilMs > nowMs)
    .map(({ model, untilMs }) => {
      const isShort = untilMs - nowMs <= SHORT_REST_MS;
      const reason = isShort ? ("rate_limit_minute" as const) : ("rate_limit_day" as const);
      return { model, untilMs, evidence: evidence(reason, "", model) };
    });
  switch (state.kind) {
    case "active":
      return { status: "active", reason: null, evidence: null, cooldowns: kept };
    case "disabled":
      return {
        ...{ status: "disabled", reason: DISABLED_BY[importer] },
        ...{ evidence: null, cooldowns: kept },
      };
    case "blocked": {
      const { meaning, words } = state;
      const blockEvidence = evidence(meaning, words, null);
      return { status: "blocked", reason: meaning, evidence: blockEvidence, cooldowns: kept };
    }
  }
}

/** As long as an upstream's stored message. */
const WORDS_MAX = 300;
