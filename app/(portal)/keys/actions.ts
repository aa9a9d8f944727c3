"use server";

import { portalAction } from "@/app/portal-action";
import { importKeys } from "@/lib/manage/imports/import-keys";
import { importKeysInput } from "@/lib/manage/imports/import-schemas";
import { addAndNameProviderKeys } from "@/lib/manage/keys/add-provider-keys";
import { changeProviderKeys } from "@/lib/manage/keys/change-provider-keys";
import { checkProviderKeys } from "@/lib/manage/keys/check-provider-key";
import { deleteProviderKeys } from "@/lib/manage/keys/delete-provider-keys";
import { listProviderKeyIds } from "@/lib/manage/keys/list-provider-key-ids";
import { previewProviderKeys } from "@/lib/manage/keys/preview-provider-keys";
import {
  changeProviderKeysInput,
  checkProviderKeysInput,
  previewProviderKeysInput,
  providerKeyFilterInput,
  undoProviderKeysInput,
} from "@/lib/manage/keys/provider-key-schemas";
import { undoProviderKeys } from "@/lib/manage/keys/undo-provider-keys";
import { dismissQuotaHint } from "@/lib/manage/limits/dismiss-quota-hint";
import {
  dismissQuotaHintInput,
  setQuotaLimitsInput,
} from "@/lib/manage/limits/quota-limit-schemas";
import { setQuotaLimits } from "@/lib/manage/limits/set-quota-limits";
import { addProviderKeysInput, deleteProviderKeysInput } from "@/lib/manage/schemas";
import { checkUpstream } from "@/lib/runtime/check-upstream";

export const previewKeys = portalAction(
  "groupAdmin",
  previewProviderKeysInput,
  async ({ context, input }) => previewProviderKeys(context, input),
);

export const addKeys = portalAction(
  "groupAdmin",
  addProviderKeysInput,
  async ({ context, input }) => addAndNameProviderKeys(context, input),
);

export const importKeysOf = portalAction(
  "groupAdmin",
  importKeysInput,
  async ({ context, input }) => importKeys(context, input),
);

export const changeKeys = portalAction(
  "groupAdmin",
  changeProviderKeysInput,
  async ({ context, input }) => changeProviderKeys(context, input),
);

export const undoKeys = portalAction(
  "groupAdmin",
  undoProviderKeysInput,
  async ({ context, input }) => undoProviderKeys(context, input),
);

export const deleteKeys = portalAction(
  "admin",
  deleteProviderKeysInput,
  async ({ context, input }) => deleteProviderKeys(context, input),
);

export const listKeyIds = portalAction(
  "admin",
  providerKeyFilterInput,
  async ({ context, input }) => listProviderKeyIds(context, input),
);

export const setLimits = portalAction("admin", setQuotaLimitsInput, async ({ context, input }) =>
  setQuotaLimits(context, input),
);

export const dismissHint = portalAction(
  "admin",
  dismissQuotaHintInput,
  async ({ context, input }) => dismissQuotaHint(context, input),
);

export const checkKeys = portalAction(
  "admin",
  checkProviderKeysInput,
  async ({ context, input, env }) => checkProviderKeys(context, input, await checkUpstream(env)),
);
