import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { RememberTimeZone } from "@/components/shell/remember-time-zone";
import { Sidebar } from "@/components/shell/sidebar";
import { SIDEBAR_COOKIE } from "@/components/shell/sidebar-cookie";
import { CONTENT_ID, SkipLink } from "@/components/shell/skip-link";
import { Topbar } from "@/components/shell/topbar";
import { displayChoices } from "@/i18n/request-reader";
import type { Member, Right } from "@/lib/auth/member";
import { providers } from "@/lib/providers/registry";
import { endSession } from "./(portal)/sign-out";

const PROVIDER_NAMES = Object.fromEntries(providers.map(({ slug, label }) => [slug, label]));

/** What surrounds every page for members: the way to all others. */
export async function PortalFrame({
  member,
  right,
  children,
}: {
  readonly member: Member;
  readonly right: Right;
  readonly children: ReactNode;
}) {
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
          {children}
        </main>
      </div>
    </div>
  );
}
