/**
 * The wrangler configurations of a deployment, made from the repository's `wrangler.toml` and what belongs to one
 * account only. They are written below `dist/`, so that no tracked file changes.
 * @module
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { parse, stringify } from "smol-toml";
import { MODULE_REGISTRY_FLAG, WORKER_DIR } from "../build.ts";
import { root } from "../root.ts";
import { companionOf, type ObjectPlan, objectBindings, objectConfig } from "./portal-object.ts";

/** The part of `wrangler.toml` that is read here; the rest is passed on unchanged. */
export interface BaseConfig extends Readonly<Record<string, unknown>> {
  readonly name: string;
  readonly main: string;
  readonly compatibility_date: string;
  readonly compatibility_flags: readonly string[];
  readonly assets: Readonly<Record<string, unknown>> & { readonly directory: string };
  readonly d1_databases: readonly (Readonly<Record<string, unknown>> & {
    readonly binding: string;
    readonly database_name: string;
    /** Only in a copy that belongs to one account. */
    readonly database_id?: string;
    readonly migrations_dir: string;
  })[];
  readonly placement?: unknown;
  readonly route?: unknown;
  readonly routes?: unknown;
  readonly vars?: Readonly<Record<string, string>>;
}

/** What one deployment adds. */
export interface DeploymentConfig {
  /** Of the Worker or Pages project. */
  readonly name: string;
  readonly databaseName: string;
  readonly databaseId: string;
  /** Variables that aren't secrets. */
  readonly vars: Readonly<Record<string, string>>;
  /** The portal's object and those of leases: of the Worker, for Pages of its companion. */
  readonly object: ObjectPlan;
  /** Whether modules are compiled when first imported; not if the platform rejects the flag. */
  readonly compilesLate: boolean;
}

export async function readBaseConfig(): Promise<BaseConfig> {
  // Wrangler's own reader takes a second to load. Each build rejects what it would reject.
  return parse(await readFile(join(root, "wrangler.toml"), "utf8")) as unknown as BaseConfig;
}

/** The names of a deployment: those of `wrangler.toml`, or `own` for all. */
export function namesOf(base: BaseConfig, own: string | undefined) {
  const [database] = base.d1_databases;
  return {
    name: own ?? base.name,
    databaseName: own ?? database?.database_name ?? base.name,
    databaseId: own === undefined ? database?.database_id : undefined,
  };
}

/** The files that a run writes for one deployment, relative to the root. */
export function deploymentFiles(accountId: string | null, name: string) {
  const folder = `dist/deploy/${accountId ?? "account"}-${name}`;
  return {
    config: `${folder}/wrangler.toml`,
    companionConfig: `${folder}/companion/wrangler.toml`,
    pagesFolder: `${folder}/pages`,
  };
}

/** For Workers: everything of `wrangler.toml`, with the built modules and paths relative to `file`. */
export function workerConfig(base: BaseConfig, deployment: DeploymentConfig, file: string): string {
  const { directory, ...assets } = base.assets;
  return stringify({
    ...commonConfig(base, deployment, file),
    ...objectConfig(deployment.object),
    assets: { ...assets, directory: pathFrom(file, directory) },
  });
}

/** For the Worker that contains the object of a Pages project: no address, no files, and the cron that Pages lacks. */
export function companionConfig(
  base: BaseConfig,
  deployment: DeploymentConfig,
  file: string,
): string {
  const { assets: _, routes: __, route: ___, ...common } = commonConfig(base, deployment, file);
  return stringify({
    ...common,
    ...objectConfig(deployment.object),
    name: companionOf(deployment.name),
    workers_dev: false,
    preview_urls: false,
  });
}

function commonConfig(base: BaseConfig, deployment: DeploymentConfig, file: string) {
  return {
    ...base,
    name: deployment.name,
    compatibility_flags: flagsOf(base, deployment),
    main: pathFrom(file, `${WORKER_DIR}/worker.js`),
    // Already bundled, in two module graphs.
    no_bundle: true,
    find_additional_modules: true,
    base_dir: pathFrom(file, WORKER_DIR),
    rules: [{ type: "ESModule", globs: ["*.js"] }],
    d1_databases: databasesOf(base, deployment).map((database) => ({
      ...database,
      migrations_dir: pathFrom(file, database.migrations_dir),
    })),
    // What was set in the dashboard stays.
    keep_vars: true,
    vars: { ...base.vars, ...deployment.vars },
  };
}

function flagsOf(base: BaseConfig, { compilesLate }: DeploymentConfig): readonly string[] {
  return compilesLate
    ? [...base.compatibility_flags, MODULE_REGISTRY_FLAG]
    : base.compatibility_flags;
}

/** A path of the repository relative to a file in it. */
function pathFrom(file: string, path: string): string {
  return relative(dirname(file), join(root, path)).replaceAll("\\", "/");
}

/** For Pages, which supports neither `main` nor `assets` nor paths to migrations. */
export function pagesConfig(
  base: BaseConfig,
  deployment: DeploymentConfig,
  outputDir: string,
): string {
  return stringify({
    name: deployment.name,
    pages_build_output_dir: outputDir,
    compatibility_date: base.compatibility_date,
    compatibility_flags: flagsOf(base, deployment),
    placement: base.placement,
    d1_databases: databasesOf(base, deployment).map(
      ({ migrations_dir: _, ...database }) => database,
    ),
    ...(deployment.object.hasObject && {
      durable_objects: objectBindings(deployment.object, companionOf(deployment.name)),
    }),
    vars: { ...base.vars, ...deployment.vars },
  });
}

function databasesOf(base: BaseConfig, { databaseName, databaseId }: DeploymentConfig) {
  return base.d1_databases.map((database) => ({
    ...database,
    database_name: databaseName,
    database_id: databaseId,
  }));
}

export async function writeConfig(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `# Generated from wrangler.toml.\n${text}`);
}
