/**
 * How people sign in: an OpenID Connect issuer, whose app has a secret, and whether passwords are allowed.
 * @module
 */
import { sql } from "drizzle-orm";
import { z } from "zod";
import { redact } from "../../crypto/redact";
import { openSealed, sealKey } from "../../crypto/seal";
import { runBatch, TAKEN_VERSION } from "../../db/state/state-version";
import { auditChange, auditEvent } from "../../db/team/audit-log";
import {
  readSettings,
  type SettingsWrite,
  SIGN_IN_SECRET_PLACE,
  type SignInSettings,
  writeSettings,
} from "../../db/team/settings";
import { listLinkedAccounts } from "../../db/team/users";
import { baseUrlProblem } from "../../http/base-url-problem";
import { atLeastOneField } from "../at-least-one-field";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { inEnglish } from "../providers/custom-provider-schema";

const text = (longest: number, description: string) =>
  z.string().trim().max(longest).meta({ description });

const fields = {
  issuer: text(500, "The address of an OpenID Connect issuer; empty for none"),
  clientId: text(500, "Of the app that is registered there"),
  name: text(60, "What its button says; empty for the issuer's host"),
  roles: text(4_000, "As in OIDC_ROLES: `platform=admin;engineering=member;*=viewer`"),
  groups: text(4_000, "As in OIDC_GROUPS: `search-team=search;search-leads=search:admin`"),
  groupsClaim: text(200, "The claim with the groups; empty for `groups`"),
  passwords: z.boolean().meta({ description: "Whether members may sign in by password" }),
};

export const signInSettings = z.strictObject({
  ...fields,
  hasSecret: z.boolean(),
  isByVariable: z.boolean().meta({ description: "OIDC_ISSUER is set; it takes precedence" }),
  isPasswordsByVariable: z.boolean().meta({ description: "PASSWORDS is set; it takes precedence" }),
});
export type SignInSettingsView = z.output<typeof signInSettings>;

export const changeSignInSettingsInput = z
  .strictObject(fields)
  .partial()
  .extend({
    clientSecret: text(
      1_000,
      "Of the app; empty for none. Another issuer or app clears it",
    ).optional(),
  })
  .refine(atLeastOneField, "nothing to change");
export type ChangeSignInSettingsInput = z.output<typeof changeSignInSettingsInput>;

export const signInTest = z.strictObject({
  problem: z.string().nullable().meta({ description: "Null if the issuer knows the app" }),
});

/** What the deployment's variables say, and how an issuer is asked. */
export interface SignInDeployment {
  /** Null if no variable names an issuer. */
  readonly byVariable: Omit<
    SignInSettingsView,
    "isByVariable" | "isPasswordsByVariable" | "passwords"
  > | null;
  /** What `PASSWORDS` says; null if it isn't set. */
  readonly passwords: boolean | null;
  /** Whether variables name another service than the issuer. */
  readonly hasOtherService: boolean;
  /** What is wrong with an issuer's address, or a list of roles or groups; null if nothing is. */
  problemOf(name: "issuer" | "roles" | "groups", text: string): string | null;
  /**
   * What is wrong with an issuer and its app; null if nothing is.
   * @param app Null for those of the variables.
   */
  examine(app: IssuerApp | null): Promise<string | null>;
}

export type IssuerApp = Pick<SignInSettings, "issuer" | "clientId" | "clientSecret">;

export async function readSignInSettings(
  { db }: Pick<ManageContext, "db">,
  { byVariable, passwords }: SignInDeployment,
): Promise<SignInSettingsView> {
  const { clientSecret, ...own } = (await readSettings(db)).settings.signIn;
  return {
    ...own,
    hasSecret: clientSecret !== "",
    ...byVariable,
    passwords: passwords ?? own.passwords,
    isByVariable: byVariable !== null,
    isPasswordsByVariable: passwords !== null,
  };
}

/**
 * The secret that was set for one app is not sent to another: who changes the issuer or the app gives it again. Turning
 * passwords off ends the sessions of everyone who has only a password.
 * @throws {ManageError} `invalid_input` for an address that may not be named, entries that can't be read, or if no one
 * could sign in any more; `conflict` if someone else changes them; `not_configured` without `KEY_ENCRYPTION_SECRET`.
 */
