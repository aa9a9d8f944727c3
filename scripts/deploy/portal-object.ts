/**
 * The objects of a deployment, the portal's and those that hand out leases: classes of the Worker, or for Pages, which
 * has none of its own, of a companion Worker that contains them.
 * @module
 */
import { ExpectedError } from "../expected-error.ts";
import type { CloudflareApi } from "./cloudflare-api.ts";

const CLASS_NAME = "PortalObject";
const LEASE_CLASS_NAME = "LeaseObject";
const TAG = /^portal-(\d+)(-leases)?$/;

/** The current state of a Worker's classes. */
export interface Migrated {
  /** How many times the portal's was created or deleted. */
  readonly portal: number;
  /** Whether that of leases was created; it stays, because unused objects cost nothing. */
  readonly leases: boolean;
}

export const NOT_MIGRATED: Migrated = { portal: 0, leases: false };

export interface ObjectPlan {
  /** Whether the portal runs in its object. */
  readonly hasObject: boolean;
  /** Whether objects hand out leases. */
  readonly hasLeases: boolean;
  readonly migrated: Migrated;
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

/** The Worker that contains the object for a Pages project. */
export function companionOf(project: string): string {
  return `${project}-portal`;
}

/** The state of a Worker's classes according to its latest migration; null if there is no such Worker. */
export async function migratedSoFar(
  api: CloudflareApi,
  accountId: string | null,
  name: string,
): Promise<Migrated | null> {
  if (accountId === null) return null;
  const service = await api.get<Service>(`/accounts/${accountId}/workers/services/${name}`);
  return service === null
    ? null
    : migratedBy(service.default_environment?.script?.migration_tag ?? "");
}

/** What a Worker's latest tag means. */
export function migratedBy(tag: string): Migrated {
  const [found, times, leases] = TAG.exec(tag) ?? [];
  return found === undefined
    ? NOT_MIGRATED
    : { portal: Number(times), leases: leases !== undefined };
}

/**
 * The part of a Worker's configuration that gives it its objects, or removes the portal's, which stores nothing.
 * Cloudflare runs the migrations after the Worker's tag.
 */
export function objectConfig({ hasObject, hasLeases, migrated }: ObjectPlan) {
  // The first creates the portal's class, the second deletes it, the third creates it again.
  const isThere = migrated.portal % 2 === 1;
  const steps = isThere === hasObject ? migrated.portal : migrated.portal + 1;
  const before = Array.from({ length: migrated.portal }, (_, index) => portalStep(index, ""));
  const leases: Migration = {
    tag: `portal-${migrated.portal}-leases`,
    new_sqlite_classes: [LEASE_CLASS_NAME],
  };
  const withLeases = hasLeases || migrated.leases;
  const after = Array.from({ length: steps - migrated.portal }, (_, index) =>
    portalStep(migrated.portal + index, withLeases ? "-leases" : ""),
  );
  const migrations = [...before, ...(withLeases ? [leases] : []), ...after];
  const binds = hasObject || hasLeases;
  return {
    ...(binds && { durable_objects: objectBindings({ hasObject, hasLeases }) }),
    ...(migrations.length > 0 && { migrations }),
  };
}

function portalStep(index: number, suffix: string): Migration {
  const tag = `portal-${index + 1}${suffix}`;
  const classes = [CLASS_NAME];
  return index % 2 === 0 ? { tag, new_sqlite_classes: classes } : { tag, deleted_classes: classes };
}

/** @param worker The Worker that contains the classes, if it is another. */
export function objectBindings(
  { hasObject, hasLeases }: Pick<ObjectPlan, "hasObject" | "hasLeases">,
  worker?: string,
) {
  const script = worker === undefined ? {} : { script_name: worker };
  return {
    bindings: [
      ...(hasObject ? [{ name: "PORTAL", class_name: CLASS_NAME, ...script }] : []),
      ...(hasLeases ? [{ name: "LEASES", class_name: LEASE_CLASS_NAME, ...script }] : []),
    ],
  };
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
 * The secrets for the companion, so that the object has what the project has.
 * @throws {ExpectedError} if a value is needed that Cloudflare doesn't show again.
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
