import { type Occupancy, readOccupancy } from "../../db/restore-target";
import type { ManageContext } from "../manage-context";

export interface BackupState {
  /** Whether a backup may be restored: `unfinished` if a restore was interrupted. */
  readonly occupation: Occupancy;
}

export async function readBackupState({ db }: ManageContext): Promise<BackupState> {
  return { occupation: await readOccupancy(db) };
}
