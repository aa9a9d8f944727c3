import { actionFailure } from "@/app/portal-action";
import { portalEnv } from "@/app/portal-context";
import { portalRead } from "@/app/portal-read";
import { BACKUP_MAX_BYTES } from "@/lib/manage/backup/backup-limits";
import { restoreBackupInput } from "@/lib/manage/backup/backup-schemas";
import { restoreBackup } from "@/lib/manage/backup/restore-backup";
import { ManageError } from "@/lib/manage/manage-error";
import { parseInput } from "@/lib/manage/parse-input";
import { sharedState } from "@/lib/runtime/shared-state";

/** Accepts a backup as a form's `file`, with its `passphrase` and the member's `password`. */
export async function POST(request: Request): Promise<Response> {
  const { context } = await portalRead("admin");
  try {
    if (Number(request.headers.get("content-length")) > BACKUP_MAX_BYTES) {
      throw new ManageError("invalid_input", "the file is too large: use npm run restore");
    }
    const form = await request.formData();
    const { file, ...texts } = Object.fromEntries(form);
    const bytes = file instanceof File ? new Uint8Array(await file.arrayBuffer()) : null;
    const input = parseInput(restoreBackupInput, { ...texts, file: bytes });
    const restored = await restoreBackup(context, input);
    sharedState(portalEnv()).expireIfChanged();
    return Response.json(restored, { headers: { "cache-control": "no-store" } });
  } catch (error) {
    const failure = actionFailure(error);
    const status = failure.code === "internal_error" ? 500 : 400;
    return Response.json(failure, { status, headers: { "cache-control": "no-store" } });
  }
}
