/**
 * The team's own receivers of alerts, opened to be used. A part of the proxy's graph: it validates no input.
 * @module
 */
import { openSealed, type SealingSecrets } from "../../crypto/seal";
import { type AlertTargets, alertTargetPlace, type SealedTarget } from "../../db/team/settings";
import { type BaseUrlProblem, baseUrlProblem } from "../../http/base-url-problem";

/** @throws {SealError} where it can't be opened. */
export async function openTarget(
  targets: AlertTargets,
  field: SealedTarget,
  secrets: SealingSecrets | null,
): Promise<string> {
  if (secrets === null) throw new Error("KEY_ENCRYPTION_SECRET is not set");
  return openSealed(targets[field], secrets, alertTargetPlace(field));
}

/**
 * Why an address may not be called; null if it may. What follows the path is the receiver's own: many have a key there.
 */
export function targetProblem(url: string, allowPrivate: boolean): BaseUrlProblem | null {
  return baseUrlProblem(url.replace(/[?#].*$/s, ""), allowPrivate);
}
