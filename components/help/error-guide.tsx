import { getTranslations } from "next-intl/server";

/** Errors from One Balance rather than a provider, as a caller sees them. */
const ERRORS = [
  { status: 401, code: "invalid_access_token" },
  { status: 403, code: "access_denied" },
  { status: 404, code: "unknown_provider" },
  { status: 400, code: "model_required" },
  { status: 400, code: "no_route_target" },
  { status: 429, code: "token_limit_reached" },
  { status: 429, code: "pool_exhausted" },
  { status: 503, code: "no_provider_keys" },
  { status: 502, code: "upstream_unreachable" },
  { status: 504, code: "upstream_timeout" },
] as const;

/** What each of them means, and what to do. */
export async function ErrorGuide() {
  const t = await getTranslations("help.errors");
  return (
    <dl className="divide-y rounded-lg border">
      {ERRORS.map(({ status, code }) => (
        <div key={code} className="grid gap-x-6 gap-y-1 p-4 sm:grid-cols-[14rem_1fr]">
          <dt className="flex gap-2 font-mono text-[13px]">
            <span className="text-muted-foreground">{status}</span>
            <span className="break-all">{code}</span>
          </dt>
          <dd className="text-muted-foreground">{t(`codes.${code}`)}</dd>
        </div>
      ))}
    </dl>
  );
}
