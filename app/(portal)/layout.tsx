import { cookies, headers } from "next/headers";
import type { ReactNode } from "react";
import { portalRead } from "@/app/portal-read";
import { navigationEntryOf } from "@/components/shell/navigation";
import { RememberTimeZone } from "@/components/shell/remember-time-zone";
import { SchemaNotice } from "@/components/shell/schema-notice";
import { Sidebar } from "@/components/shell/sidebar";
import { SIDEBAR_COOKIE } from "@/components/shell/sidebar-cookie";
import { CONTENT_ID, SkipLink } from "@/components/shell/skip-link";
import { Topbar } from "@/components/shell/topbar";
import { displayChoices } from "@/i18n/request-reader";
import { roleAllows } from "@/lib/auth/member";
import { providers } from "@/lib/providers/registry";
import { PATH_HEADER } from "@/lib/runtime/next-request";
import { rightOf } from "../right-of";
import { endSession } from "./sign-out";

const PROVIDER_NAMES = Object.fromEntries(providers.map(({ slug, label }) => [slug, label]));

/** The frame of every page for members. */
export default async function PortalLayout({ children }: { readonly children: ReactNode }) {
  // The page checks its role again. It is checked here before anything is sent, so that a rejection is a 403.
  const path = (await headers()).get(PATH_HEADER)?.split("?", 1)[0] ?? "/";
  const { member, context } = await portalRead(navigationEntryOf(path)?.role ?? "viewer");
  const right = await rightOf(context, member);
  const { timeZone } = await displayChoices();
  const sidebar = (await cookies()).get(SIDEBAR_COOKIE)?.value;
  return (
    <div className="flex min-h-dvh">
      <SkipLink />
      <RememberTimeZone isChosen={timeZone !== undefined} />
      <Sidebar role={right} wasCollapsed={sidebar === "collapsed"} />
      <div className="flex min-w-0 flex-1 flex-col">
        <Topbar member={member} right={right} providerNames={PROVIDER_NAMES} signOut={endSession} />
        <main
          id={CONTENT_ID}
          tabIndex={-1}
          className="mx-auto w-full max-w-7xl flex-1 px-4 py-6 outline-none md:px-6 md:py-8"
        >
          {roleAllows(member.role, "admin") && <SchemaNotice context={context} />}
          {children}
        </main>
      </div>
    </div>
  );
}
