import { deriveKeys } from "../../crypto/derived-keys";
import { openSealed, type SealingSecrets, sealKey } from "../../crypto/seal";
import { auditChange } from "../../db/team/audit-log";
import { readSettings, TRACE_HEADERS_PLACE, writeSettings } from "../../db/team/settings";
import type { ManageContext } from "../manage-context";

/** Seals the headers under the current secret, after it was changed. @returns Whether there was anything to do. */
export async function resealTraceHeaders(
  { db, nowMs, actor }: Pick<ManageContext, "db" | "nowMs" | "actor">,
  secrets: SealingSecrets,
): Promise<boolean> {
  const { settings, versions } = await readSettings(db);
  const { endpoint, headers } = settings.traces;
  const { keyId } = await deriveKeys(secrets.current);
  if (headers === "" || headers.split(".")[1] === keyId) return false;
  const text = await openSealed(headers, secrets, TRACE_HEADERS_PLACE);
  const sealed = await sealKey(text, secrets.current, TRACE_HEADERS_PLACE);
  const subject = { kind: "settings", id: "traces", name: "traces" };
  const entry = { action: "settings.update", subject, after: { headersResealed: true } };
  return writeSettings(
    db,
    {
      section: "traces",
      value: { endpoint, headers: sealed },
      version: versions.get("traces"),
      audit: auditChange(actor, entry, nowMs()),
    },
    nowMs(),
  );
}
