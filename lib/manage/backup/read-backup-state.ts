import { type Occupation, readOccupation } from "../../db/restore-target";
import type { ManageContext } from "../manage-context";

export interface BackupState {
  /** Whether a backup may be restored: `unfinished` if a restore was interrupted. */
  readonly occupation: Occupation;
}

export async function readBackupState({ db }: ManageContext): Promise<BackupState> {
  return { occupation: await readOccupation(db) };
}
