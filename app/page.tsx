import { headers } from "next/headers";

/** Says that the proxy is serving, and how to call it at the address this page was asked at. */
export default async function StartPage() {
  const requestHeaders = await headers();
  const host = requestHeaders.get("host") ?? "127.0.0.1:8787";
  const scheme = requestHeaders.get("x-forwarded-proto") ?? "http";
  const origin = `${scheme}://${host}`;
  return (
    <main>
      <h1>One Balance is serving</h1>
      <p>
        Point an SDK&apos;s base URL at <code>{origin}/api/&#123;provider&#125;</code> and use an
        access token as its API key. The request keeps the form the provider documents.
      </p>
      <h2>First add a provider key</h2>
      <pre>
        <code>{`curl ${origin}/api/admin/provider-keys \\
  -H "Authorization: Bearer $ADMIN_TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{"provider": "google-ai-studio", "keys": ["<your key>"]}'`}</code>
      </pre>
      <h2>Then ask through the pool</h2>
      <pre>
        <code>{`curl ${origin}/api/compat/chat/completions \\
  -H "Authorization: Bearer $ACCESS_TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{"model": "google-ai-studio/gemini-2.5-flash",
       "messages": [{"role": "user", "content": "Hello"}]}'`}</code>
      </pre>
      <p>
        Health: <a href="/api/health">/api/health</a>
      </p>
    </main>
  );
}
