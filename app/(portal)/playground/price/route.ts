/** The cost of a response, from the playground's token counts: `{costUsd}`, null if no price is known. */
import { z } from "zod";
import { portalRead } from "@/app/portal-read";
import { allProviders } from "@/lib/manage/keys/known-provider";
import { readSettings } from "@/lib/manage/settings/read-settings";
import { providerForCompatModel } from "@/lib/providers/registry";
import { loadPriceBook, NANO_PER_USD } from "@/lib/usage/price";
import { NO_USAGE } from "@/lib/usage/types";

const count = z.coerce.number().pipe(z.int().min(0)).nullable().catch(null);

const query = z.object({
  /** Compat form: `{provider}/{model}`. */
  model: z.string(),
  inputTokens: count,
  outputTokens: count,
  cachedInputTokens: count,
});

export async function GET(request: Request): Promise<Response> {
  const { context } = await portalRead("member");
  const asked = query.safeParse(Object.fromEntries(new URL(request.url).searchParams));
  if (!asked.success) return new Response(null, { status: 400 });
  const { model, ...counts } = asked.data;
  const slash = model.indexOf("/");
  const prefix = model.slice(0, slash);
  const own = (await allProviders(context)).find(({ slug }) => slug === prefix);
  const provider = providerForCompatModel(prefix, () => own)?.slug ?? prefix;
  const { prices } = await readSettings(context);
  const book = await loadPriceBook(prices.overrides);
  const usage = { ...NO_USAGE, ...counts };
  const nanoUsd = book.costNanoUsd(provider, model.slice(slash + 1), usage, context.nowMs());
  const costUsd = nanoUsd === null ? null : nanoUsd / NANO_PER_USD;
  return Response.json({ costUsd }, { headers: { "cache-control": "no-store" } });
}
