import { readRequest } from "../../db/usage/request-log";
import type { AttemptRecord } from "../../usage/request-event";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { type RequestItem, toRequestItem } from "./list-requests";

export interface RequestStory extends Omit<RequestItem, "attempts"> {
  /** In order; the masked key is null if the key was deleted since. */
  readonly attempts: readonly (AttemptRecord & { readonly maskedKey: string | null })[];
}

/** @throws {ManageError} `not_found` if the request isn't in the log (any more). */
export async function findRequest({ db }: ManageContext, id: string): Promise<RequestStory> {
  const request = await readRequest(db, id);
  if (request === null) throw new ManageError("not_found", "no such request in the log");
  const { maskedKeys, ...row } = request;
  return {
    ...toRequestItem(row),
    attempts: row.attempts.map((attempt) => ({
      ...attempt,
      maskedKey: maskedKeys[attempt.keyId] ?? null,
    })),
  };
}
