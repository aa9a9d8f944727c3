"use server";

import { revalidatePath } from "next/cache";
import { headers } from "next/headers";
import { z } from "zod";
import { portalAction } from "@/app/portal-action";
import {
  changeAlertTargetsInput,
  changeAlertTargets as changeTargets,
} from "@/lib/manage/alerts/alert-targets";
import { sendTestAlert, testAlertInput } from "@/lib/manage/alerts/send-test-alert";
import { readFields } from "@/lib/manage/assert-unchanged";
import { resealProviderKeysInput } from "@/lib/manage/keys/provider-key-schemas";
import { resealProviderKeys } from "@/lib/manage/keys/reseal-provider-keys";
import { addCustomProvider as addProvider } from "@/lib/manage/providers/add-custom-provider";
import { changeCustomProvider as changeProvider } from "@/lib/manage/providers/change-custom-provider";
import {
  addCustomProviderInput,
  changeCustomProviderInput,
  removeCustomProviderInput,
} from "@/lib/manage/providers/custom-provider-schema";
import { removeCustomProvider as removeProvider } from "@/lib/manage/providers/remove-custom-provider";
import {
  testUpstream as testProvider,
  testUpstreamInput,
} from "@/lib/manage/providers/test-upstream";
import { changeSettings as changeTeamSettings } from "@/lib/manage/settings/change-settings";
import { changeSettingsInput } from "@/lib/manage/settings/settings-schema";
import {
  changeSignInSettings,
  changeSignInSettingsInput,
  testSignInSettings,
} from "@/lib/manage/settings/sign-in-settings";
import {
  changeTraceSettings,
  changeTraceSettingsInput,
  testTraceSettings,
} from "@/lib/manage/settings/trace-settings";
import { noInput } from "@/lib/manage/team/team-schemas";
import { alertSenders } from "@/lib/runtime/alert-senders";
import { checkUpstream } from "@/lib/runtime/check-upstream";
import { fetchDecoded } from "@/lib/runtime/fetch-decoded";
import { isolateProxy } from "@/lib/runtime/isolate-proxy";
import { refreshModels } from "@/lib/runtime/known-models";
import { portalObject } from "@/lib/runtime/portal-stub";
import { signInDeployment } from "@/lib/runtime/sign-in";
import { traceDeployment } from "@/lib/runtime/traces";
import { countUsage } from "@/lib/runtime/upkeep";
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

export const changeAlertTargets = portalAction(
  "admin",
  z.strictObject({ change: changeAlertTargetsInput, was: readFields }),
  async ({ context, input: { change, was } }) => {
    await changeTargets(context, change, was);
    revalidatePath(PAGES, "layout");
  },
);

export const changeTraces = portalAction(
  "admin",
  changeTraceSettingsInput,
  async ({ context, input }) => {
    await changeTraceSettings(context, input);
    revalidatePath(PAGES, "layout");
  },
);

export const testTraces = portalAction("admin", noInput, async ({ context, env }) => ({
  problem: await testTraceSettings(context, traceDeployment(env)),
}));

export const changeSignIn = portalAction(
  "admin",
  changeSignInSettingsInput,
  async ({ context, env, input }) => {
    await changeSignInSettings(context, signInDeployment(env, await headers()), input);
    revalidatePath(PAGES, "layout");
  },
);

export const testSignIn = portalAction("admin", noInput, async ({ context, env }) => ({
  problem: await testSignInSettings(context, signInDeployment(env, await headers())),
}));

/** In the portal's object the run continues by alarms, which outlive this call and its limits. */
export const runMaintenance = portalAction("admin", noInput, async ({ context, env }) => {
  const call = {
    ...context,
    ...alertSenders(env),
    upstream: () => checkUpstream(env),
    countUsage: (used: Parameters<typeof countUsage>[1]) => countUsage(env, used),
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
