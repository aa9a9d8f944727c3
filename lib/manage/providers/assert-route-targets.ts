import type { RouteTarget } from "../../models/model-alias";
import { allProviders } from "../keys/known-provider";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";

/**
 * An alias can only have targets at providers that share an API with others.
 * @throws {ManageError} `invalid_input`, for each target whose provider is unknown or has its own API.
 */
export async function assertRouteTargets(
  context: ManageContext,
  targets: readonly RouteTarget[],
): Promise<void> {
  const known = new Map((await allProviders(context)).map((each) => [each.slug, each]));
  const issues = targets.flatMap(({ provider: slug }, index) => {
    const provider = known.get(slug);
    if (provider && (provider.openAiCompatible !== null || provider.protocol !== null)) return [];
    const message = provider ? "speaks an API that no other provider speaks" : "no such provider";
    return [{ path: `targets.${index}.provider`, message }];
  });
  if (issues.length === 0) return;
  const words = issues.map(({ path, message }) => `${path}: ${message}`).join("; ");
  throw new ManageError("invalid_input", words, issues);
}
