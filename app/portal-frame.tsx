import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { ProviderNames } from "@/components/provider-names";
import { RememberTimeZone } from "@/components/shell/remember-time-zone";
import { Sidebar } from "@/components/shell/sidebar";
import { SIDEBAR_COOKIE } from "@/components/shell/sidebar-cookie";
import { CONTENT_ID, SkipLink } from "@/components/shell/skip-link";
import { Topbar } from "@/components/shell/topbar";
import { displayChoices } from "@/i18n/request-reader";
import type { Member, Right } from "@/lib/auth/member";
import { endSession } from "./(portal)/sign-out";

/** What surrounds every page for members: the way to all others. */
export async function PortalFrame({
  member,
  right,
  providerNames,
  children,
}: {
  readonly member: Member;
  readonly right: Right;
  /** By slug. */
  readonly providerNames: Readonly<Record<string, string>>;
  readonly children: ReactNode;
}) {
  const { timeZone } = await displayChoices();
  const sidebar = (await cookies()).get(SIDEBAR_COOKIE)?.value;
  return (
    <ProviderNames names={providerNames}>
      <div className="flex min-h-dvh">
        <SkipLink />
        <RememberTimeZone isChosen={timeZone !== undefined} />
        <Sidebar role={right} wasCollapsed={sidebar === "collapsed"} />
        <div className="flex min-w-0 flex-1 flex-col">
          <Topbar member={member} right={right} signOut={endSession} />
          <main
            id={CONTENT_ID}
            tabIndex={-1}
            className="mx-auto w-full max-w-7xl flex-1 px-4 py-6 outline-none md:px-6 md:py-8"
          >
            {children}
          </main>
        </div>
      </div>
    </ProviderNames>
  );
}
