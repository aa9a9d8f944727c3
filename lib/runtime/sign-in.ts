import { examineIssuer, isSafeAddress } from "../auth/issuer";
import { publicOrigin } from "../auth/public-origin";
import { uselessEntries } from "../auth/sign-in-problems";
import { issuerApp, signInServices } from "../auth/sign-in-services";
import type { Env } from "../env";
import type { SignInDeployment } from "../manage/settings/sign-in-settings";

/** What the verbs for settings of signing in need. */
export function signInDeployment(env: Env, headers: Headers): SignInDeployment {
  const { PASSWORDS, OIDC_ISSUER } = env;
  return {
    byVariable: OIDC_ISSUER
      ? {
          issuer: OIDC_ISSUER,
          clientId: env.OIDC_ID ?? "",
          hasSecret: Boolean(env.OIDC_SECRET),
          name: env.OIDC_NAME ?? "",
          roles: env.OIDC_ROLES ?? "",
          groups: env.OIDC_GROUPS ?? "",
          groupsClaim: env.OIDC_GROUPS_CLAIM ?? "",
        }
      : null,
    passwords: PASSWORDS ? PASSWORDS !== "off" : null,
    hasOtherService: signInServices(env).some(({ id }) => id !== "oidc"),
    problemOf(name, text) {
      if (name === "issuer") {
        return text === "" || isSafeAddress(text) ? null : "an https address is expected";
      }
      const [useless] = uselessEntries(text, name === "roles" ? "OIDC_ROLES" : "OIDC_GROUPS");
      return useless === undefined ? null : `entry ${useless.index} must be ${useless.expected}`;
    },
    async examine(own) {
      const app = own ?? issuerApp(env);
      if (app === null) return "OIDC_ISSUER, OIDC_ID and OIDC_SECRET must be set";
      return examineIssuer(app, callbackUrl(headers), fetch);
    },
  };
}

/** Where an issuer sends people back to. */
export function callbackUrl(headers: Headers): string {
  const { scheme, host } = publicOrigin(headers);
  return `${scheme}://${host ?? ""}/api/auth/callback/oidc`;
}
