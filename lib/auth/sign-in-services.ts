/**
 * Other services by which members sign in: those whose app is configured in the environment.
 * @module
 */
import type { Provider } from "next-auth/providers";
import GitHub from "next-auth/providers/github";
import Google from "next-auth/providers/google";
import type { Env } from "../env";

export type ServiceId = "github" | "google";

/** The configured services, in the order of their buttons. */
export function signInServices(env: Env): readonly ServiceId[] {
  const services: ServiceId[] = [];
  if (env.GITHUB_ID && env.GITHUB_SECRET) services.push("github");
  if (env.GOOGLE_ID && env.GOOGLE_SECRET) services.push("google");
  return services;
}

const GITHUB_API = "https://api.github.com";

export function serviceProviders(env: Env): Provider[] {
  const { GITHUB_ID, GITHUB_SECRET, GOOGLE_ID, GOOGLE_SECRET } = env;
  const providers: Provider[] = [];
  if (GITHUB_ID && GITHUB_SECRET) providers.push(gitHub(GITHUB_ID, GITHUB_SECRET));
  if (GOOGLE_ID && GOOGLE_SECRET) {
    providers.push(Google({ clientId: GOOGLE_ID, clientSecret: GOOGLE_SECRET }));
  }
  return providers;
}

function gitHub(clientId: string, clientSecret: string): Provider {
  return GitHub({
    clientId,
    clientSecret,
    userinfo: {
      url: `${GITHUB_API}/user`,
      request: ({ tokens }: { tokens: { access_token?: string } }) =>
        readGitHubProfile(tokens.access_token ?? ""),
    },
  });
}

/**
 * A GitHub profile's own address may be any text; the list of addresses says which are verified.
 * @see https://docs.github.com/en/rest/users/emails
 */
async function readGitHubProfile(accessToken: string) {
  const read = async (path: string) => {
    const response = await fetch(`${GITHUB_API}${path}`, {
      headers: { authorization: `Bearer ${accessToken}`, "user-agent": "one-balance" },
    });
    if (!response.ok) throw new Error(`GitHub answers ${response.status} for ${path}`);
    return response.json();
  };
  const [profile, emails] = await Promise.all([
    read("/user") as Promise<Record<string, unknown>>,
    read("/user/emails") as Promise<GitHubEmail[]>,
  ]);
  const verified = emails.find(({ primary, verified }) => primary && verified);
  return { ...profile, email: verified?.email ?? null, email_verified: verified !== undefined };
}

interface GitHubEmail {
  readonly email: string;
  readonly primary: boolean;
  readonly verified: boolean;
}

/** The address for which a service vouches; null if it doesn't. */
export function verifiedEmail(profile: Readonly<Record<string, unknown>>): string | null {
  const { email, email_verified: isVerified } = profile;
  return isVerified === true && typeof email === "string" ? email : null;
}
