import { portalRead } from "@/app/portal-read";
import { listHelpTargets } from "@/components/help/list-help-targets";
import type { PaletteAnswer } from "@/components/shell/palette-answer";
import { listPaletteTargets } from "@/lib/manage/list-palette-targets";

/** What the command palette finds: every token for admins, otherwise the member's own. */
export async function GET(): Promise<Response> {
  const { context, member } = await portalRead("viewer");
  const ownerId = member.role === "admin" ? null : member.id;
  const [targets, help] = await Promise.all([
    listPaletteTargets(context, { ownerId }),
    listHelpTargets(),
  ]);
  const answer: PaletteAnswer = { ...targets, help };
  return Response.json(answer, { headers: { "cache-control": "no-store" } });
}
