import { insertCustomProvider } from "../../db/keys/custom-providers";
import { auditChange } from "../../db/team/audit-log";
import { OWN_SEGMENTS, RESERVED_SEGMENTS } from "../../providers/own-segments";
import { isBuiltIn } from "../../providers/registry";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { assertBaseUrl } from "./assert-base-url";
import type { AddCustomProviderInput } from "./custom-provider-schema";

/**
 * Adds a provider for `/api/{slug}/…`.
 * @throws {ManageError} `conflict` if the slug is taken; `invalid_input` for a forbidden address.
 */
export async function addCustomProvider(
  context: ManageContext,
  input: AddCustomProviderInput,
): Promise<void> {
  const { db, actor, nowMs } = context;
  assertBaseUrl(context, input.baseUrl);
  const { slug, ...after } = input;
  if (isTaken(slug)) throw slugTaken();
  const atMs = nowMs();
  const row = { ...input, createdAtMs: atMs, createdBy: actor.id, updatedAtMs: atMs };
  const subject = { kind: "custom-provider", id: slug, name: input.label };
  const audit = auditChange(actor, { action: "custom-provider.create", subject, after }, atMs);
  if (!(await insertCustomProvider(db, row, audit))) throw slugTaken();
}

/** Pages of the portal in the place of a provider's keys, below `/keys/`. */
const KEY_PAGES: ReadonlySet<string> = new Set(["add", "export", "import"]);

/** A built-in provider's slug, or a path of One Balance itself. */
function isTaken(slug: string): boolean {
  const isOurs = OWN_SEGMENTS.has(slug) || RESERVED_SEGMENTS.has(slug) || KEY_PAGES.has(slug);
  return isOurs || isBuiltIn(slug);
}

function slugTaken(): ManageError {
  const message = "this slug is taken";
  return new ManageError("conflict", message, [{ path: "slug", message }]);
}
