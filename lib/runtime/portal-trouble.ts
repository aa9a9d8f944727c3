/**
 * The response if the portal's object is unavailable. The proxy keeps serving without it.
 * @module
 */
import { LOCALE_COOKIE, type Locale, pickLocale } from "../../i18n/locale";
import { newNonce } from "../http/page-security";

/**
 * - `allowance`: the day's free requests or seconds of objects are used up; they renew at 00:00 UTC.
 * - `overloaded`: too many requests wait for it.
 * - `away`: it was reset, moved, or is temporarily unreachable.
 * - `fault`: the portal itself failed.
 */
export type PortalTrouble = "allowance" | "overloaded" | "away" | "fault";

/** "Exceeded allowed duration in Durable Objects free tier.", and the same for requests and rows. */
const ALLOWANCE = /exceeded allowed|free tier|daily .*limit/i;
const RETRY_AFTER_S = { overloaded: 10, away: 5, fault: null } as const;
const DAY_MS = 24 * 3_600_000;

/** What the platform adds to the errors of `stub.fetch()`; each may be missing. */
interface ObjectError {
  readonly message?: unknown;
  readonly overloaded?: unknown;
  /** Thrown by the object's own code. */
  readonly remote?: unknown;
  readonly retryable?: unknown;
}

/** @see https://developers.cloudflare.com/durable-objects/best-practices/error-handling/ */
export function objectTrouble(error: unknown): PortalTrouble {
  const known: ObjectError = typeof error === "object" && error !== null ? error : {};
  const message = String(known.message);
  if (ALLOWANCE.test(message)) return "allowance";
  if (known.overloaded === true || /overloaded/i.test(message)) return "overloaded";
  return known.remote === true && known.retryable !== true ? "fault" : "away";
}

interface Words {
  readonly title: string;
  readonly text: string;
}

const WORDS: Readonly<Record<Locale, Readonly<Record<PortalTrouble, Words>>>> = {
  en: {
    allowance: {
      title: "The portal is back at 00:00 UTC",
      text: "Today's free allowance of Durable Objects is used up; it renews at 00:00 UTC. Proxied requests are served as usual.",
    },
    overloaded: {
      title: "The portal is busy",
      text: "Too many requests wait for it. Try again in a few seconds. Proxied requests are served as usual.",
    },
    away: {
      title: "The portal is away for a moment",
      text: "It is being restarted or cannot be reached. Try again in a few seconds. Proxied requests are served as usual.",
    },
    fault: {
      title: "The portal failed",
      text: "Something went wrong on the server; its log says what. Proxied requests are served as usual.",
    },
  },
  zh: {
    allowance: {
      title: "门户将于 00:00 UTC 恢复",
      text: "今日 Durable Objects 的免费额度已用完，将于 00:00 UTC 恢复。代理请求照常服务。",
    },
    overloaded: {
      title: "门户繁忙",
      text: "等待处理的请求过多，请几秒后重试。代理请求照常服务。",
    },
    away: {
      title: "门户暂时不可用",
      text: "门户正在重启或暂时无法访问，请几秒后重试。代理请求照常服务。",
    },
    fault: {
      title: "门户出错",
      text: "服务器出现错误，详情见其日志。代理请求照常服务。",
    },
  },
};

/** A plain page, or JSON below `/api/`, which has no HTML. */
export function troubleAnswer(request: Request, trouble: PortalTrouble, nowMs: number): Response {
  const status = trouble === "fault" ? 500 : 503;
  const headers = new Headers({ "cache-control": "no-store", "x-content-type-options": "nosniff" });
  const retryAfterS =
    trouble === "allowance"
      ? Math.ceil((DAY_MS - (nowMs % DAY_MS)) / 1_000)
      : RETRY_AFTER_S[trouble];
  if (retryAfterS !== null) headers.set("retry-after", String(retryAfterS));
  if (new URL(request.url).pathname.startsWith("/api/")) {
    const error = { code: `portal_${trouble}`, message: WORDS.en[trouble].text };
    return Response.json({ error }, { status, headers });
  }
  const locale = pickLocale(chosenLocale(request.headers), request.headers.get("accept-language"));
  const nonce = newNonce();
  headers.set("content-type", "text/html; charset=utf-8");
  headers.set(
    "content-security-policy",
    `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; frame-ancestors 'none'`,
  );
  return new Response(page(locale, WORDS[locale][trouble], nonce), { status, headers });
}

function chosenLocale(headers: Headers): string | undefined {
  const cookies = headers.get("cookie") ?? "";
  return new RegExp(`(?:^|;\\s*)${LOCALE_COOKIE}=(\\w+)`).exec(cookies)?.[1];
}

function page(locale: Locale, { title, text }: Words, nonce: string): string {
  return `<!doctype html>
<html lang="${locale}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title} · One Balance</title>
<style nonce="${nonce}">
  :root { color-scheme: light dark; }
  body { font: 1rem/1.6 system-ui, sans-serif; max-width: 32rem; margin: 20vh auto; padding: 0 1.5rem; }
</style>
<h1>${title}</h1>
<p>${text}</p>
</html>
`;
}
