import { baseUrlProblem } from "../../http/base-url-problem";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { inEnglish } from "./custom-provider-schema";

/** @throws {ManageError} `invalid_input` for an address to which this deployment may not send keys. */
export function assertBaseUrl(
  { allowPrivateUpstreams = false }: ManageContext,
  baseUrl: string,
): void {
  const problem = baseUrlProblem(baseUrl, allowPrivateUpstreams);
  if (problem === null) return;
  const issue = { path: "baseUrl", message: inEnglish(problem) };
  throw new ManageError("invalid_input", `baseUrl: ${issue.message}`, [issue]);
}
