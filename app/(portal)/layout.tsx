import { headers } from "next/headers";
import type { ReactNode } from "react";
import { PortalFrame } from "@/app/portal-frame";
import { portalRead } from "@/app/portal-read";
import { navigationEntryOf } from "@/components/shell/navigation";
import { SchemaNotice } from "@/components/shell/schema-notice";
import { roleAllows } from "@/lib/auth/member";
import { providerNames } from "@/lib/manage/keys/known-provider";
import { PATH_HEADER } from "@/lib/runtime/next-request";
import { rightOf } from "../right-of";

/** The frame of every page for members. */
export default async function PortalLayout({ children }: { readonly children: ReactNode }) {
  // The page checks its role again. It is checked here before anything is sent, so that a rejection is a 403.
  const path = (await headers()).get(PATH_HEADER)?.split("?", 1)[0] ?? "/";
  const { member, context } = await portalRead(navigationEntryOf(path)?.role ?? "viewer");
  const [right, names] = await Promise.all([rightOf(context, member), providerNames(context)]);
  return (
    <PortalFrame member={member} right={right} providerNames={names}>
      {roleAllows(member.role, "admin") && <SchemaNotice context={context} />}
      {children}
    </PortalFrame>
  );
}
