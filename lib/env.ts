/**
 * Bindings and variables of the Worker, from `wrangler.toml` and the environment. Every variable is optional unless its
 * comment says otherwise; empty strings count as absent.
 * @module
 */
import type { SealingSecrets } from "./crypto/seal";
import type { LeaseCalls, PortalCalls } from "./runtime/object-calls";

export interface Env {
  DB: D1Database;
  ASSETS?: Fetcher;
  /** The portal's object (`lib/runtime/portal-object.ts`); without it the Worker does the portal's work. */
  PORTAL?: DurableObjectNamespace<PortalCalls>;
  /** Hand out leases of shared limits (`lib/runtime/lease-object.ts`); without them D1 does. */
  LEASES?: DurableObjectNamespace<LeaseCalls>;
  /** Where the portal's object is created (`weur`, `apac`, …) or must stay (`eu`): `lib/runtime/portal-stub.ts`. */
  PORTAL_LOCATION?: string;
  /** `worker` keeps WebSocket sessions in the Worker instead of an object (`runtime/objects/socket-object.ts`). */
  WEBSOCKETS?: string;
  /** `worker` converts streams in the Worker instead of an object (`runtime/objects/stream-object.ts`). */
  CONVERTED_STREAMS?: string;
  /** Workers AI binding: its gateway URL is used if no other is set. */
  AI?: { gateway(id: string): { getUrl(provider?: string): Promise<string> } };
  /** Access tokens from the environment: `k1=provider1,model1,model2;k2;k3(1758077793)=provider2&provider3`. */
  AUTH_KEY?: string;
  /** Encrypts session cookies. Required to sign in; `npm start` creates one. */
  AUTH_SECRET?: string;
  /** Secret of the link that creates the first admin; `npm start` creates one. */
  SETUP_TOKEN?: string;
  /** OAuth apps by which members sign in; each needs both its values. */
  GITHUB_ID?: string;
  GITHUB_SECRET?: string;
  GOOGLE_ID?: string;
  GOOGLE_SECRET?: string;
  /** An OpenID Connect issuer with which members sign in, and the app there: `lib/auth/sign-in-services.ts`. */
  OIDC_ISSUER?: string;
  OIDC_ID?: string;
  OIDC_SECRET?: string;
  /** Its name on the button (default: the issuer's host). */
  OIDC_NAME?: string;
  /** Roles by its groups, `admins=admin;*=viewer`: anyone with one is a member without an invitation. */
  OIDC_ROLES?: string;
  /** Groups here by its groups, `search=search;leads=search:admin`: `lib/auth/group-places.ts`. */
  OIDC_GROUPS?: string;
  /** The claim with the groups (default `groups`). */
  OIDC_GROUPS_CLAIM?: string;
  /** A Cloudflare Access team (its name or address) and the audience tags of its applications: `lib/auth/cloudflare-access.ts`. */
  ACCESS_TEAM?: string;
  ACCESS_AUD?: string;
  /** What its service tokens may do with the admin API: `<client id>=admin;<client id>=viewer`. */
  ACCESS_SERVICE_TOKENS?: string;
  /** `off` allows no passwords if another service is configured. */
  PASSWORDS?: string;
  /** Encrypts stored provider keys. Required to add or use keys; `npm start` creates one. */
  KEY_ENCRYPTION_SECRET?: string;
  /** The secret before the last rotation, during a rotation. */
  KEY_ENCRYPTION_SECRET_PREVIOUS?: string;
  /** Full base: `https://gateway.ai.cloudflare.com/v1/<account>/<gateway>`. */
  AI_GATEWAY_URL?: string;
  /** With `AI_GATEWAY`, the other way to name the gateway. */
  CLOUDFLARE_ACCOUNT_ID?: string;
  AI_GATEWAY?: string;
  /** Sent as `cf-aig-authorization`. */
  AI_GATEWAY_TOKEN?: string;
  CONSECUTIVE_429_THRESHOLD?: string;
  /** Milliseconds from a request's arrival to the first byte of its response (default 120000). */
  FIRST_BYTE_TIMEOUT_MS?: string;
  /** Maximum number of attempts per request (default 10). */
  MAX_ATTEMPTS?: string;
  /** Where alerts are sent; it is itself a secret: Slack, Discord, Feishu, or any service that accepts JSON. */
  ALERT_WEBHOOK_URL?: string;
  /** Signs alerts. */
  ALERT_WEBHOOK_SECRET?: string;
  /** Sends alerts as email: the key of a mail service's HTTP API. */
  ALERT_MAIL_KEY?: string;
  /** The API's address (by default Resend's). */
  ALERT_MAIL_URL?: string;
  /** Where traces are sent, by OTLP over HTTP: the base address, `/v1/traces` is put behind it. */
  OTEL_EXPORTER_OTLP_ENDPOINT?: string;
  /** Headers of these posts: `name=value,name=value`, values percent-encoded. */
  OTEL_EXPORTER_OTLP_HEADERS?: string;
  /** `1` allows private addresses, plain http and any port for custom providers. */
  ALLOW_PRIVATE_UPSTREAMS?: string;
}

/** Every variable the Worker reads. */
export const VARIABLES = [
  "AUTH_KEY",
  "AUTH_SECRET",
  "KEY_ENCRYPTION_SECRET",
  "KEY_ENCRYPTION_SECRET_PREVIOUS",
  "AI_GATEWAY_URL",
  "CLOUDFLARE_ACCOUNT_ID",
  "AI_GATEWAY",
  "AI_GATEWAY_TOKEN",
  "CONSECUTIVE_429_THRESHOLD",
  "FIRST_BYTE_TIMEOUT_MS",
  "MAX_ATTEMPTS",
  "ALLOW_PRIVATE_UPSTREAMS",
  "PORTAL_LOCATION",
  "WEBSOCKETS",
  "CONVERTED_STREAMS",
  "ALERT_WEBHOOK_URL",
  "ALERT_WEBHOOK_SECRET",
  "ALERT_MAIL_KEY",
  "ALERT_MAIL_URL",
  "OTEL_EXPORTER_OTLP_ENDPOINT",
  "OTEL_EXPORTER_OTLP_HEADERS",
  "GITHUB_ID",
  "GITHUB_SECRET",
  "GOOGLE_ID",
  "GOOGLE_SECRET",
  "OIDC_ISSUER",
  "OIDC_ID",
  "OIDC_SECRET",
  "OIDC_NAME",
  "OIDC_ROLES",
  "OIDC_GROUPS",
  "OIDC_GROUPS_CLAIM",
  "ACCESS_TEAM",
  "ACCESS_AUD",
  "ACCESS_SERVICE_TOKENS",
  "PASSWORDS",
] as const satisfies readonly (keyof Env)[];

export type Variable = (typeof VARIABLES)[number];

export function allowsPrivateUpstreams(env: Pick<Env, "ALLOW_PRIVATE_UPSTREAMS">): boolean {
  return env.ALLOW_PRIVATE_UPSTREAMS === "1";
}

/** The secrets that encrypt provider keys; null if none is set, and then no key can be added or used. */
export function sealingSecrets(env: Env): SealingSecrets | null {
  if (!env.KEY_ENCRYPTION_SECRET) return null;
  return {
    current: env.KEY_ENCRYPTION_SECRET,
    previous: env.KEY_ENCRYPTION_SECRET_PREVIOUS || null,
  };
}
