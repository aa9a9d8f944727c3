import { importKeys } from "@/lib/manage/imports/import-keys";
import { importInput } from "@/lib/manage/imports/import-schemas";
import { importSource } from "@/lib/manage/imports/import-source";
import { addProviderKeys } from "@/lib/manage/keys/add-provider-keys";
import { changeProviderKeys } from "@/lib/manage/keys/change-provider-keys";
import { checkProviderKey } from "@/lib/manage/keys/check-provider-key";
import { deleteProviderKey } from "@/lib/manage/keys/delete-provider-key";
import { deleteProviderKeys } from "@/lib/manage/keys/delete-provider-keys";
import { listProviderKeys } from "@/lib/manage/keys/list-provider-keys";
import {
  changeProviderKeysInput,
  resealProviderKeysInput,
  undoProviderKeysInput,
} from "@/lib/manage/keys/provider-key-schemas";
import { resealProviderKeys } from "@/lib/manage/keys/reseal-provider-keys";
import { resetProviderKey } from "@/lib/manage/keys/reset-provider-key";
import { undoProviderKeys } from "@/lib/manage/keys/undo-provider-keys";
import { updateProviderKey } from "@/lib/manage/keys/update-provider-key";
import {
  addProviderKeysInput,
  deleteProviderKeysInput,
  listProviderKeysInput,
  updateProviderKeyInput,
} from "@/lib/manage/schemas";
import { checkUpstream } from "@/lib/runtime/check-upstream";
import type { AdminCalls } from "../admin-call";
import { readBody, readQuery } from "../read-body";

export const providerKeyCalls = {
  "GET provider-keys": ({ request, context }) =>
    listProviderKeys(context, readQuery(request, listProviderKeysInput)),
  "POST provider-keys": async ({ request, context }) =>
    addProviderKeys(context, await readBody(request, addProviderKeysInput)),
  "PATCH provider-keys/{id}": async ({ request, param, context }) =>
    updateProviderKey(context, param, await readBody(request, updateProviderKeyInput)),
  "DELETE provider-keys/{id}": ({ param, context }) => deleteProviderKey(context, param),
  "POST provider-keys/delete": async ({ request, context }) =>
    deleteProviderKeys(context, await readBody(request, deleteProviderKeysInput)),
  "POST provider-keys/change": async ({ request, context }) =>
    changeProviderKeys(context, await readBody(request, changeProviderKeysInput)),
  "POST provider-keys/undo": async ({ request, context }) =>
    undoProviderKeys(context, await readBody(request, undoProviderKeysInput)),
  "POST provider-keys/reseal": async ({ request, context }) =>
    resealProviderKeys(context, await readBody(request, resealProviderKeysInput)),
  "POST provider-keys/{id}/check": async ({ param, context, env }) =>
    checkProviderKey(context, param, await checkUpstream(env)),
  "POST provider-keys/{id}/reset": ({ param, context }) => resetProviderKey(context, param),
  "POST import": async ({ request, context }) => {
    const input = await readBody(request, importInput);
    return "text" in input ? importSource(context, input) : importKeys(context, input);
  },
} satisfies AdminCalls;
