/** Liveness: the Worker runs. Says nothing about D1 or any provider, and needs neither. */
export function GET(): Response {
  return Response.json({ status: "ok" });
}
