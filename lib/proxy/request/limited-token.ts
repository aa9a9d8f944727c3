import type { Bytes } from "../../http/byte-stream";
import type { AccessToken } from "../ports";
import { bodyForms, isRaw } from "./body-form";

/** Paths to which files go: their forms name no model. */
export const FILE_PATH = /(?:^|\/)(?:files|uploads?)(?:\/|$)/;

/** Whether some models are closed to a token. */
export function isLimitedToModels({ scopes }: AccessToken): boolean {
  return scopes?.some(({ models }) => models !== null) === true;
}

/** Whether it matters to a token what a model costs. */
export function hasMoneyBudget({ limitHolders }: AccessToken): boolean {
  return (
    limitHolders?.some(
      ({ limits }) => limits.dailyCostUsd !== null || limits.monthlyCostUsd !== null,
    ) === true
  );
}

/**
 * Whether a long body may be sent only when all of it was read: a model may be named anywhere in it.
 * @param head Its first bytes.
 * @param path Below the provider's slug.
 */
export function mustKnowAll(
  token: AccessToken,
  head: Bytes,
  headers: Headers,
  path: string,
): boolean {
  const isWatched = isLimitedToModels(token) || (hasMoneyBudget(token) && !FILE_PATH.test(path));
  return isWatched && !isRaw(bodyForms(head, headers.get("content-type") ?? ""));
}
