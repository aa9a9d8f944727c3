import { auditChange } from "../../db/team/audit-log";
import { readSettings, type TeamSettings, writeSettings } from "../../db/team/settings";
import { assertUnchanged, type Fields } from "../assert-unchanged";
import { changedFields } from "../changed-fields";
import { knownProviders } from "../keys/known-provider";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { parseInput } from "../parse-input";
import { type ChangeSettingsInput, settingsSchema } from "./settings-schema";

/** Each time, someone else changed the same section within the same milliseconds. */
const MAX_TRIES = 5;

/**
 * Changes some fields of one section; what others change in the meantime stays.
 * @returns The settings after the change.
 * @throws {ManageError} `invalid_input` for an unknown provider, or invalid retention; `conflict` if others kept
 * changing the same section.
 */
export async function changeSettings(
  context: ManageContext,
  input: ChangeSettingsInput,
  was?: Fields,
): Promise<TeamSettings> {
  const { db, actor, nowMs } = context;
  const { section } = input;
  if (section === "upstream") {
    const chosen = Object.entries(input.changes.providers ?? {}).filter(([, way]) => way !== null);
    await knownProviders(
      context,
      chosen.map(([slug]) => slug),
    );
  }
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const { settings: stored, versions } = await readSettings(db);
    const { traces: _, signIn: __, alertTargets: ___, ...settings } = stored;
    assertUnchanged({ ...settings[section] }, input.changes, was);
    const changes = changedFields<Fields>({ ...settings[section] }, wantedFields(settings, input));
    if (changes === null) return settings;
    const changed = { ...settings, [section]: { ...settings[section], ...changes.after } };
    const value = parseInput(settingsSchema, changed)[section];
    const atMs = nowMs();
    const subject = { kind: "settings", id: section, name: section };
    const audit = auditChange(actor, { action: "settings.update", subject, ...changes }, atMs);
    const write = { section, value, version: versions.get(section), audit };
    if (await writeSettings(db, write, atMs)) return { ...settings, [section]: value };
  }
  throw new ManageError("conflict", "someone else is changing these settings; try again");
}

/** Routes of providers are changed one by one, leaving the others as they are. */
function wantedFields(
  { upstream }: TeamSettings,
  { section, changes }: ChangeSettingsInput,
): Fields {
  if (section !== "upstream" || changes.providers === undefined) return changes;
  const ways = Object.entries({ ...upstream.providers, ...changes.providers });
  return { ...changes, providers: Object.fromEntries(ways.filter(([, way]) => way !== null)) };
}
