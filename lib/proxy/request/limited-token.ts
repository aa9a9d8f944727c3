import type { Bytes } from "../../http/byte-stream";
import type { HeaderFields } from "../../http/read-headers";
import type { AccessToken } from "../ports";
import { bodyForms, isRaw } from "./body-form";

/** Paths for file uploads: their forms name no model. */
export const FILE_PATH = /(?:^|\/)(?:files|uploads?)(?:\/|$)/;

/** Whether the token is restricted to some models. */
export function isLimitedToModels({ scopes }: AccessToken): boolean {
  return scopes?.some(({ models }) => models !== null) === true;
}

/** Whether a model's price matters to a token. */
export function hasMoneyBudget({ limitHolders }: AccessToken): boolean {
  return (
    limitHolders?.some(
      ({ limits }) => limits.dailyCostUsd !== null || limits.monthlyCostUsd !== null,
    ) === true
  );
}

/**
 * Whether a long body must be read completely before it is sent, because a model may be named anywhere in it.
 * @param head Its first bytes.
 * @param path The part after the provider's slug.
 */
export function mustKnowAll(
  token: AccessToken,
  head: Bytes,
  headers: HeaderFields,
  path: string,
): boolean {
  const isWatched = isLimitedToModels(token) || (hasMoneyBudget(token) && !FILE_PATH.test(path));
  return isWatched && !isRaw(bodyForms(head, headers.get("content-type") ?? ""));
}
