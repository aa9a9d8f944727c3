import { providerNamed, providerOf } from "../../providers/registry";
import type { Provider } from "../../providers/types";
import type { ProxyPorts } from "../ports";

/** A provider by its slug, built-in or custom. */
export function knownProvider(
  slug: string,
  { ports }: { readonly ports: Pick<ProxyPorts, "state"> },
): Provider | undefined {
  return providerOf(slug, (own) => ports.state.customProvider(own));
}

/** A provider by the name that a client uses for it. */
export function calledProvider(
  name: string,
  { ports }: { readonly ports: Pick<ProxyPorts, "state"> },
): Provider | undefined {
  return providerNamed(name, (own) => ports.state.customProvider(own));
}
