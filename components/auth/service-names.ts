import type { ServiceId } from "@/lib/auth/sign-in-services";

/** As the services write themselves. */
export const SERVICE_NAMES: Readonly<Record<ServiceId, string>> = {
  github: "GitHub",
  google: "Google",
};
