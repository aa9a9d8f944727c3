import { addCustomProvider } from "@/lib/manage/add-custom-provider";
import { addCustomProviderInput } from "@/lib/manage/custom-provider-schema";
import { listCustomProviders } from "@/lib/manage/list-custom-providers";
import { adminRoute } from "../admin-route";
import { readBody } from "../read-body";

export const GET = adminRoute(async ({ context }) => ({
  items: await listCustomProviders(context),
}));

export const POST = adminRoute(async ({ request, context }) =>
  addCustomProvider(context, await readBody(request, addCustomProviderInput)),
);