export async function changeSignInSettings(
  context: ManageContext,
  deployment: SignInDeployment,
  { clientSecret, ...changes }: ChangeSignInSettingsInput,
): Promise<void> {
  const { db, actor, nowMs } = context;
  const { settings, versions } = await readSettings(db);
  const before = settings.signIn;
  const changed = { ...before, ...definedOf(changes) };
  const isElsewhere = changed.issuer !== before.issuer || changed.clientId !== before.clientId;
  const kept = isElsewhere ? "" : before.clientSecret;
  const value: SignInSettings = {
    ...changed,
    clientSecret: clientSecret === undefined ? kept : await sealedSecret(clientSecret, context),
  };
  assertIssuer(value, context);
  for (const name of ["issuer", "roles", "groups"] as const) {
    const problem = deployment.problemOf(name, value[name]);
    if (problem !== null) throw invalid(name, problem);
  }
  const endsPasswords = before.passwords && !value.passwords;
  if (endsPasswords) await assertOtherWay(context, deployment, value);
  const atMs = nowMs();
  const audit = auditChange(
    actor,
    {
      action: "settings.update",
      subject: { kind: "settings", id: "signIn", name: "signIn" },
      before: shown(before),
      after: { ...shown(value), ...(clientSecret !== undefined && { secretChanged: true }) },
    },
    atMs,
  );
  const write: SettingsWrite = {
    section: "signIn",
    value,
    version: versions.get("signIn"),
    audit,
    also: endsPasswords ? [END_SESSIONS] : [],
  };
  if (await writeSettings(db, write, atMs)) return;
  throw new ManageError("conflict", "someone else is changing these settings; try again");
}

/** Of people who have never signed in by a service. */
const END_SESSIONS = sql`
  update users set session_version = session_version + 1
  where not exists (select 1 from accounts where accounts.user_id = users.id)
    and exists (select 1 from settings where name = 'signIn' and version = ${TAKEN_VERSION})`;

/**
 * Tries the issuer and its app, without a person.
 * @returns What is wrong; null if nothing is.
 * @throws {ManageError} `not_configured` where none is set; `invalid_input` for an address that may not be named any
 * more, or came with a backup.
 */
export async function testSignInSettings(
  context: ManageContext,
  { byVariable, examine }: SignInDeployment,
): Promise<string | null> {
  const { db, nowMs, actor } = context;
  const { signIn } = (await readSettings(db)).settings;
  if (byVariable === null && (signIn.issuer === "" || signIn.clientSecret === "")) {
    throw new ManageError("not_configured", "no issuer with an app and its secret is set");
  }
  if (byVariable === null) assertIssuer(signIn, context);
  let problem: string | null;
  try {
    problem = await examine(byVariable === null ? await opened(signIn, context) : null);
  } catch (error) {
    problem = String(error);
  }
  problem = problem === null ? null : redact(problem, []);
  const subject = { kind: "settings", id: "signIn", name: "signIn" };
  const entry = { action: "sign-in.test", subject, after: { problem } };
  await runBatch(db, [auditEvent(actor, entry, nowMs())]);
  return problem;
}

async function opened(app: IssuerApp, { secrets }: ManageContext): Promise<IssuerApp> {
  if (secrets === null) throw new Error("KEY_ENCRYPTION_SECRET is not set");
  const clientSecret = await openSealed(app.clientSecret, secrets, SIGN_IN_SECRET_PLACE);
  return { issuer: app.issuer, clientId: app.clientId, clientSecret };
}

/** @throws {ManageError} `invalid_input` for an address that may not be named. */
function assertIssuer(
  { issuer }: SignInSettings,
  { allowPrivateUpstreams = false }: ManageContext,
) {
  if (issuer === "") return;
  const problem = baseUrlProblem(issuer, allowPrivateUpstreams);
  if (problem !== null) throw invalid("issuer", inEnglish(problem));
}

/** @throws {ManageError} `invalid_input` if the team, or the acting member, could not sign in any more. */
async function assertOtherWay(
  { db, actor }: ManageContext,
  { byVariable, hasOtherService }: SignInDeployment,
  { issuer, clientId, clientSecret }: SignInSettings,
): Promise<void> {
  const hasIssuer =
    byVariable !== null || (issuer !== "" && clientId !== "" && clientSecret !== "");
  if (!hasIssuer && !hasOtherService)
    throw invalid("passwords", "there is no other way to sign in");
  if (actor.kind !== "user") return;
  if ((await listLinkedAccounts(db, actor.id)).length > 0) return;
  throw invalid("passwords", "sign in by the service yourself first: it must know you");
}

async function sealedSecret(secret: string, { secrets }: ManageContext): Promise<string> {
  if (secret === "") return "";
  if (secrets === null) throw new ManageError("not_configured", "KEY_ENCRYPTION_SECRET is not set");
  return sealKey(secret, secrets.current, SIGN_IN_SECRET_PLACE);
}

function shown({ clientSecret, ...others }: SignInSettings) {
  return { ...others, hasSecret: clientSecret !== "" };
}

type Defined<Fields> = { readonly [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };

function definedOf<Fields extends object>(changes: Fields): Defined<Fields> {
  const entries = Object.entries(changes).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Defined<Fields>;
}

function invalid(path: string, message: string): ManageError {
  return new ManageError("invalid_input", `${path}: ${message}`, [{ path, message }]);
}
