import type { ActionFailure } from "@/app/action-result";

/** What a backup's route answered: its answer, or why nothing was done (null: the server was not reached). */
export type BackupAnswer =
  | { readonly ok: true; readonly response: Response }
  | { readonly ok: false; readonly failure: ActionFailure | null };

export async function sendBackup(
  path: string,
  body: BodyInit,
  type?: string,
): Promise<BackupAnswer> {
  const response = await fetch(path, {
    method: "POST",
    body,
    ...(type !== undefined && { headers: { "content-type": type } }),
  }).catch(() => null);
  if (response?.ok) return { ok: true, response };
  const failure: unknown = await response?.json().catch(() => null);
  // The routes' only other JSON is a failure.
  return { ok: false, failure: (failure ?? null) as ActionFailure | null };
}
