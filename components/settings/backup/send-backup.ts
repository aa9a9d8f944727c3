import type { ActionFailure } from "@/app/action-result";

/** The result of a backup's route: its response, or why nothing was done (null: the server wasn't reached). */
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
