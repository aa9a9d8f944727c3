import type { ServiceId } from "@/lib/auth/sign-in-services";

/** As the services spell their names. */
export const SERVICE_NAMES: Readonly<Record<ServiceId, string>> = {
  access: "Cloudflare Access",
  github: "GitHub",
  google: "Google",
  oidc: "OpenID Connect",
};
