"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { portalAction } from "@/app/portal-action";
import { addCustomProvider as addProvider } from "@/lib/manage/add-custom-provider";
import { readFields } from "@/lib/manage/assert-unchanged";
import { changeCustomProvider as changeProvider } from "@/lib/manage/change-custom-provider";
import { changeSettings as changeTeamSettings } from "@/lib/manage/change-settings";
import {
  addCustomProviderInput,
  changeCustomProviderInput,
  removeCustomProviderInput,
} from "@/lib/manage/custom-provider-schema";
import { resealProviderKeysInput } from "@/lib/manage/provider-key-schemas";
import { removeCustomProvider as removeProvider } from "@/lib/manage/remove-custom-provider";
import { resealProviderKeys } from "@/lib/manage/reseal-provider-keys";
import { sendTestAlert, testAlertInput } from "@/lib/manage/send-test-alert";
import { changeSettingsInput } from "@/lib/manage/settings-schema";
import { noInput } from "@/lib/manage/team-schemas";
import { testUpstream as testProvider, testUpstreamInput } from "@/lib/manage/test-upstream";
import { alertSenders } from "@/lib/runtime/alert-senders";
import { checkUpstream } from "@/lib/runtime/check-upstream";
import { fetchDecoded } from "@/lib/runtime/fetch-decoded";
import { isolateProxy } from "@/lib/runtime/isolate-proxy";
import { refreshModels } from "@/lib/runtime/known-models";
import { portalObject } from "@/lib/runtime/portal-stub";
import { beginUpkeepNow, runUpkeepNow } from "@/lib/upkeep/run-upkeep-now";

const PAGES = "/settings";

export const changeSettings = portalAction(
  "admin",
  z.strictObject({ change: changeSettingsInput, was: readFields }),
  async ({ context, input: { change, was } }) => {
    const settings = await changeTeamSettings(context, change, was);
    revalidatePath(PAGES, "layout");
    return settings;
  },
);

export const addCustomProvider = portalAction(
  "admin",
  addCustomProviderInput,
  async ({ context, input }) => {
    await addProvider(context, input);
    revalidatePath(PAGES, "layout");
  },
);

export const changeCustomProvider = portalAction(
  "admin",
  z.strictObject({ change: changeCustomProviderInput, was: readFields }),
  async ({ context, input: { change, was } }) => {
    await changeProvider(context, change, was);
    revalidatePath(PAGES, "layout");
  },
);

export const removeCustomProvider = portalAction(
  "admin",
  removeCustomProviderInput,
  async ({ context, input }) => {
    const removed = await removeProvider(context, input);
    revalidatePath(PAGES, "layout");
    return removed;
  },
);

export const testUpstream = portalAction(
  "admin",
  testUpstreamInput,
  async ({ context, env, input }) => testProvider(context, input, await checkUpstream(env)),
);

export const testAlert = portalAction("admin", testAlertInput, async ({ context, env, input }) => ({
  problem: await sendTestAlert(context, input, alertSenders(env)),
}));

/** In the portal's object the run goes on by alarms, which outlive this call and its limits. */
export const runMaintenance = portalAction("admin", noInput, async ({ context, env }) => {
  const call = {
    ...context,
    ...alertSenders(env),
    upstream: () => checkUpstream(env),
    refreshModels: async (bounds: Parameters<typeof refreshModels>[1]) =>
      refreshModels(await isolateProxy(env, fetchDecoded), bounds),
  };
  const object = portalObject(env);
  if (object === null) await runUpkeepNow(call);
  else await object.continueUpkeep(await beginUpkeepNow(call));
  revalidatePath(PAGES, "layout");
  return { isDone: object === null };
});

export const resealKeys = portalAction(
  "admin",
  resealProviderKeysInput,
  async ({ context, input }) => resealProviderKeys(context, input),
);
