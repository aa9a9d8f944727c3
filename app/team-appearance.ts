import { connection } from "next/server";
import { cache } from "react";
import { openDatabase } from "@/lib/db/open-database";
import { rootCause } from "@/lib/db/root-cause";
import { readSettings } from "@/lib/manage/settings/read-settings";
import type { Settings } from "@/lib/manage/settings/settings-schema";
import { portalEnv } from "./portal-context";

/** What people see who have not chosen for themselves. Read once in the rendering of a page. */
export const teamAppearance = cache(async (): Promise<Settings["appearance"]> => {
  // Bindings exist only inside a request.
  await connection();
  try {
    const { appearance } = await readSettings({ db: openDatabase(portalEnv().DB) });
    return appearance;
  } catch (error) {
    // The look must not be what keeps a page from saying that the store is down.
    console.error("portal: the settings cannot be read:", rootCause(error));
    return { language: "auto", theme: "system" };
  }
});
