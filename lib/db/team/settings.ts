/**
 * The team's settings from the portal, one row per section. Rows are written by `change-settings.ts`, which validates
 * them; a field that a row lacks has its default.
 * @module
 */
import { type SQL, sql } from "drizzle-orm";
import type { Route } from "../../providers/types";
import type { TagLimit } from "../../tags/tag-limits";
import type { LogChoice } from "../../usage/logged-share";
import type { PriceOverride } from "../../usage/price";
import type { Database } from "../open-database";
import { settings as table } from "../schema/schema";
import { changeState, TAKEN_VERSION } from "../state/state-version";

export interface Settings extends TeamSettings {
  readonly traces: TraceSettings;
  readonly signIn: SignInSettings;
  readonly alertTargets: AlertTargets;
}

/** Where traces are sent; changed by a verb of its own, since its headers are secrets. */
export interface TraceSettings {
  /** Empty for nowhere. */
  readonly endpoint: string;
  /** `name=value,…`, sealed; empty for none. */
  readonly headers: string;
}

/** Where `TraceSettings.headers` stand, for their seal. */
export const TRACE_HEADERS_PLACE = { id: "settings.traces", provider: "" };

/**
 * How people sign in, where variables say nothing; changed by a verb of its own, since it has a secret. Roles, groups
 * and the claim are written as in `OIDC_ROLES`, `OIDC_GROUPS` and `OIDC_GROUPS_CLAIM`.
 */
export interface SignInSettings {
  /** The address of an OpenID Connect issuer; empty for none. */
  readonly issuer: string;
  readonly clientId: string;
  /** Sealed; empty for none. */
  readonly clientSecret: string;
  /** What its button says; empty for the issuer's host. */
  readonly name: string;
  readonly roles: string;
  readonly groups: string;
  readonly groupsClaim: string;
  /** Whether members may sign in by password, if there is another way. */
  readonly passwords: boolean;
}

/** Where `SignInSettings.clientSecret` stands, for its seal. */
export const SIGN_IN_SECRET_PLACE = { id: "settings.sign-in", provider: "" };

/**
 * Where alerts are sent, unless the deployment's variables say so; changed by a verb of its own, since all but the
 * shown parts are secrets. Sealed texts are empty if there are none.
 */
export interface AlertTargets {
  /** Sealed: who knows a chat's address can post there. */
  readonly webhookUrl: string;
  /** What is shown of it. */
  readonly webhookHost: string;
  /** Sealed. */
  readonly webhookSecret: string;
  /** Of the mail service; empty for Resend's. */
  readonly mailUrl: string;
  /** Sealed. */
  readonly mailKey: string;
}

export type SealedTarget = "webhookUrl" | "webhookSecret" | "mailKey";

/** Where a sealed text of `AlertTargets` stands, for its seal. */
export function alertTargetPlace(field: SealedTarget) {
  return { id: `settings.alertTargets.${field}`, provider: "" };
}

/** Alerts that a team may not want; the others are always sent. */
export const MUTABLE_ALERTS = [
  "key_blocked",
  "quota_dry",
  "incidents",
  "budget_used",
  "writes_used",
] as const;

export type MutableAlert = (typeof MUTABLE_ALERTS)[number];

/** The fields that are sealed, by section: sealed again when the secret changes. */
export const SEALED_SETTINGS = [
  { section: "traces", field: "headers", place: TRACE_HEADERS_PLACE },
  { section: "signIn", field: "clientSecret", place: SIGN_IN_SECRET_PLACE },
  { section: "alertTargets", field: "webhookUrl", place: alertTargetPlace("webhookUrl") },
  { section: "alertTargets", field: "webhookSecret", place: alertTargetPlace("webhookSecret") },
  { section: "alertTargets", field: "mailKey", place: alertTargetPlace("mailKey") },
] as const;

