import { deriveKeys } from "../../crypto/derived-keys";
import type { SealingSecrets } from "../../crypto/seal";
import { sealedAgain } from "../../crypto/sealed-again";
import { auditChange } from "../../db/team/audit-log";
import { readSettings, SEALED_SETTINGS, writeSettings } from "../../db/team/settings";
import type { ManageContext } from "../manage-context";

/**
 * Seals the secrets among the settings under the current secret, after it was changed. One that can't be opened stays
 * as it is: it must be entered again.
 */
export async function resealSettings(
  { db, nowMs, actor }: Pick<ManageContext, "db" | "nowMs" | "actor">,
  secrets: SealingSecrets,
): Promise<void> {
  const { settings, versions } = await readSettings(db);
  const { keyId } = await deriveKeys(secrets.current);
  for (const [section, places] of Map.groupBy(SEALED_SETTINGS, (each) => each.section)) {
    const value: Readonly<Record<string, unknown>> = { ...settings[section] };
    const resealed: Record<string, string> = {};
    for (const { field, place } of places) {
      const sealed = String(value[field]);
      if (sealed === "" || sealed.split(".")[1] === keyId) continue;
      const again = await sealedAgain(sealed, secrets, secrets.current, place);
      if (again !== null) resealed[field] = again;
    }
    const fields = Object.keys(resealed);
    if (fields.length === 0) continue;
    const subject = { kind: "settings", id: section, name: section };
    const after = Object.fromEntries(fields.map((field) => [`${field}Resealed`, true]));
    const entry = { action: "settings.update", subject, after };
    const write = {
      section,
      value: { ...settings[section], ...resealed },
      version: versions.get(section),
      audit: auditChange(actor, entry, nowMs()),
    };
    await writeSettings(db, write, nowMs());
  }
}
