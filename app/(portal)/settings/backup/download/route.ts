import { actionFailure } from "@/app/portal-action";
import { portalRead } from "@/app/portal-read";
import { streamOf } from "@/lib/http/byte-stream";
import { createBackupInput } from "@/lib/manage/backup/backup-schemas";
import { createBackup } from "@/lib/manage/backup/create-backup";
import { parseInput } from "@/lib/manage/parse-input";

/** The instance as an encrypted file, for the member's password and a passphrase in a JSON body. */
export async function POST(request: Request): Promise<Response> {
  const { context } = await portalRead("admin");
  try {
    const input = parseInput(createBackupInput, await request.json().catch(() => null));
    const pieces = await createBackup(context, input);
    const day = new Date(context.nowMs()).toISOString().slice(0, 10);
    return new Response(streamOf(pieces), {
      headers: {
        "content-type": "application/octet-stream",
        "content-disposition": `attachment; filename="one-balance-${day}.backup"`,
        "cache-control": "no-store",
      },
    });
  } catch (error) {
    const failure = actionFailure(error);
    const status = failure.code === "internal_error" ? 500 : 400;
    return Response.json(failure, { status, headers: { "cache-control": "no-store" } });
  }
}