/** What is shown to all who may see settings. */
export interface TeamSettings {
  readonly upstream: {
    /** The route of providers without their own; without a gateway, all are called directly. */
    readonly route: Route;
    /** By slug. */
    readonly providers: Readonly<Record<string, Route>>;
  };
  /** In days. */
  readonly retention: {
    readonly requestLogDays: number;
    readonly hourlyDays: number;
    readonly dailyDays: number;
    /** Automatic changes of keys. */
    readonly keyEventDays: number;
    /** The audit log. */
    readonly auditDays: number;
  };
  readonly logging: {
    /** Which requests are recorded in the request log. */
    readonly requests: LogChoice;
    /** Whether the row of a failed request contains the upstream's message, redacted. */
    readonly errorWords: boolean;
  };
  readonly metering: {
    /** D1 rows that metering may write per day (UTC), for all isolates together; 0 for no limit. */
    readonly dailyRowBudget: number;
  };
  readonly tags: {
    /** Names of tags that usage is counted by, at most `MAX_ROLLED_UP_TAGS`. */
    readonly rollUp: readonly string[];
    /** Budgets of their values, at most `MAX_TAG_LIMITS`. */
    readonly limits: readonly TagLimit[];
  };
  readonly alerts: {
    /** Alert if a provider has fewer ready keys; 0 for never. */
    readonly readyKeysBelow: number;
    /** Alert if more than this percentage of a provider's requests fail; 0 for never. */
    readonly errorsAbove: number;
    /** Alert if one in twenty responses of a provider takes longer, in seconds; 0 for never. */
    readonly slowerThan: number;
    readonly muted: readonly MutableAlert[];
    /** Between these hours (UTC), alerts wait; the same hour twice for no such time. */
    readonly quietFromHour: number;
    readonly quietToHour: number;
    /** `alerts@example.org` or `One Balance <alerts@example.org>`; empty for no email. */
    readonly mailFrom: string;
    /** Empty for no email. */
    readonly mailTo: readonly string[];
  };
  readonly prices: {
    /** They precede the known prices; the first match wins. */
    readonly overrides: readonly PriceOverride[];
  };
  /** For people without their own choice; `auto` and `system` use the browser's setting. */
  readonly appearance: {
    readonly language: "auto" | "en" | "zh";
    readonly theme: "system" | "light" | "dark";
  };
}

export type SettingsSection = keyof Settings;

export const DEFAULT_SETTINGS: Settings = {
  upstream: { route: "gateway", providers: {} },
  retention: {
    requestLogDays: 14,
    hourlyDays: 90,
    dailyDays: 730,
    keyEventDays: 90,
    auditDays: 730,
  },
  logging: { requests: "all", errorWords: true },
  // The rest of the free plan's 100,000 rows per day is for keys, tokens and people.
  metering: { dailyRowBudget: 90_000 },
  tags: { rollUp: [], limits: [] },
  alerts: {
    readyKeysBelow: 1,
    errorsAbove: 0,
    slowerThan: 0,
    muted: [],
    quietFromHour: 0,
    quietToHour: 0,
    mailFrom: "",
    mailTo: [],
  },
  prices: { overrides: [] },
  appearance: { language: "auto", theme: "system" },
  traces: { endpoint: "", headers: "" },
  signIn: {
    ...{ issuer: "", clientId: "", clientSecret: "", name: "" },
    ...{ roles: "", groups: "", groupsClaim: "", passwords: true },
  },
  alertTargets: { webhookUrl: "", webhookHost: "", webhookSecret: "", mailUrl: "", mailKey: "" },
};

export interface SettingRow {
  readonly name: string;
  readonly value: unknown;
}

export const SETTING_COLUMNS = { name: table.name, value: table.value };

/** The settings after these rows replaced what was known about their sections. */
export function withSettingRows(known: Settings, rows: readonly SettingRow[]): Settings {
  let settings = known;
  for (const { name, value } of rows) {
    if (!isSection(name)) continue;
    settings = { ...settings, [name]: { ...DEFAULT_SETTINGS[name], ...(value as object) } };
  }
  return settings;
}

function isSection(name: string): name is SettingsSection {
  return Object.hasOwn(DEFAULT_SETTINGS, name);
}

export interface StoredSettings {
  readonly settings: Settings;
  /** The version of each section's last change; absent if it was never changed. */
  readonly versions: ReadonlyMap<string, number>;
}

export async function readSettings(db: Database): Promise<StoredSettings> {
  const rows = await db.select().from(table);
  return {
    settings: withSettingRows(DEFAULT_SETTINGS, rows),
    versions: new Map(rows.map(({ name, version }) => [name, version])),
  };
}

export interface SettingsWrite {
  readonly section: SettingsSection;
  readonly value: Settings[SettingsSection];
  /** As read; undefined if the section was never changed. */
  readonly version: number | undefined;
  /** From `auditChange`. */
  readonly audit: SQL;
  /** Statements of the same transaction, which see whether the section has `TAKEN_VERSION`. */
  readonly also?: readonly SQL[];
}

/** @returns False, with nothing written, if the section was changed since it was read. */
export async function writeSettings(
  db: Database,
  { section, value, version, audit, also = [] }: SettingsWrite,
  nowMs: number,
): Promise<boolean> {
  const { rowCounts } = await changeState(db, [
    sql`
      insert into settings (name, value, updated_at_ms, version)
      values (${section}, ${JSON.stringify(value)}, ${nowMs}, ${TAKEN_VERSION})
      on conflict (name) do update set
        value = excluded.value, updated_at_ms = excluded.updated_at_ms, version = excluded.version
      where settings.version = ${version ?? null}`,
    audit,
    ...also,
  ]);
  return rowCounts[0] !== 0;
}
