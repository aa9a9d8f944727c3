import type { LeftOut } from "../../moving-in/found-keys";
import type { Source, SourceForm, SourceProblem } from "../../moving-in/source-key";
import type { ImportedKeys, ProviderImport } from "./import-schemas";

const WORDS: Readonly<Record<SourceProblem, string>> = {
  elsewhere: "the key is in a variable that the file does not contain",
  pair: "an access key and its secret, which sign requests, can't be used as a key",
  sealed: "the key is encrypted by the tool it comes from",
  malformed: "the file cannot be read beyond this point",
};

const LEFT_OUT_WORDS: Readonly<Record<LeftOut, string>> = {
  comment: "a comment",
  "no-key": "nothing in it looks like a key",
  "no-credential": "its name says that it is something other than a key",
  "no-value": "it has no value",
  elsewhere: "the key is in a variable or a vault that the text does not contain",
  "too-deep": "it is nested too deeply",
};

/** The most skipped entries listed one by one; all are counted. */
const LEFT_OUT_MAX = 1_000;

/** What is known before the first call: entries without a usable key, and duplicates. */
export function beginImport(
  { form, unusable, skipped, leftOut = [] }: Omit<Source, "keys">,
  repeated: number,
  dryRun: boolean,
): ImportedKeys {
  return {
    ...nothing(form, dryRun),
    duplicates: repeated,
    skipped,
    leftOut: leftOut
      .slice(0, LEFT_OUT_MAX)
      .map(({ position, why }) => ({ position, code: why, reason: LEFT_OUT_WORDS[why] })),
    rejected: unusable.map(({ position, problem }) => ({
      position,
      code: problem,
      reason: WORDS[problem],
    })),
  };
}

function nothing(form: SourceForm, dryRun: boolean): ImportedKeys {
  const none = { added: 0, duplicates: 0, changed: 0, skipped: 0 };
  return { dryRun, form, ...none, leftOut: [], rejected: [], providers: [], unknown: [] };
}

/** Combines the responses of two calls about parts of one source. */
export function sumImports(first: ImportedKeys, second: ImportedKeys): ImportedKeys {
  const unknown = new Map(first.unknown.map((service) => [service.name, service]));
  for (const service of second.unknown) {
    const keys = (unknown.get(service.name)?.keys ?? 0) + service.keys;
    unknown.set(service.name, { ...service, keys });
  }
  const providers = Map.groupBy(
    [...first.providers, ...second.providers],
    ({ provider }) => provider,
  );
  return {
    ...first,
    added: first.added + second.added,
    duplicates: first.duplicates + second.duplicates,
    changed: first.changed + second.changed,
    skipped: first.skipped + second.skipped,
    leftOut: [...first.leftOut, ...second.leftOut].slice(0, LEFT_OUT_MAX),
    rejected: [...first.rejected, ...second.rejected].sort((a, b) => a.position - b.position),
    providers: [...providers].map(([provider, parts]) => ({
      provider,
      added: sumOf(parts, "added"),
      blocked: sumOf(parts, "blocked"),
      disabled: sumOf(parts, "disabled"),
      cooling: sumOf(parts, "cooling"),
      duplicates: sumOf(parts, "duplicates"),
      changed: sumOf(parts, "changed"),
    })),
    unknown: [...unknown.values()],
  };
}

function sumOf(parts: readonly ProviderImport[], field: Exclude<keyof ProviderImport, "provider">) {
  return parts.reduce((sum, part) => sum + part[field], 0);
}
