import { portalRead } from "@/app/portal-read";
import { listPaletteTargets } from "@/lib/manage/list-palette-targets";

/** What the command palette finds: every token for admins, else one's own. */
export async function GET(): Promise<Response> {
  const { context, member } = await portalRead("viewer");
  const ownerId = member.role === "admin" ? null : member.id;
  const targets = await listPaletteTargets(context, { ownerId });
  return Response.json(targets, { headers: { "cache-control": "no-store" } });
}
