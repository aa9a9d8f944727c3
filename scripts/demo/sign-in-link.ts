/**
 * A link that signs in as the demo's admin. It leads to a separate server on loopback, which signs in as the login page
 * does and passes on the session's cookie: browsers keep cookies by host, not by port.
 * @module
 */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";

export interface SignInLink {
  readonly url: string;
  close(): void;
}

interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** @param portalUrl Without a trailing slash. */
export async function openSignInLink(
  portalUrl: string,
  credentials: Credentials,
): Promise<SignInLink> {
  const path = `/${randomBytes(16).toString("base64url")}`;
  const server = createServer((request, response) => {
    if (request.url !== path) {
      response.writeHead(404).end();
      return;
    }
    signIn(portalUrl, credentials).then(
      (cookies) =>
        response.writeHead(302, { location: `${portalUrl}/`, "set-cookie": cookies }).end(),
      (error: unknown) => {
        console.error("demo sign-in:", error);
        response.writeHead(302, { location: `${portalUrl}/login` }).end();
      },
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  return {
    url: `http://127.0.0.1:${address.port}${path}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** @returns The `Set-Cookie` headers of a new session. */
async function signIn(portalUrl: string, credentials: Credentials): Promise<string[]> {
  const asked = await fetch(`${portalUrl}/api/auth/csrf`);
  const { csrfToken } = (await asked.json()) as { csrfToken: string };
  const signedIn = await fetch(`${portalUrl}/api/auth/callback/credentials`, {
    method: "POST",
    redirect: "manual",
    headers: {
      cookie: asked.headers
        .getSetCookie()
        .map((cookie) => cookie.split(";", 1)[0])
        .join("; "),
      origin: portalUrl,
    },
    body: new URLSearchParams({ ...credentials, csrfToken }),
  });
  const cookies = signedIn.headers.getSetCookie();
  if (cookies.some((cookie) => cookie.includes("session-token="))) return cookies;
  throw new Error(`not signed in: ${signedIn.status}`);
}
