import { pruneRecords, STEP_ROWS } from "../db/prune-records";
import { auditChange } from "../db/team/audit-log";
import { readSettings } from "../db/team/settings";
import type { UpkeepJob } from "./upkeep-job";

/** Deletes old key events and old audit log entries, and what has ended: cooldowns, invitations, login attempts. */
export const deleteOldRecords: UpkeepJob = {
  name: "delete-old-records",
  isFull: ({ deletedRecords = 0 }) => deletedRecords >= STEP_ROWS,
  async run({ db, nowMs, actor }) {
    const atMs = nowMs();
    const { retention } = (await readSettings(db)).settings;
    const subject = { kind: "audit-log", id: null, name: "audit log" };
    const after = { olderThanDays: retention.auditDays };
    const audit = auditChange(actor, { action: "audit-log.prune", subject, after }, atMs);
    return { deletedRecords: await pruneRecords(db, retention, audit, atMs) };
  },
};
