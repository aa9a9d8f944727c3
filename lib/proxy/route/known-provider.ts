import { providerNamed, providerOf } from "../../providers/registry";
import type { Provider } from "../../providers/types";
import type { RequestScope } from "../request-scope";

/** A provider by its slug, built-in or the team's own. */
export function knownProvider(
  slug: string,
  { ports }: Pick<RequestScope, "ports">,
): Provider | undefined {
  return providerOf(slug, (own) => ports.state.customProvider(own));
}

/** A provider by what a client calls it. */
export function calledProvider(
  name: string,
  { ports }: Pick<RequestScope, "ports">,
): Provider | undefined {
  return providerNamed(name, (own) => ports.state.customProvider(own));
}
