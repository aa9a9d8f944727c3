/**
 * The portal's object in a deployment: a class of the Worker, or for Pages, which has none of its own, of a
 * companion Worker that holds it.
 * @module
 */
import { ExpectedError } from "../expected-error.ts";
import type { CloudflareApi } from "./cloudflare-api.ts";

const CLASS_NAME = "PortalObject";
const TAG = /^portal-(\d+)$/;

export interface ObjectPlan {
  readonly hasObject: boolean;
  /** How often the class was made or deleted in this Worker before. */
  readonly migrated: number;
}

interface Migration {
  readonly tag: string;
  readonly new_sqlite_classes?: readonly string[];
  readonly deleted_classes?: readonly string[];
}

interface Service {
  readonly default_environment?: {
    readonly script?: { readonly migration_tag?: string | null };
  };
}

/** The Worker that holds the object for a Pages project. */
export function companionOf(project: string): string {
  return `${project}-portal`;
}

/** How often a Worker's class was made or deleted, as its newest migration says; null where there is no such Worker. */
export async function migratedTimes(
  api: CloudflareApi,
  accountId: string | null,
  name: string,
): Promise<number | null> {
  if (accountId === null) return null;
  const service = await api.get<Service>(`/accounts/${accountId}/workers/services/${name}`);
  if (service === null) return null;
  return Number(TAG.exec(service.default_environment?.script?.migration_tag ?? "")?.[1] ?? 0);
}

/** The part of a Worker's configuration that gives it the object, or takes it away again: it keeps nothing. */
export function objectConfig({ hasObject, migrated }: ObjectPlan) {
  // The first makes the class, the second deletes it, the third makes it again.
  const isThere = migrated % 2 === 1;
  const steps = isThere === hasObject ? migrated : migrated + 1;
  const migrations = Array.from({ length: steps }, (_, index): Migration => {
    const tag = `portal-${index + 1}`;
    const classes = [CLASS_NAME];
    return index % 2 === 0
      ? { tag, new_sqlite_classes: classes }
      : { tag, deleted_classes: classes };
  });
  return {
    ...(hasObject && { durable_objects: objectBinding() }),
    ...(migrations.length > 0 && { migrations }),
  };
}

/** @param worker The Worker that holds the class, where it is another. */
export function objectBinding(worker?: string) {
  const script = worker === undefined ? {} : { script_name: worker };
  return { bindings: [{ name: "PORTAL", class_name: CLASS_NAME, ...script }] };
}

export interface CompanionSecretsInput {
  /** Names that the Pages project has, or gets in this run. */
  readonly needed: ReadonlySet<string>;
  /** Names that the companion has. */
  readonly deployed: ReadonlySet<string>;
  /** Values that are known here. */
  readonly known: Readonly<Record<string, string>>;
}

/**
 * What is put into the companion, so that the object knows what the project knows.
 * @throws {ExpectedError} if a value is needed that Cloudflare does not show again.
 */
export function companionSecrets({ needed, deployed, known }: CompanionSecretsInput) {
  const put: Record<string, string> = {};
  const missing: string[] = [];
  for (const name of needed) {
    const value = known[name];
    if (value !== undefined) put[name] = value;
    else if (!deployed.has(name)) missing.push(name);
  }
  if (missing.length > 0) {
    throw new ExpectedError(
      `the portal's companion Worker needs ${missing.join(", ")}, which the Pages project has and Cloudflare ` +
        "does not show again. Give the value in the environment, or deploy with `-- --no-object`.",
    );
  }
  return put;
}
