import { openSealed } from "../crypto/seal";
import { openDatabase } from "../db/open-database";
import { rootCause } from "../db/root-cause";
import { readSettings, SIGN_IN_SECRET_PLACE, type SignInSettings } from "../db/team/settings";
import { allowsPrivateUpstreams, type Env, sealingSecrets } from "../env";
import { baseUrlProblem } from "../http/base-url-problem";

/**
 * The variables by which people sign in: where none names an issuer, those of the team's settings stand in their place.
 * Reads the store, so that a change counts at once.
 */
export async function signInEnv(env: Env): Promise<Env> {
  const { signIn } = (await readSettings(openDatabase(env.DB))).settings;
  return withSignInSettings(env, signIn);
}

export async function withSignInSettings(env: Env, settings: SignInSettings): Promise<Env> {
  const own = env.OIDC_ISSUER ? null : await issuerOf(env, settings);
  return { ...env, ...own, PASSWORDS: env.PASSWORDS || (settings.passwords ? "on" : "off") };
}

/** Null if there is none that may be asked, or its secret can't be opened: then there is no such service. */
async function issuerOf(env: Env, settings: SignInSettings): Promise<Partial<Env> | null> {
  const { issuer, clientId, clientSecret } = settings;
  if (issuer === "" || clientId === "" || clientSecret === "") return null;
  // What may be named may have changed since it was saved, or it came with a backup.
  if (baseUrlProblem(issuer, allowsPrivateUpstreams(env)) !== null) return null;
  const secrets = sealingSecrets(env);
  if (secrets === null) return null;
  try {
    return {
      OIDC_ISSUER: issuer,
      OIDC_ID: clientId,
      OIDC_SECRET: await openSealed(clientSecret, secrets, SIGN_IN_SECRET_PLACE),
      OIDC_NAME: settings.name,
      OIDC_ROLES: settings.roles,
      OIDC_GROUPS: settings.groups,
      OIDC_GROUPS_CLAIM: settings.groupsClaim,
    };
  } catch (error) {
    console.error("sign-in: the issuer's secret can't be opened:", rootCause(error));
    return null;
  }
}
