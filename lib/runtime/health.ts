/** Liveness: the Worker runs. Says nothing about D1, the portal or any provider, and needs none of them. */
export function health(): Response {
  return Response.json({ status: "ok" }, { headers: { "x-content-type-options": "nosniff" } });
}
