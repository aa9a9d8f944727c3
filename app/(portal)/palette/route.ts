import { portalRead } from "@/app/portal-read";
import { listHelpTargets } from "@/components/help/list-help-targets";
import {
  type PaletteAnswer,
  type PaletteFinds,
  SHORTEST_KEY_SEARCH,
} from "@/components/palette/palette-answer";
import { roleAllows } from "@/lib/auth/member";
import { findPaletteKeys, listPaletteTargets } from "@/lib/manage/list-palette-targets";

const MAX_SEARCH_CHARS = 200;

/**
 * What the command palette finds: every token and member for admins, otherwise the member's own tokens. With `q`, the
 * provider keys that match it.
 */
export async function GET(request: Request): Promise<Response> {
  const { context, member } = await portalRead("viewer");
  const q = new URL(request.url).searchParams.get("q")?.trim().slice(0, MAX_SEARCH_CHARS);
  const headers = { "cache-control": "no-store" };
  if (q !== undefined) {
    const keys = q.length < SHORTEST_KEY_SEARCH ? [] : await findPaletteKeys(context, q);
    return Response.json({ keys } satisfies PaletteFinds, { headers });
  }
  const ownerId = member.role === "admin" ? null : member.id;
  const withModels = roleAllows(member.role, "member");
  const [targets, help] = await Promise.all([
    listPaletteTargets(context, { ownerId, withModels }),
    listHelpTargets(),
  ]);
  return Response.json({ ...targets, help } satisfies PaletteAnswer, { headers });
}
