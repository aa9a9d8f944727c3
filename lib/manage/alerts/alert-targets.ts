/**
 * Where alerts are sent if the deployment's variables don't say: a webhook's address and its secret, and the key of a
 * mail service. All are secrets, stored sealed, and never shown.
 * @module
 */
import { z } from "zod";
import { sealKey } from "../../crypto/seal";
import { auditChange } from "../../db/team/audit-log";
import {
  type AlertTargets,
  alertTargetPlace,
  readSettings,
  type SealedTarget,
  writeSettings,
} from "../../db/team/settings";
import { assertUnchanged, type Fields } from "../assert-unchanged";
import { atLeastOneField } from "../at-least-one-field";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { inEnglish } from "../providers/custom-provider-schema";
import { targetProblem } from "./open-target";

/** What is shown of the targets. */
export interface AlertTargetsView {
  /** Empty if there is no webhook. */
  readonly webhookHost: string;
  readonly hasWebhookSecret: boolean;
  /** Empty for Resend's. */
  readonly mailUrl: string;
  readonly hasMailKey: boolean;
}

const secret = z.string().trim().min(1).max(2_000).nullable().optional();

/** Null removes. */
export const changeAlertTargetsInput = z
  .strictObject({
    webhookUrl: z.string().trim().min(1).max(500).nullable().optional(),
    webhookSecret: secret,
    mailUrl: z.string().trim().max(500).optional(),
    mailKey: secret,
  })
  .refine(atLeastOneField, "nothing to change");
export type ChangeAlertTargetsInput = z.output<typeof changeAlertTargetsInput>;

export async function readAlertTargets({
  db,
}: Pick<ManageContext, "db">): Promise<AlertTargetsView> {
  return shown((await readSettings(db)).settings.alertTargets);
}

/**
 * A secret that was given for one address isn't used for another: who changes the address gives it again.
 * @param was What the form showed when it was opened; another's change in the meantime stays, and is reported.
 * @throws {ManageError} `invalid_input` for an address that may not be called; `conflict` if someone else changes them;
 * `not_configured` without `KEY_ENCRYPTION_SECRET`.
 */
export async function changeAlertTargets(
  context: ManageContext,
  input: ChangeAlertTargetsInput,
  was?: Fields,
): Promise<void> {
  const { db, actor, nowMs, allowPrivateUpstreams = false } = context;
  const { settings, versions } = await readSettings(db);
  const before = settings.alertTargets;
  assertUnchanged({ ...shown(before) }, {}, was);
  const { webhookUrl, mailUrl } = input;
  if (typeof webhookUrl === "string") {
    assertCallable("webhookUrl", webhookUrl, allowPrivateUpstreams);
  }
  if (mailUrl) assertCallable("mailUrl", mailUrl, allowPrivateUpstreams);
  const isMoved = mailUrl !== undefined && mailUrl !== before.mailUrl;
  const sealed = async (field: SealedTarget, kept: string): Promise<string> => {
    const text = input[field];
    return text === undefined ? kept : text === null ? "" : sealTarget(field, text, context);
  };
  const value: AlertTargets = {
    webhookUrl: await sealed("webhookUrl", before.webhookUrl),
    webhookHost:
      webhookUrl === undefined ? before.webhookHost : webhookUrl === null ? "" : hostOf(webhookUrl),
    webhookSecret: await sealed(
      "webhookSecret",
      webhookUrl === undefined ? before.webhookSecret : "",
    ),
    mailUrl: mailUrl ?? before.mailUrl,
    mailKey: await sealed("mailKey", isMoved ? "" : before.mailKey),
  };
  const subject = { kind: "settings", id: "alertTargets", name: "alertTargets" };
  const changed = Object.keys(input);
  const entry = {
    action: "settings.update",
    subject,
    before: { ...shown(before) },
    after: { ...shown(value), changed },
  };
  const atMs = nowMs();
  const write = {
    section: "alertTargets" as const,
    value,
    version: versions.get("alertTargets"),
    audit: auditChange(actor, entry, atMs),
  };
  if (await writeSettings(db, write, atMs)) return;
  throw new ManageError("conflict", "someone else is changing these settings; try again");
}

function assertCallable(path: string, url: string, allowPrivate: boolean): void {
  const problem = targetProblem(url, allowPrivate);
  if (problem === null) return;
  const message = inEnglish(problem);
  throw new ManageError("invalid_input", `${path}: ${message}`, [{ path, message }]);
}

async function sealTarget(
  field: SealedTarget,
  text: string,
  { secrets }: ManageContext,
): Promise<string> {
  if (secrets === null) throw new ManageError("not_configured", "KEY_ENCRYPTION_SECRET is not set");
  return sealKey(text, secrets.current, alertTargetPlace(field));
}

function hostOf(url: string): string {
  return new URL(url).host;
}

function shown({ webhookHost, webhookSecret, mailUrl, mailKey }: AlertTargets): AlertTargetsView {
  return {
    webhookHost,
    hasWebhookSecret: webhookSecret !== "",
    mailUrl,
    hasMailKey: mailKey !== "",
  };
}
