import { connection } from "next/server";
import { cache } from "react";
import { openDatabase } from "@/lib/db/open-database";
import { rootCause } from "@/lib/db/root-cause";
import { readSettings } from "@/lib/manage/settings/read-settings";
import type { Settings } from "@/lib/manage/settings/settings-schema";
import { portalEnv } from "./portal-context";

/** The look for people without their own choice. Read once while a page is rendered. */
export const teamAppearance = cache(async (): Promise<Settings["appearance"]> => {
  // Bindings exist only inside a request.
  await connection();
  try {
    const { appearance } = await readSettings({ db: openDatabase(portalEnv().DB) });
    return appearance;
  } catch (error) {
    // The look must not keep a page from reporting that the store is down.
    console.error("portal: the settings cannot be read:", rootCause(error));
    return { language: "auto", theme: "system" };
  }
});
