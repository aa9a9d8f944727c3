/**
 * A certified OpenID Connect issuer on this machine, whose people sign in without a prompt.
 * @module
 */
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import Provider from "oidc-provider";
import { fromBase64Url, toBase64Url } from "../../lib/crypto/base64url.ts";

export interface Identity {
  readonly sub: string;
  readonly name: string;
  readonly email: string;
  readonly email_verified: boolean;
  readonly groups: readonly string[];
}

type Claims = Record<string, unknown>;

export interface IdentityIssuer {
  readonly url: string;
  /** Sets the redirect address of its one app, which is known once the portal runs. */
  open(redirectUri: string): void;
  /** Signs with other keys from now on, and knows the previous ones no longer. */
  rotate(): void;
  /** The person who signs in next. */
  person: Identity | null;
  /** Changes the claims of ID tokens on their way out; the signature remains that of the original. */
  forge: ((claims: Claims) => Claims) | null;
  close(): Promise<void>;
}

export const APP = { id: "one-balance", secret: "a-secret-of-the-app" } as const;

function newSigningKey() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  return { ...privateKey.export({ format: "jwk" }), kid: randomUUID(), use: "sig", alg: "RS256" };
}

export async function startIdentityIssuer(): Promise<IdentityIssuer> {
  let provider: Provider | undefined;
  let redirect = "";
  let handle: ReturnType<Provider["callback"]> | undefined;
  const server = createServer(async (request, response) => {
    if (!request.url?.startsWith("/interaction/")) return handle?.(request, response);
    const login = { accountId: issuer.person?.sub ?? "" };
    await provider?.interactionFinished(request, response, { login });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const issuer: IdentityIssuer = {
    url: `http://127.0.0.1:${port}`,
    person: null,
    forge: null,
    rotate: () => issuer.open(redirect),
    open(redirectUri) {
      redirect = redirectUri;
      provider = new Provider(issuer.url, {
        jwks: { keys: [newSigningKey()] },
        clients: [{ client_id: APP.id, client_secret: APP.secret, redirect_uris: [redirectUri] }],
        claims: {
          openid: ["sub"],
          email: ["email", "email_verified"],
          profile: ["name", "groups"],
        },
        features: { devInteractions: { enabled: false } },
        findAccount: (_, sub) => ({
          accountId: sub,
          claims: () => ({ ...issuer.person, sub }),
        }),
        interactions: { url: (_, { uid }) => `/interaction/${uid}` },
        // No consent is needed.
        async loadExistingGrant({ oidc }) {
          const grant = new oidc.provider.Grant({
            clientId: oidc.client?.clientId ?? "",
            accountId: oidc.session?.accountId ?? "",
          });
          grant.addOIDCScope("openid email profile");
          await grant.save();
          return grant;
        },
        ttl: {
          AccessToken: 60,
          AuthorizationCode: 60,
          Grant: 60,
          IdToken: 60,
          Interaction: 60,
          Session: 60,
        },
      });
      provider.use(async (context, next) => {
        await next();
        const body = context.body as { id_token?: string } | undefined;
        if (issuer.forge === null || body?.id_token === undefined) return;
        const [head, payload = "", signature] = body.id_token.split(".");
        const claims = JSON.parse(new TextDecoder().decode(fromBase64Url(payload)));
        const forged = new TextEncoder().encode(JSON.stringify(issuer.forge(claims)));
        context.body = { ...body, id_token: [head, toBase64Url(forged), signature].join(".") };
      });
      handle = provider.callback();
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
  return issuer;
}
